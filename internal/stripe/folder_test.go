package stripe

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// objectsIn finds every object of Stripe's in a JSON value: what names an
// object and has an id.
func objectsIn(v any, found *[]map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if kind, _ := v["object"].(string); kind != "" && v["id"] != nil {
			*found = append(*found, v)
		}
		for _, x := range v {
			objectsIn(x, found)
		}
	case []any:
		for _, x := range v {
			objectsIn(x, found)
		}
	}
}

// TestWholeFolder reads every object of every file: as it stands, as an event
// of every type that we use, and with each field null and of other types.
func TestWholeFolder(t *testing.T) {
	root, files, objects := sharedPath(t, "data/stripe-events"), 0, 0
	kinds := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		files++
		var found []map[string]any
		objectsIn(v, &found)
		for _, o := range found {
			objects++
			kind := o["object"].(string)
			kinds[kind]++
			text := must[[]byte](t)(json.Marshal(o))
			name := filepath.Base(path) + " " + kind
			n, err := NewsOf(text, noon)
			if err != nil || n.Kind == "" && n.Why == "" {
				t.Errorf("%s: %v %+v", name, err, n)
			}
			fitting := []string{""}
			for _, happened := range EventTypes() {
				look(t, name, Event{Type: happened, Created: noon, Object: text})
				if what, _ := (Event{Type: happened}).subject(nil); what == kind {
					fitting = append(fitting, happened)
				}
			}
			for i, body := range bent(t, o) {
				look(t, name, Event{Type: fitting[i%len(fitting)], Created: noon, Object: body})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 38 || kinds["customer"] < 4 || kinds["subscription"] < 8 || kinds["invoice"] < 3 || kinds["dispute"] < 4 || kinds["charge"] < 3 {
		t.Errorf("%d files with %d objects: %v", files, objects, kinds)
	}
}

func look(t *testing.T, name string, e Event) {
	n, err := e.News()
	if err != nil && stanna.CodeOf(err) != stanna.Invalid {
		t.Errorf("%s as %s: %v", name, e.Type, err)
	}
	checkNews(t, name+" as "+e.Type, n, err)
}

// bent gives the object as it is, and with each field null and of other types.
func bent(t *testing.T, o map[string]any) [][]byte {
	all := [][]byte{must[[]byte](t)(json.Marshal(o))}
	for field, was := range o {
		for _, other := range []any{nil, "text", 5, []any{nil, map[string]any{}}, map[string]any{"id": 5, "data": []any{1, "x"}}} {
			o[field] = other
			all = append(all, must[[]byte](t)(json.Marshal(o)))
		}
		o[field] = was
	}
	return all
}

// checkNews holds what everybody may rely on of any news.
func checkNews(t testing.TB, name string, n News, err error) {
	t.Helper()
	if err != nil {
		return
	}
	for what, ok := range map[string]bool{
		"a kind or a reason, and never both": (n.Kind == "") == (n.Why != ""),
		"one content":                        n.Kind == "" == (n.Customer == nil && n.Subscription == nil && n.Payment == nil),
		"a customer":                         n.Kind == "" || n.CustomerID != "" || n.Incomplete(),
	} {
		if !ok {
			t.Errorf("%s: not %s: %+v", name, what, n)
		}
	}
	if n.Subscription != nil {
		if w := n.Subscription.Worth(); w.Micros < 0 || (w.Micros == 0) == (w.Why == "") {
			t.Errorf("%s: %+v", name, w)
		}
	}
	if p := n.Payment; p != nil {
		kind, fact := stanna.PaymentRecoveredType, any(p.Recovered)
		if p.Failed != nil {
			kind, fact = stanna.PaymentFailedType, p.Failed
		}
		data, _ := json.Marshal(fact)
		s := stanna.Signal{ID: "evt_1", ClientID: "c", Type: kind, OccurredAt: noon, Data: data}
		if (p.Failed == nil) == (p.Recovered == nil) {
			t.Errorf("%s: failed and recovered: %+v", name, p)
		} else if err := s.Check(noon); err != nil {
			t.Errorf("%s: the signal is refused: %v: %s", name, err, data)
		} else if p.Failed != nil && (p.Failed.Invoice == "" || p.Failed.URL == "" || !strings.HasPrefix(p.Failed.URL, "https://dashboard.stripe.com/")) {
			t.Errorf("%s: %s", name, data)
		}
	}
}

// TestFixtures says what the files of other projects come to: the old form
// with a plan and a period at the subscription, and the newest.
func TestFixtures(t *testing.T) {
	var mock map[string]json.RawMessage
	if err := json.Unmarshal(shared(t, "data/stripe-events/stripe_mock_resources.json"), &mock); err != nil {
		t.Fatal(err)
	}
	dj := func(name string) json.RawMessage { return shared(t, "data/stripe-events/dj-stripe/"+name+".json") }
	for name, c := range map[string]struct {
		raw    json.RawMessage
		micros int64
		why    string
		end    int64
		plan   string
	}{
		"old":     {dj("subscription_sub_fakefakefakefakefake0001"), 2000e6, "", 1560673576, "New plan name, monthly"},
		"two":     {dj("subscription_sub_fakefakefakefakefake0004"), 6000e6, "", 1560673582, "New plan name, monthly + New plan name, monthly"},
		"newest":  {mock["subscription"], 0, WhyNone, 976287773, "20.00 USD, monthly"}, // sold in packages of 1,592,560,163
		"nothing": {json.RawMessage(`{"id":"sub_1","object":"subscription","customer":{"id":"cus_1"},"status":"active"}`), 0, WhyNoPrice, 0, ""},
	} {
		n := must[News](t)(NewsOf(c.raw, noon))
		s := n.Subscription
		if s == nil {
			t.Fatalf("%s: %+v", name, n)
		}
		end := s.PeriodEnd.Unix()
		if s.PeriodEnd.IsZero() {
			end = 0
		}
		if w := s.Worth(); w.Micros != c.micros || w.Why != c.why || end != c.end || s.Plan != c.plan || n.CustomerID == "" {
			t.Errorf("%s: %+v, until %d, %q, of %q", name, w, end, s.Plan, n.CustomerID)
		}
	}
	// Each failed invoice yields customer, amount, currency, attempt, next
	// attempt and subscription.
	for name, raw := range map[string]json.RawMessage{"old": dj("invoice_in_fakefakefakefakefake0004"), "newest": mock["invoice"]} {
		body := edited(t, string(raw), map[string]any{"status": "open", "paid": false, "attempted": true, "attempt_count": 1, "next_payment_attempt": 1795600800})
		o := must[object](t)(readObject([]byte(body)))
		n := newsOf(t, "invoice.payment_failed", body)
		f := n.Payment.Failed
		want := map[string]float64{"old": 40, "newest": 10}[name]
		if f.Amount != want || f.Currency != "USD" || f.Attempt != 1 || f.NextAttempt != "2026-11-25T10:00:00Z" || f.Status != stanna.PaymentPastDue &&
			name == "newest" || f.Invoice != n.ID || n.CustomerID == "" || readInvoice(o, place{}).subscription == "" {
			t.Errorf("%s: %+v of %+v", name, f, n)
		}
	}
}
