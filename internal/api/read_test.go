package api

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What the hand-written reader makes of a signal is what encoding/json makes
// of it.
func TestReadSignalAgreesWithEncodingJSON(t *testing.T) {
	value := rapid.Deferred(func() *rapid.Generator[any] { return jsonValue(3) })
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(946_684_800, 4_000_000_000).Draw(t, "at"), 0).UTC()
		in := map[string]any{"id": rapid.String().Draw(t, "id"), "clientId": rapid.String().Draw(t, "client"), "type": rapid.String().Draw(t, "type"),
			"occurredAt": at, "data": map[string]any{"x": value.Draw(t, "data"), `a"b\`: value.Draw(t, "more")}}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indent") {
			text, _ = json.MarshalIndent(in, " ", "\t")
		}
		s, err := readSignal(text)
		if err != nil {
			t.Fatal(err, string(text))
		}
		var want struct {
			ID, ClientID, Type string
			OccurredAt         time.Time
			Data               json.RawMessage
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if s.ID != want.ID || s.ClientID != want.ClientID || string(s.Type) != want.Type || !s.OccurredAt.Equal(want.OccurredAt) || string(s.Data) != string(want.Data) {
			t.Fatalf("%+v, want %+v", s, want)
		}
	})
}

// An array is cut where encoding/json cuts it.
func TestElementsAgreeWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(jsonValue(3)).Draw(t, "list")
		text, _ := json.Marshal(list)
		if list == nil {
			text = []byte(" [ ] ")
		}
		var want []json.RawMessage
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, got := range elements(trimmed(text)) {
			if n++; i >= len(want) || string(got) != string(want[i]) {
				t.Fatalf("element %d of %s: %s", i, text, got)
			}
		}
		if n != len(want) {
			t.Fatalf("%d of %d", n, len(want))
		}
	})
}

func jsonValue(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.IntRange(-1e9, 1e9), func(i int) any { return i }), rapid.Just[any](nil),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.Map(rapid.SliceOfN(jsonValue(depth-1), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.String(), jsonValue(depth-1), 0, 3), func(m map[string]any) any { return m }))...)
}

// No text makes the reader stumble.
func FuzzReadSignal(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, ``, `{"id":"a"`, `{"a":{"b":[1,"}"]},"id":null}`, `"\""`, `{"id":"\ud800"}`, `  7 `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = readSignal(b)
		if json.Valid(b) && len(trimmed(b)) > 0 && trimmed(b)[0] == '[' {
			for range elements(trimmed(b)) {
			}
		}
		_ = fmt.Sprint(translate(badJSON(b)))
	})
}
