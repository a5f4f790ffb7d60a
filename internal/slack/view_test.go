package slack

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

var modal = json.RawMessage(`{"type":"modal","callback_id":"resolve","title":{"type":"plain_text","text":"A & B"},"blocks":[{"type":"of tomorrow"}]}`)

func TestOpenView(t *testing.T) {
	f := serve(t, says(`{"ok":true,"view":{"id":"V1","blocks":[{"type":7}]}}`))
	if err := client(t, f.URL).OpenView(t.Context(), "1.2.a", modal); err != nil {
		t.Fatal(err)
	}
	path, form := f.last(t)
	if d := cmp.Diff(url.Values{"token": {testToken.Reveal()}, "trigger_id": {"1.2.a"}, "view": {string(modal)}}, form); d != "" || path != "/api/views.open" {
		t.Error(path, d)
	}
}

func TestOpenViewFails(t *testing.T) {
	for code, class := range map[string]Class{"expired_trigger_id": ClassPress, "exchanged_trigger_id": ClassPress, "invalid_trigger_id": ClassPress,
		"view_too_large": ClassRequest, "duplicate_external_id": ClassRequest, "invalid_arguments": ClassRequest, "token_revoked": ClassConnection} {
		err := client(t, serve(t, says(`{"ok":false,"error":"`+code+`"}`)).URL).OpenView(t.Context(), "1.2.a", modal)
		o, ok := OutcomeOf(err)
		if !ok || o.Kind != Permanent || o.Class != class || o.Code != code || o.Repair == "" || stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("%s: %+v", code, o)
		}
	}
	for name, u := range map[string]string{"reset": serve(t, reset).URL, "500": serve(t, status(500)).URL, "dead": dead(), "none": "::", "control": "http://a\x7f"} {
		if o, ok := OutcomeOf(client(t, u).OpenView(t.Context(), "1.2.a", modal)); !ok || o.Kind != Retry {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestFormErrors(t *testing.T) {
	if got := string(FormErrors(map[string]string{"note": "too <long>"})); got != `{"response_action":"errors","errors":{"note":"too \u003clong\u003e"}}` {
		t.Error(got)
	}
}
