package expr

import "unicode"

// segment is a part of a template's text, from start to end.
type segment struct {
	start, end  int
	placeholder bool // what stands between {{ and }}
}

// segmentsOf takes a template apart. What it refuses are braces without their
// partner, too many placeholders, and characters that nobody sees.
func segmentsOf(t *text) ([]segment, *Error) {
	var out []segment
	words, placeholders := 0, 0 // where our own words began; how many placeholders came
	upTo := func(end int) {
		if end > words {
			out = append(out, segment{start: words, end: end})
		}
	}
	for i := 0; i < len(t.runes); {
		switch r := t.runes[i]; {
		case t.has(i, "{{"):
			if placeholders++; placeholders > maxPlaceholders {
				return nil, t.at(i, "there are more than 40 {{ }} here", "")
			}
			end, err := placeholderEnd(t, i)
			if err != nil {
				return nil, err
			}
			upTo(i)
			out = append(out, segment{i + 2, end, true})
			i = end + 2
			words = i
		case t.has(i, "}}"):
			return nil, t.at(i, `this "}}" was never opened`, `for the two braces themselves write {{ "}}" }}`)
		case unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t':
			return nil, t.at(i, "there is a control character here", "delete it")
		default:
			i++
		}
	}
	upTo(len(t.runes))
	return out, nil
}

// placeholderEnd is where the }} of the placeholder that opens at i stands.
// Braces in quotes are text.
func placeholderEnd(t *text, open int) (int, *Error) {
	for i := open + 2; i < len(t.runes) && !t.has(i, "{{"); {
		if t.has(i, "}}") {
			return i, nil
		}
		end, err := quotationAt(t, i)
		if err != nil {
			return 0, err
		}
		switch {
		case end > i:
			i = end
		case t.has(i, "//"):
			for i < len(t.runes) && t.runes[i] != '\n' && !t.has(i, "}}") {
				i++
			}
		case letter(t.runes[i]):
			i = wordEnd(t, i)
		default:
			i++
		}
	}
	return 0, t.at(open, `this "{{" is never closed`, `end it with }}; for the two braces themselves write {{ "{{" }}`)
}

// has says whether two characters stand at i.
func (t *text) has(i int, two string) bool {
	return i+1 < len(t.runes) && t.runes[i] == rune(two[0]) && t.runes[i+1] == rune(two[1])
}
