package expr

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// Kind says what an [Error] is about.
type Kind string

// The kinds of trouble.
const (
	Wrong   Kind = "wrong"   // the text cannot be used as it stands
	Missing Kind = "missing" // what it hangs on is not known of this client
	Failed  Kind = "failed"  // it met a value that it cannot work with
)

// Error is trouble with an expression, in words for the person who wrote it.
// It contains nothing of a customer's.
type Error struct {
	Kind    Kind
	Line    int    // from 1
	Column  int    // from 1, in characters; one past the line's end when something is missing there
	Message string // what is wrong
	Hint    string // what to write instead; "" when we do not know

	line string // the offending line
}

// Error is the whole of it in one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	switch {
	case e.Hint == "":
		return s
	case strings.HasPrefix(e.Hint, "such as"):
		return s + ", " + e.Hint
	}
	return s + "; " + e.Hint
}

// Excerpt is the offending line with a caret below the place.
func (e *Error) Excerpt() string {
	var below strings.Builder
	for i, r := range []rune(e.line) {
		if i >= e.Column-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		below.WriteRune(r)
	}
	return e.line + "\n" + below.String() + "^"
}

// Unwrap makes it an invalid input for whoever asks with [stanna.CodeOf].
func (e *Error) Unwrap() error {
	return &stanna.Error{Code: stanna.Invalid, Message: e.Error()}
}

// In says which field of the input the text stood in.
func (e *Error) In(field string) *stanna.Error {
	out := stanna.InvalidField(field, "%s", e.Error())
	out.Err = e
	return out
}

// text is a source with its characters counted, so that a place can be named.
type text struct {
	source string
	runes  []rune

	whole *text // the template that it is a placeholder of; nil: it stands alone
	from  int   // where in it

	*idiom
}

func newText(source string, i *idiom) *text {
	return &text{source: source, runes: []rune(source), idiom: i}
}

// part is a placeholder of the text, without the space around it.
func (t *text) part(start, end int) *text {
	i, j := start, end
	for i < j && blank(t.runes[i]) {
		i++
	}
	for i < j && blank(t.runes[j-1]) {
		j--
	}
	if i < j {
		start, end = i, j
	}
	return &text{source: string(t.runes[start:end]), runes: t.runes[start:end], whole: t, from: start, idiom: t.idiom}
}

// at is an error at a character of the text; -1 is its end.
func (t *text) at(offset int, message, hint string) *Error {
	if offset < 0 || offset > len(t.runes) {
		offset = len(t.runes)
		for offset > 0 && blank(t.runes[offset-1]) {
			offset--
		}
	}
	if t.whole != nil {
		return t.whole.at(t.from+offset, message, hint)
	}
	start, line := 0, 1
	for i, r := range t.runes[:offset] {
		if r == '\n' {
			start, line = i+1, line+1
		}
	}
	end := start
	for end < len(t.runes) && t.runes[end] != '\n' {
		end++
	}
	return &Error{
		Kind: Wrong, Line: line, Column: offset - start + 1, Message: message, Hint: hint,
		line: strings.TrimRight(string(t.runes[start:end]), "\r"),
	}
}

// offset is the place that cel-go calls line (from 1) and column (from 0), or
// -1 when it names none.
func (t *text) offset(line, column int) int {
	if line < 1 || column < 0 {
		return -1
	}
	for i, r := range t.runes {
		if line == 1 {
			return min(i+column, len(t.runes))
		}
		if r == '\n' {
			line--
		}
	}
	return len(t.runes)
}

func blank(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }

func (t *text) invalid() *Error {
	return t.at(slices.Index(t.runes, utf8.RuneError), "this is not valid text", "")
}
