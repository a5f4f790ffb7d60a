package message

import "github.com/gostanna/stanna/internal/locale"

// tongue says our sentences in the reader's language. Every sentence of ours
// begins here, written in English; words alone are for symbols and marks, and
// a test sees to that.
type tongue struct{ locale.Local }

// with fills the places of a sentence: phrases, texts of our own, and
// numbers. What came from outside must be a phrase.
type with = locale.With

// phrase is a sentence in the reader's language.
func (t tongue) phrase(english string, fill ...with) phrase {
	var places with
	if len(fill) > 0 {
		places = fill[0]
	}
	var p phrase
	for _, piece := range t.Sentence(english, places) {
		switch x := places[piece.Place].(type) {
		case nil:
			p = append(p, span{text: piece.Text})
		case phrase:
			p = append(p, x...)
		default:
			p = append(p, span{text: t.Value(x)})
		}
	}
	return p
}

// bold is a heading of ours in the reader's language.
func (t tongue) bold(english string) phrase { return bold(t.Text(english)) }
