package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/store"
)

// problemsOf is everything that a refusal says of the fields of a template,
// with the place of each slip.
func problemsOf(err error) (list []Problem) {
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid {
		return nil
	}
	if several, ok := e.Err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			list = append(list, problemsOf(one)...)
		}
		return list
	}
	for field, what := range e.Fields {
		p := Problem{Field: field, Message: what}
		var slip *expr.Error
		if errors.As(e.Err, &slip) {
			p.Line, p.Column, p.Excerpt = slip.Line, slip.Column, slip.Excerpt()
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Problem) int { return cmp.Compare(a.Field, b.Field) })
	return list
}

// someClients is how many clients are looked at for fields of their own.
const someClients = 200

// templateWarnings lists what may be saved and is probably not what was
// meant.
func (e *edit) templateWarnings(t *message.Template) (list []Warning, err error) {
	warn := func(field, format string, args ...any) {
		list = append(list, Warning{field, fmt.Sprintf(format, args...)})
	}
	k, err := e.read()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(k.rules, func(r stanna.Rule) bool { return r.Type == t.Type && r.Status == stanna.RuleActive }) {
		warn("type", "no active rule opens alerts of this type, so that nothing is told by it")
	}
	e.warnUnknown(t, warn)
	return list, e.warnCustom(t, warn)
}

// warnUnknown warns of what most samples have nothing for, and of links that
// lead nowhere for some. Fields of the clients' own are in no sample.
func (e *edit) warnUnknown(t *message.Template, warn func(string, string, ...any)) {
	var order []message.Placeholder
	without, broken := map[message.Placeholder]int{}, map[string][]string{}
	samples := message.Specimens(t.Type, e.workspace.Settings, e.now)
	for _, s := range samples {
		for _, p := range t.NotKnown(s.View) {
			if without[p]++; without[p] == 1 {
				order = append(order, p)
			}
		}
		s.View.Template = t
		if f := message.Thread(s.View).Failed; f != nil {
			broken[f.Field] = append(broken[f.Field], s.Name)
		}
	}
	for _, p := range order {
		if n := without[p]; 2*n > len(samples) && !strings.Contains(p.Text, "client.custom") {
			warn(p.Field, "%s is not known in %d of %d samples of such alerts", p.Text, n, len(samples))
		}
	}
	for i, b := range t.Buttons {
		field := fmt.Sprintf("buttons[%d].url", i)
		if names := broken[field]; len(names) > 0 && !strings.Contains(b.URL, "client.custom") {
			warn(field, "it comes to no https address for %d of %d samples (%s); the link is left out there", len(names), len(samples), strings.Join(names, ", "))
		}
	}
}

// warnCustom warns of fields that no client has: most likely a misspelt name.
func (e *edit) warnCustom(t *message.Template, warn func(string, string, ...any)) error {
	asked := t.CustomFields()
	if len(asked) == 0 {
		return nil
	}
	clients, _, err := e.tx.Portraits(e.workspace.ID, store.ClientQuery{Limit: someClients})
	if err != nil || len(clients) == 0 {
		return err
	}
	for _, p := range asked {
		if !slices.ContainsFunc(clients, func(c store.Portrait) bool { return c.Client.Custom[p.Text] != nil }) {
			warn(p.Field, "no client has a field %s; the names of fields are read as they are written, capitals too", clip(p.Text))
		}
	}
	return nil
}
