package intake

import (
	"slices"

	"github.com/gostanna/stanna"
)

// read gathers what is known of the roads, the people and the messages that
// the events concern.
func (p *promises) read() error {
	if err := p.readRoads(); err != nil {
		return err
	}
	var clients, alerts []string
	for _, e := range p.events {
		clients = append(clients, e.Alert.ClientID)
		alerts = append(alerts, e.Alert.ID)
		if e.Alert.JoinedTo != "" {
			alerts = append(alerts, e.Alert.JoinedTo)
		}
	}
	if err := p.readFollowers(clients); err != nil {
		return err
	}
	if err := p.findSurges(); err != nil {
		return err
	}
	if err := p.readSpent(p.events[len(p.events)-1].at); err != nil {
		return err
	}
	if err := p.lockLanes(clients); err != nil {
		return err
	}
	return p.readMessages(clients, alerts)
}

func (p *promises) readRoads() error {
	conn, ok, err := p.tx.Connection(p.workspace)
	if err != nil || !ok {
		return err
	}
	p.roads.Team = conn.TeamID
	if p.roads.Broken, err = p.tx.BrokenDestinations(p.workspace); err != nil {
		return err
	}
	p.roads.People, err = p.tx.People(p.workspace)
	return err
}

func (p *promises) readFollowers(clients []string) error {
	p.followers = map[string][]string{}
	for chunk := range slices.Chunk(unique(clients), Slice) {
		found, err := p.tx.Followers(p.workspace, chunk)
		if err != nil {
			return err
		}
		for id, list := range found {
			p.followers[id] = list
		}
	}
	return nil
}

// readMessages locks the open threads of the clients and whatever carries the
// alerts, and reads what is held of them.
func (p *promises) readMessages(clients, alerts []string) error {
	add := func(list []stanna.Message) {
		for i := range list {
			m := &list[i]
			if known := p.threads[m.ID]; known != nil {
				continue
			}
			p.threads[m.ID] = m
			if m.ClosedAt.IsZero() && m.Kind == stanna.Thread {
				p.open[threadKey{m.ClientID, m.Intended}] = m
			}
		}
	}
	for chunk := range slices.Chunk(unique(clients), Slice) {
		list, err := p.tx.OpenThreads(p.workspace, chunk)
		if err != nil {
			return err
		}
		add(list)
	}
	p.held = map[string][]stanna.Notification{}
	for chunk := range slices.Chunk(unique(alerts), Slice) {
		carries, err := p.tx.ThreadsOf(p.workspace, chunk)
		if err != nil {
			return err
		}
		var ids []string
		for alert, threads := range carries {
			p.carries[alert] = threads
			ids = append(ids, threads...)
		}
		for chunk := range slices.Chunk(unique(ids), Slice) {
			list, err := p.tx.LockMessages(p.workspace, chunk)
			if err != nil {
				return err
			}
			add(list)
		}
		held, err := p.tx.HeldOf(p.workspace, chunk)
		if err != nil {
			return err
		}
		for _, n := range held {
			p.held[n.AlertID] = append(p.held[n.AlertID], n)
		}
	}
	return nil
}

// lockLanes takes the lanes that will have new work before their messages, as
// the couriers do: in the other order they and we could wait for each other.
func (p *promises) lockLanes(clients []string) error {
	var lanes []string
	for chunk := range slices.Chunk(unique(clients), Slice) {
		destinations, err := p.tx.ThreadDestinations(p.workspace, chunk)
		if err != nil {
			return err
		}
		for _, d := range destinations {
			lanes = append(lanes, d.Lane(p.workspace))
		}
	}
	for _, e := range p.events {
		if !calls(e.kind) {
			continue
		}
		choices, _ := p.policy.Pick(p.roads, p.news(e))
		for _, c := range choices {
			lanes = append(lanes, c.Destination.Lane(p.workspace))
		}
	}
	return p.tx.LockLanes(unique(lanes))
}
