package stripe

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gostanna/stanna"
)

func TestReadEvent(t *testing.T) {
	e := must[Event](t)(ReadEvent([]byte(`{"id":"evt_9","object":"event","account":"acct_7","api_version":"2020-08-27","created":1557995176,
		"livemode":true,"type":"customer.updated","data":{"object":{"id":"cus_1","n":1.50},"previous_attributes":{"email":null}},"request":"req_1"}`)))
	want := Event{ID: "evt_9", Type: "customer.updated", Account: "acct_7", APIVersion: "2020-08-27", Created: time.Unix(1557995176, 0).UTC(),
		Livemode: true, Object: []byte(`{"id":"cus_1","n":1.50}`), Previous: []byte(`{"email":null}`)}
	if d := cmp.Diff(want, e, cmpopts.IgnoreUnexported(Event{})); d != "" {
		t.Error(d)
	}
	e = happened(t, "customer.updated", `{"id":"cus_1"}`)
	if e.Previous != nil || e.APIVersion != "" {
		t.Errorf("%+v", e)
	}
}

func TestThinEventIsNotUsed(t *testing.T) {
	e := must[Event](t)(ReadEvent([]byte(`{"id":"evt_test_65R","object":"v2.core.event","context":null,"created":"2024-09-17T06:20:52.246Z","livemode":false,
		"type":"v2.core.account[configuration.merchant].capability_status_updated","reason":null,
		"related_object":{"id":"mtr_1","type":"billing.meter","url":"/v1/billing/meters/mtr_1"}}`)))
	n := must[News](t)(e.News())
	if n.Kind != "" || !strings.Contains(n.Why, "not used: it is a thin event") || e.Created.Year() != 2024 {
		t.Errorf("%+v of %+v", n, e)
	}
}

// What is signed by Stripe may still be broken, and what a person feeds to a
// fake is: each is refused with a sentence.
func TestHostileEvents(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	envelope := func(object string) string {
		return `{"id":"evt_1","object":"event","type":"invoice.payment_failed","created":1795514400,"data":{"object":` + object + `}}`
	}
	for name, body := range map[string]string{
		"nothing":         ``,
		"null":            `null`,
		"a list":          `[]`,
		"a text":          `"event"`,
		"half":            `{"id":"evt_1"`,
		"two":             envelope(`{}`) + `{}`,
		"too deep":        strings.Repeat(`{"a":`, 20000),
		"no object":       `{"id":"evt_1","type":"x","created":1,"data":{"object":{}}}`,
		"another object":  `{"id":"evt_1","object":"list","type":"x","created":1,"data":{"object":{}}}`,
		"no id":           `{"object":"event","type":"x","created":1,"data":{"object":{}}}`,
		"an odd id":       `{"id":{"id":5},"object":"event","type":"x","created":1,"data":{"object":{}}}`,
		"an odd type":     `{"id":"evt_1","object":"event","type":["x"],"created":1,"data":{"object":{}}}`,
		"an odd time":     `{"id":"evt_1","object":"event","type":"x","created":"soon","data":{"object":{}}}`,
		"no data":         `{"id":"evt_1","object":"event","type":"x","created":1}`,
		"null data":       `{"id":"evt_1","object":"event","type":"x","created":1,"data":null}`,
		"a null object":   envelope(`null`),
		"an id as object": envelope(`"in_1"`),
		"a list inside":   envelope(`[{}]`),
	} {
		if _, err := ReadEvent([]byte(body)); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, object := range map[string]string{
		"deep":         `{"id":"in_1","customer":"cus_1","lines":` + deep + `}`,
		"no amount":    `{"id":"in_1","customer":"cus_1","currency":"usd"}`,
		"no currency":  `{"id":"in_1","customer":"cus_1","amount_due":5,"currency":"dollar"}`,
		"an exponent":  `{"id":"in_1","customer":"cus_1","amount_due":1e999999999,"currency":"usd"}`,
		"below 0":      `{"id":"in_1","customer":"cus_1","amount_due":-5,"currency":"usd"}`,
		"beyond money": `{"id":"in_1","customer":"cus_1","amount_due":99999999999999999999,"currency":"usd"}`,
	} {
		e := must[Event](t)(ReadEvent([]byte(envelope(object))))
		if n, err := e.News(); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%s: %v %+v", name, err, n)
		}
	}
	for name, object := range map[string]string{
		"no id":         `{}`,
		"an odd id":     `{"id":"a b"}`,
		"no customer":   `{"id":"in_1"}`,
		"odd customer":  `{"id":"in_1","customer":["cus_1"]}`,
		"a draft":       `{"id":"in_1","customer":"cus_1","status":"draft"}`,
		"odd timestamp": `{"id":"in_1","customer":"cus_1","status":"draft","due_date":99999999999999}`,
	} {
		e := must[Event](t)(ReadEvent([]byte(envelope(object))))
		if n, err := e.News(); err != nil || n.Kind != "" || n.Why == "" {
			t.Errorf("%s: %v %+v", name, err, n)
		}
	}
}

func TestEventTypesAreUsed(t *testing.T) {
	for _, kind := range EventTypes() {
		if what, _ := (Event{Type: kind}).subject(nil); what == "" {
			t.Errorf("%s is asked for and not used", kind)
		}
	}
	for kind, want := range map[string]string{
		"customer.subscription.trial_will_end": "the trial goes on", "payment_intent.payment_failed": "its charge or its invoice",
		"charge.refunded": "what is given back", "invoice.created": "not due yet", "payout.paid": "events of type payout.paid say nothing",
	} {
		if n := newsOf(t, kind, `{"id":"x_1"}`); n.Kind != "" || !strings.Contains(n.Why, want) {
			t.Errorf("%s: %+v", kind, n)
		}
	}
}
