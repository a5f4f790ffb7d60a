package stanna

import (
	"errors"
	"strings"
	"testing"
)

func TestTemplateValidate(t *testing.T) {
	good := func() Template {
		return Template{Type: HealthDrop, Wording: Wording{Subject: "{{ client.name }} fell", Body: "Call them.",
			Fields: []TemplateField{{"MRR", "{{ money(client.mrr) }}"}}, Buttons: []TemplateButton{{"CRM", "https://crm.example.com/{{ client.id }}"}}}}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*Template){
		"subject":          func(t *Template) { t.Subject = " \n" },
		"body":             func(t *Template) { t.Body, t.Fields = "", nil },
		"fields":           func(t *Template) { t.Fields = make([]TemplateField, MaxTemplateFields+1) },
		"buttons":          func(t *Template) { t.Buttons = make([]TemplateButton, MaxTemplateButtons+1) },
		"fields[0].label":  func(t *Template) { t.Fields[0].Label = "{{ client.tier }}" },
		"fields[0].value":  func(t *Template) { t.Fields[0].Value = strings.Repeat("ü", MaxTemplateValue+1) },
		"buttons[0].label": func(t *Template) { t.Buttons[0].Label = strings.Repeat("x", MaxTemplateLabel+1) },
		"buttons[0].url":   func(t *Template) { t.Buttons[0].URL = "" },
	} {
		x := good()
		spoil(&x)
		var e *Error
		if err := x.Validate(); !errors.As(err, &e) || e.Fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	for name, spoil := range map[string]func(*Template){
		"two lines":  func(t *Template) { t.Subject = "a\nb" },
		"too long":   func(t *Template) { t.Subject = strings.Repeat("é", MaxTemplateSubject+1) },
		"long body":  func(t *Template) { t.Body = strings.Repeat("é", MaxTemplateBody+1) },
		"a newline":  func(t *Template) { t.Fields[0].Label = "a\nb" },
		"no label":   func(t *Template) { t.Buttons[0].Label = " " },
		"no value":   func(t *Template) { t.Fields[0].Value = " " },
		"bad letter": func(t *Template) { t.Buttons[0].Label = "\xff" },
	} {
		x := good()
		spoil(&x)
		if x.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	long := good() // the limits are of characters, and may be reached
	long.Subject, long.Body = strings.Repeat("é", MaxTemplateSubject), strings.Repeat("é", MaxTemplateBody)
	if err := long.Validate(); err != nil {
		t.Error(err)
	}
}
