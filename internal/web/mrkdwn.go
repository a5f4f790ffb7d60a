package web

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// markup is a piece of a text in Slack's own markup.
// https://docs.slack.dev/messaging/formatting-message-text
type markup struct {
	Kind  markupKind
	Text  string
	To    string   // of a link
	Inner []markup // of bold, italic, struck and quoted
}

type markupKind int

const (
	words markupKind = iota
	newLine
	bold
	italic
	struck
	code
	fence
	quote
	linked
	mention
)

// emphases are the marks that stand around words.
var emphases = map[byte]markupKind{'*': bold, '_': italic, '~': struck}

// reader reads Slack's markup. Codes of emoji stay as they are written: our
// own messages have the characters.
type reader struct {
	names map[string]string // by Slack id
}

// read takes a whole text apart. Every piece of text in it is plain: pages
// escape it.
func (r reader) read(text string) (list []markup) {
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			list = append(list, markup{Kind: fence, Text: unescaped(strings.Trim(part, "\n"))})
			continue
		}
		for j, line := range strings.Split(part, "\n") {
			if j > 0 {
				list = append(list, markup{Kind: newLine})
			}
			if rest, quoted := strings.CutPrefix(line, "&gt;"); quoted {
				list = append(list, markup{Kind: quote, Inner: r.line(strings.TrimPrefix(rest, " "))})
				continue
			}
			list = append(list, r.line(line)...)
		}
	}
	return list
}

func (r reader) line(text string) (list []markup) {
	from := 0
	flush := func(to int) {
		if to > from {
			list = append(list, markup{Text: unescaped(text[from:to])})
		}
	}
	for i := 0; i < len(text); {
		m, n := r.piece(text, i)
		if n == 0 {
			i++
			continue
		}
		flush(i)
		list = append(list, m)
		i += n
		from = i
	}
	flush(len(text))
	return list
}

// piece is what begins at i, and how long it is; 0 for plain text.
func (r reader) piece(text string, i int) (m markup, n int) {
	rest := text[i+1:]
	switch mark := text[i]; mark {
	case '<':
		if end := strings.IndexByte(rest, '>'); end > 0 {
			return r.pointed(rest[:end]), end + 2
		}
	case '`':
		if end := strings.IndexByte(rest, '`'); end > 0 {
			return markup{Kind: code, Text: unescaped(rest[:end])}, end + 2
		}
	case '*', '_', '~':
		if end := r.emphasis(text, i); end > 0 {
			return markup{Kind: emphases[mark], Inner: r.line(text[i+1 : end])}, end - i + 1
		}
	}
	return markup{}, 0
}

// emphasis finds the mark that ends what the one at i begins, or 0. Slack
// wants both at the edges of words.
func (reader) emphasis(text string, i int) int {
	if before, _ := utf8.DecodeLastRuneInString(text[:i]); letter(before) || i+1 == len(text) || text[i+1] == ' ' {
		return 0
	}
	for end := i + 2; end < len(text); end++ {
		if text[end] != text[i] || text[end-1] == ' ' {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(text[end+1:]); !letter(after) {
			return end
		}
	}
	return 0
}

func letter(c rune) bool {
	return c != utf8.RuneError && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// pointed is what stands in <…>: a person, a channel, or a link.
func (r reader) pointed(text string) markup {
	target, label, labelled := strings.Cut(text, "|")
	switch {
	case target == "":
		return markup{Text: unescaped("<" + text + ">")}
	case target[0] == '@', target[0] == '#':
		name := strings.TrimPrefix(r.names[target[1:]], "#")
		if name == "" && labelled {
			name = label
		}
		if name == "" {
			name = target[1:]
		}
		return markup{Kind: mention, Text: target[:1] + unescaped(name)}
	case strings.HasPrefix(target, "https://"), strings.HasPrefix(target, "http://"), strings.HasPrefix(target, "mailto:"):
		if !labelled {
			label = target
		}
		return markup{Kind: linked, Text: unescaped(label), To: unescaped(target)}
	}
	return markup{Text: unescaped("<" + text + ">")}
}

// unescaped undoes the three characters that Slack wants escaped.
func unescaped(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}
