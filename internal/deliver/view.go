package deliver

import (
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
	tx    *store.Tx
	links Links
	now   time.Time

	people map[string]stanna.Person
}

func (v viewer) render(m stanna.Message) (message.Rendered, error) {
	w, err := v.tx.Workspace(m.Workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	if v.people, err = v.tx.People(m.Workspace); err != nil {
		return message.Rendered{}, err
	}
	intended, err := v.intended(m)
	if err != nil {
		return message.Rendered{}, err
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
		return message.Test(message.TestView{Settings: w.Settings, WorkspaceName: w.Name, Link: v.links.Slack(), Intended: intended, Now: v.now}), nil
	}
	return message.Rendered{}, fmt.Errorf("a message of kind %q cannot be written", m.Kind)
}

// intended says where a message was meant to go, when it goes elsewhere.
func (v viewer) intended(m stanna.Message) (message.Intended, error) {
	if m.Intended == m.Destination {
		return message.Intended{}, nil
	}
	if email, ok := m.Intended.Person(); ok || m.Intended == stanna.ToOwner {
		return v.meantFor(m, email), nil
	}
	_, channel, _ := m.Intended.Slack()
	c, ok, err := v.tx.Channel(m.Workspace, channel)
	if err != nil || !ok {
		return message.Intended{Name: channel}, err
	}
	return message.Intended{Name: "#" + c.Name, Why: c.Repair}, nil
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
	view := message.ThreadView{Settings: w.Settings, People: v.team(), Intended: intended, Now: v.now, Link: v.links.Portfolio()}
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
	view.Alerts, err = v.alerts(m.Workspace, alerts)
	return message.Thread(view), err
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
	view := message.SummaryView{Settings: w.Settings, Link: v.links.Group(m.ID), Occasion: m.Occasion, People: v.team(),
		Intended: intended, Now: v.now, Items: make([]message.SummaryItem, 0, len(alerts))}
	for _, a := range alerts {
		view.Items = append(view.Items, message.SummaryItem{Client: a.Client, Alert: a.Alert, Link: v.links.Alert(a.Alert.ID), Owner: v.owner(a.Client)})
	}
	return message.Summary(view), nil
}

func (v viewer) notice(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	s, err := v.tx.Surge(m.Workspace, m.Occasion.Surge)
	if err != nil {
		return message.Rendered{}, err
	}
	name := string(s.Type)
	if e := rule.EntryOf(s.Type); e != nil {
		name = e.Name
	}
	return message.Notice(message.NoticeView{Settings: w.Settings, Surge: s, TypeName: name, Link: v.links.Surge(s.ID), People: v.team(),
		Intended: intended, Now: v.now}), nil
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
		People: v.team(), Link: v.links.Client(w.Settings, p.Client), By: m.Occasion.By, Intended: intended, Now: v.now}), err
}

// team is the people that messages name.
func (v viewer) team() message.People {
	people := make(message.People, len(v.people))
	for email, p := range v.people {
		people[email] = message.Owner{Name: p.Name, Email: email, SlackID: p.SlackID}
	}
	return people
}

// owner is the client's CSM, as far as the directory knows them.
func (v viewer) owner(c stanna.Client) message.Owner {
	p := v.people[strings.ToLower(c.CSMOwner)]
	return message.Owner{Name: p.Name, Email: c.CSMOwner, SlackID: p.SlackID}
}
