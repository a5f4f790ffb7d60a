package message

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Template is a compiled [stanna.Template]: a workspace's own words for the
// alerts of one type. It is safe for concurrent use.
type Template struct {
	stanna.Template
	subject, body *expr.Template // body: nil where there is none
	fields, urls  []*expr.Template
	unusable      error // it was accepted once, and cannot be read any more
}

// Failure is that a template could not be used for an alert, or not all of
// it. It holds nothing of a customer's.
type Failure struct {
	Template               *Template
	stanna.TemplateFailure             // why in English, as its page shows it
	Field                  string      // of the template; "" of all of it
	Slip                   *expr.Error // what is wrong there, and where; nil of an address
	Partly                 bool        // only a button was left out

	what string // is wrong: a sentence of ours, or of expr's
}

// What is wrong with a template besides what expr finds.
const (
	unreadable     = "it cannot be read any more; its page says why"
	hangsOnUnknown = "it hangs on what is not known of this client; known(x) ? … : \"\" leaves the link out without a word"
	noAddress      = "what it came to is no https address"
)

// said is why the template failed, in the reader's language.
func (f *Failure) said(t tongue) phrase {
	what, field := t.known(f.what, 300), outside(f.Field, 40)
	switch {
	case f.Slip != nil:
		return t.phrase("{field}: line {line}, column {column}: {what}", with{"field": field, "line": f.Slip.Line, "column": f.Slip.Column, "what": what})
	case f.Field != "":
		return t.phrase("{field}: {what}", with{"field": field, "what": what})
	}
	return what
}

// CompileTemplate reads all parts of a template. The error is a
// [*stanna.Error] that names every field that is wrong; those it has joined
// hold the [*expr.Error] of each.
func CompileTemplate(source stanna.Template) (*Template, error) {
	if err := source.Validate(); err != nil {
		return nil, err
	}
	t := &Template{Template: source}
	var wrong []error
	compile := func(field, text string, most int) *expr.Template {
		x, err := expr.CompileTemplate(text, most)
		var e *expr.Error
		if errors.As(err, &e) {
			wrong = append(wrong, e.In(field))
		}
		return x
	}
	t.subject = compile("subject", source.Subject, stanna.MaxTemplateSubject)
	if strings.TrimSpace(source.Body) != "" {
		t.body = compile("body", source.Body, stanna.MaxTemplateBody)
	}
	for i, f := range source.Fields {
		t.fields = append(t.fields, compile(fmt.Sprintf("fields[%d].value", i), f.Value, stanna.MaxTemplateValue))
	}
	for i, b := range source.Buttons {
		t.urls = append(t.urls, compile(fmt.Sprintf("buttons[%d].url", i), b.URL, stanna.MaxTemplateURL))
	}
	if len(wrong) > 0 {
		return nil, together(wrong)
	}
	return t, nil
}

// StoredTemplate is a template that was accepted once. What cannot be read any
// more fails whenever it is used, so that somebody hears of it.
func StoredTemplate(source stanna.Template) *Template {
	t, err := CompileTemplate(source)
	if err != nil {
		return &Template{Template: source, unusable: err}
	}
	return t
}

// together is several wrong fields as one refusal.
func together(wrong []error) *stanna.Error {
	all := &stanna.Error{Code: stanna.Invalid, Fields: map[string]string{}, Err: errors.Join(wrong...)}
	for _, err := range wrong {
		var e *stanna.Error
		if !errors.As(err, &e) {
			continue
		}
		all.Message = cmp.Or(all.Message, e.Message)
		for field, what := range e.Fields {
			all.Fields[field] = what
		}
	}
	return all
}

// wording is what a template says of one alert.
type wording struct {
	subject prose
	body    prose
	fields  []worded
	links   []worded // their values are addresses
	failure *Failure
}

// worded is a label and what belongs to it.
type worded struct {
	label string
	prose
	address string
}

// notThere is written in an address for what is not known: a page of "not
// known" would be the wrong one.
const notThere = "\x00"

// word lets a template speak of an alert. When it fails it says nothing.
func (c chapter) word(t *Template) (w wording, failure *Failure) {
	in, writing := c.input(), c.writing()
	write := func(at string, x *expr.Template, lines bool) prose {
		if x == nil || failure != nil {
			return prose{}
		}
		pieces, err := x.Write(in, writing)
		if err != nil {
			failure = c.failed(t, at, err)
			return prose{}
		}
		return proseOf(pieces, lines)
	}
	w.subject, w.body = write("subject", t.subject, false), write("body", t.body, true)
	for i, x := range t.fields {
		w.fields = append(w.fields, worded{label: t.Fields[i].Label, prose: write(fmt.Sprintf("fields[%d].value", i), x, false)})
	}
	writing.Unknown = notThere
	for i, x := range t.urls {
		at := fmt.Sprintf("buttons[%d].url", i)
		typed := write(at, x, false)
		address, what := typed.address(typed.text), ""
		switch {
		case address == "":
			continue // meant to be left out
		case slices.ContainsFunc(typed.holes, func(s string) bool { return strings.Contains(s, notThere) }):
			what = hangsOnUnknown
		case !strings.HasPrefix(address, "https://") || target(address) == "":
			what = noAddress
		}
		if what != "" {
			w.failure = c.failed(t, at, errors.New(what))
			w.failure.Partly = true
			continue
		}
		w.links = append(w.links, worded{label: t.Buttons[i].Label, address: address})
	}
	return w, failure
}

// input is what a template may speak of.
func (c chapter) input() *expr.Input {
	in := &expr.Input{Settings: c.Settings, State: &c.state, Alert: &c.alert, Now: c.Now}
	if !c.whole() {
		in.Client = &c.client
	}
	return in
}

func (c chapter) failed(t *Template, field string, err error) *Failure {
	f := &Failure{Template: t, Field: field, TemplateFailure: stanna.TemplateFailure{AlertID: c.alert.ID, Why: field + ": " + err.Error()}, what: err.Error()}
	if errors.As(err, &f.Slip) {
		f.what = f.Slip.Message
	}
	return f
}

// writing is how templates are written for the reader.
func (c chapter) writing() expr.Writing {
	return expr.Writing{
		Number: c.Number, Percent: func(share float64) string { return c.percent(share * 100) }, Money: c.Money,
		Date: c.Date, Day: c.Day, Clock: c.Clock, Ago: c.Ago, Lasting: c.Lasting, Plural: c.Plural, Trend: c.sparkline,
		Unknown: c.Text("not known"), Yes: c.Text("yes"), No: c.Text("no"),
	}
}
