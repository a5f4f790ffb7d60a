package expr

import (
	"math"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Body is what came from outside, as an expression sees it: JSON whose
// numbers are float64. It is used by one goroutine at a time, and counts the
// work that is spent on it.
type Body struct {
	Body    any
	Item    any
	Headers map[string]string
	Now     time.Time

	spent uint64
}

// ResolveName gives the value of a name.
func (b *Body) ResolveName(word string) (any, bool) {
	switch word {
	case "item":
		return b.Item, true
	case "body":
		return b.Body, true
	case "headers":
		return b.Headers, true
	case "now":
		return types.Timestamp{Time: b.Now.UTC()}, true
	case nullName:
		return types.NullValue, true
	}
	return nil, false
}

// Parent is none.
func (b *Body) Parent() interpreter.Activation { return nil }

// Spent says whether nothing more is worked out of this body.
func (b *Body) Spent() bool { return b.spent > maxSpent }

// Wanted is what an expression over a body must give.
type Wanted int

// What may be wanted. Null may always come instead: it is said by nil, "", a
// zero time and false.
const (
	Anything Wanted = iota // text, a number, yes or no, a time, a list or an object
	Text                   // or a number, as an id
	YesNo
	Time // or what [Value.Time] can read as one
	List
	Object
)

func aValue(want Wanted) purpose {
	p := purpose{language: bodyLanguage(), must: "this must say a value", example: "item.score", kinds: []kind{textual, number, yesNo, moment, listed, textList, object}}
	switch want {
	case Text:
		p.must, p.example, p.kinds = "text is wanted here", "item.email", []kind{textual, number}
	case YesNo:
		p.must, p.example, p.kinds = "a comparison is wanted here", `item.type == "closed"`, []kind{yesNo}
	case Time:
		p.must, p.example, p.kinds = "a time is wanted here", "time(item.createdAt)", []kind{moment, textual, number}
	case List:
		p.must, p.example, p.kinds = "a list is wanted here", "list(body)", []kind{listed, textList}
	case Object:
		p.must, p.example, p.kinds = "an object is wanted here", "item.fields", []kind{object}
	}
	return p
}

// Value is a compiled expression over a body. It is safe for concurrent use.
type Value struct {
	program
	weight uint64 // what it costs where that is not counted
}

// CompileValue reads an expression over a body. The error is an [*Error].
func CompileValue(source string, want Wanted) (*Value, error) {
	p, err := compile(newText(source, ofBodies()), aValue(want))
	if err != nil {
		return nil, err
	}
	return &Value{*p, uint64(len(p.place))}, nil
}

// Any is the value as JSON has it: nil, a bool, a float64, a string, []any or
// map[string]any, and beside them a [time.Time]. It may be a part of the body,
// and is not to be changed.
//
// The error of this method and of those below is an [*Error]: of kind
// [Missing] when something that the value hangs on is not there, else of kind
// [Failed].
func (v *Value) Any(b *Body) (any, error) {
	out, err := v.eval(b)
	if err != nil {
		return nil, err
	}
	x, size, ok := plain(out, 0)
	if b.spent += uint64(size); !ok {
		return nil, v.text.failed(Failed, 0, "this gives what cannot be written down: a length of time, an object whose names are no text, or too much")
	}
	return x, nil
}

// Text is the value where it is text; a number is written so that it can be
// an id.
func (v *Value) Text(b *Body) (string, error) {
	out, err := v.eval(b)
	if err != nil {
		return "", err
	}
	switch out := out.(type) {
	case types.Null:
		return "", nil
	case types.String:
		return string(out), nil
	case types.Double:
		s, _ := toText(out).(types.String)
		return string(s), nil
	}
	return "", v.unwanted(out, "text is wanted here")
}

// Holds is the value where it is yes or no.
func (v *Value) Holds(b *Body) (bool, error) {
	out, err := v.eval(b)
	if err != nil {
		return false, err
	}
	switch out := out.(type) {
	case types.Null:
		return false, nil
	case types.Bool:
		return bool(out), nil
	}
	return false, v.unwanted(out, "yes or no is wanted here")
}

// Time is the time that the value means, by the rules of the function time.
func (v *Value) Time(b *Body) (time.Time, error) {
	out, err := v.eval(b)
	if err != nil || out == types.NullValue || out == types.String("") {
		return time.Time{}, asError(err)
	}
	t, bad := timeOf(out)
	if bad != nil {
		return t, v.refused(within(v.tree.Expr()), bad)
	}
	return t, nil
}

// List is the value where it is a list.
func (v *Value) List(b *Body) ([]any, error) {
	x, err := v.Any(b)
	if err != nil || x == nil {
		return nil, err
	}
	if list, ok := x.([]any); ok {
		return list, nil
	}
	return nil, v.unwanted((&adapter{}).NativeToValue(x), "a list is wanted here")
}

// Object is the value where it is an object.
func (v *Value) Object(b *Body) (map[string]any, error) {
	x, err := v.Any(b)
	if err != nil || x == nil {
		return nil, err
	}
	if fields, ok := x.(map[string]any); ok {
		return fields, nil
	}
	return nil, v.unwanted((&adapter{}).NativeToValue(x), "an object is wanted here")
}

// eval gives a value that is known, or null.
func (v *Value) eval(b *Body) (ref.Val, *Error) {
	if b.Spent() {
		return nil, v.text.failed(Failed, 0, "this body is too much work; what was read of it before stands")
	}
	out, details, err := v.run.Eval(b)
	switch {
	case !v.costly:
		b.spent += v.weight
	case details != nil && details.ActualCost() != nil:
		b.spent += *details.ActualCost()
	default:
		b.spent += maxBodyCost
	}
	switch {
	case err != nil && isNull(err):
		return types.NullValue, nil
	case err != nil:
		b.spent += 100 // saying so is work as well
		return nil, v.trouble(b, err)
	}
	if x, ok := out.(types.Double); ok && !isNumber(float64(x)) || out == nil {
		return types.NullValue, nil
	}
	if s, ok := out.(types.Timestamp); ok && (s.Year() < 1 || s.Year() > 9999 || math.Abs(float64(s.Unix())) > 1e12) {
		return nil, v.text.failed(Failed, 0, beyondTime)
	}
	return out, nil
}

// ReadNumber reads text by the rules of the function number.
func ReadNumber(s string) (float64, error) {
	x := readNumber(types.String(s))
	if n, ok := x.(types.Double); ok {
		return float64(n), nil
	}
	return 0, x.(*types.Err).Unwrap()
}

// ReadTime reads a text or a number by the rules of the function time.
func ReadTime(x any) (time.Time, error) { return timeOf((&adapter{}).NativeToValue(x)) }

func asError(err *Error) error {
	if err == nil {
		return nil
	}
	return err
}
