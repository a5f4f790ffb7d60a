package mapping

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// maxData bounds the data of a signal, in bytes.
const maxData = 256 << 10

type signalReader struct {
	at                   string // signals[0].
	kind                 stanna.SignalType
	when, id, occurredAt *expr.Value
	data                 []namedValue
}

// read makes the signal and checks it. Its id is the expression's, else a
// hash of what it says; before are the item's signals that came before it.
func (s signalReader) read(b *expr.Body, ref Ref, now time.Time, before []stanna.Signal, f *faults) stanna.Signal {
	out, faulty := stanna.Signal{Type: s.kind, OccurredAt: now.UTC()}, len(f.fields)
	if s.occurredAt != nil {
		t, err := s.occurredAt.Time(b)
		if f.add(s.at+"occurredAt", err); !t.IsZero() {
			out.OccurredAt = t.UTC()
		}
	}
	out.Data = s.dataOf(b, f)
	if s.id != nil {
		id, err := s.id.Text(b)
		f.add(s.at+"id", err)
		out.ID = id
	}
	if out.ID == "" {
		out.ID = hash(ref, out)
	}
	if slices.ContainsFunc(before, func(x stanna.Signal) bool { return x.ID == out.ID }) {
		out.ID += ":" + strconv.Itoa(len(before)+1) // two that the sender's one id is about
	}
	if len(f.fields) == faulty {
		checked := out
		checked.ClientID = "client" // the caller knows it
		f.add(s.at, checked.Check(now))
	}
	return out
}

// dataOf is the data as JSON; null leaves a field out.
func (s signalReader) dataOf(b *expr.Body, f *faults) json.RawMessage {
	data := map[string]any{}
	for _, field := range s.data {
		x, err := field.value.Any(b)
		if f.add(s.at+"data."+field.name, err); x == nil {
			continue
		}
		path := strings.Split(field.name, ".")
		in := data
		for _, step := range path[:len(path)-1] {
			next, _ := in[step].(map[string]any)
			if next == nil {
				next = map[string]any{}
				in[step] = next
			}
			in = next
		}
		in[path[len(path)-1]] = x
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	if err := out.Encode(data); err != nil || text.Len() > maxData {
		f.note(s.at+"data", "is larger than "+strconv.Itoa(maxData)+" bytes")
		return nil
	}
	return bytes.TrimSpace(text.Bytes())
}

// hash is an id that the same words about the same client give again.
func hash(ref Ref, s stanna.Signal) string {
	ref.Create = false
	words, err := json.Marshal(struct {
		Ref  Ref
		Type stanna.SignalType
		At   time.Time
		Data json.RawMessage
	}{ref, s.Type, s.OccurredAt, s.Data})
	if err != nil {
		return "" // the data was refused already
	}
	sum := sha256.Sum256(words)
	return hex.EncodeToString(sum[:16])
}
