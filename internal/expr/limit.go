package expr

import (
	"errors"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// MaxLength is how long an expression may be, in characters.
const MaxLength = 4_000

// What an expression may cost. A unit of cost is 100 to 200 ns.
const (
	maxBrackets    = 32  // nested in each other
	maxParserDepth = 200 // of the parser's own recursion, several a bracket
	maxNodes       = 4_000
	maxLoops       = 2 // nested in each other

	maxEstimate = 1_000_000_000 // by the largest account and signal that can be
	countFrom   = 25_000        // what is estimated higher is counted while it runs
	maxCost     = 25_000        // counted; some five milliseconds

	maxBodyCost = 500_000   // counted, of an expression over a body, which may be a megabyte of text
	maxSpent    = 4_000_000 // of all the expressions over one body; some half a second

	maxPattern = 1_000  // instructions of a pattern
	maxMatched = 20_000 // bytes that a pattern is looked for in
)

// limits estimates the work and says how the program must be run.
func (r *reader) limits(checked *ast.AST) ([]cel.ProgramOption, *Error) {
	options := []cel.ProgramOption{cel.OptimizeRegex(matching()), cel.EvalOptions(cel.OptOptimize)}
	estimate, err := cost.Cost(checked, sizes{})
	if err != nil || estimate.Max > maxEstimate {
		return nil, r.text.at(0, "this may be too much work for a large account", "look through fewer lists, or write a shorter pattern")
	}
	if r.language.bodies {
		if r.costly {
			options = append(options, cel.CostTracking(bodyCost{}), cel.CostLimit(maxBodyCost))
		}
		return options, nil
	}
	if r.costly || estimate.Max > countFrom {
		options = append(options, cel.CostTracking(textCost{}), cel.CostLimit(maxCost))
	}
	return options, nil
}

// textCost counts what the functions of templates do with text and lists, of
// which CEL knows nothing.
type textCost struct{}

// CallCost implements cost.ActualCostEstimator.
func (textCost) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	if function != "@join" && function != "upper" && function != "truncate" {
		return nil
	}
	n := 1 + walk(args[0]) + walk(result)
	return &n
}

// bodyCost counts what is done with text, lists and objects that come from
// outside: what CEL counts by kinds that it knows beforehand is not known here.
type bodyCost struct{}

// CallCost implements cost.ActualCostEstimator.
func (bodyCost) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	n := uint64(1)
	switch function {
	case getField, getValue, testField, "or", "optional", "known", operators.LogicalAnd, operators.LogicalOr, operators.Conditional, operators.NotStrictlyFalse:
	case operators.Add: // lists are put together without a copy
		if s, ok := result.(types.String); ok {
			n += walk(s)
		}
	case operators.Equals, operators.NotEquals:
		n += min(walkAll(args[0]), walkAll(args[1]))
	default:
		for _, x := range args {
			n += walk(x)
		}
		n += walk(result)
	}
	return &n
}

// walkAll is what going through a value and all that is in it costs.
func walkAll(v ref.Val) uint64 {
	switch came := v.Value().(type) {
	case map[string]any, []any:
		n, _ := sizeOfJSON(came, 0)
		return uint64(n)
	}
	return walk(v)
}

// walk is what going through a value costs, by CEL's own measure.
func walk(v ref.Val) uint64 {
	switch v := v.(type) {
	case types.String:
		return uint64(len(v)) / 10
	case traits.Sizer: // a list or an object
		if n, ok := v.Size().(types.Int); ok {
			return uint64(n)
		}
	}
	return 0
}

// sizes tells the estimator how large things get.
type sizes struct{}

// EstimateSize implements cost.Estimator.
func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	if node.ComputedSize() != nil {
		return nil
	}
	most := uint64(1_000) // text, and the lists of a signal
	if path := node.Path(); len(path) == 1 && (path[0] == "client.tags" || path[0] == "client.custom") {
		most = 200
	}
	return &cost.SizeEstimate{Min: 0, Max: most}
}

// EstimateCallCost implements cost.Estimator.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// tooLarge says whether a pattern is one, but too large even to read.
func tooLarge(err error) bool {
	var e *syntax.Error
	return errors.As(err, &e) && (e.Code == syntax.ErrInvalidRepeatSize || e.Code == syntax.ErrLarge || e.Code == syntax.ErrNestingDepth)
}

// patternSize is how many instructions a pattern has; an error says that it
// is none. Counted repetition makes a long program of a short text.
func patternSize(pattern string) (int, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return 0, err
	}
	return len(prog.Inst), nil
}
