package web

import (
	"math"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// evidenceView is what an alert stands on, in figures and words.
type evidenceView struct {
	Change    string // "60 → 38"
	Says      string // "Fell 22 points in 7 days"
	Figures   []figureView
	FirstSeen string // the change is counted from the first value ever seen
	Charted   bool   // the type has a chart
	Chart     chart
	Facts     []field
	Quote     string
	QuotedOf  speaker
	Moves     []moveRow
	MoreMoves int
	Explained bool // sources give reasons for this type
	Factors   []factorRow
	Source    string
	Actions   []string
}

// figureView is one figure of an alert with its moment.
type figureView struct {
	Label, Value string
	At           stamp
}

// moveRow is what one client did to the portfolio's sum.
type moveRow struct{ Name, Path, Why, Amount string }

// valueOf writes a value in the unit of an alert type.
func valueOfType(l locale.Local, t stanna.AlertType, x float64) string {
	switch t {
	case stanna.ChurnRisk:
		return l.Number(x) + " %"
	case stanna.RevenueAtRisk, stanna.PaymentIssue:
		return l.Money(stanna.MoneyOf(x, l.Settings.Currency))
	case stanna.SentimentNegative:
		return l.Signed(x)
	case stanna.RenewalUpcoming:
		return l.Count(int(x), "day")
	}
	return l.Number(x)
}

// changeOf is where the measure of an alert came from and went, in a few
// words.
func changeOf(l locale.Local, a stanna.Alert) string {
	e := a.Evidence
	at := func(x float64) string { return valueOfType(l, a.Type, x) }
	switch a.Type {
	case stanna.HealthDrop, stanna.ChurnRisk, stanna.RevenueAtRisk, stanna.EngagementDrop:
		switch {
		case !e.Since.IsZero() && a.Type == stanna.EngagementDrop:
			return "silent since " + l.Day(e.Since)
		case e.BaseAt.IsZero() && a.Type != stanna.HealthDrop:
			return at(e.Value)
		case !a.Open() && e.Worst != e.Value:
			return at(e.Base) + " → " + at(e.Worst) + " → " + at(e.Value)
		}
		return at(e.Base) + " → " + at(e.Value)
	case stanna.SentimentNegative:
		return at(e.Value)
	case stanna.PaymentIssue:
		return joined(paymentWords(l, e.Payment), othersOwed(l, e.Owes()))
	case stanna.ExpansionOpportunity:
		if e.Limit > 0 {
			return strings.TrimSpace(l.Number(e.Value) + " of " + l.Number(e.Limit) + " " + e.Subject)
		}
		return l.Number(e.Base) + " → " + l.Number(e.Value)
	case stanna.Milestone:
		if e.Subject != "" {
			return e.Subject
		}
		return l.Count(int(e.Value), "year")
	case stanna.RenewalUpcoming:
		if day, ok := l.DayOf(e.Date); ok {
			return l.Date(day)
		}
		return at(e.Value)
	case stanna.KeyAccountUpdate:
		if e.Subscription != nil {
			return movementWords(l, *e.Subscription)
		}
		if e.Was != "" && e.Is != "" {
			return e.Was + " → " + e.Is
		}
		return e.Is
	}
	return ""
}

// evidence says what happened, in figures.
func (v *visit) evidence(a stanna.Alert, p store.Portrait) evidenceView {
	l, e := v.local, a.Evidence
	view := evidenceView{Change: changeOf(l, a), Factors: factorRows(l, e.Factors), Source: e.Source, Actions: e.Actions}
	if a.Type == stanna.ChurnRisk { // of a risk, more is worse
		for i, x := range e.Factors {
			view.Factors[i].Worse = x.Impact != nil && *x.Impact > 0
		}
	}
	if view.Explained = a.Type == stanna.HealthDrop || a.Type == stanna.ChurnRisk; !view.Explained {
		view.Explained = len(view.Factors) > 0
	}
	if e.FirstSeen {
		view.FirstSeen = "There is no older value to compare with: the change is counted from the first one seen, " + stampOf(l, e.BaseAt).Short + "."
	}
	opened := stanna.Point{At: a.OpenedAt, Value: e.Opened}
	if a.Type == stanna.HealthDrop {
		opened = openedPoint(a, p.State.Health)
		view.chart(l, a, p, opened)
	}
	view.Says = saysOf(l, a, opened)
	view.figures(l, a, opened)
	view.facts(v, a, p)
	if v.detailed() {
		view.Quote, view.QuotedOf = e.Quote, speakerOf(e.Author, e.URL)
	}
	for _, m := range e.Moves {
		row := moveRow{Name: m.Name, Path: clientPath(m.ClientID), Why: m.Why.Sentence(), Amount: signedMoney(l, m.Amount)}
		view.Moves = append(view.Moves, row)
	}
	view.MoreMoves = max(e.Moved-len(e.Moves), 0)
	return view
}

func signedMoney(l locale.Local, x float64) string {
	text := l.Money(stanna.MoneyOf(x, l.Settings.Currency))
	if x > 0 {
		return "+" + text
	}
	return text
}

// openedPoint is the value that the alert opened on. When it was measured is
// not kept; the history knows, where the alert is about health.
func openedPoint(a stanna.Alert, h stanna.History) stanna.Point {
	opened := stanna.Point{At: a.OpenedAt, Value: a.Evidence.Opened}
	for _, p := range h.Since(a.Evidence.BaseAt) {
		if !p.At.After(a.OpenedAt) && p.Value == opened.Value {
			opened.At = p.At
		}
	}
	return opened
}

func (view *evidenceView) chart(l locale.Local, a stanna.Alert, p store.Portrait, opened stanna.Point) {
	e := a.Evidence
	from := e.BaseAt.Add(-7 * 24 * time.Hour)
	if e.BaseAt.IsZero() {
		from = a.OpenedAt.AddDate(0, 0, -30)
	}
	to := later(l.Now, p.State.Health)
	if !a.Open() {
		to = a.ClosedAt.Add(24 * time.Hour)
	}
	moments := []moment{{"base", "from", stanna.Point{At: e.BaseAt, Value: e.Base}}, {"opened", "opened at", opened}}
	if e.BaseAt.IsZero() {
		moments = moments[1:]
	}
	view.Charted, view.Chart = true, chartOf(l, p.State.Health, from, to, moments...)
}

// saysOf is the change in a sentence.
func saysOf(l locale.Local, a stanna.Alert, opened stanna.Point) string {
	e := a.Evidence
	rose := func(unit string) string {
		word, x := "Fell ", e.Base-e.Opened
		if e.Opened > e.Base {
			word, x = "Rose ", -x
		}
		text := word + l.Number(math.Round(x)) + " " + unit
		if math.Round(x) == 1 {
			text = strings.TrimSuffix(text, "s")
		}
		if e.BaseAt.IsZero() {
			return text
		}
		return text + " in " + l.Lasting(opened.At.Sub(e.BaseAt))
	}
	switch a.Type {
	case stanna.HealthDrop:
		return rose("points")
	case stanna.ChurnRisk:
		if e.BaseAt.IsZero() || e.Base == e.Opened {
			return "chance of churn"
		}
		return rose("points")
	case stanna.EngagementDrop:
		if e.Base > 0 && e.Since.IsZero() {
			return l.Number(math.Round((1-e.Opened/e.Base)*100)) + " % below the client's own usual"
		}
		return "usually " + l.Number(e.Base) + " a week"
	case stanna.SentimentNegative:
		return "of −2 to +2"
	case stanna.ExpansionOpportunity:
		if e.Limit > 0 {
			return l.Number(math.Round(e.Value/e.Limit*100)) + " % of the limit"
		}
		return rose("points")
	case stanna.RevenueAtRisk:
		return "MRR of clients in the red zone"
	case stanna.RenewalUpcoming:
		if _, distance := renewalOf(l, e.Date); a.Open() {
			return distance
		}
	}
	return ""
}

// figures are the values that the alert went through.
func (view *evidenceView) figures(l locale.Local, a stanna.Alert, opened stanna.Point) {
	e := a.Evidence
	add := func(label string, x float64, at time.Time) {
		view.Figures = append(view.Figures, figureView{label, valueOfType(l, a.Type, x), stampOf(l, at)})
	}
	newest := "Newest"
	if !a.Open() {
		newest = "At the end"
	}
	from := ""
	switch a.Type {
	case stanna.HealthDrop, stanna.ChurnRisk, stanna.RevenueAtRisk:
		from = "From"
	case stanna.EngagementDrop:
		from = "Usual week"
	case stanna.ExpansionOpportunity:
		if from = "From"; e.Limit > 0 {
			from = "The line"
		}
	case stanna.SentimentNegative:
		// a conversation is compared with none
	default:
		return // there is nothing that goes up and down
	}
	if from != "" && (!e.BaseAt.IsZero() || e.Base != 0) {
		add(from, e.Base, e.BaseAt)
	}
	add("Opened at", e.Opened, opened.At)
	add(newest, e.Value, e.ValueAt)
	if a.Type != stanna.ExpansionOpportunity {
		add("Worst", e.Worst, time.Time{})
	}
}

// facts are what is particular to the alert's type.
func (view *evidenceView) facts(v *visit, a stanna.Alert, p store.Portrait) {
	l, e := v.local, a.Evidence
	add := func(name, value string) {
		if value != "" {
			view.Facts = append(view.Facts, field{name, value})
		}
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return l.Moment(t)
	}
	switch a.Type {
	case stanna.PaymentIssue:
		if owed := e.Owes(); len(owed) > 0 {
			view.payment(l, owed, p.Client)
		}
	case stanna.EngagementDrop:
		add("Measured in", p.State.EngagementUnit)
		if !e.Since.IsZero() {
			add("Silent since", moment(e.Since))
		}
	case stanna.SentimentNegative:
		if e.Count > 0 {
			add("Conversations", l.Number(float64(e.Count)))
		}
	case stanna.RevenueAtRisk:
		if e.Limit > 0 {
			add("The line", l.Money(stanna.MoneyOf(e.Limit, l.Settings.Currency)))
		}
		if e.Share > 0 {
			add("Share of all MRR", l.Number(e.Share)+" %")
		}
		if e.Loss > 0 {
			add("Expected loss", l.Money(stanna.MoneyOf(e.Loss, l.Settings.Currency))+", chance of churn × MRR")
		}
		if e.Clients > 0 {
			add("Clients at risk", l.Number(float64(e.Clients)))
		}
	case stanna.ExpansionOpportunity:
		add("Limit of", e.Subject)
		if !e.Since.IsZero() {
			add("So full since", moment(e.Since))
		}
		if e.Above > 0 {
			add("Engagement", l.Number(math.Round(e.Above))+" % above usual")
		}
	case stanna.Milestone:
		add("Goal", e.Subject)
		if day, ok := l.DayOf(e.Date); ok {
			add("On", l.Date(day))
		}
		if e.Subject == "" {
			add("Client since", moment(e.BaseAt))
		}
	case stanna.RenewalUpcoming:
		if day, ok := l.DayOf(e.Date); ok {
			add("Renews", l.Date(day))
		}
		add("Zone then", e.Is)
		if n := p.Client.RenewalMonths; n > 0 {
			add("Term", l.Count(n, "month"))
		}
	case stanna.KeyAccountUpdate:
		if e.Subscription != nil {
			view.movement(l, *e.Subscription)
		}
		add("What", capital(e.Subject))
		add("Was", e.Was)
		add("Is", e.Is)
	case stanna.Custom:
		add("The condition", e.Subject)
		add("It held on", moment(e.ValueAt))
	}
}
