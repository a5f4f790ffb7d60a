package message

import (
	"time"

	"github.com/gostanna/stanna"
)

// Test writes the sample of "send a test": an alert as it would look, about a
// client that is made up and says so.
func Test(v TestView) Rendered { return v.page().lay() }

func (v TestView) page() page {
	thread := v.sample()
	p := thread.page()
	p.header = say(words("🧪 Test: "), p.header)
	by := words("")
	who := outside(v.By, 80)
	if who != nil {
		by = " by "
	}
	from := words("")
	name := outside(v.WorkspaceName, 80)
	if name != nil {
		from = " for "
	}
	asked := say(words("This is a test from Stanna"), from, name, words(", sent"), by, who)
	if who == nil {
		asked = say(words("This is a test from Stanna"), from, name)
	}
	note := say(words("Alerts will look like the one below. The client is made up; there is nothing to do."))
	p.parts = append([]part{
		{kind: section, lines: []phrase{say(asked, words(". "), note)}},
	}, p.parts...)
	p.spoken = append([]phrase{say(asked, words(". "), note)}, p.spoken...)
	if l := link(v.Link, "Slack connection"); l != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{l}})
		p.more = l
	}
	return p
}

// sample is a client in trouble, seven days ago well.
func (v TestView) sample() ThreadView {
	s := v.Settings.WithDefaults()
	impact := func(x float64) *float64 { return &x }
	day := func(n int) time.Time { return v.Now.Add(time.Duration(n) * oneDay) }
	var health, engagement stanna.History
	for i, score := range []float64{61, 62, 60, 58, 54, 49, 43, 38} {
		health.Add(day(i-7), score)
	}
	for i := -30; i < 0; i++ {
		used := 200.0
		if i == -1 {
			used = 118
		}
		engagement.Add(day(i), used)
	}
	return ThreadView{
		Settings: v.Settings,
		Now:      v.Now,
		Intended: v.Intended,
		Client: stanna.Client{
			ID: "example", Name: "Acme Corp (made up)", MRR: stanna.MoneyOf(12_400, s.Currency),
			RenewalDate: day(52).In(s.Location()).Format(time.DateOnly),
			Contacts:    []stanna.Contact{{Name: "Maria Costa", Title: "sponsor", Primary: true}},
		},
		Owner: Owner{Name: "Ana Silva"},
		State: stanna.State{Health: health, Engagement: engagement,
			StateFacts: stanna.StateFacts{LastContact: day(-19), LastContactKind: "email"}},
		Alerts: []AlertView{{Alert: stanna.Alert{
			Type: stanna.HealthDrop, RuleName: "Health drop", Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: v.Now,
			Evidence: stanna.Evidence{
				Base: 61, BaseAt: day(-7), Opened: 38, Value: 38, ValueAt: v.Now, Worst: 38, Source: "example",
				Factors: []stanna.Factor{
					{Name: "Usage", Detail: "118 a day, usually 200", Impact: impact(-13)},
					{Name: "Invoice", Detail: "failed last Saturday", Impact: impact(-6)},
					{Name: "Support", Detail: "3 tickets open, the oldest for 9 days", Impact: impact(-4)},
				},
			},
		}}},
	}
}
