package route_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
)

// Who has a budget, and what it holds back.
func TestBudget(t *testing.T) {
	number := func(n int) *int { return &n }
	ana := stanna.Person{Email: "ana@acme.com", SlackID: "UANA", Habits: stanna.Habits{Budget: number(1), Timezone: "Pacific/Auckland"}}
	ben := stanna.Person{Email: "ben@acme.com", SlackID: "UBEN", Habits: stanna.Habits{Budget: number(0)}}
	settings := stanna.Settings{DefaultChannel: "CDEF", Budget: stanna.Budget{Channel: 3, Person: 2},
		Channels: map[string]stanna.ChannelHabits{"CA": {Budget: number(5)}}}
	p := plan(t, settings, nil)
	at := func(d stanna.Destination, spent int) route.Roads {
		return route.Roads{Team: "T1", People: map[string]stanna.Person{ana.Email: ana, ben.Email: ben}, Spent: route.Spent{d: spent}}
	}
	for name, c := range map[string]struct {
		to     stanna.Destination
		spent  int
		change func(*route.News)
		held   bool
	}{
		"a channel with room":        {standard, 2, nil, false},
		"a channel that had enough":  {standard, 3, nil, true},
		"critical passes":            {standard, 9, func(n *route.News) { n.Alert.Severity = stanna.Critical }, false},
		"what was asked for passes":  {standard, 9, func(n *route.News) { n.Alert.Why = stanna.ReasonSnoozeOver }, false},
		"the channel's own":          {a, 4, nil, false},
		"the channel's own, spent":   {a, 5, nil, true},
		"a person's own":             {anaDM, 1, nil, true},
		"a person without one":       {benDM, 99, nil, false},
		"another person: everyone's": {bossDM, 2, nil, true},
	} {
		change := c.change
		if change == nil {
			change = func(*route.News) {}
		}
		got, _ := p.Pick(at(c.to, c.spent), news(to(c.to), change))
		if held := got[0].Manner.Why == stanna.ReasonBudget; held != c.held {
			t.Errorf("%s: %+v", name, got)
		}
		if c.held && !got[0].Manner.Until.After(now) {
			t.Errorf("%s is held until %v", name, got[0].Manner.Until)
		}
	}
	if day := p.Today(at(anaDM, 0), anaDM, now.Add(3*time.Hour)); day != "2026-11-24" {
		t.Errorf("in Auckland it is %s", day)
	}
	if plan(t, stanna.Settings{}, nil).HasBudgets(route.Roads{}) || !plan(t, stanna.Settings{}, nil).HasBudgets(at(anaDM, 0)) {
		t.Error("who has budgets is not known")
	}
}
