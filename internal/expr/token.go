package expr

import (
	"strings"
	"unicode"
)

// token is a piece of the text.
type token struct {
	kind       tokenKind
	text       string
	start, end int // in characters
	match      int // of a bracket: the index of its partner
}

type tokenKind int

const (
	nothing tokenKind = iota
	word
	figure    // a number
	quotation // a text in quotes
	symbol
)

// closes says whether the token ends a value in brackets.
func (t token) closes() bool { return t.text == ")" || t.text == "]" || t.text == "}" }

func (t token) is(kind tokenKind, text string) bool { return t.kind == kind && t.text == text }

// symbols of more than one character, longest first. Some are not CEL's: they
// are what people write, and told what to write instead.
func longSymbols() []string {
	return []string{"===", "!==", "==", "!=", "<=", ">=", "=<", "=>", "<>", "&&", "||", "{{", "}}", "**", ":="}
}

// tokenize cuts the text into pieces. What it refuses are open quotes and
// characters without meaning.
func tokenize(t *text) ([]token, *Error) {
	var out []token
	rs := t.runes
	for i := 0; i < len(rs); {
		r := rs[i]
		start := i
		end, err := quotationAt(t, i)
		if err != nil {
			return nil, err
		}
		switch {
		case end > i:
			i = end
			out = append(out, token{kind: quotation, start: start, end: i})
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f':
			i++
			continue
		case r == '/' && i+1 < len(rs) && rs[i+1] == '/':
			for i < len(rs) && rs[i] != '\n' {
				i++
			}
			continue
		case letter(r):
			i = wordEnd(t, i)
			out = append(out, token{kind: word, start: start, end: i})
		case digit(r) || r == '.' && i+1 < len(rs) && digit(rs[i+1]) && !(len(out) > 0 && out[len(out)-1].end == i && out[len(out)-1].kind == word):
			for i < len(rs) && (digit(rs[i]) || letter(rs[i]) || rs[i] == '.' && i+1 < len(rs) && digit(rs[i+1]) ||
				(rs[i] == '+' || rs[i] == '-') && (rs[i-1] == 'e' || rs[i-1] == 'E') && !strings.HasPrefix(string(rs[start:i]), "0x")) {
				i++
			}
			out = append(out, token{kind: figure, start: start, end: i})
		default:
			i++
			for _, s := range longSymbols() {
				if n := len(s); start+n <= len(rs) && string(rs[start:start+n]) == s && !(t.objects && (s == "{{" || s == "}}")) {
					i = start + n
					break
				}
			}
			if i == start+1 && !strings.ContainsRune("()[]{}.,?:+-*/%<>=!&|;$", r) {
				return nil, strangeCharacter(t, start)
			}
			out = append(out, token{kind: symbol, start: start, end: i})
		}
		last := &out[len(out)-1]
		last.text = string(rs[last.start:last.end])
	}
	return out, nil
}

func wordEnd(t *text, i int) int {
	for i < len(t.runes) && (letter(t.runes[i]) || digit(t.runes[i])) {
		i++
	}
	return i
}

// quotationAt is where the text in quotes that begins at i ends, and i when
// none does. A letter or two may stand before its quote.
func quotationAt(t *text, i int) (end int, err *Error) {
	j := i
	for j < len(t.runes) && j < i+2 && strings.ContainsRune("rRbB", t.runes[j]) {
		j++
	}
	if j == len(t.runes) || t.runes[j] != '"' && t.runes[j] != '\'' {
		return i, nil
	}
	prefix := strings.ToLower(string(t.runes[i:j]))
	if prefix == "rr" || prefix == "bb" {
		return i, nil
	}
	return quotationEnd(t, j, strings.Contains(prefix, "r"))
}

// quotationEnd is where the text in quotes that opens at i ends.
func quotationEnd(t *text, i int, raw bool) (int, *Error) {
	rs, open := t.runes, t.runes[i]
	n := 1
	if i+2 < len(rs) && rs[i+1] == open && rs[i+2] == open {
		n = 3
	}
	closing := strings.Repeat(string(open), n)
	for j := i + n; j < len(rs); j++ {
		switch {
		case rs[j] == '\\' && !raw:
			if j+1 < len(rs) && !strings.ContainsRune("abfnrtv\\?\"'`xXuU01234567\n", rs[j+1]) {
				return 0, t.at(j, "a single backslash has no meaning in text", "write two: \\\\"+string(rs[j+1]))
			}
			j++
		case rs[j] == '\n' && n == 1:
			return 0, t.at(i, "this text has no closing quote on its line", "")
		case strings.HasPrefix(string(rs[j:min(j+n, len(rs))]), closing):
			return j + n, nil
		}
	}
	return 0, t.at(i, "this text has no closing quote", "end it with "+string(open))
}

// strangeCharacter tells what to write for characters that word processors
// and chats put in the place of others.
func strangeCharacter(t *text, i int) *Error {
	r := t.runes[i]
	instead := map[rune]string{
		'≥': ">=", '≤': "<=", '≠': "!=", '×': "*", '·': "*", '÷': "/", '−': "-", '–': "-", '—': "-", '∧': "&&", '∨': "||", '¬': "!", '…': "the rest",
	}[r]
	switch {
	case strings.ContainsRune("“”„‟«»‘’‚‛′″", r):
		return t.at(i, "this is a printed quote, "+string(r), "write a straight one: \"")
	case r == '#' && t.whole != nil:
		return t.at(i, "there are no blocks here", `write state.zone == "red" ? "this" : "otherwise"`)
	case strings.ContainsRune("€£¥", r):
		return t.at(i, "an amount is written without its currency", "write 5000")
	case instead != "":
		return t.at(i, quoted(string(r))+" has no meaning here", "write "+instead)
	case unicode.IsSpace(r) || unicode.In(r, unicode.Cf):
		return t.at(i, "there is an invisible character here", "delete it, or write a plain space")
	case unicode.IsControl(r):
		return t.at(i, "there is a control character here", "delete it")
	case unicode.IsLetter(r):
		return t.at(i, quoted(string(r))+" cannot be part of a name", "if it is text, put it in quotes")
	}
	if r == '@' {
		return t.at(i, "\"@\" has no meaning here", "text such as an e-mail address stands in quotes")
	}
	return t.at(i, quoted(string(r))+" has no meaning here", "")
}

func letter(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func digit(r rune) bool  { return r >= '0' && r <= '9' }

// quoted shows a piece of the text.
func quoted(s string) string {
	if rs := []rune(s); len(rs) > 40 {
		s = string(rs[:40]) + "…"
	}
	if strings.HasPrefix(s, `"`) {
		return s
	}
	return `"` + s + `"`
}
