package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

// With fills the places of a sentence: texts as they are, numbers as figures.
type With map[string]any

// Piece is a part of a sentence: words of our own, or a place to be filled.
type Piece struct {
	Text  string
	Place string // its name; "" for words
}

// Sentence is an English sentence of ours in the reader's language, cut at
// its places. A place is {name}; {name|point|points} chooses a form by the
// number of that name, in the order of the language's Forms. What follows a
// § in the English sentence tells two meanings of the same words apart
// ("open§verb") and is not shown.
//
// A sentence that the language does not have stays English; a test sees to it
// that there is none.
func (l Local) Sentence(english string, numbers With) []Piece {
	text, ok := l.Language.Sentences[english]
	forms := l.Language.Forms
	if !ok {
		text, _, _ = strings.Cut(english, "§")
		forms = English().Forms
	}
	var pieces []Piece
	for text != "" {
		words, rest, found := strings.Cut(text, "{")
		if words != "" {
			pieces = append(pieces, Piece{Text: words})
		}
		if !found {
			break
		}
		place, after, _ := strings.Cut(rest, "}")
		if name, choice, plural := strings.Cut(place, "|"); plural {
			pieces = append(pieces, Piece{Text: l.form(forms, strings.Split(choice, "|"), numbers[name])})
		} else {
			pieces = append(pieces, Piece{Place: name})
		}
		text = after
	}
	return pieces
}

// Text writes a sentence whose places are texts and numbers.
func (l Local) Text(english string, with ...With) string {
	fill := With{}
	if len(with) > 0 {
		fill = with[0]
	}
	var b strings.Builder
	for _, p := range l.Sentence(english, fill) {
		if p.Place == "" {
			b.WriteString(p.Text)
		} else {
			b.WriteString(l.Value(fill[p.Place]))
		}
	}
	return b.String()
}

// Value writes what fills a place.
func (l Local) Value(x any) string {
	switch x := x.(type) {
	case string:
		return x
	case int:
		return l.Number(float64(x))
	case float64:
		return l.Number(x)
	}
	return fmt.Sprint(x)
}

// Plural is the one of the forms that goes with n; they stand in the order of
// the language's Forms.
func (l Local) Plural(n float64, forms []string) string { return l.form(l.Language.Forms, forms, n) }

// form chooses by the number as it is shown: 1.04 is one point.
func (l Local) form(order []plural.Form, choice []string, number any) string {
	var n float64
	switch x := number.(type) {
	case int:
		n = float64(x)
	case float64:
		n = x
	}
	at := len(choice) - 1
	for i, f := range order[:min(len(order), len(choice))] {
		if f == l.category(n) {
			at = i
			break
		}
	}
	return choice[at]
}

// category is the plural category of a number with at most one decimal.
// https://unicode.org/reports/tr35/tr35-numbers.html#Language_Plural_Rules
func (l Local) category(n float64) plural.Form {
	if n = math.Abs(Tenth(n)); !IsNumber(n) || n >= unreadable {
		return plural.Other
	}
	whole, decimal, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	i, _ := strconv.Atoi(whole)
	d, _ := strconv.Atoi(decimal)
	return plural.Cardinal.MatchPlural(l.Language.Tag, i%1_000_000, len(decimal), len(decimal), d, d)
}
