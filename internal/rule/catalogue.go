// Package rule answers WHETHER somebody is told: policy, what is known of a
// client, a signal or the passing of time go in; what is known afterwards and
// decisions, each with its reason, come out.
//
// It is entered by [Case.Take] and [Case.Tick], which keep one client up to
// date, and by [Policy.JudgePortfolio], which looks at all of them. They are
// pure: the same input gives the same output, so that intake, a backtest and
// an explanation run the very same code. It does not know where an alert goes,
// how it is worded, or that anything is stored.
//
// An alert type is one entry of the catalogue, in a file of its own, and
// nothing else in this room knows its name. The life of an alert around it
// (judge.go, follow.go, tick.go, memory.go) is the same for all.
package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Entry describes an alert type: everything that is particular to it.
type Entry struct {
	Type       stanna.AlertType
	Name       string              // as people say it: "Health drop"
	Doc        string              // when it opens and when it closes, in a sentence or two
	Signals    []stanna.SignalType // what it looks at; none: everything, or time alone
	Thresholds []Threshold
	Nature     Nature
	Joins      []stanna.AlertType // open alerts beside which it is told rather than alone

	// look says whether an alert should open now, and why not.
	look func(*Compiled, *Subject) (finding, stanna.Reason)
	// follow says how an open alert goes on. An event needs none: what look
	// finds next is told in the place of what was.
	follow func(*Compiled, *Subject, stanna.Alert) verdict
	// due is when time alone may change what look or follow say: the first
	// moment after Now. Zero: never. Only a type that has it is looked at
	// when time passes.
	due func(*Compiled, *Subject) time.Time
	// settled says whether a state that people know of has cleared, so that
	// the next one is news, and worse whether a finding is worse than it by a
	// step. Nil: it has cleared when look finds nothing; nothing is worse.
	settled func(*Compiled, *Subject, stanna.Known) bool
	worse   func(*Compiled, stanna.Known, finding) bool
	// lasting: it ends by its own date or figure, and never as not recovered.
	// It is no risk beside which good news must wait.
	lasting bool
	// once: what was told by its mark is not told again within a year,
	// whatever was told in between.
	once bool
	// total: it judges all clients together, the subject's Portfolio, and is
	// never asked about one of them.
	total bool
	// measured lists what the type looked at, for an explanation.
	measured func(*Compiled, *Subject) []Value
	// check says what is wrong with a rule beyond its thresholds.
	check func(stanna.Rule) error
}

// Nature is what kind of news a type brings.
type Nature string

// Trouble asks for action until it is over. Chance is good news that waits
// while a trouble is open. Event happened once, and its alert ends by itself.
const (
	Trouble Nature = "trouble"
	Chance  Nature = "chance"
	Event   Nature = "event"
)

// Threshold is a figure that a rule may set.
type Threshold struct {
	Name     string // as in the API
	Unit     string // points, percent, days, or the workspace's currency
	Doc      string
	Default  float64
	Min, Max float64
}

var catalogue = []*Entry{
	&healthDrop,
	&churnRisk,
	&paymentIssue,
	&engagementDrop,
	&sentimentNegative,
	&revenueAtRisk,
	&expansionOpportunity,
	&milestone,
	&renewalUpcoming,
	&keyAccountUpdate,
	&custom,
}

// Catalogue lists the alert types.
func Catalogue() []*Entry { return slices.Clone(catalogue) }

// EntryOf is the catalogue's entry of an alert type, or nil.
func EntryOf(t stanna.AlertType) *Entry {
	for _, e := range catalogue {
		if e.Type == t {
			return e
		}
	}
	return nil
}

// risk says whether an open alert of the type is a reason to keep good news
// back.
func (e *Entry) risk() bool { return e.Nature == Trouble && !e.lasting }

// looksAt says whether the type has something to say about a signal.
func (e *Entry) looksAt(t stanna.SignalType) bool {
	return e.look != nil && !e.total && (len(e.Signals) == 0 || slices.Contains(e.Signals, t))
}

func (e *Entry) thresholdNames() string {
	names := make([]string, len(e.Thresholds))
	for i, t := range e.Thresholds {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// finding is what makes an alert open.
type finding struct {
	trigger  stanna.Reason
	severity stanna.Severity
	evidence stanna.Evidence
	onset    time.Time // when it became so; zero: just now
	first    bool      // it is the first value: nothing has changed, it came so
	mark     string    // what is told only once by it: a step of a ladder, a date
	about    string    // which one it is; remembered for worse and settled, where it may be told again
}

// verdict is what a type says about an alert that is open.
type verdict struct {
	event    stanna.AlertEvent
	reason   stanna.Reason
	severity stanna.Severity
	evidence stanna.Evidence
	keep     bool   // the evidence changed, though nothing is to be told
	mark     string // see finding, mark or about; "" leaves what is remembered
}
