package mapping_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func compiled(t testing.TB, text string) *mapping.Compiled {
	t.Helper()
	var m stanna.Mapping
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	c, err := mapping.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// one is the only item of a body.
func one(t testing.TB, text, body string) mapping.Item {
	t.Helper()
	r := compiled(t, text).Read([]byte(body), nil, noon)
	if r.Err != nil || len(r.Items) != 1 {
		t.Fatalf("%+v", r)
	}
	return r.Items[0]
}

// faultsOf are the fields of an error.
func faultsOf(t testing.TB, err error) map[string]string {
	t.Helper()
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid {
		t.Fatalf("%T: %v", err, err)
	}
	return e.Fields
}

// Everything that is wrong is found at once, each where it stands.
func TestCompileFaults(t *testing.T) {
	_, err := mapping.Compile(stanna.Mapping{
		Each:       "item.events",
		When:       "item.type",
		Client:     stanna.ClientMapping{ID: "item.id ==", Domain: "domain"},
		Fields:     map[string]string{"name": "[item.name]", "custom.seats": "number(item.seats", "tags": `"a,b"`},
		FieldsFrom: "[1]",
		Signals: []stanna.SignalMapping{{
			When: `"yes"`, Type: stanna.SentimentDetectedType, ID: "itm.id", OccurredAt: "[]",
			Data: map[string]string{"score": "itm.score", "quote": "{", "a": "1", "a.b": "2"},
		}},
		Act: &stanna.ActMapping{Do: "take", By: "item.by", Until: "{}"},
	})
	want := map[string]string{
		"mapping.each":                  "gives the items, so that there is none yet; write body",
		"mapping.client.id":             `line 1, column 11: something is missing after "=="`,
		"mapping.client.domain":         `line 1, column 1: there is no "domain"; a field is written item.domain; text stands in quotes: "domain"`,
		"mapping.fields.name":           "line 1, column 1: this gives a list; text is wanted here, such as item.email",
		"mapping.fields.custom.seats":   `line 1, column 7: this "(" is never closed`,
		"mapping.fields.tags":           "line 1, column 1: this gives text; a list is wanted here, such as list(body)",
		"mapping.fieldsFrom":            "line 1, column 1: this gives a list; an object is wanted here, such as item.fields",
		"mapping.signals[0].when":       `line 1, column 1: this gives text; a comparison is wanted here, such as item.type == "closed"`,
		"mapping.signals[0].id":         `line 1, column 1: there is no "itm"; did you mean item?`,
		"mapping.signals[0].occurredAt": "line 1, column 1: this gives a list; a time is wanted here, such as time(item.createdAt)",
		"mapping.signals[0].data":       "a cannot be a value and have a.b in it",
		"mapping.signals[0].data.score": `line 1, column 1: there is no "itm"; did you mean item?`,
		"mapping.signals[0].data.quote": `line 1, column 1: this "{" is never closed`,
		"mapping.act.do":                `line 1, column 1: there is no "take"; a field is written item.take; text stands in quotes: "take"`,
		"mapping.act.until":             "line 1, column 1: this gives an object; a time is wanted here, such as time(item.createdAt)",
	}
	if d := cmp.Diff(want, faultsOf(t, err)); d != "" {
		t.Error(d)
	}
	if message := "mapping.each: gives the items, so that there is none yet; write body (and 14 more: mapping.act.do, mapping.act.until, mapping.client.domain, …)"; err.Error() != message {
		t.Errorf("got  %s\nwant %s", err, message)
	}
}

// What is wrong with the form of a mapping is found as well, by the noun.
func TestCompileForm(t *testing.T) {
	for _, m := range []stanna.Mapping{
		{},
		{FieldsFrom: "item"},
		{Client: stanna.ClientMapping{Create: true}, FieldsFrom: "item"},
		{Client: stanna.ClientMapping{ID: "item.id"}, Fields: map[string]string{"colour": "item.x"}},
		{Client: stanna.ClientMapping{ID: "item.id"}, Signals: []stanna.SignalMapping{{Type: "health.score"}}},
		{Act: &stanna.ActMapping{Do: `"take"`}},
	} {
		if _, err := mapping.Compile(m); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func TestRead(t *testing.T) {
	const nps = `{"client": {"email": "item.email"}, "signals": [{"type": "custom.nps", "data": {"score": "item.score"}}]}`
	for name, test := range map[string]struct{ mapping, body, want string }{
		"a signal":                  {nps, `{"email": "Ben@Acme.com", "score": 7}`, `ben@acme.com {"score":7}`},
		"null leaves a field out":   {nps, `{"email": "ben@acme.com", "score": null}`, `ben@acme.com {}`},
		"a missing field":           {nps, `{"email": "ben@acme.com", "rating": 7}`, `signals[0].data.score: line 1, column 1: item.score: there is no score; there are email and rating`},
		"nobody":                    {nps, `{"score": 7}`, `client: is not named: email: line 1, column 1: item.email: there is no email; there is only score`},
		"nobody, by null":           {nps, `{"score": 7, "email": null}`, `client: is not named: what finds it gives nothing`},
		"no e-mail":                 {nps, `{"score": 7, "email": "Ben"}`, `client.email: is no e-mail address`},
		"an id of figures":          {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"id": 9817364501}`, `9817364501 {}`},
		"an id of too many figures": {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"id": 12345678901234567891}`, `12345678901234567891 {}`},
		"an id that cannot be one":  {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"id": "a b"}`, `client.id: may not contain spaces, control characters, '/', '?' or '#'`},
		"not for us":                {`{"when": "item.type == \"a\"", "client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"type": "b"}`, `passed: when: does not hold: item.type == "a"`},
		"not for us, by a field that is not there": {`{"when": "item.type == \"a\"", "client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"kind": "b"}`,
			`passed: when: line 1, column 1: item.type: there is no type; there is only kind`},
		"when is no comparison": {`{"when": "item.type", "client": {"id": "item.id"}, "signals": [{"type": "client.churned"}]}`, `{"type": "b"}`,
			`when: line 1, column 1: item.type is text, and yes or no is wanted here`},
		"no signal of several": {`{"client": {"id": "item.id"}, "signals": [{"when": "item.a > 1", "type": "client.churned"}, {"when": "has(item.b)", "type": "custom.b"}]}`, `{"id": "acme", "a": 1}`,
			`passed: signals[0].when: does not hold: item.a > 1`},
		"nothing said": {`{"client": {"id": "item.id"}, "fields": {"tier": "optional(item.plan)"}}`, `{"id": "acme"}`, `passed: it sets no field, makes no signal and wants nothing done`},
		"nested data": {`{"client": {"id": "item.id"}, "signals": [{"type": "custom.x", "data": {"a.b.c": "1", "a.b.d": "item.none", "a.e": "[item.id]", "at": "now", "html": "\"<&>\""}}]}`, `{"id": "acme", "none": null}`,
			`acme {"a":{"b":{"c":1},"e":["acme"]},"at":"2026-11-23T12:00:00Z","html":"<&>"}`},
		"a list of factors": {`{"client": {"id": "item.id"}, "signals": [{"type": "health.scored", "data": {"score": "item.score", "factors": "item.why.map(w, {\"name\": w.title, \"impact\": w.points})"}}]}`,
			`{"id": "acme", "score": 38, "why": [{"title": "Usage", "points": -12}]}`, `acme {"factors":[{"impact":-12,"name":"Usage"}],"score":38}`},
		"data that is wrong": {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned"}, {"type": "health.scored", "data": {"score": "item.score"}}]}`, `{"id": "acme", "score": 380}`,
			`signals[1].data.score: must be a number from 0 to 100`},
		"data of the wrong kind": {`{"client": {"id": "item.id"}, "signals": [{"type": "health.scored", "data": {"score": "item.score"}}]}`, `{"id": "acme", "score": "38"}`,
			`signals[0].data.score: must be a number, not string`},
		"a time in the future": {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned", "occurredAt": "item.at"}]}`, `{"id": "acme", "at": "2026-11-23T13:00:00Z"}`,
			`signals[0].occurredAt: 2026-11-23T13:00:00Z is in the future; check the sender's clock`},
		"an id of a signal that cannot be one": {`{"client": {"id": "item.id"}, "signals": [{"type": "client.churned", "id": "item.event"}]}`, `{"id": "acme", "event": "a b"}`,
			`signals[0].id: may not contain spaces, control characters, '/', '?' or '#'`},
		"several faults": {`{"client": {"id": "item.id"}, "fields": {"tier": "item.plan", "mrr": "item.mrr"}, "signals": [{"type": "health.scored", "data": {"score": "item.score"}}]}`, `{"id": "acme", "mrr": "much"}`,
			`fields.mrr: must be a number, such as 1492.5 or 1,492.50 (and 2 more: fields.tier, signals[0].data.score)`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shown(one(t, test.mapping, test.body)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func shown(i mapping.Item) string {
	switch {
	case i.Err != nil:
		return i.Err.Error()
	case i.Passed:
		return "passed: " + i.Why
	}
	s := i.Client.ID + i.Client.Email + i.Client.Domain
	for _, x := range i.Signals {
		s += " " + string(x.Data)
	}
	return s
}

// One item that cannot be read spoils no other.
func TestItems(t *testing.T) {
	c := compiled(t, `{"each": "body.events", "client": {"id": "item.id"}, "signals": [{"type": "health.scored", "data": {"score": "number(item.score)"}}]}`)
	r := c.Read([]byte(`{"events": [{"id": "a", "score": "1"}, {"id": "b", "score": "x"}, "c", null, {"id": "d", "score": 4}]}`), nil, noon)
	var got []string
	for _, i := range r.Items {
		got = append(got, shown(i))
	}
	want := []string{
		`a {"score":1}`,
		"signals[0].data.score: line 1, column 8: item.score is text that is no number; a number is written 1492.5 or 1,492.50",
		"signals[0].data.score: line 1, column 8: item.score: item is text and has no fields",
		"signals[0].data.score: line 1, column 8: item.score: item is null and has no fields",
		`d {"score":4}`,
	}
	if d := cmp.Diff(want, got); d != "" || r.Err != nil {
		t.Error(d, r.Err)
	}
	for body, want := range map[string]string{
		`{"events": {}}`: "each: line 1, column 1: body.events is an object, and a list is wanted here",
		`{"event": []}`:  "each: line 1, column 1: body.events: there is no events; did you mean event?",
	} {
		if r := c.Read([]byte(body), nil, noon); r.Err == nil || r.Err.Error() != want || stanna.CodeOf(r.Err) != stanna.Invalid {
			t.Errorf("%s: %v", body, r.Err)
		}
	}
	for _, body := range []string{`{"events": []}`, `{"events": null}`} {
		if r := c.Read([]byte(body), nil, noon); r.Err != nil || len(r.Items) != 0 {
			t.Errorf("%s: %+v", body, r)
		}
	}
}

// The id of a signal is the expression's, else it tells whether two say the
// same of the same client.
func TestSignalID(t *testing.T) {
	const m = `{"client": {"id": "item.client", "create": true}, "fields": {"name": "optional(item.name)"}, "signals": [{"type": "custom.a", "id": "optional(item.event)", "occurredAt": "optional(item.at)", "data": {"x": "item.x", "y": "optional(item.y)"}}]}`
	id := func(body string) string {
		t.Helper()
		return one(t, m, body).Signals[0].ID
	}
	if got := id(`{"client": "acme", "event": 118, "x": 1}`); got != "118" {
		t.Errorf("the sender's id is %s", got)
	}
	first := id(`{"client": "acme", "x": 1, "y": {"a": 1, "b": 2}, "at": "2026-11-23T09:00:00Z"}`)
	if len(first) != 32 || first != id(`{"at": 1795424400, "y": {"b": 2.0, "a": 1}, "x": 1.0, "client": "acme", "name": "Acme", "more": 2}`) {
		t.Errorf("what says the same has another id than %s", first)
	}
	for _, other := range []string{
		`{"client": "globex", "x": 1, "y": {"a": 1, "b": 2}, "at": "2026-11-23T09:00:00Z"}`,
		`{"client": "acme", "x": 2, "y": {"a": 1, "b": 2}, "at": "2026-11-23T09:00:00Z"}`,
		`{"client": "acme", "x": 1, "y": {"a": 1, "b": 3}, "at": "2026-11-23T09:00:00Z"}`,
		`{"client": "acme", "x": 1, "y": {"a": 1, "b": 2}, "at": "2026-11-23T09:00:01Z"}`,
		`{"client": "acme", "x": 1, "y": {"a": 1, "b": 2}}`,
	} {
		if id(other) == first {
			t.Errorf("%s has the same id", other)
		}
	}
	two := one(t, `{"client": {"id": "item.client"}, "signals": [{"type": "custom.a", "id": "item.event"}, {"type": "custom.b", "id": "item.event"}]}`, `{"client": "acme", "event": "e1"}`)
	if two.Signals[0].ID != "e1" || two.Signals[1].ID != "e1:2" {
		t.Errorf("two signals of one event are %s and %s", two.Signals[0].ID, two.Signals[1].ID)
	}
}

func TestClient(t *testing.T) {
	const m = `{"client": {"id": "item.id", "custom": "hubspot_id", "value": "item.hub", "email": "item.email", "domain": "domainOf(item.site)", "create": true},
		"fields": {"name": "optional(item.name)", "tier": "\"growth\""}}`
	for body, want := range map[string]struct {
		ref   mapping.Ref
		words string
	}{
		`{"id": " acme ", "name": "Acme"}`:                 {mapping.Ref{ID: "acme", Create: true}, "the id acme"},
		`{"hub": 77, "site": "https://www.ACME.com/x"}`:    {mapping.Ref{Custom: "hubspot_id", Value: "77", Domain: "acme.com"}, "hubspot_id 77 or the domain acme.com"},
		`{"email": "Ben@ACME.com", "id": "", "hub": null}`: {mapping.Ref{Email: "ben@acme.com"}, "the e-mail ben@acme.com"},
	} {
		if i := one(t, m, body); i.Err != nil || i.Client != want.ref || i.Client.Words() != want.words {
			t.Errorf("%s: %+v %q %v", body, i.Client, i.Client.Words(), i.Err)
		}
	}
}

func TestAct(t *testing.T) {
	const m = `{"client": {"id": "item.client"}, "fieldsFrom": "item.do == \"set\" ? item.fields : null", "act": {"when": "optional(item.ignore) != true", "do": "item.do", "by": "item.by", "alert": "optional(item.alert)",
		"to": "optional(item.to)", "until": "optional(item.until)", "outcome": "optional(item.outcome)", "note": "optional(item.note)"}}`
	for body, want := range map[string]mapping.Act{
		`{"do": "take", "by": " Ana@Acme.com ", "alert": "alr_1"}`:                          {Do: "take", By: "ana@acme.com", Alert: "alr_1"},
		`{"do": "assign", "by": "ana@acme.com", "to": "Ben@Acme.com"}`:                      {Do: "assign", By: "ana@acme.com", To: "ben@acme.com"},
		`{"do": "snooze", "by": "ana@acme.com", "until": "2026-11-26"}`:                     {Do: "snooze", By: "ana@acme.com", Until: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)},
		`{"do": "resolve", "by": "ana@acme.com", "outcome": "saved", "note": " Signed. "}`:  {Do: "resolve", By: "ana@acme.com", Outcome: stanna.Saved, Note: "Signed."},
		`{"do": "set", "client": "acme", "by": "ana@acme.com", "fields": {"tier": "gold"}}`: {Do: "set", By: "ana@acme.com"},
	} {
		if i := one(t, m, body); i.Err != nil || i.Act == nil || *i.Act != want {
			t.Errorf("%s: %+v", body, i)
		}
	}
	for body, want := range map[string]map[string]string{
		`{"do": "dance", "by": "ana@acme.com"}`:                               {"act.do": "must be one of take, assign, snooze, resolve, reached, set"},
		`{"do": "take", "by": "Ana"}`:                                         {"act.by": "must be the e-mail address of who does it"},
		`{"by": "ana@acme.com"}`:                                              {"act.do": "line 1, column 1: item.do: there is no do; there is only by"},
		`{"do": "snooze", "by": "ana@acme.com"}`:                              {"act.until": "is required to snooze an alert"},
		`{"do": "snooze", "by": "ana@acme.com", "until": "later"}`:            {"act.until": "line 1, column 10: item.until is text that is no time; a time is written 2026-11-23T09:30:00Z"},
		`{"do": "resolve", "by": "ana@acme.com", "outcome": "x"}`:             {"act.outcome": "must be saved, lost, noise or known"},
		`{"do": "assign", "by": "ana@acme.com", "to": "Ben"}`:                 {"act.to": "must be an e-mail address"},
		`{"do": "set", "client": "acme", "by": "ana@acme.com", "fields": {}}`: {"fields": "are required to set some"},
		`{"do": "set", "by": "ana@acme.com", "fields": {"tier": "gold"}}`:     {"client": "is not named: id: line 1, column 1: item.client: there is no client; there are by, do and fields"},
		`{"do": "set", "client": "acme", "by": "ana@acme.com", "fields": {"colour": "red", "mrr": "much"}}`: {
			"fieldsFrom.colour": "is no field of a client; they are name, domain, mrr, currency, tier, csmOwner, renewalDate, renewalTermMonths, tags, isExcluded and custom.YOURS",
			"fieldsFrom.mrr":    "must be a number, such as 1492.5 or 1,492.50"},
	} {
		i := one(t, m, body)
		if i.Err == nil {
			t.Errorf("%s: %+v", body, i)
			continue
		}
		got := faultsOf(t, i.Err)
		if _, said := want["fieldsFrom"]; !said && len(want) == 1 {
			maps.DeleteFunc(got, func(field, _ string) bool { return field == "fieldsFrom" }) // item.do is asked there as well
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	if i := one(t, m, `{"do": "take", "by": "ana@acme.com", "ignore": true}`); !i.Passed || i.Why != "act.when: does not hold: optional(item.ignore) != true" {
		t.Errorf("%+v", i)
	}
}

// A mapping's work is bounded over all its items.
func TestTooMuchWork(t *testing.T) {
	c := compiled(t, `{"each": "body.list", "client": {"id": "text(item)"}, "signals": [{"type": "custom.x", "data": {"n": "size(body.list.filter(x, x == item || x == 5 || x == 6))"}}]}`)
	body := map[string][]int{}
	for i := range mapping.MaxItems {
		body["list"] = append(body["list"], i)
	}
	text, _ := json.Marshal(body)
	r := c.Read(text, nil, noon)
	read, stopped := 0, 0
	for _, i := range r.Items {
		var e *stanna.Error
		if i.Err == nil {
			read++
		} else if errors.As(i.Err, &e) && e.Code == stanna.Invalid {
			stopped++
		}
	}
	if r.Err != nil || read < 100 || stopped < 100 || read+stopped != mapping.MaxItems {
		t.Errorf("%d were read and %d stopped: %v", read, stopped, r.Err)
	}
	body["list"] = append(body["list"], 0)
	text, _ = json.Marshal(body)
	if r := c.Read(text, nil, noon); r.Err == nil || r.Err.Error() != "each: gives 1001 items; a body may have 1000" {
		t.Errorf("%v", r.Err)
	}
	large := compiled(t, `{"client": {"id": "\"a\""}, "signals": [{"type": "custom.x", "data": {"a": "body", "b": "body"}}]}`)
	text, _ = json.Marshal(map[string]string{"x": string(make([]byte, 30_000))})
	if r := large.Read(text, nil, noon); r.Items[0].Err == nil || r.Items[0].Err.Error() != "signals[0].data: is larger than 262144 bytes" {
		t.Errorf("%v", r.Items[0].Err)
	}
}

// However much a mapping asks of the largest body, it is read soon.
func TestHostileMapping(t *testing.T) {
	m := stanna.Mapping{Each: "body.items", Client: stanna.ClientMapping{ID: `"acme"`}}
	for range 20 {
		s := stanna.SignalMapping{Type: "custom.x", Data: map[string]string{}}
		for i := range 20 {
			s.Data["a"+strconv.Itoa(i)] = "or(item.gone, body.gone, stripHtml(body.text), lower(item.text))"
			s.Data["b"+strconv.Itoa(i)] = "body.items.filter(x, x.text == item.text).map(x, x.text)"
			s.Data["c"+strconv.Itoa(i)] = "item.gone"
			s.Data["d"+strconv.Itoa(i)] = "item"
		}
		m.Signals = append(m.Signals, s)
	}
	began := time.Now()
	c, err := mapping.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	compiled := time.Since(began)
	items := make([]map[string]string, mapping.MaxItems)
	for i := range items {
		items[i] = map[string]string{"text": strings.Repeat("<b>x</b>", 20)}
	}
	body := plainJSON(map[string]any{"items": items, "text": strings.Repeat("<p>", 50_000)})
	began = time.Now()
	r := c.Read(body, nil, noon)
	read := time.Since(began)
	t.Logf("%d bytes: compiled in %v, read in %v", len(body), compiled, read)
	if r.Err != nil || len(r.Items) != mapping.MaxItems {
		t.Fatal(r.Err)
	}
	if most := 5 * time.Second * slowness; compiled > most || read > most {
		t.Errorf("compiling took %v, reading %v", compiled, read)
	}
}

func TestMappingTooLong(t *testing.T) {
	m := stanna.Mapping{Client: stanna.ClientMapping{ID: "item.id"}, Fields: map[string]string{}}
	for i := range 30 {
		m.Fields["custom.a"+strconv.Itoa(i)] = `"` + strings.Repeat("x", 3900) + `"`
	}
	if _, err := mapping.Compile(m); err == nil || err.Error() != "mapping: has expressions of more than 100000 characters in all" {
		t.Error(err)
	}
}

// plainJSON is JSON whose < and > are one byte each.
func plainJSON(x any) []byte {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(x); err != nil {
		panic(err)
	}
	return b.Bytes()
}
