package deliver

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// viewer gathers what a message says, on one snapshot.
type viewer struct {
	tx     *store.Tx
	links  Links
	now    time.Time
	redact bool // people of other organisations read it

	wordings *wordings

	people map[string]stanna.Person
	team   message.People // the same, as they are named where the message is read
}

// meet reads whom a message at a destination may name.
func (v *viewer) meet(workspace string, at stanna.Destination) (err error) {
	v.people, err = v.tx.People(workspace)
	team, _, _ := at.Slack()
	v.team = message.PeopleOf(v.people, team)
	return err
}

// render writes a message, with whose it is at its foot.
func (v viewer) render(m stanna.Message) (message.Rendered, error) {
	w, err := v.tx.Workspace(m.Workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	r, err := v.write(w, m)
	return message.Brand(r, w.Settings.Branding), err
}

func (v viewer) write(w stanna.Workspace, m stanna.Message) (message.Rendered, error) {
	if err := v.meet(m.Workspace, m.Destination); err != nil {
		return message.Rendered{}, err
	}
	w.Settings = v.audience(w.Settings, m.Destination)
	intended, err := v.intended(m)
	if err != nil {
		return message.Rendered{}, err
	}
	if v.redact {
		return v.redacted(w, m)
	}
	switch m.Kind {
	case stanna.Thread:
		return v.thread(w, m, intended)
	case stanna.Summary:
		return v.summary(w, m, intended)
	case stanna.Notice:
		return v.notice(w, m, intended)
	case stanna.Portrait:
		return v.portrait(w, m, intended)
	case stanna.Test:
		return message.Test(v.test(w, m, intended)), nil
	}
	return message.Rendered{}, fmt.Errorf("a message of kind %q cannot be written", m.Kind)
}

// redacted is the message for those who should not read it: that there is
// something, and where.
func (v viewer) redacted(w stanna.Workspace, m stanna.Message) (message.Rendered, error) {
	view := message.RedactedView{Settings: w.Settings, Link: v.links.Portfolio(), Now: v.now}
	var alerts []stanna.Alert
	var err error
	switch m.Kind {
	case stanna.Thread:
		alerts, err = v.tx.ThreadAlerts(m.Workspace, m.ID)
		if len(alerts) > 0 {
			view.Link = v.links.Alert(alerts[0].ID)
		}
	case stanna.Summary:
		view.Link = v.links.Group(m.ID)
		var list []store.AlertOfClient
		list, err = v.tx.SummaryAlerts(m.Workspace, m.ID)
		for _, a := range list {
			alerts = append(alerts, a.Alert)
		}
	}
	for _, a := range alerts {
		if !a.Open() {
			continue
		}
		view.Open++
		if view.Worst == "" || a.Severity.Rank() > view.Worst.Rank() {
			view.Worst = a.Severity
		}
	}
	return message.Redacted(view), err
}

// audience is how those write who read at a destination: in their own
// language and time zone.
func (v viewer) audience(s stanna.Settings, d stanna.Destination) stanna.Settings {
	_, id, _ := d.Slack()
	s.Locale = s.LocaleAt(id)
	if !d.Direct() {
		return s
	}
	for _, p := range v.people {
		if p.SlackID != id {
			continue
		}
		if p.Locale != "" {
			s.Locale = p.Locale
		}
		s.Timezone = p.Location(s).String()
	}
	return s
}

// intended says where a message was meant to go, when it goes elsewhere.
func (v viewer) intended(m stanna.Message) (message.Intended, error) {
	if m.Intended == m.Destination {
		return message.Intended{}, nil
	}
	if email, ok := m.Intended.Person(); ok || m.Intended == stanna.ToOwner {
		return v.meantFor(m, email), nil
	}
	team, channel, _ := m.Intended.Slack()
	c, ok, err := v.tx.Channel(m.Workspace, team, channel)
	switch {
	case err != nil:
		return message.Intended{}, err
	case m.Intended.Direct():
		return message.Intended{Name: v.nameOf(channel), Why: c.Repair}, nil
	case !ok:
		return message.Intended{Name: channel}, nil
	}
	return message.Intended{Name: "#" + c.Name, Why: c.Repair}, nil
}

// nameOf is what people call somebody in Slack.
func (v viewer) nameOf(slackID string) string {
	for email, p := range v.people {
		if p.SlackID == slackID {
			return cmp.Or(p.Name, email)
		}
	}
	return slackID
}

// meantFor says which person a message was meant for, and who has it instead.
func (v viewer) meantFor(m stanna.Message, email string) message.Intended {
	p := v.people[email]
	in := message.Intended{Name: p.Name, Why: "is not in Slack", Reason: stanna.ReasonNobodyThere, Away: p.Away(v.now), BackAt: p.BackAt}
	if in.Name == "" {
		in.Name = email
	}
	if email == "" {
		in.Name, in.Why = "the owner", "is not known"
	}
	_, id, _ := m.Destination.Slack()
	switch {
	case id != "" && v.people[p.Deputy].SlackID == id:
		in.Reason = stanna.ReasonDeputy
	case id != "" && v.people[p.Manager].SlackID == id:
		in.Reason = stanna.ReasonManager
	}
	return in
}

func (v viewer) thread(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	view := message.ThreadView{Message: m.ID, Revision: m.Revision, Settings: w.Settings, People: v.team, Intended: intended, Now: v.now, Link: v.links.Portfolio()}
	if m.ClientID != "" {
		p, err := v.tx.Portrait(m.Workspace, m.ClientID)
		if err != nil {
			return message.Rendered{}, err
		}
		view.Client, view.State, view.Owner, view.Link = p.Client, p.State, v.owner(p.Client), v.links.Client(w.Settings, p.Client)
	}
	alerts, err := v.tx.ThreadAlerts(m.Workspace, m.ID)
	if err != nil {
		return message.Rendered{}, err
	}
	if view.Alerts, err = v.alerts(m.Workspace, alerts); err == nil {
		err = v.worded(m, &view)
	}
	return message.Thread(view), err
}

// history is what the next lines of a thread's history say.
func (v viewer) history(m stanna.Message, entries []stanna.Entry) (message.Rendered, error) {
	w, err := v.tx.Workspace(m.Workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	if err := v.meet(m.Workspace, m.Destination); err != nil {
		return message.Rendered{}, err
	}
	view := message.HistoryView{Settings: v.audience(w.Settings, m.Destination), Entries: entries, People: v.team, Now: v.now}
	if m.ClientID != "" {
		p, err := v.tx.Portrait(m.Workspace, m.ClientID)
		if err != nil {
			return message.Rendered{}, err
		}
		view.Client, view.State, view.Owner = p.Client, p.State, v.owner(p.Client)
	}
	if v.redact {
		return v.redacted(w, m)
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.AlertID)
	}
	alerts, err := v.tx.AlertsByID(m.Workspace, ids)
	if err != nil {
		return message.Rendered{}, err
	}
	view.Alerts, err = v.alerts(m.Workspace, alerts)
	return message.History(view), err
}

// alerts are alerts with what their rules say about them.
func (v viewer) alerts(workspace string, list []stanna.Alert) ([]message.AlertView, error) {
	all, err := v.tx.Rules(workspace)
	if err != nil {
		return nil, err
	}
	rules := make(map[string]stanna.Rule, len(all))
	for _, r := range all {
		rules[r.ID] = r
	}
	views := make([]message.AlertView, len(list))
	for i, a := range list {
		r := rules[a.RuleID]
		views[i] = message.AlertView{Alert: a, Playbook: r.Playbook, Escalation: r.Escalation,
			Links: message.Links{Alert: v.links.Alert(a.ID), Rule: v.links.Rule(a.RuleID)}}
	}
	return views, nil
}

func (v viewer) summary(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	alerts, err := v.tx.SummaryAlerts(m.Workspace, m.ID)
	if err != nil {
		return message.Rendered{}, err
	}
	view := message.SummaryView{Settings: w.Settings, Link: v.links.Group(m.ID), Occasion: m.Occasion, People: v.team,
		Intended: intended, Now: v.now, Items: make([]message.SummaryItem, 0, len(alerts))}
	for _, a := range alerts {
		view.Items = append(view.Items, message.SummaryItem{Client: a.Client, Alert: a.Alert, Link: v.links.Alert(a.Alert.ID), Owner: v.owner(a.Client)})
	}
	if m.Occasion.Digest != "" {
		d, ok, err := v.tx.Digest(m.Workspace, m.Occasion.Digest)
		if err != nil {
			return message.Rendered{}, err
		}
		if ok {
			view.Digest, view.Leads = &d, v.links.Digest(w.Settings, d)
		}
	}
	return message.Summary(view), nil
}

func (v viewer) notice(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	if m.Occasion.Why == stanna.ReasonBudget {
		return v.budget(w, m, intended)
	}
	s, err := v.tx.Surge(m.Workspace, m.Occasion.Surge)
	if err != nil {
		return message.Rendered{}, err
	}
	name := string(s.Type)
	if e := rule.EntryOf(s.Type); e != nil {
		name = e.Name
	}
	return message.Notice(message.NoticeView{Settings: w.Settings, Surge: s, TypeName: name, Link: v.links.Surge(s.ID), People: v.team,
		Intended: intended, Now: v.now}), nil
}

func (v viewer) budget(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	had, err := v.tx.Attention(m.Workspace, m.Destination, m.Occasion.Date)
	return message.Budget(message.BudgetView{Settings: w.Settings, Told: had.Told, Held: had.Held, Until: m.Occasion.Until, Link: v.links.Held(),
		Intended: intended, Now: v.now}), err
}

func (v viewer) portrait(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	p, err := v.tx.Portrait(m.Workspace, m.ClientID)
	if err != nil {
		return message.Rendered{}, err
	}
	open, err := v.tx.OpenAlerts(m.Workspace, []string{m.ClientID})
	if err != nil {
		return message.Rendered{}, err
	}
	alerts, err := v.alerts(m.Workspace, open[m.ClientID])
	return message.Portrait(message.PortraitView{Settings: w.Settings, Client: p.Client, State: p.State, Alerts: alerts, Owner: v.owner(p.Client),
		People: v.team, Link: v.links.Client(w.Settings, p.Client), By: m.Occasion.By, Intended: intended, Now: v.now}), err
}

// owner is the client's CSM, as far as the directory knows them.
func (v viewer) owner(c stanna.Client) message.Owner {
	o := v.team[strings.ToLower(c.CSMOwner)]
	o.Email = c.CSMOwner
	return o
}

// DrawDigest writes what a digest would say at a place.
func DrawDigest(tx *store.Tx, links Links, now time.Time, workspace string, to stanna.Destination, d stanna.Digest) (message.Rendered, error) {
	w, err := tx.Workspace(workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	v := viewer{tx: tx, links: links, now: now}
	if err := v.meet(workspace, to); err != nil {
		return message.Rendered{}, err
	}
	settings := v.audience(w.Settings, to)
	view := message.SummaryView{Settings: settings, People: v.team, Now: now, Digest: &d, Leads: links.Digest(settings, d)}
	return message.Brand(message.Summary(view), w.Settings.Branding), nil
}
