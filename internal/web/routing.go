package web

import (
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// routingView is the routing table, and what it would do.
type routingView struct {
	Write    bool
	Tabs     []tab
	Version  int
	Lines    []lineRow
	Default  string // the channel for what no line takes
	Warnings []string
	Try      tryView
}

type lineRow struct {
	N        int // from 1
	Name     string
	What     []string
	Where    string
	Continue bool
	Edit     string
	Remove   string
	First    bool
	Last     bool
}

// tryView asks where an alert would go.
type tryView struct {
	Client     string
	At         string
	Types      []option
	Severities []option
	Wrong      wrongs
	Asked      bool
	Named      string // the client's name
	Rule       string
	RulePath   string
	Choices    []choiceRow
	Nowhere    string
	Silence    string
}

func (s *site) routing(v *visit) (answer, error) {
	view := routingView{Write: v.caller.May(auth.WriteRules), Tabs: rulesTabs("routes")}
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	view.Version = table.Version
	for _, w := range table.Warnings {
		view.Warnings = append(view.Warnings, fieldLabel(w.Field)+": "+forPeople(w.Message))
	}
	var names channels
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		if names, err = v.channelsOf(tx, v.caller.May(auth.Connect)); err != nil {
			return err
		}
		if id := v.space.Settings.DefaultChannel; id != "" {
			view.Default = names.destination(stanna.SlackChannel("T", id))
		}
		view.Lines, err = v.lineRows(tx, table.Lines, names)
		return err
	})
	if err == nil {
		err = s.tryOut(v, &view.Try, names)
	}
	return answer{title: "Routing table", body: routingBody(view)}, err
}

func (v *visit) lineRows(tx *store.Tx, lines []stanna.RouteLine, names channels) ([]lineRow, error) {
	rules, named, err := v.wordsOf(tx, func(add func(...string)) {
		for _, l := range lines {
			add(firstFew(l.Match.Filter.Only)...)
			add(firstFew(l.Match.Filter.Never)...)
		}
	})
	if err != nil {
		return nil, err
	}
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		var to []string
		for _, d := range l.To {
			to = append(to, names.destination(d))
		}
		rows[i] = lineRow{N: i + 1, Name: l.Name, What: v.matcherWords(l.Match, rules, named), Where: commas(to), Continue: l.Continue,
			Edit: "/routes/line?n=" + strconv.Itoa(i+1), Remove: "/routes/remove?n=" + strconv.Itoa(i+1), First: i == 0, Last: i == len(lines)-1}
		if len(rows[i].What) == 0 {
			rows[i].What = []string{"every alert"}
		}
	}
	return rows, nil
}

// tryOut asks where an alert of a client would go.
func (s *site) tryOut(v *visit, t *tryView, names channels) error {
	t.Client, t.Wrong = v.asked("client"), wrongs{}
	q := policy.Question{ClientID: t.Client, Type: stanna.AlertType(v.asked("type")), Severity: stanna.Severity(v.asked("severity")), Sees: v.caller.Sees}
	if q.Severity == "" {
		q.Severity = stanna.High
	}
	if rule.EntryOf(q.Type) == nil {
		q.Type = stanna.HealthDrop
	}
	for _, e := range rule.Catalogue() {
		t.Types = append(t.Types, option{string(e.Type), e.Name, e.Type == q.Type})
	}
	t.Severities = severityOptions(q.Severity)
	at, ok := v.momentOf(v.asked("at"))
	if t.At = v.asked("at"); !ok {
		t.Wrong.add("at", "is no date and time")
		return nil
	}
	q.At = at
	if !v.r.URL.Query().Has("client") {
		return nil
	}
	if q.Type == stanna.RevenueAtRisk && v.caller.OwnAccountsOnly() {
		t.Wrong.add("client", "the whole portfolio is for those who see all of it")
		return nil
	}
	if q.ClientID != "" {
		if err := s.store.View(v.ctx, func(tx *store.Tx) error {
			id, name, err := v.clientNamed(tx, q.ClientID)
			q.ClientID, t.Named = id, name
			return err
		}); err != nil {
			return err
		}
		if q.ClientID == "" {
			t.Wrong.add("client", "no client that you see has this id, name or domain")
			return nil
		}
	}
	p, err := s.policy.Preview(v.ctx, v.workspace(), q)
	if w, bad := wrongsOf(err); bad {
		t.Wrong.add("client", w.at("clientId")+w.at(""))
		return nil
	}
	if err != nil {
		return err
	}
	t.Asked, t.Rule = true, p.Rule.Name
	if p.Rule.ID != "" {
		t.RulePath = rulePath(p.Rule.ID)
	}
	t.Choices, t.Nowhere = v.choiceRows(p.Choices, names), reasonOf(p.Reason)
	if p.Silence != nil {
		t.Silence = "A silence by " + p.Silence.Author + " holds it until " + v.local.Moment(p.Silence.EndsAt) + ": " + p.Silence.Comment
	}
	return nil
}

// clientNamed finds a client by its id, or by name or domain when only one
// fits.
func (v *visit) clientNamed(tx *store.Tx, text string) (id, name string, err error) {
	p, err := v.portrait(tx, text)
	if err == nil {
		return p.Client.ID, p.Client.Name, nil
	}
	if stanna.CodeOf(err) != stanna.NotFound {
		return "", "", err
	}
	list, _, err := tx.Portraits(v.workspace(), store.ClientQuery{Search: text, Owner: v.owner(), Limit: 20})
	if err != nil {
		return "", "", err
	}
	for _, x := range list {
		if len(list) == 1 || strings.EqualFold(x.Client.Name, text) || strings.EqualFold(x.Client.Domain, text) {
			return x.Client.ID, x.Client.Name, nil
		}
	}
	return "", "", nil
}
