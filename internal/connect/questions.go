package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Question is one of those that people ask when it is not as they expect: its
// answer in a sentence, and what it stands on.
type Question struct {
	Question string    `json:"question" enum:"nothing_comes,wrong_channel,too_many,no_context,buttons"`
	Answer   string    `json:"answer"`
	Findings []Finding `json:"findings"`
}

func (q *Question) add(check string, state FindingState, repair, found string, args ...any) {
	q.Findings = append(q.Findings, Finding{Check: check, State: state, Found: fmt.Sprintf(found, args...), Repair: repair})
}

// troubles are the findings that ask for somebody to act, the worst first.
func (q *Question) troubles() (list []Finding) {
	for _, state := range []FindingState{Failed, Warning} {
		for _, f := range q.Findings {
			if f.State == state {
				list = append(list, f)
			}
		}
	}
	return list
}

// settle makes the answer of the findings: the worst of them, and how many
// more there are.
func (q *Question) settle(otherwise string) Question {
	list := q.troubles()
	switch {
	case len(list) == 0:
		q.Answer = otherwise
	case len(list) == 1:
		q.Answer = list[0].Found
	default:
		q.Answer = fmt.Sprintf("%s And %d more.", list[0].Found, len(list)-1)
	}
	return *q
}

// facts are what the questions are answered from.
type facts struct {
	workspace   stanna.Workspace
	now         time.Time // by the workspace's clock
	connections []stanna.Connection
	rules       []stanna.Rule
	lines       []stanna.RouteLine
	silences    []stanna.Silence
	held        []store.HeldCount
	surges      []stanna.Surge
	people      map[string]stanna.Person
	broken      map[stanna.Destination]bool
	channels    map[stanna.Destination]string
	figures     map[string]store.RuleFigures
	complete    store.Completeness
	lastSignal  time.Time
}

// lately is how far back the questions look.
const lately = 7 * 24 * time.Hour

// Questions answers the questions of somebody who wonders, from what is
// stored and from a diagnosis that was just made.
func (l *Line) Questions(ctx context.Context, workspace string, d Diagnosis, now time.Time) ([]Question, error) {
	f := facts{now: now, channels: map[stanna.Destination]string{}}
	if err := l.store.View(ctx, func(tx *store.Tx) error { return f.read(tx, workspace, l.now()) }); err != nil {
		return nil, err
	}
	return []Question{f.nothingComes(d), f.wrongChannel(), f.tooMany(), f.noContext(), l.buttons(f)}, nil
}

func (f *facts) read(tx *store.Tx, workspace string, real time.Time) (err error) {
	if f.workspace, err = tx.Workspace(workspace); err != nil {
		return err
	}
	if f.connections, err = tx.Connections(workspace); err != nil {
		return err
	}
	if f.rules, err = tx.Rules(workspace); err != nil {
		return err
	}
	if f.lines, _, err = tx.Routing(workspace); err != nil {
		return err
	}
	if f.silences, _, err = tx.Silences(workspace, f.now, 200, 0); err != nil {
		return err
	}
	if f.held, err = tx.HeldCounts(workspace); err != nil {
		return err
	}
	if f.surges, err = tx.HoldingSurges(workspace); err != nil {
		return err
	}
	if f.people, err = tx.People(workspace); err != nil {
		return err
	}
	if f.broken, err = tx.BrokenDestinations(workspace); err != nil {
		return err
	}
	channels, err := tx.Channels(workspace)
	if err != nil {
		return err
	}
	for _, c := range channels {
		f.channels[stanna.SlackChannel(c.TeamID, c.ID)] = nameOf(c)
	}
	if f.figures, err = tx.RuleFigures(workspace, f.now.Add(-lately), real.Add(-lately)); err != nil {
		return err
	}
	if f.lastSignal, err = tx.NewestSignal(workspace); err != nil {
		return err
	}
	f.complete, err = tx.Completeness(workspace)
	return err
}

// place is a destination as people call it.
func (f *facts) place(d stanna.Destination) string {
	if d == stanna.ToOwner {
		return "the account's owner"
	}
	if email, ok := d.Person(); ok {
		return email
	}
	if name, ok := f.channels[d]; ok {
		return name
	}
	if _, id, ok := d.Slack(); ok {
		for _, p := range f.people {
			if p.SlackID == id {
				return p.Email
			}
		}
		return id
	}
	return string(d)
}

func (f *facts) places(list []stanna.Destination) string {
	names := make([]string, len(list))
	for i, d := range list {
		names[i] = f.place(d)
	}
	return strings.Join(names, ", ")
}

// at is a moment as the workspace's people read it.
func (f *facts) at(t time.Time) string {
	return t.In(f.workspace.Settings.Location()).Format("Mon 2 Jan 15:04 MST")
}

func (f *facts) active() (list []stanna.Rule) {
	return slices.DeleteFunc(slices.Clone(f.rules), func(r stanna.Rule) bool { return r.Status != stanna.RuleActive })
}
