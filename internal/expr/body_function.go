package expr

import (
	"errors"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/gostanna/stanna"
)

// refusal is what a function says of a value that makes no sense to it.
type refusal struct{ message, hint string }

func (r *refusal) Error() string { return r.message }

func refuse(message, hint string) ref.Val { return types.WrapErr(&refusal{message, hint}) }

// nothingIn is what a function says that finds nothing in a value: as if the
// value were not there.
type nothingIn struct{ message string }

func (n *nothingIn) Error() string { return n.message }

func (n *nothingIn) Unwrap() error { return &notThere{"a value"} }

func none(message string) ref.Val { return types.WrapErr(&nothingIn{message}) }

// errNull stands where null was met: an expression that hangs on it gives
// null.
var errNull = &notThere{"null"}

// ofValues are the overloads of a function of any values, from least to most
// of them, known or not.
func ofValues(name string, least, most int, call func(...ref.Val) ref.Val) []cel.FunctionOpt {
	var list []cel.FunctionOpt
	for n := least; n <= most; n++ {
		takes := make([]*cel.Type, n)
		for i := range takes {
			takes[i] = cel.DynType
		}
		list = append(list, cel.Overload(name+strconv.Itoa(n), takes, cel.DynType, cel.OverloadIsNonStrict(), cel.FunctionBinding(call)))
	}
	return list
}

func ofAnything(name string, gives *cel.Type, call func(ref.Val) ref.Val) []cel.EnvOption {
	return []cel.EnvOption{cel.Function(name, cel.Overload(name+"_dyn", []*cel.Type{cel.DynType}, gives, cel.UnaryBinding(func(v ref.Val) ref.Val {
		if v == types.NullValue {
			return types.WrapErr(errNull)
		}
		return call(v)
	})))}
}

func ofText(name string, call func(string) string) []cel.EnvOption {
	return []cel.EnvOption{cel.Function(name, cel.Overload(name+"_string", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
		return types.String(call(string(v.(types.String))))
	})))}
}

func firstKnown(values ...ref.Val) ref.Val {
	last := len(values) - 1
	v := values[last]
	for i := last - 1; i >= 0; i-- {
		v = either(values[i], v)
	}
	return v
}

func optional(v ref.Val) ref.Val {
	if e, ok := v.(*types.Err); ok && isMissing(e) {
		return types.NullValue
	}
	return v
}

// toText gives a whole number without decimals.
func toText(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.String:
		return v
	case types.Double:
		if !isNumber(float64(v)) {
			return missing("a number")
		}
		return types.String(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case types.Bool:
		return types.String(strconv.FormatBool(bool(v)))
	case types.Timestamp:
		return types.String(v.UTC().Format(time.RFC3339Nano))
	}
	return refuse("is "+a(kindOfValue(v))+", which has many parts", "say which of them, or join(list, \", \")")
}

// maxFigures is how long a number or a time may be, in bytes.
const maxFigures = 100

