package web

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// overviewView is the first page.
type overviewView struct {
	Hello    string
	Own      bool // only the visitor's own accounts
	Clients  int
	Open     int
	Counts   []severityCount
	Counted  string // when not every open alert was looked at
	Worst    []alertRow
	Waiting  int
	Held     int
	Dead     int
	Money    *moneyView // nil: not for this role
	Surges   []surgeRow // that hold their alerts now
	Silences []silenceRow
	Line     *lineView // nil: not for this role
	Messages []noteRow
	Log      bool // the visitor may read the log
	Steps    []step
	Curl     string
}

type severityCount struct {
	Mark mark
	N    int
}

// lineView is the state of the Slack connection in a few words.
type lineView struct {
	Mark    mark
	Team    string
	Channel string
	Repair  string
}

// step is one of the first things to do.
type step struct {
	ID, Title, Hint string
	Path, Action    string
	Done            bool
	Curl            string
}

// countedAlerts bounds how many open alerts are counted by severity.
const countedAlerts = 5_000

func (s *site) overview(v *visit) (answer, error) {
	o := overviewView{Own: v.caller.OwnAccountsOnly(), Log: v.caller.May(auth.ReadDeliveries)}
	o.Hello = v.caller.Name
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		if err := v.countClients(tx, &o); err != nil {
			return err
		}
		if err := s.overviewAlerts(tx, v, &o); err != nil {
			return err
		}
		if err := s.overviewQuiet(tx, v, &o); err != nil {
			return err
		}
		lines, err := tx.Connections(v.workspace())
		connected := len(lines) > 0
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		if v.caller.May(auth.ReadConnections) {
			o.Line = lineOf(v, lines, names)
		}
		if o.Log {
			if err := s.overviewMessages(tx, v, names, &o); err != nil {
				return err
			}
		}
		if v.caller.May(auth.WriteClients) {
			return s.firstSteps(tx, v, connected, &o)
		}
		return nil
	})
	return answer{title: "Overview", body: overviewBody(o)}, err
}

func (v *visit) countClients(tx *store.Tx, o *overviewView) (err error) {
	if !o.Own {
		o.Clients, err = tx.ClientCount(v.workspace())
		return err
	}
	_, o.Clients, err = tx.Portraits(v.workspace(), store.ClientQuery{Owner: v.owner(), Limit: 1})
	return err
}

func (s *site) overviewAlerts(tx *store.Tx, v *visit, o *overviewView) error {
	list, all, err := tx.Alerts(v.workspace(), store.AlertQuery{Status: stanna.AlertOpen, Owner: v.owner(), Limit: countedAlerts})
	if err != nil {
		return err
	}
	if o.Open = all; all > len(list) {
		o.Counted = "(severities of the newest " + v.local.Number(float64(len(list))) + ")"
	}
	counts := map[stanna.Severity]int{}
	for _, a := range list {
		counts[a.Severity]++
	}
	for _, sev := range []stanna.Severity{stanna.Critical, stanna.High, stanna.Medium, stanna.Low, stanna.Info} {
		if counts[sev] > 0 {
			o.Counts = append(o.Counts, severityCount{severityMark(sev), counts[sev]})
		}
	}
	rankAlerts(list)
	o.Worst, err = v.alertRows(tx, list[:min(len(list), 5)])
	return err
}

func (s *site) overviewMessages(tx *store.Tx, v *visit, names channels, o *overviewView) error {
	counts, err := v.noteCounts(tx)
	if err != nil {
		return err
	}
	o.Waiting, o.Dead, o.Held = counts[stanna.Waiting], counts[stanna.Dead], counts[stanna.Held]
	list, _, err := tx.Notifications(v.workspace(), store.NotificationQuery{Owner: v.owner(), Limit: 5})
	if err != nil {
		return err
	}
	o.Messages, err = v.noteRows(tx, list, names)
	return err
}

// moneyView is what the portfolio stands to lose: the worst case and the
// likely one, named apart.
type moneyView struct {
	AtRisk, AtRiskShare string
	Clients             int
	Loss                string
	Threshold           string
	Unlike              int // clients whose MRR is in another currency
}

