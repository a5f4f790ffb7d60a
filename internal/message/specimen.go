package message

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Specimen is a made-up alert to try words on: what a template says of all of
// them it can say of most clients.
type Specimen struct {
	Name string // "full", "missing data", ...
	View ThreadView
}

// Specimens are those of an alert type, for a workspace: a client of whom
// everything is known, one of whom nothing is, and what is awkward in other
// ways. There are none of a type that has no words.
func Specimens(t stanna.AlertType, s stanna.Settings, now time.Time) []Specimen {
	write, ok := evidences[t]
	if !ok {
		return nil
	}
	full := func(change func(*ThreadView, *AlertView)) ThreadView {
		v := wellKnown(s, now)
		a := &v.Alerts[0]
		a.Type = t
		write(specimen{now, v.Settings.WithDefaults().Currency}, &v, a)
		a.Why = a.Evidence.Trigger
		if t == stanna.RevenueAtRisk {
			v.Client, v.State, v.Owner, a.ClientID = stanna.Client{}, stanna.State{}, Owner{}, ""
		}
		if change != nil {
			change(&v, a)
		}
		return v
	}
	named := func(name, title string) func(*ThreadView, *AlertView) {
		return func(v *ThreadView, a *AlertView) {
			if t != stanna.RevenueAtRisk {
				v.Client.Name, v.Client.Contacts[0].Name, v.Client.Contacts[0].Title, v.Client.Tags = name, name, title, []string{title}
			}
			a.Evidence.Subject, a.Evidence.Quote, a.Evidence.Author, a.Evidence.Source = title, name, name, title
			for i := range a.Evidence.Factors {
				a.Evidence.Factors[i].Name, a.Evidence.Factors[i].Detail = title, name
			}
			for i := range a.Evidence.Moves {
				a.Evidence.Moves[i].Name = name
			}
		}
	}
	awkward := []rune(strings.Repeat("<!channel> *Łódź* & 🦦 {{x}} ", 8))[:200]
	return []Specimen{
		{"full", full(nil)},
		{"missing data", full(unknown)},
		{"worsened", full(worsened)},
		{"another currency", full(abroad)},
		{"an awkward name", full(named(string(awkward), "</b> <https://x.test|q>"))},
		{"right to left", full(named("شركة النور القابضة 38", "מנכ״ל"))},
	}
}

// wellKnown is a thread about a client of whom everything is known.
func wellKnown(s stanna.Settings, now time.Time) ThreadView {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	local := now.In(s.WithDefaults().Location())
	var state stanna.State
	for i, score := range []float64{61, 62, 60, 58, 54, 49, 43, 38} {
		state.Health.Add(day(i-7), score)
	}
	for i := -42; i < 0; i++ {
		used := 200.0
		if i >= -7 {
			used = 110
		}
		state.Engagement.Add(day(i), used)
	}
	state.EngagementUnit, state.LastContact, state.LastContactKind = "sessions", day(-19), "email"
	state.Churn, state.Sentiment = stanna.Reading{Value: 0.42, At: day(-1)}, stanna.Reading{Value: -0.5, At: day(-4)}
	state.Usage = map[string]stanna.Usage{"seats": {Used: 92, Limit: 100, Unit: "seats"}}
	state.Status = "active"
	return ThreadView{
		Settings: s, Now: now, Owner: Owner{Name: "Ana Silva", Email: "ana@example.com"}, State: state,
		Client: stanna.Client{
			ID: "example", Name: "Acme Corp", Domain: "acme.example", MRR: stanna.MoneyOf(12_400, s.WithDefaults().Currency), Tier: "enterprise",
			CSMOwner: "ana@example.com", RenewalDate: local.AddDate(0, 0, 52).Format(time.DateOnly), RenewalMonths: 12, Tags: []string{"pilot", "emea"},
			Contacts:  []stanna.Contact{{Name: "Maria Costa", Email: "maria@acme.example", Title: "sponsor", Primary: true}},
			CreatedAt: now.AddDate(-3, 0, 0),
		},
		Alerts: []AlertView{{Alert: stanna.Alert{ID: "example", ClientID: "example", RuleName: "Example rule", Severity: stanna.High,
			Status: stanna.AlertOpen, OpenedAt: now, UpdatedAt: now}}},
	}
}

// unknown leaves nothing but the client's name and that it happened.
func unknown(v *ThreadView, a *AlertView) {
	if a.Type != stanna.RevenueAtRisk {
		v.Client, v.State, v.Owner = stanna.Client{ID: "example", Name: "Acme Corp"}, stanna.State{}, Owner{}
	}
	a.Evidence = stanna.Evidence{Trigger: a.Evidence.Trigger}
}

// worsened is the same two days later, when nobody has taken it up.
func worsened(v *ThreadView, a *AlertView) {
	v.Now = v.Now.AddDate(0, 0, 2)
	a.Severity, a.Unstable, a.Why, a.UpdatedAt = stanna.Critical, true, stanna.ReasonWorsened, v.Now
	e := &a.Evidence
	e.Value -= (e.Base - e.Value) / 2
	if a.Type == stanna.HealthDrop || a.Type == stanna.KeyAccountUpdate {
		v.State.Health.Add(v.Now, e.Value)
	}
	e.Worst, e.ValueAt = e.Value, v.Now
	e.Factors = slices.Concat(e.Factors, []stanna.Factor{{Name: "Champion", Detail: "has not signed in for 12 days"}})
	if e.Payment != nil {
		p := *e.Payment
		p.Status, p.Code, p.Decline, p.NextAttempt, p.Attempt = stanna.PaymentDisputed, "unrecognized", "", "", 0
		p.FailedAt, p.FirstAt, p.RespondBy = v.Now, v.Now, v.Now.AddDate(0, 0, 9).UTC().Format(time.RFC3339)
		e.Payment, v.State.Payment = &p, p
	}
}

// abroad pays in another money than the workspace's.
func abroad(v *ThreadView, a *AlertView) {
	other := "JPY"
	if v.Settings.WithDefaults().Currency == other {
		other = "EUR"
	}
	if a.Type == stanna.RevenueAtRisk {
		v.Settings.Currency = other
		return
	}
	v.Client.MRR = stanna.MoneyOf(1_240_000, other)
	if p := a.Evidence.Payment; p != nil {
		owed := *p
		owed.Amount = stanna.MoneyOf(120_000, other)
		also := slices.Clone(a.Evidence.AlsoOwed)
		for i := range also {
			also[i].Amount = stanna.MoneyOf(220_000, other)
		}
		a.Evidence.Payment, v.State.Payment, a.Evidence.AlsoOwed, v.State.AlsoOwed = &owed, owed, also, also
	}
}
