package stanna

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Template is a workspace's own words for the alerts of one type: at one
// Slack channel, or everywhere. Saving it makes a new version. Without one an
// alert is told in the standard form.
type Template struct {
	Workspace string
	Type      AlertType
	Channel   string // a Slack channel's id; "" = everywhere that has none of its own
	Version   int
	Wording
	UpdatedAt time.Time
	Failed    TemplateFailure // of this version
}

// Wording is what a template says. Subject, Body, the values of fields and the
// addresses of buttons are text with {{ }} in it; labels are as they stand.
type Wording struct {
	Subject string           `json:"subject"`
	Body    string           `json:"body,omitempty"`
	Fields  []TemplateField  `json:"fields,omitempty"`
	Buttons []TemplateButton `json:"buttons,omitempty"`
}

// TemplateField is a figure or a fact with its name.
type TemplateField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// TemplateButton leads to an https address.
type TemplateButton struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// TemplateFailure is when a template last failed for an alert, and why. It
// holds nothing of a customer's. The zero value: never.
type TemplateFailure struct {
	At      time.Time
	AlertID string
	Why     string // "body: line 2, column 4: …"
}

// Trial is a template that is tried with a made-up alert, saved or not.
type Trial struct {
	Type AlertType `json:"type"`
	Wording
	Sample string `json:"sample"` // the name of the alert
}

// What a template may hold: characters as they are written, before anything
// is filled in.
const (
	MaxTemplateSubject = 300
	MaxTemplateBody    = 4_000
	MaxTemplateFields  = 10 // Slack's section takes as many
	MaxTemplateValue   = 500
	MaxTemplateButtons = 5
	MaxTemplateURL     = 500
	MaxTemplateLabel   = 75 // Slack's button takes as much
)

// Validate says what is wrong with the template as far as that can be said
// without knowing the language of its {{ }}, or nil.
func (t Template) Validate() error {
	switch {
	case strings.TrimSpace(t.Subject) == "":
		return InvalidField("subject", "is required: it is the headline of the message")
	case strings.TrimSpace(t.Body) == "" && len(t.Fields) == 0:
		return InvalidField("body", "is required where there are no fields: a headline alone says too little to act on")
	case len(t.Fields) > MaxTemplateFields:
		return InvalidField("fields", "are more than %d; say the rest in the body", MaxTemplateFields)
	case len(t.Buttons) > MaxTemplateButtons:
		return InvalidField("buttons", "are more than %d; a link can stand in the body as well: <https://…|label>", MaxTemplateButtons)
	}
	for _, x := range []struct {
		field, text string
		most        int
	}{{"subject", t.Subject, MaxTemplateSubject}, {"body", t.Body, MaxTemplateBody}} {
		if n := utf8.RuneCountInString(x.text); n > x.most {
			return InvalidField(x.field, "is %d characters long, and %d is the most", n, x.most)
		}
	}
	if strings.ContainsAny(strings.TrimSpace(t.Subject), "\r\n") {
		return InvalidField("subject", "is one line; what needs several belongs in the body")
	}
	for i, f := range t.Fields {
		if err := validLabel(fmt.Sprintf("fields[%d]", i), f.Label, "value", f.Value, MaxTemplateValue); err != nil {
			return err
		}
	}
	for i, b := range t.Buttons {
		if err := validLabel(fmt.Sprintf("buttons[%d]", i), b.Label, "url", b.URL, MaxTemplateURL); err != nil {
			return err
		}
	}
	return nil
}

// validLabel checks a label and the length of what it names.
func validLabel(at, label, part, text string, most int) error {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(label) == "":
		return InvalidField(at+".label", "is required")
	case utf8.RuneCountInString(label) > MaxTemplateLabel:
		return InvalidField(at+".label", "is longer than %d characters", MaxTemplateLabel)
	case strings.Contains(label, "{{"):
		return InvalidField(at+".label", "is shown as it stands; {{ }} belongs in the %s", part)
	case strings.ContainsFunc(label, unicode.IsControl) || !utf8.ValidString(label):
		return InvalidField(at+".label", "is one line of text")
	case strings.TrimSpace(text) == "":
		return InvalidField(at+"."+part, "is required")
	case n > most:
		return InvalidField(at+"."+part, "is %d characters long, and %d is the most", n, most)
	}
	return nil
}
