package message

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// phrase is a piece of a sentence that knows whose words it holds. It is
// written in one of three voices, and shortened where it may be.
type phrase []span

// span is a part of a phrase.
type span struct {
	kind    spanKind
	text    string
	heard   string // of our own, where it is not said as it is written
	target  string // a link's address, a mention's Slack id
	elastic bool   // from outside: may be shortened when room is short
}

type spanKind int

const (
	spanText spanKind = iota
	spanBold
	spanLink
	spanMention
)

// voice is for whom a phrase is written.
type voice int

const (
	mrkdwn voice = iota // the eye, with bold and links
	plain               // the eye, in headers
	spoken              // top-level text: screen readers and notifications
)

// words are our own. They hold none of Slack's marks.
type words string

// saying is anything that say can join.
type saying interface{ spans() []span }

func (w words) spans() []span  { return []span{{text: string(w)}} }
func (p phrase) spans() []span { return p }

// say joins pieces to a phrase.
func say(pieces ...saying) phrase {
	var p phrase
	for _, x := range pieces {
		p = append(p, x.spans()...)
	}
	return p
}

// and adds a span; words of our own that follow such words become one with
// them.
func (p phrase) and(s span) phrase {
	if last := len(p) - 1; last >= 0 && p[last].ownWords() && s.ownWords() {
		p[last].text += s.text
		return p
	}
	return append(p, s)
}

func (s span) ownWords() bool { return s.kind == spanText && !s.elastic && s.heard == "" }

// outside is text from outside, at most that long. It is empty when nothing
// of it can be seen.
func outside(s string, most int) phrase {
	if s = clean(s, most); s == "" {
		return nil
	}
	return phrase{{text: cut(s, most), elastic: true}}
}

func bold(s string) phrase { return phrase{{kind: spanBold, text: s}} }

// link is our own label that leads to an address; without a good address it
// is nothing.
func link(address, label string) phrase {
	if address = target(address); address == "" {
		return nil
	}
	return phrase{{kind: spanLink, text: label, target: address}}
}

// linked is text from outside that leads to an address; without a good
// address it is the text alone.
func linked(address string, p phrase) phrase {
	if address = target(address); address != "" && len(p) == 1 {
		return phrase{{kind: spanLink, text: p[0].text, target: address, elastic: true}}
	}
	return p
}

// joined puts the pieces that say something in a row.
func joined(separator string, pieces ...phrase) phrase {
	var p phrase
	for _, x := range pieces {
		if len(x) == 0 {
			continue
		}
		if len(p) > 0 {
			p = append(p, span{text: separator})
		}
		p = append(p, x...)
	}
	return p
}

// maxTarget bounds an address; two of them must fit into one section.
const maxTarget = 1000

// target is the address as it may stand in <address|label>: web addresses
// only, everything that Slack or a terminal could stumble over
// percent-encoded. It is "" for anything else.
func target(address string) string {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return ""
	}
	var b strings.Builder
	for i := range len(address) {
		c := address[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("<>|\"\\^`{}*~", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	u, err := url.Parse(b.String())
	if err != nil || u.Host == "" || length(b.String()) > maxTarget {
		return ""
	}
	return b.String()
}

// shell is the length of what surrounds a span's text.
func (s span) shell(v voice) int {
	n := 0
	if rightToLeft(s.text) {
		n = 2
	}
	switch {
	case v == plain || s.kind == spanText:
	case s.kind == spanBold && v == mrkdwn:
		n += len("**")
	case s.kind == spanLink && v == mrkdwn:
		n += len("<|>") + length(s.target)
	case s.kind == spanLink:
		n += len(": ") + length(s.target)
	case s.kind == spanMention:
		n += len(" (<@>)") + len(s.target)
	}
	return n
}

// write says the phrase in a voice within a limit. Text from outside gives
// way first, the longest before the others; what is left out of our own is
// the end.
func (p phrase) write(v voice, limit int) string {
	p, tail := slices.Clone(p), ""
	fixed := func() (n, elastic int) {
		for _, s := range p {
			n += s.shell(v)
			if s.elastic {
				elastic++
			} else {
				n += length(s.text)
			}
		}
		return n + length(tail), elastic
	}
	rigid, elastic := fixed()
	for len(p) > 0 && rigid+elastic > limit {
		p, tail = p[:len(p)-1], ellipsis
		rigid, elastic = fixed()
	}
	p.shrink(limit - rigid)
	var b strings.Builder
	for _, s := range p {
		s.write(&b, v)
	}
	b.WriteString(tail)
	return b.String()
}

// shrink shortens the elastic spans until together they fit into room.
func (p phrase) shrink(room int) {
	var lengths []int
	sum := 0
	for _, s := range p {
		if s.elastic {
			n := length(s.text)
			lengths = append(lengths, n)
			sum += n
		}
	}
	if sum <= room {
		return
	}
	slices.Sort(lengths)
	most := 0
	for i, n := range lengths {
		if most = room / (len(lengths) - i); n > most {
			break
		}
		room -= n
	}
	for i := range p {
		if p[i].elastic {
			p[i].text = cut(p[i].text, most)
		}
	}
}

func (s span) write(b *strings.Builder, v voice) {
	text := s.text
	switch {
	case !s.elastic && v == spoken:
		text = escape.Replace(cmp.Or(s.heard, text))
	case v == plain && s.elastic:
		text = withoutEmoji(text)
	case !s.elastic && v == mrkdwn:
		text = escape.Replace(text)
	case v == mrkdwn:
		text = escape.Replace(unstyled(text))
	case v == spoken:
		text = escape.Replace(unlinked(unstyled(text)))
	}
	if rightToLeft(text) {
		text = "\u2068" + text + "\u2069"
	}
	switch {
	case s.kind == spanBold && v == mrkdwn:
		text = "*" + text + "*"
	case s.kind == spanLink && v == mrkdwn:
		text = "<" + escape.Replace(s.target) + "|" + text + ">"
	case s.kind == spanLink && v == spoken:
		text += ": " + escape.Replace(s.target)
	case s.kind == spanMention && v == mrkdwn:
		text = "<@" + s.target + ">"
	case s.kind == spanMention && v == spoken:
		text += " (<@" + s.target + ">)"
	}
	b.WriteString(text)
}
