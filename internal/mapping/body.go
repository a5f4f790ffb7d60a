package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// maxDepth is how deeply a body may be nested: tools that build theirs by
// hand stay below twenty.
const maxDepth = 100

// decode reads a body. Its numbers are float64; a whole number that has more
// digits than a float64 can hold is text, so that an id stays what it was.
func decode(body []byte, contentType string) (any, error) {
	if len(body) > stanna.MaxParcel {
		return nil, stanna.InvalidField("body", "is larger than %d bytes", stanna.MaxParcel)
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/x-www-form-urlencoded":
		return decodeForm(string(body))
	case "multipart/form-data":
		return nil, stanna.InvalidField("body", "is multipart/form-data; have it sent as JSON, or as application/x-www-form-urlencoded")
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	in.UseNumber()
	var x any
	if err := in.Decode(&x); err != nil {
		return nil, notJSON(err, in.InputOffset())
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, stanna.InvalidField("body", "has something after its JSON ends, at byte %d; several objects are sent as a list", in.InputOffset())
	}
	x, ok := settle(x, 0)
	if !ok {
		return nil, stanna.InvalidField("body", "is nested more than %d deep", maxDepth)
	}
	return x, nil
}

func notJSON(err error, at int64) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return stanna.InvalidField("body", "is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return stanna.InvalidField("body", "is cut off: its JSON does not end")
	case errors.As(err, &syntax):
		at = syntax.Offset
	}
	return stanna.InvalidField("body", "is not valid JSON, from byte %d on; have it sent as JSON, or as application/x-www-form-urlencoded with that content type", at)
}

// settle gives numbers their kind, in place; false when it is nested too
// deeply.
func settle(x any, depth int) (any, bool) {
	if depth > maxDepth {
		return nil, false
	}
	switch x := x.(type) {
	case json.Number:
		return number(x.String()), true
	case []any:
		for i, part := range x {
			settled, ok := settle(part, depth+1)
			if x[i] = settled; !ok {
				return nil, false
			}
		}
	case map[string]any:
		for name, part := range x {
			settled, ok := settle(part, depth+1)
			if x[name] = settled; !ok {
				return nil, false
			}
		}
	}
	return x, true
}

func number(s string) any {
	f, err := strconv.ParseFloat(s, 64)
	whole := strings.Trim(s, "-0123456789") == ""
	if err != nil || whole && len(s) > 15 && strconv.FormatFloat(f, 'f', -1, 64) != s {
		return s
	}
	return f
}

// maxFormFields bounds a form: more than any that a person fills in.
const maxFormFields = 1000

// decodeForm reads what an HTML form sends: an object of texts. A field that
// comes several times is a list of them.
func decodeForm(body string) (any, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, stanna.InvalidField("body", "is no form: a %% or a ; stands in it where none may")
	}
	if len(values) > maxFormFields {
		return nil, stanna.InvalidField("body", "is a form of more than %d fields", maxFormFields)
	}
	fields := make(map[string]any, len(values))
	for name, list := range values {
		if len(list) == 1 {
			fields[name] = list[0]
			continue
		}
		all := make([]any, len(list))
		for i, s := range list {
			all[i] = s
		}
		fields[name] = all
	}
	return fields, nil
}
