package message

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gostanna/stanna/internal/expr"
)

// Placeholder is a {{ }} of a template.
type Placeholder struct{ Field, Text string }

// NotKnown lists the placeholders that an alert has nothing for.
func (t *Template) NotKnown(v ThreadView) (list []Placeholder) {
	lead, ok := v.Leading()
	if !ok || t.unusable != nil {
		return nil
	}
	c := v.chapter(lead)
	in, writing := c.input(), c.writing()
	writing.Unknown = notThere
	for _, x := range t.parts() {
		pieces, err := x.template.Write(in, writing)
		if err != nil {
			continue // a failure is found elsewhere
		}
		n := 0
		for _, p := range pieces {
			if !p.Outside {
				continue
			}
			text := placeholder(x.source, n)
			if strings.Contains(p.Text, notThere) || p.Text == "" && bareName.MatchString(text) {
				list = append(list, Placeholder{x.field, text})
			}
			n++
		}
	}
	return list
}

// templatePart is one compiled text of a template.
type templatePart struct {
	field, source string
	template      *expr.Template
}

func (t *Template) parts() []templatePart {
	list := []templatePart{{"subject", t.Subject, t.subject}}
	if t.body != nil {
		list = append(list, templatePart{"body", t.Body, t.body})
	}
	for i, x := range t.fields {
		list = append(list, templatePart{fmt.Sprintf("fields[%d].value", i), t.Fields[i].Value, x})
	}
	for i, x := range t.urls {
		list = append(list, templatePart{fmt.Sprintf("buttons[%d].url", i), t.Buttons[i].URL, x})
	}
	return list
}

var (
	placeholders = regexp.MustCompile(`(?s)\{\{(?:"[^"]*"|'[^']*'|[^"'}]|\}[^}])*\}\}`)
	bareName     = regexp.MustCompile(`^\{\{\s*[A-Za-z]+(\.[A-Za-z0-9_]+)*\s*\}\}$`)
	customField  = regexp.MustCompile(`\bclient\.custom\.([A-Za-z_][A-Za-z0-9_]*)`)
)

// placeholder is the nth {{ }} of a text, as it was written.
func placeholder(source string, n int) string {
	if all := placeholders.FindAllString(source, n+1); n < len(all) {
		return all[n]
	}
	return "{{ … }}"
}

// CustomFields are the fields of a client's own that the template speaks of,
// with where.
func (t *Template) CustomFields() (list []Placeholder) {
	for _, x := range t.parts() {
		for _, p := range placeholders.FindAllString(x.source, -1) {
			for _, m := range customField.FindAllStringSubmatch(p, -1) {
				list = append(list, Placeholder{x.field, m[1]})
			}
		}
	}
	return list
}
