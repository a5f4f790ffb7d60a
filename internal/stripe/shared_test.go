package stripe

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/gostanna/stanna"
)

const (
	testKey     = stanna.Secret("rk_live_51verySecretRestrictedKey")
	testSigning = stanna.Secret("whsec_verySecretSigningSecret")
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// sharedPath is a file of the shared folder. Without the folder the test is
// skipped, except where it must run (CI=true).
func sharedPath(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("STANNA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; set STANNA_SHARED to the shared folder", err)
		}
		t.Skip(err)
	}
	return path
}

func shared(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(sharedPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// edited is a JSON object with some fields set, or taken out (nil).
func edited(t testing.TB, raw string, fields map[string]any) string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	for k, v := range fields {
		if o[k] = v; v == nil {
			delete(o, k)
		}
	}
	return string(must[[]byte](t)(json.Marshal(o)))
}

// happened is the event of a type with an object, an hour before noon.
func happened(t testing.TB, kind, object string) Event {
	t.Helper()
	body := `{"id":"evt_1","object":"event","type":"` + kind + `","created":1795514400,"livemode":true,"data":{"object":` + object + `}}`
	return must[Event](t)(ReadEvent([]byte(body)))
}

// newsOf is what that event says.
func newsOf(t testing.TB, kind, object string) News {
	t.Helper()
	return must[News](t)(happened(t, kind, object).News())
}

// sign is the header of a body as Stripe's own helper writes it.
func sign(body []byte, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: testSigning.Reveal(), Timestamp: at}).Header
}