// overviewQuiet is what the portfolio stands to lose, and why somebody may
// hear nothing: what is held after a surge, and silences.
func (s *site) overviewQuiet(tx *store.Tx, v *visit, o *overviewView) error {
	if !o.Own {
		x := v.local.Settings
		sums, err := tx.PortfolioSums(v.workspace(), x.Currency, x.RiskThreshold)
		if err != nil {
			return err
		}
		if sums.Clients > 0 {
			o.Money = &moneyView{AtRisk: v.local.Money(sums.AtRisk), Clients: sums.AtRiskCount, Loss: v.local.Money(sums.ExpectedLoss),
				Threshold: v.local.Number(x.RiskThreshold), Unlike: sums.Unlike}
			if sums.MRR.Minor > 0 {
				o.Money.AtRiskShare = v.local.Percent(float64(sums.AtRisk.Minor) / float64(sums.MRR.Minor))
			}
		}
	}
	holding, err := tx.HoldingSurges(v.workspace())
	if err != nil {
		return err
	}
	for _, x := range holding {
		held, err := tx.HeldBySurge(v.workspace(), x.ID)
		if err != nil {
			return err
		}
		o.Surges = append(o.Surges, v.surgeRow(x, held))
	}
	if !v.caller.May(auth.ReadRules) {
		return nil
	}
	current, err := tx.CurrentSilences(v.workspace(), v.local.Now)
	if err != nil {
		return err
	}
	current = slices.DeleteFunc(current, func(x stanna.Silence) bool { return !x.Active(v.local.Now) })
	o.Silences, err = v.silenceRows(tx, current[:min(len(current), 5)])
	return err
}

// lineOf is the connection in short. With several teams it is as the worst of
// them.
func lineOf(v *visit, lines []stanna.Connection, names channels) *lineView {
	l := &lineView{}
	for i, c := range lines {
		switch i {
		case 0:
			l.Team = c.Name()
		case len(lines) - 1:
			l.Team += " and " + c.Name()
		default:
			l.Team += ", " + c.Name()
		}
	}
	if id := v.space.Settings.DefaultChannel; id != "" {
		l.Channel = id
		if name := names.names[id]; name != "" {
			l.Channel = name
		}
	}
	if len(lines) == 0 {
		l.Mark = mark{"waiting", "circle", "Not connected"}
		return l
	}
	l.Mark = mark{"delivered", "check", "Connected"}
	if i := slices.IndexFunc(lines, func(c stanna.Connection) bool { return c.Health == stanna.Broken }); i >= 0 {
		l.Mark, l.Repair = mark{"dead", "warning", "Needs you"}, lines[i].Repair
		if len(lines) > 1 {
			l.Repair = lines[i].Name() + ": " + l.Repair
		}
	}
	return l
}

// firstSteps lists what is left to do until the first alert can be told.
// When all of it is done the list is gone.
func (s *site) firstSteps(tx *store.Tx, v *visit, connected bool, o *overviewView) error {
	alerts, err := tx.AlertCounts(v.workspace())
	if err != nil {
		return err
	}
	sent := len(alerts) > 0
	if !sent { // only now: it costs more the more signals there are
		newest, err := tx.NewestSignal(v.workspace())
		if err != nil {
			return err
		}
		sent = !newest.IsZero()
	}
	chosen := connected && v.space.Settings.DefaultChannel != ""
	if connected && chosen && o.Clients > 0 && sent {
		return nil
	}
	admin, keys := "An admin does this.", ""
	if v.caller.May(auth.Connect) {
		admin = ""
	}
	if v.caller.May(auth.ManageKeys) {
		keys = keysPath
	}
	o.Steps = []step{
		{ID: "step-connect", Title: "Connect Slack", Hint: "Stanna writes to Slack and never reads a message. " + admin,
			Path: "/integrations/slack", Action: "Connect", Done: connected},
		{ID: "step-channel", Title: "Choose a channel", Hint: "Where alerts go when no rule sends them elsewhere. " + admin,
			Path: "/integrations/slack#channels", Action: "Choose", Done: chosen},
		{ID: "step-clients", Title: "Import your clients", Hint: "A CSV file, or one by one over the API, with an API key.", Done: o.Clients > 0, Path: keys, Action: "Make a key",
			Curl: "curl " + s.publicURL + "/api/clients/import \\\n  -H \"Authorization: Bearer $STANNA_API_KEY\" \\\n  -H \"Content-Type: text/csv\" \\\n  --data-binary @clients.csv"},
		{ID: "step-signal", Title: "Send a signal", Hint: "One dated fact about a client, from your own systems.", Done: sent,
			Curl: signalCurl(s.publicURL)},
	}
	return nil
}

// untold is the list of what worries more.
func untold(o overviewView) string {
	switch {
	case o.Dead > 0:
		return "/notifications?status=dead"
	case o.Waiting == 0:
		return "/notifications?status=held"
	}
	return "/notifications?status=waiting"
}
