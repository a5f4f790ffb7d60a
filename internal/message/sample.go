package message

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Test writes the sample of "send a test": an alert as it would look, about a
// client that is made up and says so.
func Test(v TestView) Rendered { return v.page().lay() }

// Sample writes the alert of a test by itself, for previews.
func Sample(v TestView) Rendered { return Thread(v.sample(tongue{locale.For(v.Settings, v.Now)})) }

func (v TestView) page() page {
	l := tongue{locale.For(v.Settings, v.Now)}
	thread, page := v.sample(l), l.Text("Slack connection")
	asked := say(v.asked(l), words(". "), l.phrase("Alerts will look like the one below. The client is made up; there is nothing to do."))
	if x, ok := v.specimen(); ok {
		thread, page = x, l.Text("Template")
		asked = say(v.tried(l), words(". "), l.phrase("The client is made up; there is nothing to do."))
	}
	p := thread.page()
	p.header = say(words("🧪 "), l.phrase("Test: {alert}", with{"alert": p.header}))
	p.parts = append([]part{
		{kind: section, lines: []phrase{asked}},
	}, p.parts...)
	p.spoken = append([]phrase{asked}, p.spoken...)
	if link := link(v.Link, page); link != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{link}})
		p.more = link
	}
	return p
}

// asked says what the message is, for which workspace, and who asked for it.
func (v TestView) asked(l tongue) phrase {
	name, who := outside(v.WorkspaceName, 80), outside(v.By, 80)
	fill := with{"workspace": name, "who": who}
	switch {
	case name != nil && who != nil:
		return l.phrase("This is a test from Stanna for {workspace}, sent by {who}", fill)
	case name != nil:
		return l.phrase("This is a test from Stanna for {workspace}", fill)
	case who != nil:
		return l.phrase("This is a test from Stanna, sent by {who}", fill)
	}
	return l.phrase("This is a test from Stanna")
}

// tried says that the message is a test of a template.
func (v TestView) tried(l tongue) phrase {
	fill := with{"sample": outside(v.Specimen, 80)}
	if who := outside(v.By, 80); who != nil {
		fill["who"] = who
		return l.phrase("A test of a template, sent by {who}, with the sample “{sample}”", fill)
	}
	return l.phrase("A test of a template, with the sample “{sample}”", fill)
}

// specimen is the alert on which a template is tried, in its words; ok is
// false where none is.
func (v TestView) specimen() (x ThreadView, ok bool) {
	if v.Template == nil {
		return x, false
	}
	for i, s := range Specimens(v.Template.Type, v.Settings, v.Now) {
		if i == 0 || s.Name == v.Specimen {
			x, ok = s.View, true
		}
	}
	x.Template, x.TemplatePage, x.Intended = v.Template, v.Link, v.Intended
	return x, ok
}

// sample is a client in trouble, seven days ago well.
func (v TestView) sample(l tongue) ThreadView {
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
			ID: "example", Name: l.Text("Acme Corp (made up)"), MRR: stanna.MoneyOf(12_400, s.Currency),
			RenewalDate: day(52).In(s.Location()).Format(time.DateOnly),
			Contacts:    []stanna.Contact{{Name: "Maria Costa", Title: l.Text("sponsor"), Primary: true}},
		},
		Owner: Owner{Name: "Ana Silva"},
		State: stanna.State{Health: health, Engagement: engagement,
			StateFacts: stanna.StateFacts{LastContact: day(-19), LastContactKind: "email"}},
		Alerts: []AlertView{{Alert: stanna.Alert{
			Type: stanna.HealthDrop, RuleName: l.Text("Health drop"), Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: v.Now,
			Evidence: stanna.Evidence{
				Base: 61, BaseAt: day(-7), Opened: 38, Value: 38, ValueAt: v.Now, Worst: 38, Source: l.Text("example"),
				Factors: []stanna.Factor{
					{Name: l.Text("Usage"), Detail: l.Text("118 a day, usually 200"), Impact: impact(-13)},
					{Name: l.Text("Invoice"), Detail: l.Text("failed last Saturday"), Impact: impact(-6)},
					{Name: l.Text("Support"), Detail: l.Text("3 tickets open, the oldest for 9 days"), Impact: impact(-4)},
				},
			},
		}}},
	}
}
