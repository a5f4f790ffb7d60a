package store

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Tell promises events to the endpoints that asked for them, in the
// transaction of the deed, and says which lanes have new work. Where nobody
// asked, nothing is kept: that costs one read. The events are of one
// workspace; those without an id are given one.
func (tx *Tx) Tell(now time.Time, events ...stanna.Event) (lanes []string, err error) {
	if len(events) == 0 {
		return nil, nil
	}
	ears, err := collect(tx, scanEar, `select id, lane, types from endpoint where workspace = $1 order by created_at, id`, events[0].Workspace)
	if err != nil || len(ears) == 0 {
		return nil, err
	}
	var kept []any
	var t telling
	for _, e := range events {
		if e.ID == "" {
			e.ID = NewID("msg")
		}
		heard := false
		for _, ear := range ears {
			if slices.Contains(ear.types, e.Type) {
				heard = true
				t.add(e.Workspace, ear, e.ID, now)
			}
		}
		if heard {
			kept = append(kept, eventRow(e)...)
		}
	}
	if err := tx.insert(`insert into event (`+eventColumns+`)`, ``, 7, kept); err != nil {
		return nil, err
	}
	return t.lanes, tx.write(t)
}

// TellOne promises an event to one endpoint, whatever it asked for.
func (tx *Tx) TellOne(now time.Time, e stanna.Event, to stanna.Endpoint) (delivery string, err error) {
	if e.ID == "" {
		e.ID = NewID("msg")
	}
	if err := tx.insert(`insert into event (`+eventColumns+`)`, ``, 7, eventRow(e)); err != nil {
		return "", err
	}
	var t telling
	id := t.add(e.Workspace, ear{id: to.ID, lane: to.Lane()}, e.ID, now)
	return id, tx.write(t)
}

const eventColumns = `workspace, id, type, at, subject, said, data`

func eventRow(e stanna.Event) []any {
	return []any{e.Workspace, e.ID, e.Type, micros(e.At), e.Subject, e.Text, string(e.Data)}
}

// ear is an endpoint as the telling of events sees it.
type ear struct {
	id, lane string
	types    []stanna.EventType
}

func scanEar(s scanner) (e ear, err error) {
	var types string
	if err := s.Scan(&e.id, &e.lane, &types); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(types), &e.types)
}

// telling is what events lead to.
type telling struct {
	deliveries []any
	jobs       []stanna.Job
	lanes      []string
}

func (t *telling) add(workspace string, to ear, event string, now time.Time) (delivery string) {
	id := NewID("dlv")
	t.deliveries = append(t.deliveries, workspace, id, to.id, event, stanna.DeliveryWaiting, "", 0, micros(now), micros(now), 0)
	t.jobs = append(t.jobs, stanna.Job{Lane: to.lane, Kind: stanna.DeliveryJob, Ref: id, Due: now, CreatedAt: now})
	if !slices.Contains(t.lanes, to.lane) {
		t.lanes = append(t.lanes, to.lane)
	}
	return id
}

func (tx *Tx) write(t telling) error {
	if err := tx.insert(`insert into delivery (workspace, id, endpoint_id, event_id, state, attempts, tried, next_at, created_at, ended_at)`, ``, 10, t.deliveries); err != nil {
		return err
	}
	return tx.Enqueue(t.jobs...)
}
