package deliver

import (
	"fmt"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/store"
)

// viewer gathers what a message says, on one snapshot.
type viewer struct {
	tx    *store.Tx
	links Links
	now   time.Time
}

func (v viewer) render(m stanna.Message) (message.Rendered, error) {
	w, err := v.tx.Workspace(m.Workspace)
	if err != nil {
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
	_, channel, _ := m.Intended.Slack()
	c, ok, err := v.tx.Channel(m.Workspace, channel)
	if err != nil || !ok {
		return message.Intended{Name: channel}, err
	}
	return message.Intended{Name: "#" + c.Name, Why: c.Repair}, nil
}

func (v viewer) thread(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	p, err := v.tx.Portrait(m.Workspace, m.ClientID)
	if err != nil {
		return message.Rendered{}, err
	}
	alerts, err := v.tx.ThreadAlerts(m.Workspace, m.ID)
	if err != nil {
		return message.Rendered{}, err
	}
	rules, err := v.tx.Rules(m.Workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	playbooks := map[string]string{}
	for _, r := range rules {
		playbooks[r.ID] = r.Playbook
	}
	owner, err := v.owner(p.Client)
	if err != nil {
		return message.Rendered{}, err
	}
	view := message.ThreadView{Settings: w.Settings, Client: p.Client, State: p.State, Owner: owner,
		Link: v.links.Client(w.Settings, p.Client), Intended: intended, Now: v.now}
	for _, a := range alerts {
		view.Alerts = append(view.Alerts, message.AlertView{Alert: a, Playbook: playbooks[a.RuleID], Links: message.Links{Alert: v.links.Alert(a.ID)}})
	}
	return message.Thread(view), nil
}

func (v viewer) summary(w stanna.Workspace, m stanna.Message, intended message.Intended) (message.Rendered, error) {
	alerts, err := v.tx.SummaryAlerts(m.Workspace, m.ID)
	if err != nil {
		return message.Rendered{}, err
	}
	view := message.SummaryView{Settings: w.Settings, Link: v.links.Group(m.ID), Reason: "This channel had fallen behind, so these come together",
		Intended: intended, Now: v.now, Items: make([]message.SummaryItem, 0, len(alerts))}
	people, err := v.tx.People(m.Workspace)
	if err != nil {
		return message.Rendered{}, err
	}
	for _, a := range alerts {
		p := people[a.Client.CSMOwner]
		view.Items = append(view.Items, message.SummaryItem{Client: a.Client, Alert: a.Alert, Link: v.links.Alert(a.Alert.ID),
			Owner: message.Owner{Name: p.Name, Email: a.Client.CSMOwner, SlackID: p.SlackID}})
	}
	return message.Summary(view), nil
}

// owner is the client's CSM, as far as the directory knows them.
func (v viewer) owner(c stanna.Client) (message.Owner, error) {
	if c.CSMOwner == "" {
		return message.Owner{}, nil
	}
	p, ok, err := v.tx.Person(c.Workspace, c.CSMOwner)
	if err != nil || !ok {
		return message.Owner{Email: c.CSMOwner}, err
	}
	return message.Owner{Name: p.Name, Email: c.CSMOwner, SlackID: p.SlackID}, nil
}
