package expr

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// MentionsTime knows every name whose value changes though nothing comes in,
// and which of them change only when a local day begins.
func TestMentionsTime(t *testing.T) {
	now := time.Date(2026, 11, 8, 13, 15, 0, 0, time.UTC) // a Sunday: the week ends with the day
	settings := stanna.Settings{Timezone: "America/New_York"}
	st := &stanna.State{}
	st.LastContact, st.Status = now.AddDate(0, 0, -3), "active"
	for d := 60; d >= 0; d-- {
		at := now.AddDate(0, 0, -d).Add(7 * time.Minute)
		st.Health.Add(at, float64(30+d))
		st.Engagement.Add(at, float64(10+d*d))
	}
	client := &stanna.Client{ID: "c1", RenewalDate: "2027-01-01", CreatedAt: now.AddDate(-1, 0, 0)}
	alert := &stanna.Alert{OpenedAt: now.AddDate(0, 0, -2)}
	value := func(n name, at time.Time) string {
		return valueText(n.get((*scene)(&Input{Settings: settings, Client: client, State: st, Alert: alert, Now: at})))
	}
	midnight := time.Date(2026, 11, 9, 5, 0, 0, 0, time.UTC)
	for i, n := range theLanguage().names {
		p := &program{names: []mention{{shown: n.path, index: i}}}
		yes, daily := p.MentionsTime()
		hourly := false
		for at := now; at.Before(midnight); at = at.Add(time.Hour) {
			hourly = hourly || value(n, at) != value(n, now)
		}
		changes := hourly || value(n, midnight) != value(n, now)
		if yes != changes || daily != (changes && !hourly) {
			t.Errorf("%s: changes %v (within a day: %v), but is said to %v (daily: %v)", n.path, changes, hourly, yes, daily)
		}
	}
	for source, want := range map[string][2]bool{
		"client.mrr > 5":                                  {false, false},
		"client.ageDays > 5":                              {true, true},
		"client.ageDays > 5 && hour(now) > 9":             {true, false},
		`client.tags.exists(t, t == "now")`:               {false, false},
		`hour(signal.occurredAt) > 9`:                     {false, false},
		`weekday(now) == "monday"`:                        {true, false},
		`state.health < 40 && state.daysSinceContact > 9`: {true, true},
	} {
		c, err := CompileCondition(source)
		if err != nil {
			t.Fatal(err)
		}
		if yes, daily := c.MentionsTime(); yes != want[0] || daily != want[1] {
			t.Errorf("%s: %v, daily %v", source, yes, daily)
		}
	}
}

func TestMentions(t *testing.T) {
	c, err := CompileCondition(`signal.data.score > 5 && client.name.contains("alert.type") && client.custom.signal == 1`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"signal": true, "signal.data": true, "signal.data.score": true, "signal.type": false, "client": true, "alert": false, "sig": false} {
		if got := c.Mentions(name); got != want {
			t.Errorf("mentions %s: %v", name, got)
		}
	}
}
