package web

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// clientView is everything about one client.
type clientView struct {
	Row          clientRow
	ID           string
	LongName     string // in full, when the heading cuts it
	Own          string // its page in the company's own system
	RenewalTerm  string
	Tags         []string
	Custom       []field
	HealthAt     stamp
	Chart        chart
	Factors      []factorRow
	FactorSource string
	Engagement   engagementView
	Churn        string
	ChurnAt      stamp
	Sentiment    string
	SentimentAt  stamp
	Quote        string
	QuotedOf     speaker
	Owed         []string // the foremost first
	OwedInAll    string   // of several in one currency
	MRRMoved     string
	MRRMovedAt   stamp
	MRRMovedIn   string // its page
	LastContact  stamp
	ContactKind  string
	ContactWith  speaker
	Contacts     []stanna.Contact
	Open, Past   []alertRow
	MorePast     int
	Detailed     bool // the visitor may read single signals
	Signals      []signalRow
	Told         bool // the visitor may read deliveries
	Messages     []messageRow
	Deeds        deedsView
}

type field struct{ Name, Value string }

type factorRow struct {
	Name, Detail, Impact string
	Worse                bool
}

type engagementView struct {
	Value, Unit string
	At          stamp
	Spark       spark
}

type signalRow struct {
	At       stamp
	Received stamp
	Type     string
	Says     string
	By       speaker
	Source   string
	Became   string
	Reason   string
	Alert    string // path of the alert that it opened, worsened or closed
}

type messageRow struct {
	At          stamp
	Kind        string
	Destination string
	Status      mark
	Says        string
	Link        string
	Group       string // path of the summary that told it
	Repeated    bool
}

// How much of a client's past its page shows.
const (
	clientAlerts   = 50
	clientPast     = 10
	clientSignals  = 20
	clientMessages = 10
	trendDays      = 90
	longName       = 120 // characters from which the heading is cut
)

func (s *site) client(v *visit) (answer, error) {
	c := clientView{Detailed: v.caller.May(auth.ReadInteractions), Told: v.caller.May(auth.ReadDeliveries)}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		p, err := v.portrait(tx, v.r.PathValue("id"))
		if err != nil {
			return err
		}
		alerts, all, err := tx.Alerts(v.workspace(), store.AlertQuery{ClientID: p.Client.ID, Limit: clientAlerts})
		if err != nil {
			return err
		}
		s.describe(v, &c, p, alerts, all)
		if c.Detailed {
			if c.Signals, err = v.signalRows(tx, p.Client.ID, alerts); err != nil {
				return err
			}
		}
		if c.Told {
			if c.Messages, err = s.messageRows(tx, v, p.Client.ID); err != nil {
				return err
			}
		}
		c.Deeds, err = v.deedsOf(tx, p.Client)
		return err
	})
	return answer{title: c.Row.Name, body: clientBody(c)}, err
}

// portrait is a client that the visitor sees; another's is not found.
func (v *visit) portrait(tx *store.Tx, id string) (store.Portrait, error) {
	p, err := tx.Portrait(v.workspace(), id)
	if err == nil && !v.sees(p.Client) {
		err = stanna.Errorf(stanna.NotFound, "client not found")
	}
	return p, err
}

func (s *site) describe(v *visit, c *clientView, p store.Portrait, alerts []stanna.Alert, all int) {
	l := v.local
	var open []stanna.Alert
	for _, a := range alerts {
		row := v.alertRow(a, p.Client)
		switch {
		case a.Open():
			open = append(open, a)
			c.Open = append(c.Open, row)
		case len(c.Past) < clientPast:
			c.Past = append(c.Past, row)
		}
	}
	c.MorePast = all - len(c.Open) - len(c.Past)
	c.Row, c.ID = v.clientRow(p, open), p.Client.ID
	if len([]rune(p.Client.Name)) > longName {
		c.LongName = p.Client.Name
	}
	if own := p.Client.URL(l.Settings.ClientURLTemplate); strings.HasPrefix(own, "https://") || strings.HasPrefix(own, "http://") {
		c.Own = own
	}
	if n := p.Client.RenewalMonths; n > 0 {
		c.RenewalTerm = l.Count(n, "month")
	}
	c.Tags, c.Custom, c.Contacts = p.Client.Tags, fieldsOf(l, p.Client.Custom), p.Client.Contacts

	st := p.State
	if last, ok := st.Health.Last(); ok {
		c.HealthAt = stampOf(l, last.At)
	}
	c.Chart = chartOf(l, st.Health, l.Now.AddDate(0, 0, -trendDays), later(l.Now, st.Health))
	if c.Chart.Empty != "" && st.Health.Len() > 1 {
		c.Chart = chartOf(l, st.Health, time.Time{}, later(l.Now, st.Health)) // all of it is older
	}
	c.Factors, c.FactorSource = factorRows(l, st.HealthFactors), st.HealthSource
	if last, ok := st.Engagement.Last(); ok {
		c.Engagement = engagementView{l.Number(last.Value), st.EngagementUnit, stampOf(l, last.At), sparkOf(l, st.Engagement, l.Now.AddDate(0, 0, -trendDays))}
	}
	if !st.Churn.At.IsZero() {
		c.Churn, c.ChurnAt = l.Percent(st.Churn.Value), stampOf(l, st.Churn.At)
	}
	if !st.Sentiment.At.IsZero() {
		c.Sentiment, c.SentimentAt = l.Signed(st.Sentiment.Value), stampOf(l, st.Sentiment.At)
	}
	if c.Detailed { // somebody's words are detail
		c.Quote, c.ContactKind, c.ContactWith = st.Quote, st.LastContactKind, speakerOf(st.LastContactAuthor, st.LastContactURL)
		if m, ok := st.Said(st.Quote); ok {
			c.QuotedOf = speakerOf(m.Author, m.URL)
		}
	}
	owed := st.Owes()
	for _, p := range owed {
		c.Owed = append(c.Owed, owedWords(l, p))
	}
	if total, ok := stanna.TotalOwed(owed); ok && len(owed) > 1 {
		c.OwedInAll = l.Money(total)
	}
	if x := st.Subscription; x.Known() {
		c.MRRMoved, c.MRRMovedAt, c.MRRMovedIn = movementWords(l, x), stampOf(l, x.At), speakerOf("", x.URL).Link
	}
	c.LastContact = stampOf(l, st.LastContact)
}

