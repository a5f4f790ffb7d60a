package internal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/webhook"
)

// docs/webhooks.md lists every type of event, shows samples as they are sent,
// and tells the schedule by which they are tried.
func TestWebhooksDocument(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "docs", "webhooks.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range append(webhooksSamples(t), schedule()) {
		if !strings.Contains(string(b), want) {
			t.Errorf("this is missing:\n%s", want)
		}
	}
	for _, kind := range stanna.EventTypes() {
		if line := fmt.Sprintf("| `%s` | %s |", kind, kind.Sentence()); !strings.Contains(string(b), line) {
			t.Errorf("this line is missing: %s", line)
		}
	}
}

// webhooksSamples are bodies as they are sent.
func webhooksSamples(t *testing.T) (list []string) {
	t.Helper()
	for _, kind := range []stanna.EventType{stanna.AlertOpened, stanna.DigestSent, stanna.ConnectionBroken} {
		body, err := relay.Body(stanna.SampleOf(kind, "acme.com", time.Date(2026, 11, 24, 9, 20, 0, 0, time.UTC)), "https://stanna.acme.com")
		var out bytes.Buffer
		if err == nil {
			err = json.Indent(&out, body, "    ", "  ")
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, "    "+out.String())
	}
	return list
}

// schedule is the waits between the tries, in words.
func schedule() string {
	var words []string
	for i, wait := range webhook.Schedule() {
		switch {
		case i == 0:
			words = append(words, "at once")
		case wait < time.Minute:
			words = append(words, fmt.Sprintf("%d seconds", int(wait.Seconds())))
		case wait < time.Hour:
			words = append(words, fmt.Sprintf("%d minutes", int(wait.Minutes())))
		default:
			words = append(words, fmt.Sprintf("%d hours", int(wait.Hours())))
		}
	}
	return strings.Join(words[1:len(words)-1], ", ") + " and " + words[len(words)-1] + " after the try before"
}
