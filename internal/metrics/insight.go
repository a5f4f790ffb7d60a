package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// Insights are what in a portfolio deserves a look: the alerts that are open,
// put together by what they are about, and where the scores went.
type Insights struct {
	Risks         []Group // most severe first
	Opportunities []Group
	Health        Direction
}

// Group is open alerts of one type. A client with several of them is in it
// once, with the most severe.
type Group struct {
	Type     stanna.AlertType
	Name     string          // of the type, as people say it
	Severity stanna.Severity // the highest of them
	MRR      stanna.Money    // of its clients who pay in the workspace's currency
	Count    int
	Clients  []Noted // the most severe, then the largest; 100 at most
}

// Noted is a client of a group.
type Noted struct {
	ClientID string
	Name     string
	MRR      stanna.Money
	Score    *float64 // nil: never measured
	Change   *float64 // in the window
	Reason   string
	Pace     Way      // where its engagement goes, where the alert says so
	Signals  []string // what the alert stands on

	severity stanna.Severity
}

// Way is where a figure goes.
type Way string

// The ways.
const (
	Improving Way = "improving"
	Stable    Way = "stable"
	Declining Way = "declining"
)

// Direction is where the average score went in the window, of clients that
// had one at both ends.
type Direction struct {
	Way      Way // "": nobody had a score then
	Percent  *float64
	Sentence string
}

// Insights reads them. The window says how many days changes look back.
func (s Scope) Insights(tx *store.Tx, window int) (out Insights, err error) {
	open, err := s.openAlerts(tx, "")
	if err != nil {
		return out, err
	}
	of := map[string][]stanna.Alert{}
	for _, a := range open {
		of[a.ClientID] = append(of[a.ClientID], a)
	}
	groups := map[stanna.AlertType]*Group{}
	var moved likeForLike
	since := s.ago(window)
	err = tx.EachSeries(s.Workspace, s.Owner, func(c *store.Series) error {
		moved.add(c.Health, since)
		if len(of[c.ID]) == 0 {
			return nil
		}
		facts, err := c.Facts()
		if err != nil {
			return err
		}
		n := Noted{ClientID: c.ID, Name: c.Name, MRR: c.MRR}
		if from, to, ok := change(c.Health, since, s.Now); ok {
			delta := points(to.Value - from.Value)
			n.Score, n.Change = &to.Value, &delta
		}
		for _, a := range worstOfEach(of[c.ID]) {
			g := groups[a.Type]
			if g == nil {
				g = &Group{Type: a.Type, Name: rule.EntryOf(a.Type).Name, MRR: stanna.Money{Currency: s.Settings.Currency}}
				groups[a.Type] = g
			}
			n := n
			n.severity, n.Reason, n.Signals = a.Severity, reasonOf(a, facts), signs(a.Evidence)
			if a.Evidence.Above > 0 {
				n.Pace = Improving
			}
			g.Count++
			g.MRR.Minor += s.minor(c.MRR)
			g.Clients = append(g.Clients, n)
		}
		return nil
	})
	for _, g := range groups {
		slices.SortFunc(g.Clients, func(a, b Noted) int {
			return cmp.Or(cmp.Compare(b.severity.Rank(), a.severity.Rank()), cmp.Compare(s.minor(b.MRR), s.minor(a.MRR)), cmp.Compare(a.ClientID, b.ClientID))
		})
		g.Severity = g.Clients[0].severity
		g.Clients = g.Clients[:min(maxMoved, len(g.Clients))]
		if rule.EntryOf(g.Type).Nature == rule.Trouble {
			out.Risks = append(out.Risks, *g)
		} else {
			out.Opportunities = append(out.Opportunities, *g)
		}
	}
	for _, list := range [][]Group{out.Risks, out.Opportunities} {
		slices.SortFunc(list, func(a, b Group) int {
			return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(b.MRR.Minor, a.MRR.Minor), cmp.Compare(a.Type, b.Type))
		})
	}
	out.Health = moved.direction(window)
	return out, err
}

// openAlerts are those of a client, or of all, that are a trouble or a chance:
// an event has happened and asks for nothing.
func (s Scope) openAlerts(tx *store.Tx, client string) ([]stanna.Alert, error) {
	all, _, err := tx.Alerts(s.Workspace, store.AlertQuery{ClientID: client, Owner: s.Owner, Unresolved: true, Limit: math.MaxInt32})
	return slices.DeleteFunc(all, func(a stanna.Alert) bool {
		e := rule.EntryOf(a.Type)
		return a.ClientID == "" || e == nil || e.Nature == rule.Event
	}), err
}

// worstOfEach keeps the most severe alert of each type.
func worstOfEach(list []stanna.Alert) (kept []stanna.Alert) {
	slices.SortStableFunc(list, func(a, b stanna.Alert) int { return cmp.Compare(b.Severity.Rank(), a.Severity.Rank()) })
	for _, a := range list {
		if !slices.ContainsFunc(kept, func(k stanna.Alert) bool { return k.Type == a.Type }) {
			kept = append(kept, a)
		}
	}
	return kept
}

// reasonOf is the main reason of an alert: the strongest factor that its
// source gave, else what opened it.
func reasonOf(a stanna.Alert, facts stanna.StateFacts) string {
	factors, direction := a.Evidence.Factors, -1.0
	switch a.Type {
	case stanna.ChurnRisk:
		direction = 1 // what makes leaving likelier
	case stanna.HealthDrop:
		factors = facts.HealthFactors // of the newest score
	}
	if f, ok := strongest(factors, direction); ok {
		return because(f)
	}
	return a.Evidence.Trigger.Sentence()
}

// signs are what an alert stands on, in words.
func signs(e stanna.Evidence) []string {
	list := []string{e.Trigger.Sentence()}
	if e.Limit > 0 {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%g of %g %s", e.Value, e.Limit, e.Subject)))
	}
	if e.Above > 0 {
		list = append(list, fmt.Sprintf("engagement is %g percent above the client's own usual", points(e.Above)))
	}
	return list
}

// steady is how many points an average may move and be called stable.
const steady = 1

func (l likeForLike) direction(days int) Direction {
	by, percent := l.change()
	if by == nil {
		return Direction{Sentence: fmt.Sprintf("No client had a health score %d days ago.", days)}
	}
	d := Direction{Way: Stable, Percent: percent}
	verb := "stayed about the same"
	switch {
	case *by > steady:
		d.Way, verb = Improving, "rose"
	case *by < -steady:
		d.Way, verb = Declining, "fell"
	}
	d.Sentence = fmt.Sprintf("The average health %s in %d days: %g then, %g now, of the %d clients that had a score at both ends.",
		verb, days, *l.before.value(), *l.after.value(), l.before.n)
	return d
}
