package expr

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
)

// NamedValue is what a name was.
type NamedValue struct {
	Name  string
	Value string
}

// notKnown is the value of what is not known.
const notKnown = "not known"

// Values says what the names that the text mentions were, for an explanation:
// in order of appearance, each once.
func (p *program) Values(in *Input) []NamedValue {
	var out []NamedValue
	for _, m := range p.names {
		v := theLanguage().names[m.index].get((*scene)(in))
		for _, key := range m.path {
			fields, _ := v.(map[string]any)
			v = fields[key]
		}
		out = append(out, NamedValue{m.shown, valueText(v)})
	}
	return out
}

// valueText shows a value to a person; text of a customer's is cut to what
// fits a line.
func valueText(v any) string {
	switch v := v.(type) {
	case types.Double:
		return valueText(float64(v))
	case float64:
		if math.IsNaN(v) {
			return notKnown
		}
		return figureText(math.Round(v*1e4) / 1e4)
	case types.String:
		return valueText(string(v))
	case string:
		if v == "" {
			return notKnown
		}
		return clip(v, 100)
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case bool:
		return strconv.FormatBool(v)
	case types.Timestamp:
		return v.UTC().Format(time.RFC3339)
	case []string:
		return listText(v)
	case []any:
		return listText(slices.Collect(func(yield func(string) bool) {
			for _, x := range v {
				if !yield(valueText(x)) {
					return
				}
			}
		}))
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		return listText(keys)
	}
	return notKnown
}

func listText(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return clip(strings.Join(list, ", "), 100)
}
