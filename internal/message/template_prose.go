package message

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna/internal/expr"
)

// prose is what a template wrote. The team's own words may have Slack's marks
// in them and links, written <https://…|label>; what came from outside may
// not, and is kept apart while they are read: a hole stands for it in the
// text, a character that means nothing.
type prose struct {
	text  string
	holes []string
}

// Holes are characters for private use, of which there are more than a
// template can need.
const (
	firstHole = '\ue000'
	lastHole  = '\uf8ff'
)

const (
	maxOutside = 1000 // characters that one placeholder shows
	maxBreaks  = 40   // lines of one placeholder that are shown as such
	maxChunk   = 40   // of own words that are left out together when room is short
)

// proseOf reads what a template wrote. With lines, what came from outside may
// have line breaks: a list that was joined with them.
func proseOf(pieces []expr.Piece, lines bool) prose {
	var p prose
	var b strings.Builder
	hole := func(s string) {
		b.WriteRune(firstHole + rune(len(p.holes)))
		p.holes = append(p.holes, s)
	}
	for _, piece := range pieces {
		switch {
		case !piece.Outside:
			b.WriteString(strings.Map(notAHole, piece.Text))
		case !lines:
			hole(piece.Text)
		default:
			for i, line := range shownLines(piece.Text) {
				if i > 0 {
					b.WriteByte('\n')
				}
				hole(line)
			}
		}
	}
	p.text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(b.String())
	return p
}

func notAHole(r rune) rune {
	if r >= firstHole && r <= lastHole {
		return -1
	}
	return r
}

func isHole(r rune) bool { return r >= firstHole && r <= lastHole }

// shownLines are the lines of a text that show something.
func shownLines(s string) (lines []string) {
	for line := range strings.Lines(s) {
		if clean(line, 1) == "" {
			continue
		}
		if len(lines) == maxBreaks {
			return append(lines, ellipsis)
		}
		lines = append(lines, line)
	}
	return lines
}

// line is all of it in one line, without links: a headline.
func (p prose) line() phrase { return p.words(nil, tidy(p.text)) }

// tidy is a line of own words without what nobody sees.
func tidy(s string) string { return clean(s, length(s)) }

// lines are those of the text, as the eye reads them. Of blank lines one is
// kept.
func (p prose) lines() (lines []phrase) {
	blank := true
	for line := range strings.Lines(p.text) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		said := p.linked(tidy(line))
		if said.blank() {
			if !blank {
				lines = append(lines, nil)
			}
			blank = true
			continue
		}
		blank = false
		lines = append(lines, append(phrase{{text: indent[:min(len(indent), 8)]}}, said...))
	}
	if n := len(lines); n > 0 && lines[n-1] == nil {
		lines = lines[:n-1]
	}
	return lines
}

// spoken is the text as sentences: without marks and bullets, each line with
// an end.
func (p prose) spoken() phrase {
	var all phrase
	for line := range strings.Lines(p.text) {
		line = strings.TrimLeft(unmarked(tidy(line)), "•-–> ")
		said := p.linked(line)
		for i, s := range said {
			if s.ownWords() {
				said[i].text = unlinked(s.text)
			}
			said[i].text = strings.Map(notABar, said[i].text)
		}
		if len(said) > 0 && said[0].elastic {
			said[0].text = strings.TrimLeft(said[0].text, "•- ")
		}
		if !said.blank() {
			all = joined(" ", all, ended(said))
		}
	}
	return all
}

// blank says whether a phrase shows nothing.
func (p phrase) blank() bool {
	return !slices.ContainsFunc(p, func(s span) bool { return strings.TrimSpace(s.text) != "" })
}

// notABar drops what a course is drawn with: it is not read out.
func notABar(r rune) rune {
	if r >= '▁' && r <= '█' {
		return -1
	}
	return r
}

// ended is a phrase with a full stop, where it has no end of its own.
func ended(p phrase) phrase {
	for len(p) > 1 && strings.TrimSpace(p[len(p)-1].text) == "" {
		p = p[:len(p)-1]
	}
	last := &p[len(p)-1]
	last.text = strings.TrimRight(last.text, " ")
	if r, _ := utf8.DecodeLastRuneInString(last.text); last.kind == spanText && strings.ContainsRune(".!?:;…。！？", r) {
		return p
	}
	return say(p, words("."))
}

