package mapping_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
	"pgregory.net/rapid"
)

// anyJSON is whatever JSON can be, with the names that mappings ask for among
// its own.
func anyJSON(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(rapid.Float64Range(-1e18, 1e18), func(f float64) any { return f }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.SampledFrom([]any{"ana@acme.com", "2026-11-23T09:00:00Z", "7", "1,492.50", "<p>x</p>", "take", "set", "track", "group", "company.propertyChange", "closedlost", "acme.com", 1795424400.0, 5.0, "\x00", "\u202e"}),
	)
	if depth == 0 {
		return leaf
	}
	name := rapid.OneOf(rapid.SampledFrom([]string{"do", "by", "email", "score", "type", "topic", "data", "item", "id", "properties", "traits", "fields", "clientId", "subscriptionType", "objectId", "propertyName", "propertyValue",
		"source", "author", "conversation_parts", "conversation_rating", "rating", "body", "created_at", "groupId", "used", "limit", "mrr", "name", "domain", "dealstage", "until", "days", "custom"}), rapid.String())
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 5), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(name, anyJSON(depth-1), 0, 8), func(m map[string]any) any { return m }))
}

// Any JSON is read by any ready mapping without a panic, into no more than
// there can be; what is given can be used, and the same is read the same.
func TestAnyBody(t *testing.T) {
	var all []*mapping.Compiled
	for _, r := range mapping.Ready() {
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(anyJSON(4).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		c := rapid.SampledFrom(all).Draw(t, "mapping")
		r := c.Read(body, nil, noon)
		checkReading(t, c, r)
		if again := c.Read(body, nil, noon); string(golden(r.Items)) != string(golden(again.Items)) {
			t.Fatalf("once\n%s, then\n%s", golden(r.Items), golden(again.Items))
		}
	})
}

// checkReading says what is wrong with what was read.
func checkReading(t interface{ Fatalf(string, ...any) }, c *mapping.Compiled, r mapping.Reading) {
	if len(r.Items) > mapping.MaxItems || r.Err != nil && len(r.Items) > 0 {
		t.Fatalf("%d items, %v", len(r.Items), r.Err)
	}
	size := 0
	for _, i := range r.Items {
		var e *stanna.Error
		if i.Err != nil && (!errors.As(i.Err, &e) || e.Code != stanna.Invalid || len(e.Fields) == 0) {
			t.Fatalf("%T %v", i.Err, i.Err)
		}
		said := len(i.Fields) + len(i.Signals)
		if i.Act != nil {
			said++
		}
		if nothing := i.Passed || i.Err != nil; nothing == (said > 0) || i.Passed && (i.Why == "" || i.Err != nil) {
			t.Fatalf("%+v", i)
		}
		if len(i.Fields)+len(i.Signals) > 0 && i.Client == (mapping.Ref{}) {
			t.Fatalf("of nobody: %+v", i)
		}
		for _, s := range i.Signals {
			size += len(s.Data)
			if s.ClientID = "acme"; s.Check(noon) != nil || s.ID == "" {
				t.Fatalf("%v in %+v", s.Check(noon), s)
			}
		}
		if _, err := c.Apply(i, stanna.Client{ID: "acme", Name: "Acme"}, "USD"); err != nil && !errors.As(err, &e) {
			t.Fatalf("%T %v", err, err)
		}
	}
	if size > 64<<20 {
		t.Fatalf("%d bytes came of it", size)
	}
}
