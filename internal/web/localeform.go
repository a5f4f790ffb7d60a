package web

import (
	"golang.org/x/text/language"

	"github.com/gostanna/stanna/internal/locale"
)

// localeField is a choice of a language: one that messages are written in, or
// a tag of one's own.
type localeField struct {
	Field   string
	Label   string
	Hint    string
	Choices []option
	Tag     string // typed
	Wrong   string
}

// localeFieldOf offers the languages, and what is chosen if it is another tag.
// Usual is what no choice means; "" leaves it out.
func localeFieldOf(field, label, hint, usual, chosen string, t typed, w wrongs) localeField {
	f := localeField{Field: field, Label: label, Hint: hint, Wrong: w.at(field)}
	if f.Wrong != "" {
		f.Tag = t.or(field+".tag", "")
	}
	if usual != "" {
		f.Choices = append(f.Choices, option{"", usual, chosen == ""})
	}
	found := chosen == ""
	for _, l := range locale.Languages() {
		found = found || l.Tag.String() == chosen
		f.Choices = append(f.Choices, option{l.Tag.String(), l.Name, l.Tag.String() == chosen})
	}
	if !found && f.Wrong == "" {
		f.Choices = append(f.Choices, option{chosen, localeWords(chosen), true})
	}
	return f
}

// localeWords says what a tag means for messages: "Español (es-MX)".
func localeWords(tag string) string {
	l := locale.LanguageOf(tag)
	t, err := language.Parse(tag)
	if err != nil || t == l.Tag {
		return l.Name
	}
	own, _ := l.Tag.Base()
	if base, _ := t.Base(); base == own {
		return l.Name + " (" + tag + ")"
	}
	return l.Name + ", figures as in " + tag
}

// readLocale is the language that a form names: the tag that was typed, else
// what was chosen.
func (v *visit) readLocale(field string) string {
	if tag := v.given(field + ".tag"); tag != "" {
		return tag
	}
	return v.given(field)
}