// later is now, or the newest value's time where clocks differ a little.
func later(now time.Time, h stanna.History) time.Time {
	if p, ok := h.Last(); ok && p.At.After(now) {
		return p.At
	}
	return now
}

func factorRows(l locale.Local, list []stanna.Factor) []factorRow {
	rows := make([]factorRow, len(list))
	for i, f := range list {
		rows[i] = factorRow{Name: f.Name, Detail: f.Detail}
		if f.Impact != nil {
			rows[i].Impact, rows[i].Worse = l.Signed(*f.Impact), *f.Impact < 0
		}
	}
	return rows
}

// signalRows are the newest signals with what became of each. What a signal
// did to an alert stands in the alert's trail.
func (v *visit) signalRows(tx *store.Tx, client string, alerts []stanna.Alert) ([]signalRow, error) {
	list, err := tx.ClientSignals(v.workspace(), client, clientSignals)
	if err != nil {
		return nil, err
	}
	type deed struct {
		entry stanna.AuditEntry
		alert stanna.Alert
	}
	deeds := map[string]deed{}
	for _, a := range alerts {
		trail, err := tx.AuditOf(v.workspace(), a.ID, 100)
		if err != nil {
			return nil, err
		}
		for _, e := range trail {
			if id := e.Details["signal"]; id != "" && e.Action != "alert."+string(stanna.Resolved) {
				deeds[id] = deed{e, a}
			}
		}
	}
	rows := make([]signalRow, len(list))
	for i, x := range list {
		r := signalRow{At: stampOf(v.local, x.OccurredAt), Received: stampOf(v.local, x.ReceivedAt), Type: string(x.Type), Source: x.Source}
		r.Says, r.By = sayingOf(v.local, x.Signal)
		closed := closedBy(x, alerts)
		d, did := deeds[x.ID]
		switch {
		case x.Became != stanna.Accepted:
			r.Became, r.Reason = string(x.Became), stanna.Reason(x.Became).Sentence()
		case closed != nil:
			r.Became, r.Reason, r.Alert = "closed an alert", closed.Why.Sentence(), alertPath(closed.ID)
		case did:
			r.Became, r.Reason, r.Alert = "opened an alert", d.entry.Reason.Sentence(), alertPath(d.alert.ID)
			switch d.entry.Action {
			case "alert." + string(stanna.Worsened):
				r.Became = "made an alert worse"
			case "alert." + string(stanna.Eased):
				r.Became = "eased an alert"
			}
		default:
			r.Became, r.Reason = "judged", stanna.ReasonNoChange.Sentence()
		}
		rows[i] = r
	}
	return rows, nil
}

// closedBy is the alert that ended when this signal came with its last value.
func closedBy(x store.StoredSignal, alerts []stanna.Alert) *stanna.Alert {
	for i, a := range alerts {
		if a.Why == stanna.ReasonRecovered && a.ClosedAt.Equal(x.ReceivedAt) && a.Evidence.ValueAt.Equal(x.OccurredAt.Truncate(time.Second)) {
			return &alerts[i]
		}
	}
	return nil
}

// messageRows are the newest messages about a client.
func (s *site) messageRows(tx *store.Tx, v *visit, client string) ([]messageRow, error) {
	list, err := tx.ClientMessages(v.workspace(), client, clientMessages)
	if err != nil {
		return nil, err
	}
	names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
	if err != nil {
		return nil, err
	}
	notes, _, err := tx.Notifications(v.workspace(), store.NotificationQuery{ClientID: client, Limit: clientAlerts})
	if err != nil {
		return nil, err
	}
	rows := make([]messageRow, len(list))
	for i, m := range list {
		r := messageRow{At: stampOf(v.road, m.CreatedAt), Destination: names.destination(m.Destination), Link: s.inSlack(m), Repeated: m.Repeated}
		newest := stanna.Notification{Status: stanna.Waiting}
		for _, n := range notes { // newest first
			if n.MessageID == m.ID {
				newest = n
				break
			}
		}
		r.Status = statusMark(newest.Status)
		if newest.Reason != "" {
			r.Says = newest.Reason.Sentence()
		}
		if m.SummaryID != "" {
			r.Group = "/alerts?group=" + m.SummaryID
		}
		rows[i] = r
	}
	return rows, nil
}
