package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// Deed is what somebody asks for by a press.
type Deed string

// The deeds. Those that open a page need nothing of us; Slack tells us of
// them all the same.
const (
	DeedTake     Deed = "take"
	DeedTomorrow Deed = "snooze:tomorrow"
	DeedMonday   Deed = "snooze:monday"
	DeedDate     Deed = "snooze:date" // a form asks for the day
	DeedResolve  Deed = "resolve"     // a form asks what became of it
	DeedOpen     Deed = "open"
	DeedReached  Deed = "reached"
	DeedLink     Deed = "link" // of a template, and which: "link:0"
)

// Leads says whether the deed does nothing but open a page.
func (d Deed) Leads() bool {
	return d == DeedOpen || d == DeedReached || strings.HasPrefix(string(d), string(DeedLink)+":")
}

// DeedOf is the deed of giving a verdict.
func DeedOf(v stanna.Verdict) Deed { return Deed("verdict:" + v) }

// Verdict is the verdict that the deed gives.
func (d Deed) Verdict() (v stanna.Verdict, ok bool) {
	said, found := strings.CutPrefix(string(d), "verdict:")
	v = stanna.Verdict(said)
	return v, found && v.Valid()
}

// Mark is what a button, an option or a form of ours carries through Slack
// and back: what it does, to which alert, and in which message it stands.
type Mark struct {
	Deed    Deed
	Alert   string
	Message string
}

// markVersion is of the way in which marks are written. Messages stand in
// Slack for long, so another way gets another number.
const markVersion = "v1"

// String writes the mark. Slack takes 150 characters with an option.
func (m Mark) String() string {
	return strings.Join([]string{markVersion, string(m.Deed), m.Alert, m.Message}, "|")
}

// ParseMark reads what String wrote; ok is false for anything else.
func ParseMark(s string) (m Mark, ok bool) {
	part := strings.Split(s, "|")
	if len(part) != 4 || part[0] != markVersion || part[1] == "" || !plainID(part[2]) || !plainID(part[3]) {
		return Mark{}, false
	}
	return Mark{Deed(part[1]), part[2], part[3]}, true
}

// plainID says whether an id can travel in a mark.
func plainID(id string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	return id != "" && len(id) <= 50 && !strings.ContainsFunc(id, strange)
}
