package mapping_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
)

var update = flag.Bool("update", false, "write the golden files and the document anew")

// goldenItem is an item as the golden files show it.
type goldenItem struct {
	Passed  string         `json:"passed,omitempty"`
	Error   string         `json:"error,omitempty"`
	Client  *goldenRef     `json:"client,omitempty"`
	Fields  map[string]any `json:"fields,omitempty"`
	Signals []goldenSignal `json:"signals,omitempty"`
	Act     *goldenAct     `json:"act,omitempty"`
}

type goldenRef struct {
	ID     string `json:"id,omitempty"`
	Custom string `json:"custom,omitempty"`
	Value  string `json:"value,omitempty"`
	Email  string `json:"email,omitempty"`
	Domain string `json:"domain,omitempty"`
	Create bool   `json:"create,omitempty"`
}

type goldenSignal struct {
	ID         string            `json:"id"`
	Type       stanna.SignalType `json:"type"`
	OccurredAt time.Time         `json:"occurredAt"`
	Data       json.RawMessage   `json:"data"`
}

type goldenAct struct {
	Do      string         `json:"do"`
	Alert   string         `json:"alert,omitempty"`
	By      string         `json:"by"`
	To      string         `json:"to,omitempty"`
	Until   time.Time      `json:"until,omitzero"`
	Outcome stanna.Outcome `json:"outcome,omitempty"`
	Note    string         `json:"note,omitempty"`
}

