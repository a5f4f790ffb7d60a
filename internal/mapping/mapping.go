// Package mapping is WHAT A BODY MEANS: it turns the JSON that another tool
// posts into signals, changes of a client and acts of people, as the mapping
// of its source says. It answers "can this mapping be used?" ([Compile], which
// finds every fault at once) and "what does this body say?" ([Compiled.Read]),
// and it has the mappings that stand ready for tools that many people use
// ([Ready]).
//
// The expressions are those of [expr.CompileValue]. A body of a megabyte, one
// of a thousand items and one that means harm come to an end soon; an item
// that cannot be read spoils no other, and says by names what is wrong with it.
//
// It deliberately knows no store, no HTTP and no signature: whose client a
// reference means, whether a person may do what a body wants done, and what
// becomes of a signal is decided by whoever asks.
package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Compiled is a mapping that can be read with. It is safe for concurrent use.
type Compiled struct {
	each, when *expr.Value // nil where nothing was written
	client     clientReader
	fields     []namedValue
	fieldsFrom *expr.Value
	signals    []signalReader
	act        *actReader
}

// namedValue is the expression of a field.
type namedValue struct {
	name  string
	value *expr.Value
}

// Compile reads a mapping. The error is a [stanna.Error] whose fields say
// everything that is wrong, by where it stands: mapping.signals[0].data.score.
func Compile(m stanna.Mapping) (*Compiled, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	var f faults
	read := func(field, source string, want expr.Wanted) *expr.Value {
		if strings.TrimSpace(source) == "" {
			return nil
		}
		v, err := expr.CompileValue(source, want)
		f.add("mapping."+field, err)
		return v
	}
	c := &Compiled{each: read("each", m.Each, expr.List), when: read("when", m.When, expr.YesNo)}
	if c.each != nil && c.each.Mentions("item") {
		f.add("mapping.each", stanna.Errorf(stanna.Invalid, "gives the items, so that there is none yet; write body"))
	}
	c.client = clientReader{
		id: read("client.id", m.Client.ID, expr.Text), domain: read("client.domain", m.Client.Domain, expr.Text), email: read("client.email", m.Client.Email, expr.Text),
		value: read("client.value", m.Client.Value, expr.Text), custom: m.Client.Custom, create: m.Client.Create,
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		if v := read("fields."+name, m.Fields[name], wantedOf(name)); v != nil {
			c.fields = append(c.fields, namedValue{name, v})
		}
	}
	c.fieldsFrom = read("fieldsFrom", m.FieldsFrom, expr.Object)
	for i, s := range m.Signals {
		at := "signals[" + strconv.Itoa(i) + "]."
		reader := signalReader{at: at, kind: s.Type, when: read(at+"when", s.When, expr.YesNo), id: read(at+"id", s.ID, expr.Text),
			occurredAt: read(at+"occurredAt", s.OccurredAt, expr.Time)}
		f.add("mapping."+at+"data", nested(slices.Sorted(maps.Keys(s.Data))))
		for _, name := range slices.Sorted(maps.Keys(s.Data)) {
			if v := read(at+"data."+name, s.Data[name], expr.Anything); v != nil {
				reader.data = append(reader.data, namedValue{name, v})
			}
		}
		c.signals = append(c.signals, reader)
	}
	if a := m.Act; a != nil {
		c.act = &actReader{when: read("act.when", a.When, expr.YesNo), do: read("act.do", a.Do, expr.Text), alert: read("act.alert", a.Alert, expr.Text),
			by: read("act.by", a.By, expr.Text), to: read("act.to", a.To, expr.Text), until: read("act.until", a.Until, expr.Time),
			outcome: read("act.outcome", a.Outcome, expr.Text), note: read("act.note", a.Note, expr.Text)}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// nested says what is wrong with the names of a signal's data, in which dots
// lead into objects; they come sorted.
func nested(names []string) error {
	for i, name := range names {
		if slices.Contains(strings.Split(name, "."), "") {
			return stanna.Errorf(stanna.Invalid, "has a field without a name in it: %q", clip(name, 60))
		}
		for _, other := range names[i+1:] {
			if strings.HasPrefix(other, name+".") {
				return stanna.Errorf(stanna.Invalid, "%s cannot be a value and have %s in it", clip(name, 60), clip(other, 60))
			}
		}
	}
	return nil
}
