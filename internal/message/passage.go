package message

import (
	"slices"
	"strings"
)

// leastOutside is what is left of text from outside before own words are
// left out.
const leastOutside = 12

// rigid is the length of a phrase when all that came from outside is short.
func (p phrase) rigid() (n int) {
	for _, s := range p {
		if n += s.shell(mrkdwn); s.elastic {
			n += min(length(s.text), leastOutside)
		} else {
			n += length(s.text)
		}
	}
	return n
}

// passage lays out lines as the texts of sections, together within a limit:
// text from outside gives way first, then the end is left out, and more says
// so.
func (x part) passage(limit int) []string {
	limit = max(limit, 2*moreLength)
	var p phrase
	for i, l := range x.lines {
		if i > 0 {
			p = append(p, span{text: "\n"})
		}
		p = append(p, l...)
	}
	if p.rigid() > limit {
		for len(p) > 0 && p.rigid() > limit-moreLength {
			p = p[:len(p)-1]
		}
		p = slices.Concat(p, phrase{{text: "\n"}}, x.more(len(x.lines)))
	}
	p = slices.Clone(p)
	fixed := 0
	for _, s := range p {
		if fixed += s.shell(mrkdwn); !s.elastic {
			fixed += length(s.text)
		}
	}
	p.shrink(limit - fixed)
	return p.sections()
}

// sections writes a phrase in as many texts as Slack's sections need.
func (p phrase) sections() (texts []string) {
	var b strings.Builder
	used := 0
	end := func() {
		if text := strings.Trim(b.String(), "\n"); strings.TrimSpace(text) != "" {
			texts = append(texts, text)
		}
		b.Reset()
		used = 0
	}
	for _, s := range p {
		var one strings.Builder
		s.write(&one, mrkdwn)
		if n := written(one.String()); used+n > maxSection {
			end()
		}
		b.WriteString(one.String())
		used += written(one.String())
	}
	end()
	return texts
}
