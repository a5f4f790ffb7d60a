package message

import (
	"strings"
	"time"
)

// maxSteps is how many lines of a playbook are shown.
const maxSteps = 6

// next says what to do: whom to call by when, and the rule's playbook. The
// day is counted from the opening, so that it does not move when the message
// is brought up to date.
func (c chapter) next(playbook string) (lines []phrase, sentence phrase) {
	due := workdaysAfter(c.alert.OpenedAt.In(c.Zone), workdays(c.alert.Severity))
	by := words(" by " + c.Day(due))
	if c.DaysAgo(due) > 0 {
		by = words(", which was due " + c.Day(due))
	}
	call := say(words("get in touch"), by, words("; no contact is on file"))
	if p, ok := c.client.PrimaryContact(); ok {
		name, title := outside(p.Name, 80), outside(p.Title, 60)
		if name == nil {
			name = outside(p.Email, 80)
		}
		if title != nil {
			title = say(words(" ("), title, words(")"))
		}
		if name != nil {
			call = say(words("call "), name, title, by)
		}
	}
	steps := c.steps(playbook)
	lines = []phrase{say(bold("Do next"), words("  "), capital(call))}
	switch {
	case len(steps) == 1:
		lines[0] = joined(" · ", lines[0], steps[0])
	default:
		for _, s := range steps {
			lines = append(lines, say(words("• "), s))
		}
	}
	return lines, sentenceOf(say(words("do next: "), joined("; ", append([]phrase{call}, steps...)...)))
}

// workdaysAfter is the day that many working days (Monday to Friday) after t.
func workdaysAfter(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			n--
		}
	}
	return t
}

// steps are the lines of a playbook, with its addresses as links.
func (c chapter) steps(playbook string) []phrase {
	var steps []phrase
	for line := range strings.Lines(playbook) {
		line = clean(line, maxTarget+500)
		if line == "" {
			continue
		}
		if len(steps) == maxSteps {
			return append(steps, joined(" · ", say(words("and more steps")), link(c.page, "See all")))
		}
		if target(line) != "" && !strings.Contains(line, " ") {
			steps = append(steps, link(line, "Playbook"))
			continue
		}
		steps = append(steps, withLinks(strings.TrimLeft(line, "-•* ")))
	}
	return steps
}

// withLinks makes links of the addresses in a line that the team wrote.
// Nothing else in a message makes a link of text that it was given.
func withLinks(line string) phrase {
	var p phrase
	for line != "" {
		at := strings.Index(line, "https://")
		if at < 0 {
			break
		}
		address, rest, _ := strings.Cut(line[at:], " ")
		l := link(strings.TrimRight(address, ".,;:)"), "link")
		if l == nil {
			break
		}
		p = joined(" ", p, outside(line[:at], 300), l)
		line = rest
	}
	return joined(" ", p, outside(line, 500))
}
