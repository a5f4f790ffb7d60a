package expr

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/gostanna/stanna"
)

// Input is what an expression may speak of. It is used by one goroutine at a
// time, and remembers what was worked out for one expression for the next.
type Input struct {
	Settings stanna.Settings
	Client   *stanna.Client // nil where it is about the whole portfolio
	State    *stanna.State
	Signal   *stanna.Signal // nil when time has passed, and nothing came in
	Alert    *stanna.Alert  // as it would open, or as it is; nil where there is none
	Now      time.Time

	data   map[string]any // the data of dataOf, once somebody asked
	dataOf *stanna.Signal
}

// Condition is a compiled condition. It is safe for concurrent use.
type Condition struct{ program }

// CompileCondition reads a condition. The error is an [*Error].
func CompileCondition(source string) (*Condition, error) {
	p, err := compile(newText(source, ofConditions()), aCondition())
	if err != nil {
		return nil, err
	}
	return &Condition{*p}, nil
}

// Holds says whether the condition is true. One that hangs on something that
// is not known does not hold. The error is an [*Error] of kind [Failed]: the
// condition met a value that it cannot work with, and did not hold.
func (c *Condition) Holds(in *Input) (bool, error) {
	v, err := c.eval((*scene)(in))
	if err != nil {
		if err.Kind == Missing {
			return false, nil
		}
		return false, err
	}
	b, _ := v.(types.Bool)
	return bool(b), nil
}

// SeverityOf is a compiled severity. It is safe for concurrent use.
type SeverityOf struct{ program }

// CompileSeverity reads an expression that gives one of the severities. The
// error is an [*Error].
func CompileSeverity(source string) (*SeverityOf, error) {
	p, err := compile(newText(source, ofConditions()), aSeverity())
	if err != nil {
		return nil, err
	}
	return &SeverityOf{*p}, nil
}

// Of is the severity. The error is an [*Error]: of kind [Missing] when what it
// hangs on is not known, of kind [Failed] when it gave no severity.
func (s *SeverityOf) Of(in *Input) (stanna.Severity, error) {
	v, err := s.eval((*scene)(in))
	if err != nil {
		return "", err
	}
	word, _ := v.(types.String)
	if severity := stanna.Severity(word); severity.Rank() >= 0 {
		return severity, nil
	}
	if word == "" {
		return "", s.text.failed(Missing, 0, "the severity that this is taken from is not known")
	}
	return "", s.text.failed(Failed, 0, "this gave a word that is no severity; they are "+wordList(severityWords()))
}

// program is what conditions, severities and placeholders share.
type program struct {
	text  *text
	run   cel.Program
	names []mention
	place map[int64]int // where each part of the tree stands in the text

	tree   *ast.AST
	costly bool
}

// Source is the text as it was written.
func (p *program) Source() string { return p.text.source }

func (p *program) eval(names interpreter.Activation) (ref.Val, *Error) {
	out, _, err := p.run.Eval(names)
	if err != nil {
		return nil, p.trouble(err)
	}
	return out, nil
}