func golden(items []mapping.Item) []byte {
	var list []goldenItem
	for _, i := range items {
		g := goldenItem{Fields: i.Fields}
		if i.Passed {
			g.Passed = i.Why
		}
		if i.Err != nil {
			g.Error = i.Err.Error()
		}
		if i.Client != (mapping.Ref{}) {
			g.Client = (*goldenRef)(&i.Client)
		}
		for _, s := range i.Signals {
			g.Signals = append(g.Signals, goldenSignal{s.ID, s.Type, s.OccurredAt, s.Data})
		}
		if i.Act != nil {
			g.Act = (*goldenAct)(i.Act)
		}
		list = append(list, g)
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(list); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Every sample of every ready mapping is read into exactly what its golden
// file says.
func TestReady(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range mapping.Ready() {
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if r.Title == "" || r.Doc == "" || len(r.Steps) < 3 || r.Scheme == "" || len(r.Samples) < 2 || seen[r.Name] {
			t.Errorf("%s lacks something, or comes twice", r.Name)
		}
		seen[r.Name] = true
		if x := (stanna.Source{Name: r.Title, Mapping: r.Mapping}); x.Validate() != nil {
			t.Errorf("%s: %v", r.Name, x.Validate())
		}
		for _, s := range r.Samples {
			name := filepath.Join("testdata", r.Name+"_"+strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(s.Name), ",", ""), " ", "_")+".golden")
			got := c.Read(s.Body, map[string]string{"content-type": "application/json"}, noon)
			if got.Err != nil {
				t.Errorf("%s, %s: %v", r.Name, s.Name, got.Err)
				continue
			}
			text := golden(got.Items)
			if *update {
				if err := os.WriteFile(name, text, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Error(err)
			} else if d := cmp.Diff(string(want), string(text)); d != "" {
				t.Errorf("%s, %s: %s", r.Name, s.Name, d)
			}
		}
	}
}

// The form's second sample says which form it is read from.
func TestReadyForm(t *testing.T) {
	r := ready(t, "form")
	c, err := mapping.Compile(r.Mapping)
	if err != nil {
		t.Fatal(err)
	}
	s := r.Samples[1]
	_, body, _ := strings.Cut(s.Doc, "text only: ")
	body, _, _ = strings.Cut(body, ",")
	sent := c.Read([]byte(body), map[string]string{"content-type": "application/x-www-form-urlencoded"}, noon)
	if d := cmp.Diff(string(golden(c.Read(s.Body, nil, noon).Items)), string(golden(sent.Items))); d != "" || sent.Err != nil {
		t.Errorf("%s: %v %s", body, sent.Err, d)
	}
}

func ready(t testing.TB, name string) mapping.Template {
	t.Helper()
	for _, r := range mapping.Ready() {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("there is no ready mapping %s", name)
	return mapping.Template{}
}

// A sample whose fields are missing, or are something else, is read with
// errors that name what is wrong, or with less; never with a panic.
func TestReadyBroken(t *testing.T) {
	for _, r := range mapping.Ready() {
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Samples {
			n := 0
			for body := range broken(t, s.Body) {
				n++
				reading := c.Read([]byte(body), nil, noon)
				all := []error{reading.Err}
				for _, i := range reading.Items {
					all = append(all, i.Err)
				}
				for _, err := range all {
					var e *stanna.Error
					if err != nil && (!errors.As(err, &e) || len(e.Fields) == 0 || strings.Contains(err.Error(), "cannot be worked out")) {
						t.Fatalf("%s, %s: %v\n%s", r.Name, s.Name, err, body)
					}
				}
			}
			if n < 10 {
				t.Errorf("%s, %s: only %d were tried", r.Name, s.Name, n)
			}
		}
	}
	for _, test := range []struct{ name, body, want string }{
		{"hubspot", `[{"subscriptionType": "company.propertyChange", "propertyName": "mrr", "propertyValue": "lots"}]`,
			`fields.mrr: line 1, column 20: or(item.properties.mrr.value, ...) is text that is no number; a number is written 1492.5 or 1,492.50`},
		{"hubspot", `{"dealstage": "closedlost", "hs_object_id": 1, "company_domain": "acme.com"}`, `signals[0].data.what: line 1, column 17: item.properties.dealname: there is no dealname; there are company_domain, dealstage and hs_object_id`},
		{"intercom", `{"topic": "conversation.rating.added", "id": "n1", "created_at": 1795424400, "app_id": "k", "data": {"item": {"id": "7", "user": {"email": "ben@acme.com"}}}}`,
			`signals[1].data.score: line 1, column 7: item.conversation_rating: there is no conversation_rating; there are id and user`},
		{"intercom", `{"type": "notification_event"}`, `each: line 1, column 2: body.data: there is no data; there is only type`},
		{"segment", `{"type": "track", "groupId": "a", "event": "x", "properties": {"used": "many", "limit": 5}}`,
			`signals[0].data.used: line 1, column 8: item.event.properties.used is text that is no number; a number is written 1492.5 or 1,492.50 (and 1 more: signals[0].id)`},
		{"form", `{"email": "ben@acme.com", "comment": "x"}`, `signals[0].data.score: line 1, column 14: item.score: there is no score; there are comment and email`},
		{"form", `{"email": "ben@acme.com", "score": 11}`, `signals[0].data.score: must be a number from -2 to 2`},
		{"form", `{"score": 5}`, `client: is not named: email: line 1, column 1: item.email: there is no email; there is only score`},
		{"calls", `{"alertId": "alr_1", "by": "ana@example.com"}`, `fieldsFrom: line 1, column 1: item.do: there is no do; there are alertId and by (and 1 more: act.do)`},
		{"calls", `{"do": "take", "alertId": "alr_1"}`, `act.by: line 1, column 1: item.by: there is no by; there are alertId and do`},
		{"calls", `{"do": "set", "clientId": "acme", "by": "ana@example.com"}`, `fieldsFrom: line 1, column 20: item.fields: there is no fields; there are by, clientId and do`},
	} {
		c, err := mapping.Compile(ready(t, test.name).Mapping)
		if err != nil {
			t.Fatal(err)
		}
		r := c.Read([]byte(test.body), nil, noon)
		err = r.Err
		if err == nil {
			err = r.Items[0].Err
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("%s %s\ngot  %v\nwant %s", test.name, test.body, err, test.want)
		}
	}
}

// An entry of a list that is none spoils no other.
func TestReadyMixed(t *testing.T) {
	for _, name := range []string{"hubspot", "segment", "calls"} {
		r := ready(t, name)
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Samples {
			alone := c.Read(s.Body, nil, noon).Items
			body := append(append([]byte(`[null, 5, "x", {}, [], {"type": 5, "subscriptionType": {}, "do": []}, `), bytes.Trim(bytes.TrimSpace(s.Body), "[]")...), ']')
			mixed := c.Read(body, nil, noon)
			if mixed.Err != nil || len(mixed.Items) != 6+len(alone) {
				t.Errorf("%s, %s: %v, %d items", name, s.Name, mixed.Err, len(mixed.Items))
				continue
			}
			if d := cmp.Diff(string(golden(alone)), string(golden(mixed.Items[6:]))); d != "" {
				t.Errorf("%s, %s: %s", name, s.Name, d)
			}
		}
	}
}

// broken gives the body with each of its values left out once, and once made
// null, text, a number, a list and an object.
func broken(t *testing.T, body []byte) func(yield func(string) bool) {
	var x any
	if err := json.Unmarshal(body, &x); err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		show := func() bool {
			text, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			return yield(string(text))
		}
		others := []any{nil, "", "text", -1.5, []any{}, map[string]any{}, true}
		var visit func(v any, set func(any)) bool
		visit = func(v any, set func(any)) bool {
			for _, other := range others {
				if set(other); !show() {
					return false
				}
			}
			set(v)
			switch v := v.(type) {
			case map[string]any:
				for name, part := range v {
					delete(v, name)
					if !show() || !visit(part, func(other any) { v[name] = other }) {
						return false
					}
				}
			case []any:
				for i, part := range v {
					if !visit(part, func(other any) { v[i] = other }) {
						return false
					}
				}
			}
			return true
		}
		visit(x, func(other any) { x = other })
	}
}
