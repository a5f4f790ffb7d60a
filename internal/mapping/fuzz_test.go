package mapping_test

import (
	"encoding/json"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/mapping"
)

// FuzzRead: no mapping and no body make the program panic, and whatever is
// given can be used.
func FuzzRead(f *testing.F) {
	for _, r := range mapping.Ready() {
		m, err := json.Marshal(r.Mapping)
		if err != nil {
			f.Fatal(err)
		}
		for _, s := range r.Samples {
			f.Add(m, []byte(s.Body), "application/json")
		}
	}
	f.Add([]byte(`{"client":{"id":"item.a"},"signals":[{"type":"custom.x","data":{"a.b":"body","c":"stripHtml(item.h)"}}]}`), []byte("a=1&h=%3Cp%3Ex"), "application/x-www-form-urlencoded")
	f.Add([]byte(`{"each":"list(body).map(e, {\"a\": e})","client":{"id":"text(item.a)","create":true},"fieldsFrom":"item","fields":{"tags":"split(item.a,\";\")"}}`), []byte(`[1,{"a":1},"x",null,[[]]]`), "")
	f.Add([]byte(`{"client":{"email":"item"},"act":{"do":"item","by":"item","until":"item"}}`), []byte(`"take"`), "multipart/form-data")
	f.Fuzz(func(t *testing.T, text, body []byte, kind string) {
		var m stanna.Mapping
		if json.Unmarshal(text, &m) != nil {
			return
		}
		c, err := mapping.Compile(m)
		if err != nil {
			if stanna.CodeOf(err) != stanna.Invalid {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		checkReading(t, c, c.Read(body, map[string]string{"content-type": kind}, noon))
	})
}

// FuzzCompile: any text may stand in the place of an expression.
func FuzzCompile(f *testing.F) {
	for _, n := range expr.BodyNames() {
		f.Add(n.Example)
	}
	for _, r := range mapping.Ready() {
		for _, source := range r.Mapping.Expressions() {
			f.Add(source)
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := mapping.Compile(stanna.Mapping{
			Each: source, When: source, Client: stanna.ClientMapping{ID: source, Custom: "own", Value: source, Email: source, Domain: source, Create: true},
			Fields: map[string]string{"name": source, "mrr": source, "tags": source, "custom.x": source}, FieldsFrom: source,
			Signals: []stanna.SignalMapping{{When: source, Type: "custom.x", ID: source, OccurredAt: source, Data: map[string]string{"a.b": source}}},
			Act:     &stanna.ActMapping{When: source, Do: source, By: source, Alert: source, To: source, Until: source, Outcome: source, Note: source},
		})
		if err != nil {
			if stanna.CodeOf(err) != stanna.Invalid {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		checkReading(t, c, c.Read([]byte(`{"a": [1, "x", null], "email": "ana@acme.com"}`), nil, noon))
	})
}
