package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// wantedOf is what the expression of a client's field must give, as far as
// that can be said beforehand.
func wantedOf(field string) expr.Wanted {
	switch field {
	case "name", "domain", "tier", "csmOwner", "currency":
		return expr.Text
	case "tags":
		return expr.List
	}
	return expr.Anything
}

// fieldsOf reads the fields: those that the mapping names, before those that
// the sender does. Null leaves a field as it is.
func (c *Compiled) fieldsOf(b *expr.Body, f *faults) map[string]any {
	fields := map[string]any{}
	set := func(at, name string, x any) {
		if x == nil {
			return
		}
		typed, err := typedField(name, x)
		if f.add(at, err); err == nil && typed != nil {
			fields[name] = typed
		}
	}
	if c.fieldsFrom != nil {
		sent, err := c.fieldsFrom.Object(b)
		f.add("fieldsFrom", err)
		sent = flat(sent)
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			if !stanna.IsClientField(name) {
				f.note("fieldsFrom."+clip(name, 60), "is no field of a client; they are "+strings.Join(stanna.ClientFields(), ", ")+" and custom.YOURS")
				continue
			}
			set("fieldsFrom."+name, name, sent[name])
		}
	}
	for _, field := range c.fields {
		x, err := field.value.Any(b)
		f.add("fields."+field.name, err)
		set("fields."+field.name, field.name, x)
	}
	if len(fields) == 0 {
		return nil
	}
	return fields
}

// flat gives the fields of an object custom their names, custom.NAME.
func flat(sent map[string]any) map[string]any {
	own, ok := sent["custom"].(map[string]any)
	if !ok {
		return sent
	}
	out := maps.Clone(sent)
	delete(out, "custom")
	for name, x := range own {
		out["custom."+name] = x
	}
	return out
}

// typedField is a value as the client's field has it: text, a float64 for
// mrr, an int for renewalTermMonths, []string for tags, a bool for isExcluded,
// text, a number or a bool for a field of one's own. "" empties a field; a
// name is never emptied.
func typedField(name string, x any) (any, error) {
	if strings.HasPrefix(name, "custom.") {
		switch x := x.(type) {
		case string, float64, bool:
			return x, nil
		case time.Time:
			return x.Format(time.RFC3339), nil
		}
		return nil, stanna.Errorf(stanna.Invalid, "must be text, a number, or true or false")
	}
	switch name {
	case "mrr":
		return amount(x)
	case "renewalDate":
		return day(x)
	case "renewalTermMonths":
		return months(x)
	case "tags":
		return tags(x)
	case "isExcluded":
		switch x {
		case true, "true":
			return true, nil
		case false, "false", "":
			return false, nil
		}
		return nil, stanna.Errorf(stanna.Invalid, "must be true or false")
	}
	var s string
	switch x := x.(type) {
	case string:
		s = strings.TrimSpace(x)
	case float64:
		s = strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return nil, stanna.Errorf(stanna.Invalid, "must be text")
	}
	switch name {
	case "name":
		if s == "" {
			return nil, nil
		}
	case "domain":
		s = strings.ToLower(s)
		return s, isDomain(s)
	case "csmOwner":
		if s = strings.ToLower(s); s != "" {
			return s, isEmail(s)
		}
	case "currency":
		if s = strings.ToUpper(s); s != "" && !stanna.ValidCurrency(s) {
			return nil, stanna.Errorf(stanna.Invalid, "must be an ISO 4217 code such as USD")
		}
	}
	return s, nil
}

// amount is a number, or "" where there is none any more.
func amount(x any) (any, error) {
	s, isText := x.(string)
	if isText && strings.TrimSpace(s) == "" {
		return "", nil
	}
	n, ok := x.(float64)
	if isText {
		var err error
		n, err = expr.ReadNumber(s)
		ok = err == nil
	}
	if !ok {
		return nil, stanna.Errorf(stanna.Invalid, "must be a number, such as 1492.5 or 1,492.50")
	}
	if !(n >= 0 && n <= stanna.MaxAmount) {
		return nil, stanna.Errorf(stanna.Invalid, "must be an amount from 0 to %g", float64(stanna.MaxAmount))
	}
	return n, nil
}

func day(x any) (any, error) {
	s, isText := x.(string)
	if s = strings.TrimSpace(s); isText && s == "" {
		return "", nil
	}
	t, ok := x.(time.Time)
	if !ok {
		var err error
		if t, err = expr.ReadTime(x); err != nil {
			return nil, stanna.Errorf(stanna.Invalid, "must be a date such as 2027-01-14, or a time")
		}
		if date := s[:min(len(s), len(time.DateOnly))]; isText && strings.Count(date, "-") == 2 {
			return date, nil // as it is written, whatever its zone
		}
	}
	return t.UTC().Format(time.DateOnly), nil
}

func months(x any) (any, error) {
	n, err := amount(x)
	if err == nil && n == "" {
		return 0, nil
	}
	if f, ok := n.(float64); ok && f <= 240 && f == float64(int(f)) {
		return int(f), nil
	}
	return nil, stanna.Errorf(stanna.Invalid, "must be a whole number from 0 to 240")
}

func tags(x any) (any, error) {
	list, ok := x.([]any)
	if !ok {
		return nil, stanna.Errorf(stanna.Invalid, "must be a list of text; for text with separators write split(item.tags, \",\")")
	}
	out := []string{}
	for _, entry := range list {
		s, ok := entry.(string)
		if !ok {
			return nil, stanna.Errorf(stanna.Invalid, "must be a list of text")
		}
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, nil
}
