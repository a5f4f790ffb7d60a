package stripe

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// object is an object of Stripe's. It is read by the path of a field. What is
// not there, is null or has another type than was asked for is empty: API
// versions differ, and one field that changed must not hide the others.
type object map[string]any

// readObject reads one JSON object and nothing after it.
func readObject(raw []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var o object
	if err := dec.Decode(&o); err != nil || o == nil {
		return nil, stanna.Errorf(stanna.Invalid, "Stripe's object is not a JSON object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, stanna.Errorf(stanna.Invalid, "there is something behind Stripe's JSON object")
	}
	return o, nil
}

func (o object) at(path ...string) any {
	var v any = map[string]any(o)
	for _, step := range path {
		fields, _ := v.(map[string]any)
		v = fields[step]
	}
	return v
}

// has says whether the field is there, be it null.
func (o object) has(field string) bool { _, ok := o[field]; return ok }

func (o object) object(path ...string) object {
	fields, _ := o.at(path...).(map[string]any)
	return fields
}

// raw is the object at the path as JSON; nil without one.
func (o object) raw(path ...string) json.RawMessage {
	found := o.object(path...)
	if found == nil {
		return nil
	}
	raw, _ := json.Marshal(found) // it came as JSON
	return raw
}

// list gives the objects of a list, which is an array or Stripe's own
// {"data": […]}. An id in the place of an object is an object with that id.
func (o object) list(path ...string) []object {
	v := o.at(path...)
	if wrapped, ok := v.(map[string]any); ok {
		v = wrapped["data"]
	}
	array, _ := v.([]any)
	var all []object
	for _, x := range array {
		switch x := x.(type) {
		case map[string]any:
			all = append(all, x)
		case string:
			all = append(all, object{"id": x})
		}
	}
	return all
}

// maxText bounds what is shown to people; facts take as many characters.
const maxText = 200

// text is one line of text.
func (o object) text(path ...string) string { return line(o.at(path...), maxText) }

func line(v any, limit int) string {
	text, ok := v.(string)
	if number, is := v.(json.Number); is {
		text, ok = number.String(), true
	}
	if !ok {
		return ""
	}
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

var plainWord = regexp.MustCompile(`^[a-z0-9_.]{1,60}$`)

// word is a value of an enumeration, such as past_due.
func (o object) word(path ...string) string {
	if text := o.text(path...); plainWord.MatchString(text) {
		return text
	}
	return ""
}

// id is an object's id, given alone or with the object around it.
func (o object) id(path ...string) string {
	v := o.at(path...)
	if whole, ok := v.(map[string]any); ok {
		v = whole["id"]
	}
	if text, _ := v.(string); stanna.ValidID(text) == nil {
		return text
	}
	return ""
}

// decimalText is how an amount may be written. An exponent is none of
// Stripe's, and could ask for a number of any size.
var decimalText = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,20})?$`)

// decimal is a number, or a text that is one; nil otherwise.
func (o object) decimal(path ...string) *big.Rat {
	var text string
	switch v := o.at(path...).(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	if !decimalText.MatchString(text) {
		return nil
	}
	r, _ := new(big.Rat).SetString(text)
	return r
}

// whole is a whole number; ok is false without one.
func (o object) whole(path ...string) (n int64, ok bool) {
	r := o.decimal(path...)
	if r == nil || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

func (o object) flag(path ...string) bool {
	switch v := o.at(path...).(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return false
}

// endOfTime is the year 10000, which RFC 3339 cannot write.
const endOfTime = 253402300800

// when is a time: seconds since 1970, or RFC 3339.
func (o object) when(path ...string) time.Time {
	if seconds, ok := o.whole(path...); ok && seconds > 0 && seconds < endOfTime {
		return time.Unix(seconds, 0).UTC()
	}
	text, _ := o.at(path...).(string)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// Stripe takes 50 keys of 40 characters with values of 500
// (https://docs.stripe.com/metadata).
const (
	maxMetadata      = 50
	maxMetadataValue = 500
)

// metadata is what a company keeps at an object for its own use.
func (o object) metadata() map[string]string {
	fields := o.object("metadata")
	if len(fields) == 0 || len(fields) > maxMetadata {
		return nil
	}
	all := make(map[string]string, len(fields))
	for key, value := range fields {
		if text := line(value, maxMetadataValue); text != "" {
			all[line(key, maxText)] = text
		}
	}
	return all
}
