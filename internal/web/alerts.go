package web

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// alertsView is the list of alerts.
type alertsView struct {
	Own        bool
	Open       bool // only open ones are shown
	Narrowed   bool // a type, a severity, a rule or a day was chosen
	Since      string
	Tabs       []tab
	Status     string
	Types      []option
	Severities []option
	Rules      []option
	Rows       []alertRow
	Total      int
	Pages      pager
}

type alertRow struct {
	Path, Client, ClientPath string
	Severity                 mark
	Status                   mark
	Type                     string
	Change                   string // "64 → 38"; of a closed one "64 → 38 → 70"
	MRR, Owner               string
	Rule                     string
	Opened, Closed           stamp
	Why                      string
	On                       string // who is on it, or until when it is snoozed
	Unstable                 bool
	IsOpen                   bool
	Portfolio                bool
}

// alertTabs are the parts of the list, by how far alerts are in their life.
var alertTabs = []struct {
	word, label string
	status      stanna.AlertStatus
	unresolved  bool
}{
	{"open", "Open", "", true},
	{"untaken", "Not taken up", stanna.AlertOpen, false},
	{"taken_up", "Taken up", stanna.AlertTaken, false},
	{"snoozed", "Snoozed", stanna.AlertSnoozed, false},
	{"resolved", "Closed", stanna.AlertResolved, false},
	{"all", "All", "", false},
}

func (s *site) alerts(v *visit) (answer, error) {
	if group := v.asked("group"); group != "" {
		return s.group(v, group)
	}
	wanted := alertTabs[0]
	for _, t := range alertTabs {
		if t.word == v.asked("status") {
			wanted = t
		}
	}
	a := alertsView{Own: v.caller.OwnAccountsOnly(), Open: wanted.word != "resolved" && wanted.word != "all", Status: wanted.word}
	page := v.pageNumber()
	q := store.AlertQuery{Owner: v.owner(), RuleID: v.asked("rule"), Limit: 1}
	if t := stanna.AlertType(v.asked("type")); rule.EntryOf(t) != nil {
		q.Types = []stanna.AlertType{t}
	}
	if sev := stanna.Severity(v.asked("severity")); sev.Rank() >= 0 {
		q.Severity = sev
	}
	if day, ok := v.local.DayOf(v.asked("since")); ok {
		q.From, a.Since = day, day.Format(time.DateOnly)
	}
	a.Narrowed = len(q.Types) > 0 || q.Severity != "" || q.RuleID != "" || a.Since != ""
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		if err := v.alertChoices(tx, &a, q); err != nil {
			return err
		}
		for _, t := range alertTabs {
			one := q
			one.Status, one.Unresolved = t.status, t.unresolved
			_, n, err := tx.Alerts(v.workspace(), one)
			if err != nil {
				return err
			}
			a.Tabs = append(a.Tabs, tab{"tab-" + t.word, t.label, alertsPath(t.word, q), v.local.Number(float64(n)), t.word == wanted.word})
		}
		q.Status, q.Unresolved, q.Limit, q.Offset = wanted.status, wanted.unresolved, perPage, (page-1)*perPage
		list, total, err := tx.Alerts(v.workspace(), q)
		if err != nil {
			return err
		}
		if wanted.word == "all" { // on the page at least, what is open comes first
			slices.SortStableFunc(list, func(x, y stanna.Alert) int { return cmp.Compare(openFirst(x), openFirst(y)) })
		}
		a.Total = total
		a.Pages = pagerOf("/alerts", v.r.URL.Query(), page, len(list), total)
		a.Rows, err = v.alertRows(tx, list)
		return err
	})
	return answer{title: "Alerts", body: alertsBody(a)}, err
}

// alertsPath is a part of the list, narrowed as it is.
func alertsPath(status string, q store.AlertQuery) string {
	query := url.Values{}
	if status != alertTabs[0].word {
		query.Set("status", status)
	}
	if len(q.Types) > 0 {
		query.Set("type", string(q.Types[0]))
	}
	if q.Severity != "" {
		query.Set("severity", string(q.Severity))
	}
	if q.RuleID != "" {
		query.Set("rule", q.RuleID)
	}
	if !q.From.IsZero() {
		query.Set("since", q.From.Format(time.DateOnly))
	}
	if len(query) == 0 {
		return "/alerts"
	}
	return "/alerts?" + query.Encode()
}

// alertChoices are what the list can be narrowed to.
func (v *visit) alertChoices(tx *store.Tx, a *alertsView, q store.AlertQuery) error {
	a.Types, a.Severities, a.Rules = []option{{"", "Every type", false}}, []option{{"", "Every severity", false}}, []option{{"", "Every rule", false}}
	for _, e := range rule.Catalogue() {
		a.Types = append(a.Types, option{string(e.Type), e.Name, slices.Contains(q.Types, e.Type)})
	}
	for _, sev := range stanna.Severities() {
		a.Severities = append(a.Severities, option{string(sev), severityMark(sev).Word, q.Severity == sev})
	}
	rules, err := tx.Rules(v.workspace())
	for _, r := range rules {
		a.Rules = append(a.Rules, option{r.ID, r.Name, q.RuleID == r.ID})
	}
	if q.RuleID != "" && !anyChosen(a.Rules) {
		a.Rules = append(a.Rules, option{q.RuleID, "A rule that is gone", true})
	}
	return err
}

func openFirst(a stanna.Alert) int {
	if a.Open() {
		return 0
	}
	return 1
}

// rankAlerts puts the severest first, and of those the newest.
func rankAlerts(list []stanna.Alert) {
	slices.SortStableFunc(list, func(x, y stanna.Alert) int {
		return cmp.Or(cmp.Compare(y.Severity.Rank(), x.Severity.Rank()), y.OpenedAt.Compare(x.OpenedAt), cmp.Compare(x.ID, y.ID))
	})
}

func (v *visit) alertRows(tx *store.Tx, list []stanna.Alert) ([]alertRow, error) {
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ClientID
	}
	clients, err := v.clientsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]alertRow, len(list))
	for i, a := range list {
		rows[i] = v.alertRow(a, clients[a.ClientID])
	}
	return rows, nil
}

func (v *visit) alertRow(a stanna.Alert, c stanna.Client) alertRow {
	r := alertRow{Path: alertPath(a.ID), Client: c.Name, ClientPath: clientPath(c.ID), Severity: severityMark(a.Severity), Status: alertMark(a),
		Type: typeName(a.Type), Change: changeOf(v.local, a),
		MRR: v.local.Money(c.MRR), Owner: c.CSMOwner, Rule: a.RuleName, Opened: stampOf(v.local, a.OpenedAt), Closed: stampOf(v.local, a.ClosedAt),
		Why: a.Why.Sentence(), Unstable: a.Unstable, IsOpen: a.Open(), Portfolio: a.ClientID == ""}
	if r.Portfolio {
		r.Client, r.ClientPath, r.MRR, r.Owner = wholePortfolio, "/", "", ""
	}
	switch {
	case a.Status == stanna.AlertTaken:
		r.On = a.TakenBy + " is on it"
	case a.Status == stanna.AlertSnoozed:
		r.On = "snoozed until " + v.local.Moment(a.SnoozedUntil)
	case a.Open() && a.AssignedTo != "":
		r.On = "given to " + a.AssignedTo
	}
	return r
}

// typeName is what people call an alert type; the catalogue knows.
func typeName(t stanna.AlertType) string {
	if e := rule.EntryOf(t); e != nil {
		return e.Name
	}
	return string(t)
}