// webLinks finds the links in own words: as Slack writes them, and bare ones.
var webLinks = regexp.MustCompile(`<(https://[^\s<>|]+)(?:\|([^<>|]+))?>|https://[^\s<>|]+`)

// linked is a line with its links. What is no good address stays text.
func (p prose) linked(line string) (out phrase) {
	for line != "" {
		at := webLinks.FindStringSubmatchIndex(line)
		if at == nil {
			break
		}
		typed, label, end := "", "", at[1]
		if at[2] >= 0 {
			typed = line[at[2]:at[3]]
			if at[4] >= 0 {
				label = line[at[4]:at[5]]
			}
		} else {
			typed = strings.TrimRight(line[at[0]:end], ".,;:!?)*_~`")
			end = at[0] + len(typed)
		}
		address := target(p.address(typed))
		if address == "" {
			out = p.words(out, line[:end])
			line = line[end:]
			continue
		}
		out = p.words(out, line[:at[0]])
		if label = p.filled(label); label == "" {
			label, _, _ = strings.Cut(strings.TrimPrefix(address, "https://"), "/") // whose page it is
		}
		// As text from outside is: a mark in a label would end the link.
		out = append(out, span{kind: spanLink, text: cut(label, 150), target: address, elastic: true})
		line = line[end:]
	}
	return p.words(out, line)
}

// words adds text to a phrase: own words in chunks, so that a shortened line
// loses its end and not all of itself.
func (p prose) words(out phrase, text string) phrase {
	for text != "" {
		at := strings.IndexFunc(text, isHole)
		if at != 0 {
			if at < 0 {
				at = len(text)
			}
			for _, chunk := range chunks(text[:at]) {
				out = append(out, span{text: chunk})
			}
			text = text[at:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		out, text = append(out, p.given(r, len(out) == 0)...), text[size:]
	}
	return out
}

// given is what came from outside, with the space around it.
func (p prose) given(hole rune, begins bool) phrase {
	raw := p.holes[hole-firstHole]
	said := outside(raw, maxOutside)
	if len(said) == 0 {
		return nil
	}
	if begins && said[0].text[0] == '>' { // which begins a quotation
		said[0].text = "﹥" + said[0].text[1:]
	}
	if !begins && strings.HasPrefix(raw, " ") {
		said = append(phrase{{text: " "}}, said...)
	}
	if strings.HasSuffix(raw, " ") {
		said = append(said, span{text: " "})
	}
	return said
}

// chunks cuts own words at spaces; a word that is too long is cut itself.
func chunks(s string) (list []string) {
	for len(s) > maxChunk {
		end := strings.LastIndexByte(s[:maxChunk], ' ') + 1
		if end == 0 {
			for end = maxChunk; !utf8.RuneStart(s[end]); end-- {
			}
		}
		list, s = append(list, s[:end]), s[end:]
	}
	return append(list, s)
}

// filled is text with what came from outside in its place.
func (p prose) filled(text string) string {
	var b strings.Builder
	for _, r := range text {
		if isHole(r) {
			b.WriteString(clean(p.holes[r-firstHole], maxOutside))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// address is an address with what came from outside in its place: in the
// midst of one as a part of it that cannot lead elsewhere; at its beginning
// as the address that it is.
func (p prose) address(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		switch {
		case !isHole(r):
			b.WriteRune(r)
		case b.Len() == 0:
			b.WriteString(strings.TrimSpace(p.holes[r-firstHole]))
		default:
			b.WriteString(strings.ReplaceAll(url.QueryEscape(strings.TrimSpace(p.holes[r-firstHole])), "+", "%20"))
		}
	}
	return b.String()
}

// unmarked is own words without the marks that only the eye reads.
func unmarked(s string) string {
	runes := []rune(s)
	kept := runes[:0:0]
	for i, r := range runes {
		switch {
		case r == '*' || r == '~' || r == '`':
		case r == '_' && !(i > 0 && isWord(runes[i-1]) && i+1 < len(runes) && isWord(runes[i+1])):
		default:
			kept = append(kept, r)
		}
	}
	return string(kept)
}
