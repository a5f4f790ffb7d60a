package route_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
)

// Who has digests, where they go, and why some have none.
func TestDigestPlaces(t *testing.T) {
	people := map[string]stanna.Person{
		"ana@acme.com": {Email: "ana@acme.com", SlackID: "UANA"}, "ben@acme.com": {Email: "ben@acme.com", SlackID: "UBEN", Habits: stanna.Habits{AwayAt: now, Deputy: "ana@acme.com"}},
		"boss@acme.com": {Email: "boss@acme.com", SlackID: "UBOSS"},
	}
	daily, weekly := stanna.DigestPlan{Daily: true}, stanna.DigestPlan{Weekly: true}
	to := func(d stanna.Destination, p stanna.DigestPlan, change ...func(*stanna.DigestPlan)) stanna.DigestPlan {
		p.To = d
		for _, f := range change {
			f(&p)
		}
		return p
	}
	leadership := func(p *stanna.DigestPlan) { p.Edition = stanna.LeadershipEdition }
	owners := []string{"ana@acme.com", "ben@acme.com", "eve@acme.com"}
	type place struct {
		Scope         string
		Whose, To     stanna.Destination
		Silent        stanna.Reason
		Daily, Weekly bool
	}
	for name, c := range map[string]struct {
		plans  []stanna.DigestPlan
		broken map[stanna.Destination]bool
		noTeam bool
		none   bool // no fallback channel
		want   []place
	}{
		"a channel":               {[]stanna.DigestPlan{to(a, daily)}, nil, false, false, []place{{"", a, a, "", true, false}}},
		"one CSM's, in a channel": {[]stanna.DigestPlan{to(a, daily, func(p *stanna.DigestPlan) { p.Owner = "Ana@acme.com" })}, nil, false, false, []place{{"ana@acme.com", a, a, "", true, false}}},
		"a broken channel":        {[]stanna.DigestPlan{to(a, daily)}, broken(a), false, false, []place{{"", a, fallback, "", true, false}}},
		"and no other":            {[]stanna.DigestPlan{to(a, daily)}, broken(a), false, true, []place{{"", a, "", stanna.ReasonNoFallback, true, false}}},
		"not connected":           {[]stanna.DigestPlan{to(a, daily)}, nil, true, false, []place{{"", a, a, stanna.ReasonNotConnected, true, false}}},
		"a person":                {[]stanna.DigestPlan{to(stanna.ToPerson("ana@acme.com"), weekly)}, nil, false, false, []place{{"ana@acme.com", anaDM, anaDM, "", false, true}}},
		"a person of leadership":  {[]stanna.DigestPlan{to(stanna.ToPerson("boss@acme.com"), weekly, leadership)}, nil, false, false, []place{{"", bossDM, bossDM, "", false, true}}},
		"every owner": {[]stanna.DigestPlan{to(stanna.ToOwner, daily)}, nil, false, false, []place{{"ana@acme.com", anaDM, anaDM, "", true, false},
			{"ben@acme.com", benDM, benDM, stanna.ReasonPersonAway, true, false}, {"eve@acme.com", stanna.ToPerson("eve@acme.com"), stanna.ToPerson("eve@acme.com"), stanna.ReasonNotInSlack, true, false}}},
		"twice is once, with both": {[]stanna.DigestPlan{to(stanna.ToPerson("ana@acme.com"), weekly), to(stanna.ToOwner, daily)}, broken(benDM), false, false, []place{{"ana@acme.com", anaDM, anaDM, "", true, true},
			{"ben@acme.com", benDM, benDM, stanna.ReasonPersonAway, true, false}, {"eve@acme.com", stanna.ToPerson("eve@acme.com"), stanna.ToPerson("eve@acme.com"), stanna.ReasonNotInSlack, true, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := stanna.Settings{FallbackChannel: "CFALL"}
			if c.none {
				s.FallbackChannel = ""
			}
			r := route.Roads{Team: "T1", Broken: c.broken, People: people}
			if c.noTeam {
				r.Team = ""
			}
			var got []place
			for _, x := range plan(t, s, nil).DigestPlaces(c.plans, r, owners, now) {
				got = append(got, place{x.Scope, x.Whose, x.To, x.Silent, x.Plan.Daily, x.Plan.Weekly})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A person's own digest comes at their own time, and what waits for it waits
// until then.
func TestOwnDigestTime(t *testing.T) {
	people := map[string]stanna.Person{"ana@acme.com": {SlackID: "UANA", Habits: stanna.Habits{Timezone: "America/New_York", Digest: &stanna.DigestTime{At: "08:00", WeeklyOn: "wed"}}},
		"ben@acme.com": {SlackID: "UBEN", Habits: stanna.Habits{Timezone: "Asia/Tokyo"}}}
	r := route.Roads{Team: "T1", People: people}
	p := plan(t, stanna.Settings{DefaultChannel: "CDEF"}, nil)
	for d, want := range map[stanna.Destination]string{anaDM: "2026-11-23 13:00", benDM: "2026-11-24 09:00", standard: "2026-11-24 09:00"} {
		if due, _ := p.Digests(r, d).Next(now); !due.At.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", d, due.At, want)
		}
	}
	got, _ := p.Pick(r, news(to(stanna.ToOwner), func(n *route.News) { n.Alert.Severity = stanna.Low }))
	if len(got) != 1 || !got[0].Manner.Until.Equal(at("2026-11-23 13:00")) {
		t.Errorf("%+v", got)
	}
	if due, ok := p.EveryDay().Next(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)); !ok || !due.At.Equal(at("2026-11-28 09:00")) {
		t.Errorf("on Saturday: %+v", due)
	}
}
