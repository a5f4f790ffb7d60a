package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gostanna/stanna"
)

// readMapping is the mapping that a form holds, either way.
func (v *visit) readMapping(w wrongs) (m stanna.Mapping, text string) {
	if v.given("as") == "json" {
		text = v.r.PostForm.Get("json")
		if err := decodeMapping(text, &m); err != nil {
			w.add("json", err.Error())
			return m, text
		}
		return m, ""
	}
	m.Each, m.When, m.FieldsFrom = v.given("mapping.each"), v.given("mapping.when"), v.given("mapping.fieldsFrom")
	m.Client = stanna.ClientMapping{ID: v.given("mapping.client.id"), Domain: v.given("mapping.client.domain"), Email: v.given("mapping.client.email"),
		Custom: v.given("mapping.client.custom"), Value: v.given("mapping.client.value"), Create: v.given("mapping.client.create") != ""}
	m.Fields = v.readPairs("mapping.fields", w)
	for i := range formSignal {
		at := fmt.Sprintf("mapping.signals[%d].", i)
		x := stanna.SignalMapping{Type: stanna.SignalType(v.given(at + "type")), When: v.given(at + "when"), ID: v.given(at + "id"), OccurredAt: v.given(at + "occurredAt"), Data: v.readPairs(at+"data", w)}
		if x.Type != "" || x.When != "" || x.ID != "" || x.OccurredAt != "" || len(x.Data) > 0 {
			m.Signals = append(m.Signals, x)
		}
	}
	a := stanna.ActMapping{}
	for _, f := range []struct {
		to   *string
		name string
	}{{&a.When, "when"}, {&a.Do, "do"}, {&a.Alert, "alert"}, {&a.By, "by"}, {&a.To, "to"}, {&a.Until, "until"}, {&a.Outcome, "outcome"}, {&a.Note, "note"}} {
		*f.to = v.given("mapping.act." + f.name)
	}
	if a != (stanna.ActMapping{}) {
		m.Act = &a
	}
	return m, ""
}

// readPairs are the rows of names with their expressions. One that is given
// by halves, or twice, is refused: nothing of a form is dropped in silence.
func (v *visit) readPairs(field string, w wrongs) map[string]string {
	pairs := map[string]string{}
	for i := range formRows {
		at := fmt.Sprintf("%s[%d]", field, i)
		name, value := v.given(at+".name"), v.given(at+".value")
		_, twice := pairs[name]
		switch {
		case name == "" && value == "":
		case name == "":
			w.add(at+".value", "has no name: give the field whose value it is")
		case value == "":
			w.add(at+".value", "say where its value is found, or empty its name as well")
		case twice:
			w.add(at+".value", name+" is there twice")
		default:
			pairs[name] = value
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return pairs
}

// decodeMapping reads a mapping as JSON, and says where it cannot.
func decodeMapping(text string, m *stanna.Mapping) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(m)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is something after its end")
		}
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: it cannot be read as JSON: %s", placeOf(text, syntax.Offset), strings.TrimPrefix(err.Error(), "json: "))
	case errors.As(err, &kind):
		return fmt.Errorf("%s: %s must be %s", placeOf(text, kind.Offset), kind.Field, kind.Type)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%s: it ends too early", placeOf(text, int64(len(text))))
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// placeOf says where a byte of a text is.
func placeOf(text string, offset int64) string {
	before := text[:max(min(int(offset), len(text))-1, 0)]
	line := strings.Count(before, "\n")
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return fmt.Sprintf("line %d, column %d", line+1, column+1)
}

// inOne is what is wrong, at the one field that there is.
func inOne(w wrongs) wrongs {
	if len(w) == 0 {
		return nil
	}
	var parts []string
	for _, p := range w.list() {
		if p.Label == "" || p.At == "#"+fieldID("json") {
			parts = append(parts, p.Text)
		} else {
			parts = append(parts, p.Label+": "+p.Text)
		}
	}
	return wrongs{"json": strings.Join(parts, "; ")}
}
