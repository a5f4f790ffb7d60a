package expr

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// weekdays are what weekday gives.
func weekdays() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
}

func known(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double:
		return types.Bool(!math.IsNaN(float64(v)))
	case types.String:
		return types.Bool(v != "")
	case types.Null:
		return types.False
	}
	return types.Bool(!types.IsUnknownOrError(v))
}

func sizeOf(v ref.Val) ref.Val {
	if s, ok := v.(interface{ Size() ref.Val }); ok {
		if n, ok := s.Size().(types.Int); ok {
			return types.Double(n)
		}
	}
	return types.NewErr("no such overload: size")
}

// notANumber is a number that is not known.
func notANumber() ref.Val { return types.Double(math.NaN()) }

func toNumber(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double:
		return v
	case types.String:
		if x, err := strconv.ParseFloat(strings.TrimSpace(string(v)), 64); err == nil && !math.IsInf(x, 0) {
			return types.Double(x)
		}
	}
	return notANumber()
}

// toDate is not there for text that is no date.
func toDate(v ref.Val, loc *time.Location) ref.Val {
	t, err := time.ParseInLocation(time.DateOnly, string(v.(types.String)), loc)
	if err != nil {
		return missing("a date")
	}
	return types.Timestamp{Time: t.UTC()}
}

// maxSpan is the longest length of time: a hundred years.
const maxSpan = 100 * 366 * 24 * time.Hour

func lengthOfTime(name string, unit time.Duration) []cel.EnvOption {
	return []cel.EnvOption{cel.Function(name, cel.Overload(name+"_double", []*cel.Type{cel.DoubleType}, cel.DurationType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			n := float64(v.(types.Double)) * float64(unit)
			if !(math.Abs(n) <= float64(maxSpan)) {
				return missing("a length of time")
			}
			return types.Duration{Duration: time.Duration(n)}
		})))}
}

// hidden says whether a name is one of ours that nobody can write: @ is no
// letter.
func hidden(name string) bool { return strings.HasPrefix(name, "@") }

// zoneName stands for the workspace's time zone in the functions that need
// it.
const zoneName = "@zone"

func zoneType() *cel.Type { return cel.OpaqueType("zone") }

// zoned is a function that is written with one argument and gets the
// workspace's zone as well.
func zoned(name string, takes, gives *cel.Type, call func(ref.Val, *time.Location) ref.Val) []cel.EnvOption {
	inner := "@" + name
	return []cel.EnvOption{
		cel.Function(inner, cel.Overload(inner, []*cel.Type{takes, zoneType()}, gives, cel.BinaryBinding(func(v, zone ref.Val) ref.Val {
			return call(v, zone.(zoneValue).Location)
		}))),
		cel.Macros(cel.GlobalMacro(name, 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewCall(inner, args[0], f.NewIdent(zoneName)), nil
		})),
	}
}

// zoneValue carries a time zone through CEL.
type zoneValue struct{ *time.Location }

func (z zoneValue) ConvertToNative(reflect.Type) (any, error) { return z.Location, nil }
func (z zoneValue) ConvertToType(ref.Type) ref.Val            { return types.NewErr("no such conversion") }
func (z zoneValue) Equal(other ref.Val) ref.Val               { return types.Bool(z == other) }
func (z zoneValue) Type() ref.Type                            { return zoneType() }
func (z zoneValue) Value() any                                { return z.Location }

// matchFunction is what matches becomes, so that CEL's own does not take it.
const matchFunction = "@matches"

// matching compiles a pattern once, and refuses text that is too long for it.
func matching() *interpreter.RegexOptimization {
	return &interpreter.RegexOptimization{
		Function: matchFunction, RegexIndex: 1,
		Factory: func(call interpreter.InterpretableCall, pattern string) (interpreter.InterpretableCall, error) {
			re, err := regexp.Compile(pattern)
			if err != nil {
				return nil, err
			}
			match := func(args ...ref.Val) ref.Val {
				s, ok := args[0].(types.String)
				switch {
				case !ok:
					return types.NewErr("no such overload: matches")
				case len(s) > maxMatched:
					return types.NewErr("%s", tooLong)
				}
				return types.Bool(re.MatchString(string(s)))
			}
			return interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), match), nil
		},
	}
}
