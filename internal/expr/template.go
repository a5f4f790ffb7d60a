package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/types/ref"
)

// Template is a compiled template: text with placeholders in it, such as
// "{{ client.name }} fell to {{ state.health }}". It is safe for concurrent
// use.
type Template struct{ parts []part }

// part is either the template's own words or a placeholder.
type part struct {
	words       string
	placeholder *program
}

// Piece is a part of what a template says.
type Piece struct {
	Text string
	// Outside says that a placeholder gave it. It may be a customer's text, and
	// is shown as text only: no link, no mark, no order of its own.
	Outside bool
}

// What a template may have.
const (
	maxPlaceholders = 40
	maxWritten      = 2_000 // characters of what a placeholder gives
)

// CompileTemplate reads a template of most characters at the most. The error
// is an [*Error] whose place is one in the whole template.
func CompileTemplate(source string, most int) (*Template, error) {
	t := newText(source, ofTemplates())
	switch {
	case !utf8.ValidString(source):
		return nil, t.invalid()
	case strings.TrimSpace(source) == "":
		return nil, t.at(0, "there is nothing here", "write what the message says, such as Health of {{ client.name }} fell")
	case len(t.runes) > most:
		return nil, t.at(most, "this is longer than "+plainNumber(float64(most))+" characters", "shorten it")
	}
	segments, err := segmentsOf(t)
	if err != nil {
		return nil, err
	}
	out := &Template{}
	for _, s := range segments {
		if !s.placeholder {
			out.parts = append(out.parts, part{words: string(t.runes[s.start:s.end])})
			continue
		}
		p, err := compile(t.part(s.start, s.end), aPlaceholder())
		if err != nil {
			return nil, err
		}
		out.parts = append(out.parts, part{placeholder: p})
	}
	return out, nil
}

// Write says what the template says of in, as w writes. There is a piece for
// each placeholder, if only an empty one, and for the words between them; what
// a placeholder gave is valid text of 2,000 characters at most, "…" at its end
// where there was more. The error is an [*Error] of kind [Failed]: a
// placeholder met a value that it cannot work with. What is not known is no
// error; see the package's documentation.
func (t *Template) Write(in *Input, w Writing) ([]Piece, error) {
	by := &writer{scene: (*scene)(in), Writing: w}
	out := make([]Piece, 0, len(t.parts))
	for _, p := range t.parts {
		if p.placeholder == nil {
			out = append(out, Piece{Text: p.words})
			continue
		}
		text, err := p.placeholder.write(by)
		if err != nil {
			return nil, err
		}
		out = append(out, Piece{Text: text, Outside: true})
	}
	return out, nil
}

// write is what a placeholder gives.
func (p *program) write(by *writer) (string, *Error) {
	v, err := p.eval(by)
	switch {
	case err != nil && err.Kind == Missing:
		return by.unknown(), nil
	case err != nil:
		return "", err
	}
	return p.written(by, v)
}

func (p *program) written(by *writer, v ref.Val) (string, *Error) {
	text, ok := by.text(v)
	if !ok {
		return "", p.text.failed(Failed, 0, manyFields)
	}
	return clip(strings.ToValidUTF8(text, string(utf8.RuneError)), maxWritten), nil
}

// TemplateNames lists the functions that only templates have, for pages, docs
// and the API: with [Names] it is all that a template may use. Each example is
// a whole template.
func TemplateNames() []Name {
	var all []Name
	for _, f := range helpers() {
		all = append(all, Name{f.shown, string(f.gives), f.doc, "{{ " + f.example + " }}"})
	}
	return all
}
