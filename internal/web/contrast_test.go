package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestColoursCanBeRead holds every pair of text and ground against WCAG AA
// (4.5 to 1), in the light and in the dark.
func TestColoursCanBeRead(t *testing.T) {
	css, err := static.ReadFile("static/stanna.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, "*, *::before")
	declared := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`)
	colours := func(texts ...string) map[string]string {
		m := map[string]string{}
		for _, text := range texts {
			for _, x := range declared.FindAllStringSubmatch(text, -1) {
				m[x[1]] = x[2]
			}
		}
		return m
	}
	pairs := []string{"ink paper", "ink card", "ink sunk", "soft paper", "soft card", "soft sunk", "soft accent-wash", "link paper", "link card", "link sunk", "link accent-wash", "ink accent-wash",
		"accent-ink accent", "red red-wash", "orange orange-wash", "yellow yellow-wash", "green green-wash", "blue blue-wash", "grey grey-wash", "card red", "red card", "green card", "ink green-wash", "ink red-wash", "ink yellow-wash", "green accent-wash"}
	for scheme, c := range map[string]map[string]string{"light": colours(light), "dark": colours(light, dark)} {
		for _, pair := range pairs {
			text, ground, _ := strings.Cut(pair, " ")
			if r := contrast(t, c[text], c[ground]); r < 4.5 {
				t.Errorf("%s: %s (%s) on %s (%s) is %.2f to 1", scheme, text, c[text], ground, c[ground], r)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour", hex)
	}
	part := func(shift int) float64 {
		x := float64(n>>shift&255) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
