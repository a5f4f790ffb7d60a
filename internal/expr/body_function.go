package expr

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

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
