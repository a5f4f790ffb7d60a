package message

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// maxMarks is how many combining marks a letter may carry. No living script
// needs more; hundreds of them paint over the lines above and below.
const maxMarks = 6

// clean makes text from outside fit to stand in a line of ours: white space
// of any kind becomes one space, and what is invisible and could break or
// reorder the line is dropped. A joiner stays where scripts and emoji need
// it: between two visible characters, outside the Latin script. It stops when
// there is more than enough for that many characters.
func clean(s string, most int) string {
	most += maxCluster
	var b strings.Builder
	b.Grow(min(len(s), most))
	used := 0
	var last, joiner rune
	space, marks := false, 0
	for _, r := range s {
		switch {
		case isBlank(r):
			space = b.Len() > 0
			joiner, marks = 0, 0
			continue
		case r == '\u200c' || r == '\u200d':
			if last >= 0x0600 && !space {
				joiner = r
			}
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks || r == '\u034f' {
				continue
			}
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Noncharacter_Code_Point):
			continue
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if joiner != 0 {
			b.WriteRune(joiner)
			joiner = 0
		}
		b.WriteRune(r)
		last = r
		if used += cost(r); used > most {
			break
		}
	}
	return b.String()
}

// isBlank says whether r shows nothing: white space, line and paragraph
// separators, and the letters that fonts leave empty.
func isBlank(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return unicode.IsSpace(r)
}

// rightToLeft says whether the text has letters that are written from the
// right. Such text is put into a bidi isolate, so that it cannot pull our own
// words and numbers around it into its order
// (https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates).
func rightToLeft(s string) bool {
	for _, r := range s {
		if r < 0x0590 {
			continue
		}
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == bidi.R || c == bidi.AL || c == bidi.AN {
			return true
		}
	}
	return false
}

// twins are characters that look like Slack's marks and are none. Slack has
// no escape for * _ ~ and the backtick; a zero-width space beside them is a
// word boundary to Slack and makes styling more likely, so a twin is the only
// sure way (https://docs.slack.dev/messaging/formatting-message-text).
var twins = map[rune]rune{'*': '∗', '~': '∼', '`': 'ˋ', '|': '∣'}

const (
	underscoreTwin = 'ˍ'
	colonTwin      = '∶'
	atTwin         = '＠'
)

// unstyled takes the power from Slack's marks in mrkdwn. An underscore
// between letters or digits has none and stays, for the sake of e-mail
// addresses and file names.
func unstyled(s string) string {
	if !strings.ContainsAny(s, "*~`|_:") {
		return s
	}
	runes := []rune(s)
	for i, r := range runes {
		if t, ok := twins[r]; ok {
			runes[i] = t
		} else if r == '_' && !(i > 0 && isWord(runes[i-1]) && i+1 < len(runes) && isWord(runes[i+1])) {
			runes[i] = underscoreTwin
		}
	}
	return withoutEmoji(string(runes))
}

// withoutEmoji takes the power from :shortcodes:. A code may be closed by a
// colon of ours, so one that runs to the end of the text counts.
func withoutEmoji(s string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	runes := []rune(s)
	for i, r := range runes {
		if r != ':' {
			continue
		}
		end := i + 1
		for end < len(runes) && isShortcode(runes[end]) {
			end++
		}
		if end > i+1 && (end == len(runes) || runes[end] == ':') {
			runes[i] = colonTwin
		}
	}
	return string(runes)
}

// unlinked takes the power from addresses and @here in the top-level text,
// where Slack makes links of what looks like one and no verbatim flag exists.
func unlinked(s string) string {
	s = strings.ReplaceAll(s, "://", string(colonTwin)+"//")
	if !strings.Contains(s, "@") {
		return s
	}
	for _, group := range []string{"here", "channel", "everyone", "group"} {
		for _, g := range []string{group, strings.ToUpper(group[:1]) + group[1:], strings.ToUpper(group)} {
			s = strings.ReplaceAll(s, "@"+g, string(atTwin)+g)
		}
	}
	return s
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isShortcode says whether r may stand in the name of an emoji.
func isShortcode(r rune) bool {
	return isWord(r) || r == '_' || r == underscoreTwin || r == '+' || r == '-' || r == '\''
}

// escape is Slack's escape, the same for mrkdwn and for top-level text
// (https://docs.slack.dev/messaging/formatting-message-text).
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
