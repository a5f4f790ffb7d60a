package locale

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Language is a language that messages are written in. A further one is one
// file beside spanish.go and a line in [Languages].
type Language struct {
	Tag       language.Tag
	Name      string        // as those who read it call it
	Forms     []plural.Form // the order in which a place lists its forms
	Weekdays  [7]string     // short, from Sunday
	Months    [12]string    // short
	Sentences map[string]string
}

// Languages lists those that there are, English first.
func Languages() []*Language { return []*Language{English(), Spanish()} }

// LanguageOf is the language for a locale (BCP 47): the one that it names,
// else English.
func LanguageOf(locale string) *Language {
	tag, err := language.Parse(locale)
	if err != nil {
		return English()
	}
	base, _ := tag.Base()
	for _, l := range Languages() {
		if known, _ := l.Tag.Base(); known == base {
			return l
		}
	}
	return English()
}

// English is what the sentences are written in, so it has none of its own.
func English() *Language { return english }

var english = &Language{
	Tag: language.English, Name: "English", Forms: []plural.Form{plural.One, plural.Other},
	Weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	Months:   [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}