// figures are numbers as JSON and people write them, without doubt: a comma
// separates thousands.
var figures = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d{1,3})?$`)

func readNumber(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double:
		return v
	case types.String:
		s := strings.TrimSpace(string(v))
		if s == "" {
			return none("is empty")
		}
		x, err := 0.0, strconv.ErrSyntax
		if len(s) <= maxFigures && figures.MatchString(s) {
			x, err = strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		}
		if err != nil {
			return refuse("is text that is no number", "a number is written 1492.5 or 1,492.50")
		}
		return types.Double(x)
	}
	return refuse("is "+a(kindOfValue(v))+" and no number", "")
}

// forms in which a time may be written; one without a zone is UTC.
var timeForms = []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"}

func readTime(v ref.Val) ref.Val {
	t, err := timeOf(v)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Timestamp{Time: t}
}

// timeOf reads a time; numbers below 10^11 are seconds.
func timeOf(v ref.Val) (time.Time, error) {
	var since float64
	switch v := v.(type) {
	case types.Timestamp:
		return v.Time, nil
	case types.Double:
		since = float64(v)
	case types.String:
		s := strings.TrimSpace(string(v))
		if s == "" {
			return time.Time{}, &nothingIn{"is empty"}
		}
		for _, form := range timeForms {
			if t, err := time.Parse(form, s); err == nil && t.Year() > 0 {
				return t.UTC(), nil
			}
		}
		x, err := strconv.ParseFloat(s[:min(len(s), maxFigures)], 64)
		if err != nil || len(s) > maxFigures || strings.Trim(s, "0123456789.") != "" {
			return time.Time{}, &refusal{"is text that is no time", "a time is written 2026-11-23T09:30:00Z"}
		}
		since = x
	default:
		return time.Time{}, &refusal{"is " + a(kindOfValue(v)) + " and no time", ""}
	}
	if since < 1e11 {
		since *= 1000
	}
	t := time.UnixMilli(int64(math.Round(since))).UTC()
	if math.IsNaN(since) || since > 1e13 || t.Year() < 2000 {
		return time.Time{}, &refusal{"is no time: it would be before the year 2000 or after 2286", "a number is read as seconds or milliseconds since 1970"}
	}
	return t, nil
}

// domainOf finds the domain in an e-mail address, a web address or what is a
// domain already.
func domainOf(v ref.Val) ref.Val {
	s := strings.ToLower(strings.TrimSpace(string(v.(types.String))))
	if at := strings.LastIndexByte(s, '@'); at >= 0 && !strings.Contains(s, "/") {
		s = strings.TrimRight(s[at+1:], "> ")
	} else {
		if !strings.Contains(s, "//") {
			s = "//" + s
		}
		u, err := url.Parse(s)
		if err != nil {
			return none("has no company's domain in it")
		}
		s = strings.TrimPrefix(u.Hostname(), "www.")
	}
	s = stanna.CompanyDomain("@" + strings.TrimSuffix(s, "."))
	if !strings.Contains(s, ".") || strings.ContainsAny(s, " \t\r\n,;:") || len(s) > 253 {
		return none("has no company's domain in it")
	}
	return types.String(s)
}

// maxParts is into how many parts a text may be split.
const maxParts = 10_000

func split(v, between ref.Val) ref.Val {
	parts := []string{}
	for part := range strings.SplitSeq(string(v.(types.String)), string(between.(types.String))) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
		if len(parts) > maxParts {
			return refuse("has more than 10,000 parts", "")
		}
	}
	return types.NewStringList(&adapter{}, parts)
}

func join(v, between ref.Val) ref.Val {
	var b strings.Builder
	for it := v.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		x := it.Next()
		if x == types.NullValue {
			continue
		}
		s, ok := toText(x).(types.String)
		if !ok {
			return refuse("is a list of what has many parts", "say which of them, such as .map(x, x.name)")
		}
		if b.Len() > 0 {
			b.WriteString(string(between.(types.String)))
		}
		b.WriteString(string(s))
	}
	return types.String(b.String())
}

// scale rounds to a millionth, so that 7 of 10 is 0.8 and not a hair less.
func scale(args ...ref.Val) ref.Val {
	var n [5]float64
	for i, v := range args {
		n[i] = float64(v.(types.Double))
	}
	x, from, to, low, high := n[0], n[1], n[2], n[3], n[4]
	if from == to {
		return refuse("is put on a scale that has no length", "")
	}
	return types.Double(math.Round((low+(x-from)/(to-from)*(high-low))*1e6) / 1e6)
}

func toList(v ref.Val) ref.Val {
	if _, ok := v.(traits.Lister); ok {
		return v
	}
	return types.NewRefValList(&adapter{}, []ref.Val{v})
}

func firstOf(v ref.Val) ref.Val {
	if list := v.(traits.Lister); list.Size() != types.IntZero {
		return list.Get(types.IntZero)
	}
	return none("is empty")
}

func lastOf(v ref.Val) ref.Val {
	list := v.(traits.Lister)
	if n, ok := list.Size().(types.Int); ok && n > 0 {
		return list.Get(n - 1)
	}
	return none("is empty")
}

// noField is a field or an entry that is not there; what there is instead is
// looked up when somebody asks.
type noField struct{ in, key ref.Val }

func (n *noField) Error() string { return "a field is not there" }

func (n *noField) Unwrap() error { return &notThere{"a field"} }

func isNull(err error) bool { return errors.Is(err, errNull) }
