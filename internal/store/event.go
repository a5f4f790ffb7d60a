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
// workspace; those without an id are given one. An endpoint is not told of
// itself.
func (tx *Tx) Tell(now time.Time, events ...stanna.Event) (lanes []string, err error) {
	if len(events) == 0 {
		return nil, nil
	}
	ears, err := collect(tx, scanEar, `select id, lane, types from endpoint where workspace = $1 order by created_at, id`, events[0].Workspace)
	if err != nil || len(ears) == 0 {
		return nil, err
	}
	var t telling
	for _, e := range events {
		if e.ID == "" {
			e.ID = NewID("msg")
		}
		heard := false
		for _, ear := range ears {
			if slices.Contains(ear.types, e.Type) && ear.lane != e.Workspace+"/"+e.Subject {
				heard = true
				t.add(e, ear, now)
			}
		}
		if heard {
			t.events = append(t.events, eventRow(e)...)
		}
	}
	return t.lanes, tx.write(t)
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
	events     []any
	deliveries []any
	jobs       []stanna.Job // one a lane
	lanes      []string
}

func (t *telling) add(e stanna.Event, to ear, now time.Time) {
	t.deliveries = append(t.deliveries, deliveryRow(stanna.Delivery{Workspace: e.Workspace, ID: NewID("dlv"), EndpointID: to.id, Event: e,
		State: stanna.DeliveryWaiting, NextAt: now, CreatedAt: now}, "")...)
	if !slices.Contains(t.lanes, to.lane) {
		t.lanes = append(t.lanes, to.lane)
		t.jobs = append(t.jobs, deliveryJob(to.lane, to.id, now))
	}
}

func (tx *Tx) write(t telling) error {
	if err := tx.insert(`insert into event (`+eventColumns+`)`, ``, 7, t.events); err != nil {
		return err
	}
	if err := tx.insert(insertDelivery, ``, 11, t.deliveries); err != nil {
		return err
	}
	return tx.Enqueue(t.jobs...)
}

// WakeEndpoint has the lane of an endpoint looked at at a time.
func (tx *Tx) WakeEndpoint(e stanna.Endpoint, at time.Time) error {
	return tx.Enqueue(deliveryJob(e.Lane(), e.ID, at))
}

func deliveryJob(lane, endpoint string, at time.Time) stanna.Job {
	return stanna.Job{Lane: lane, Kind: stanna.DeliveryJob, Ref: endpoint, Due: at, CreatedAt: at}
}
