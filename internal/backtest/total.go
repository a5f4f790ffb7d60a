package backtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// report says what was found.
func (f *finish) report(p Policy) Report {
	in := f.run.in
	r := Report{Begin: in.Begin, End: in.End, From: in.From, Until: in.Until, Clients: len(in.Clients), Signals: f.signals,
		LeftOut: f.damaged + f.run.unknown, Severities: map[stanna.Severity]int{}, Untold: f.untold, Spared: f.spared, Notes: slices.Clone(notes)}
	if r.From.Before(in.Begin) {
		r.From = in.Begin
	}
	if r.Until.IsZero() || r.Until.After(in.End) {
		r.Until = in.End
	}
	r.Episodes = f.episodes(f.clients, func(ruleID string) bool { return !f.shadows[ruleID] })
	for _, e := range r.Episodes {
		r.Severities[e.Severity]++
	}
	trial := f.episodes(f.trial, func(ruleID string) bool { return f.shadows[ruleID] })
	for i := range trial {
		trial[i].Shadow, trial[i].Told = true, nil
	}
	r.Outcomes = f.outcomes(r.Episodes)
	if p.Draft != "" {
		own := f.outcomes(slices.DeleteFunc(slices.Clone(r.Episodes), func(e Episode) bool { return e.RuleID != p.Draft }))
		r.Draft = &own
	}
	r.Episodes = append(r.Episodes, trial...)
	slices.SortStableFunc(r.Episodes, func(a, b Episode) int {
		return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), cmp.Compare(a.ClientID, b.ClientID), cmp.Compare(a.RuleID, b.RuleID))
	})
	r.Rules = totals(p, r.Episodes)
	f.traffic(&r)
	f.silent(&r)
	return r
}

// episodes lists those of the window whose rule counts.
func (f *finish) episodes(clients []clientFound, counts func(ruleID string) bool) (list []Episode) {
	for _, c := range clients {
		name := ""
		if c.client >= 0 {
			name = f.run.in.Clients[c.client].Name
		}
		for _, e := range c.episodes {
			if !f.run.in.within(e.OpenedAt) || !counts(e.RuleID) {
				continue
			}
			list = append(list, Episode{RuleID: e.RuleID, RuleName: e.RuleName, ClientID: e.ClientID, ClientName: name, Type: e.Type,
				Severity: e.Severity, Gathered: e.gathered != "", Unstable: e.Unstable, OpenedAt: e.OpenedAt, ClosedAt: e.ClosedAt,
				Trigger: e.trigger, Why: e.Why, Worsened: e.worsened, Base: e.Evidence.Base, Opened: e.Evidence.Opened, Value: e.Evidence.Value, Told: e.told})
		}
	}
	return list
}

// totals adds the episodes up, rule by rule in the policy's order.
func totals(p Policy, episodes []Episode) []RuleTotal {
	at := map[string]int{}
	var list []RuleTotal
	shadows := p.shadows()
	for _, r := range p.Rules {
		if r.Status == stanna.RuleOff && r.ID != p.Draft {
			continue
		}
		at[r.ID] = len(list)
		list = append(list, RuleTotal{RuleID: r.ID, Name: r.Name, Type: r.Type, Shadow: shadows[r.ID],
			Severities: map[stanna.Severity]int{}, Closed: map[stanna.Reason]int{}})
	}
	type pair struct{ rule, client string }
	seen := map[pair]bool{}
	for _, e := range episodes {
		i, ok := at[e.RuleID]
		if !ok {
			continue
		}
		t := &list[i]
		t.Alerts++
		t.Worsened += e.Worsened
		t.Severities[e.Severity]++
		if k := (pair{e.RuleID, e.ClientID}); !seen[k] {
			seen[k] = true
			t.Clients++
		}
		if e.Gathered {
			t.Gathered++
		}
		if e.ClosedAt.IsZero() {
			t.Open++
		} else {
			t.Closed[e.Why]++
		}
	}
	return list
}

// traffic counts messages by place, week and day.
func (f *finish) traffic(r *Report) {
	zone := f.mail.zone
	week := func(t time.Time) string {
		y, w := t.ISOWeek()
		return fmt.Sprintf("%d-W%02d", y, w)
	}
	place := map[string]int{}
	add := func(name string) {
		if _, ok := place[name]; !ok {
			place[name] = len(r.Weeks)
			r.Weeks = append(r.Weeks, name)
		}
	}
	until := r.Until.In(zone)
	for t := r.From.In(zone); !t.After(until); t = t.AddDate(0, 0, 1) {
		add(week(t))
	}
	add(week(until))
	for _, to := range slices.Sorted(maps.Keys(f.mail.boxes)) {
		b := f.mail.boxes[to]
		t := Traffic{Destination: to, Person: f.mail.person(to), Updates: b.updates, Weekly: make([]int, len(r.Weeks))}
		for _, date := range slices.Sorted(maps.Keys(b.messages)) {
			n := b.messages[date]
			t.Messages += n
			if n > t.MaxDay {
				t.MaxDay, t.MaxDate = n, date
			}
			if day, err := time.ParseInLocation(time.DateOnly, date, zone); err == nil {
				if i, ok := place[week(day.Add(12*time.Hour))]; ok {
					t.Weekly[i] += n
				}
			}
		}
		if span := r.Until.Sub(r.From); span > 0 {
			t.PerWeek = tenth(float64(t.Messages) / max(span.Hours()/(7*24), 1))
		}
		r.Messages += t.Messages
		r.Updates += t.Updates
		r.Traffic = append(r.Traffic, t)
	}
}

// silent lists why rules said nothing.
func (f *finish) silent(r *Report) {
	for i, list := range f.reasons {
		id := ""
		if i > 0 {
			id = f.plan.rule.Rules[i-1].ID
		}
		for _, c := range list {
			r.Silent = append(r.Silent, Silent{id, c.reason, c.times, c.clients})
		}
	}
	slices.SortFunc(r.Silent, func(a, b Silent) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.RuleID, b.RuleID), cmp.Compare(a.Reason, b.Reason))
	})
}
