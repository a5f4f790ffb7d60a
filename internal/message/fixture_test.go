package message

import (
	"strconv"
	"time"

	"github.com/gostanna/stanna"
)

// monday is Monday 23 November 2026, 09:20 in New York.
var monday = time.Date(2026, 11, 23, 14, 20, 0, 0, time.UTC)

func daysBefore(n float64) time.Time { return monday.Add(-time.Duration(n * float64(oneDay))) }

func impact(x float64) *float64 { return &x }

func settings() stanna.Settings { return stanna.Settings{Timezone: "America/New_York"} }

func acme() stanna.Client {
	return stanna.Client{
		Workspace: "example.com", ID: "acme", Name: "Acme Corp", MRR: stanna.MoneyOf(12400, "USD"), Tier: "enterprise",
		CSMOwner: "ana@example.com", RenewalDate: "2027-01-14",
		Contacts: []stanna.Contact{{Name: "Jo Day", Email: "jo@acme.test"}, {Name: "Maria Costa", Title: "sponsor", Primary: true}},
	}
}

// falling is a state whose health fell to 38 and whose engagement is 41 %
// below its usual.
func falling() stanna.State {
	var s stanna.State
	for i, score := range []float64{58, 60, 61, 60, 57, 52, 45, 38} {
		s.Health.Add(daysBefore(float64(7-i)), score)
	}
	for i := 35; i >= 1; i-- {
		used := 200.0
		if at := daysBefore(float64(i)).Weekday(); at == time.Saturday || at == time.Sunday {
			used = 20
		}
		if i == 1 { // Sunday
			used = 11.8
		}
		s.Engagement.Add(daysBefore(float64(i)), used)
	}
	s.Engagement.Add(monday.Add(-4*time.Hour), 3) // today is not over
	s.LastContact, s.LastContactKind = daysBefore(19), "email"
	return s
}

func drop() AlertView {
	return AlertView{
		Alert: stanna.Alert{
			Workspace: "example.com", ID: "al_1", RuleID: "health-drop", RuleName: "Health drop", ClientID: "acme",
			Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen,
			OpenedAt: monday, UpdatedAt: monday, Why: stanna.ReasonFellFar,
			Evidence: stanna.Evidence{
				Trigger: stanna.ReasonFellFar, Base: 60, BaseAt: daysBefore(7), Opened: 38, Value: 38, ValueAt: monday,
				Worst: 38, Told: 38, Source: "Gainsight",
				Factors: []stanna.Factor{
					{Name: "Usage", Detail: "118 a day, usually 200", Impact: impact(-11)},
					{Name: "Invoice", Detail: "of $12,400 failed Sat 21 Nov, next retry Thu 26 Nov", Impact: impact(-5)},
					{Name: "Support", Detail: "3 tickets open, oldest 9 days", Impact: impact(-4)},
					{Name: "Champion", Detail: "has not signed in for 12 days", Impact: impact(-2)},
				},
			},
		},
		Playbook: "https://wiki.example.com/playbooks/red-account",
		Links:    Links{Alert: "https://stanna.example.com/alerts/al_1", Rule: "https://stanna.example.com/rules/health-drop"},
	}
}

func ana() Owner { return Owner{Name: "Ana Silva", Email: "ana@example.com", SlackID: "U012ANA"} }

// fullView is a thread about which everything is known.
func fullView() ThreadView {
	return ThreadView{
		Settings: settings(), Client: acme(), State: falling(), Alerts: []AlertView{drop()}, Owner: ana(),
		Link: "https://stanna.example.com/clients/acme", Now: monday,
	}
}

// closedView is the same alert, nine days later.
func closedView(why stanna.Reason, value float64) ThreadView {
	v := fullView()
	a := &v.Alerts[0]
	a.Status, a.Why, a.ClosedAt = stanna.AlertResolved, why, monday.Add(9*oneDay)
	a.Evidence.Value, a.Evidence.ValueAt = value, a.ClosedAt
	v.Now = a.ClosedAt
	return v
}

// hostile tries to mention, link, style, draw emoji, break and reorder.
const hostile = "<!channel> & <http://x|y> *b* _i_ ~s~ `c` :fire: @here\n\r\t> q\u202egnp.exe\u200b\u2066 \x00 <@U999> https://evil.example "

func book(n int) []SummaryItem {
	names := []string{"Acme Corp", "Blue Ridge", "Contoso", "Delta Freight", "Évora Têxteis", "Fabrikam", "Globex", "Hooli"}
	severities := []stanna.Severity{stanna.Medium, stanna.High, stanna.Medium, stanna.Critical, stanna.Low}
	items := make([]SummaryItem, n)
	for i := range items {
		a := drop().Alert
		a.ID = "al_" + string(rune('a'+i%26))
		a.Severity = severities[i%len(severities)]
		a.Evidence.Value = 38 - float64(i%20)
		c := acme()
		c.ID = "c" + time.Duration(i).String()
		c.Name = names[i%len(names)]
		if i >= len(names) {
			c.Name += " " + strconv.Itoa(i)
		}
		c.MRR = stanna.MoneyOf(float64(1000+i%97*250), "USD")
		items[i] = SummaryItem{Client: c, Alert: a, Owner: ana(), Link: "https://stanna.example.com/alerts/" + a.ID}
	}
	return items
}

func summaryView(n int) SummaryView {
	return SummaryView{
		Settings: settings(), Items: book(n), Link: "https://stanna.example.com/groups/gr_1",
		Now: monday,
	}
}
