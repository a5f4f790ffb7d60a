package stanna_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func TestSecretIsNeverSeen(t *testing.T) {
	const text = "xoxb-very-secret"
	s := stanna.Secret(text)
	type holder struct {
		Token stanna.Secret
		Many  []stanna.Secret
		By    map[string]stanna.Secret
	}
	h := holder{s, []stanna.Secret{s}, map[string]stanna.Secret{"a": s}}
	var seen []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%08.3f", "%T"} {
		seen = append(seen, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		seen = append(seen, fmt.Sprintf(verb, h), fmt.Sprintf(verb, &h))
	}
	seen = append(seen, fmt.Sprint(s), fmt.Sprintln(h), fmt.Errorf("call: %w, %v", stanna.Errorf(stanna.Invalid, "%s", s), s).Error())
	for _, v := range []any{s, h, &h} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, string(b))
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("call", "token", s, "holder", h, "list", []stanna.Secret{s}, slog.Group("g", "token", s))
	}
	seen = append(seen, log.String())
	hexed := fmt.Sprintf("%x", text)
	for _, got := range seen {
		if strings.Contains(got, "very") || strings.Contains(strings.ToLower(strings.ReplaceAll(got, " ", "")), hexed) {
			t.Errorf("the secret shows: %s", got)
		}
	}
	if s.Reveal() != text || fmt.Sprint(s) != "[secret]" {
		t.Errorf("Reveal %q, printed %s", s.Reveal(), s)
	}
}

// A Secret read from JSON is what was sent; one written is not.
func TestSecretFromJSON(t *testing.T) {
	var v struct{ Password stanna.Secret }
	if err := json.Unmarshal([]byte(`{"password":"three quiet otters"}`), &v); err != nil || v.Password.Reveal() != "three quiet otters" {
		t.Errorf("got %q, %v", v.Password.Reveal(), err)
	}
}
