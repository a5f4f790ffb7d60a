package expr

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/containers"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// language is what texts are compiled in. It does not change once it is built.
type language struct {
	names     []name
	byPath    map[string]int
	functions []function
	bodies    bool // what is spoken of is JSON from outside, and may hold anything
	env       *cel.Env
	check     *checker.Env // the same declarations; asked directly, since it tells the kind of every part, right or wrong

	zones sync.Map // what time.LoadLocation found: it reads a file each time
}

// lazily is a language, once somebody needs it. It takes a millisecond or two,
// which a program that never meets an expression does not spend.
type lazily struct {
	once sync.Once
	*language
}

// There is one language. Templates have more functions of it than conditions,
// and mappings speak of bodies.
var built, builtForTemplates, builtForBodies lazily

func theLanguage() *language {
	built.once.Do(func() { built.language = newLanguage(table(), functions()) })
	return built.language
}

func templateLanguage() *language {
	builtForTemplates.once.Do(func() {
		own := helpers()
		all := slices.DeleteFunc(functions(), func(f function) bool {
			return slices.ContainsFunc(own, func(h function) bool { return h.name == f.name })
		})
		builtForTemplates.language = newLanguage(table(), append(all, own...), cel.Variable(writerName, writerType()), cel.Variable(currencyName, cel.StringType))
	})
	return builtForTemplates.language
}

func newLanguage(names []name, functions []function, more ...cel.EnvOption) *language {
	l := &language{names: names, byPath: map[string]int{}, functions: functions}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(standard())),
		cel.ParserRecursionLimit(maxParserDepth),
		cel.ParserErrorRecoveryLimit(1),
		cel.ParserExpressionSizeLimit(MaxLength),
		cel.ExpressionNodeLimit(maxNodes),
		cel.Variable(zoneName, zoneType()),
	}
	options = append(options, more...)
	for i, n := range l.names {
		l.byPath[n.path] = i
		options = append(options, cel.Variable(n.path, n.kind.celType()))
	}
	options = append(options, arithmetic()...)
	for _, f := range l.functions {
		options = append(options, f.options...)
	}
	var err error
	if l.env, err = cel.NewCustomEnv(append(options, cel.CustomTypeAdapter(&adapter{}))...); err != nil {
		panic(fmt.Sprintf("expr: the language does not build: %v", err)) // the tables in this package are wrong
	}
	if l.check, err = newChecker(l.env); err != nil {
		panic(fmt.Sprintf("expr: the language does not check: %v", err))
	}
	return l
}

func newChecker(e *cel.Env) (*checker.Env, error) {
	c, err := checker.NewEnv(containers.DefaultContainer, e.CELTypeProvider())
	if err != nil {
		return nil, err
	}
	if err := c.AddIdents(e.Variables()...); err != nil {
		return nil, err
	}
	for _, f := range e.Functions() {
		if err := c.AddFunctions(f); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// location is the workspace's time zone; UTC when it is unknown.
func (l *language) location(zone string) *time.Location {
	if zone == "" || zone == "UTC" {
		return time.UTC
	}
	if loc, ok := l.zones.Load(zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	l.zones.Store(zone, loc)
	return loc
}

// standard is the part of CEL's library that the language has. There is one
// kind of number, the double, so that no sum has two kinds in it.
func standard() *env.LibrarySubset {
	only := func(name string, ids ...string) *env.Function {
		f := env.NewFunction(name)
		for _, id := range ids {
			f.Overloads = append(f.Overloads, env.NewOverload(id, nil, nil))
		}
		return f
	}
	return (&env.LibrarySubset{}).
		AddIncludedMacros(operators.Has, operators.All, operators.Exists, operators.Filter).
		AddIncludedFunctions(
			only(operators.Conditional), only(operators.LogicalAnd), only(operators.LogicalOr), only(operators.LogicalNot),
			only(operators.NotStrictlyFalse), only(operators.Equals), only(operators.NotEquals),
			only(operators.In), only(operators.Index, overloads.IndexList, overloads.IndexMap),
			only(operators.Less, overloads.LessDouble, overloads.LessString, overloads.LessTimestamp, overloads.LessDuration),
			only(operators.LessEquals, overloads.LessEqualsDouble, overloads.LessEqualsString, overloads.LessEqualsTimestamp, overloads.LessEqualsDuration),
			only(operators.Greater, overloads.GreaterDouble, overloads.GreaterString, overloads.GreaterTimestamp, overloads.GreaterDuration),
			only(operators.GreaterEquals, overloads.GreaterEqualsDouble, overloads.GreaterEqualsString, overloads.GreaterEqualsTimestamp, overloads.GreaterEqualsDuration),
			only(operators.Add, overloads.AddDouble, overloads.AddString, overloads.AddDurationDuration, overloads.AddTimestampDuration, overloads.AddDurationTimestamp, overloads.AddList),
			only(operators.Subtract, overloads.SubtractDouble, overloads.SubtractTimestampTimestamp, overloads.SubtractTimestampDuration, overloads.SubtractDurationDuration),
			only(operators.Multiply, overloads.MultiplyDouble),
			only(operators.Negate, overloads.NegateDouble),
			only(overloads.Contains), only(overloads.StartsWith), only(overloads.EndsWith),
		)
}

// arithmetic is what differs from CEL's library: what is divided by zero is
// not known.
func arithmetic() []cel.EnvOption {
	divide := func(l, r ref.Val) ref.Val {
		a, b := l.(types.Double), r.(types.Double)
		if b == 0 {
			return notANumber()
		}
		return a / b
	}
	return []cel.EnvOption{cel.Function(operators.Divide, decls.Overload(overloads.DivideDouble,
		[]*types.Type{types.DoubleType, types.DoubleType}, types.DoubleType, decls.BinaryBinding(divide)))}
}

// adapter makes values of what the nouns and JSON hold: every number a double.
type adapter struct{}

// NativeToValue implements types.Adapter.
func (a *adapter) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case ref.Val:
		return v
	case float64:
		return types.Double(v)
	case string:
		return types.String(v)
	case bool:
		return types.Bool(v)
	case map[string]any:
		return types.NewStringInterfaceMap(a, v)
	case []any:
		return types.NewDynamicList(a, v)
	case []string:
		return types.NewStringList(a, v)
	case int:
		return types.Double(v)
	case int64:
		return types.Double(v)
	case json.Number:
		if x, err := v.Float64(); err == nil {
			return types.Double(x)
		}
	case nil:
		return types.NullValue
	}
	return types.DefaultTypeAdapter.NativeToValue(value)
}
