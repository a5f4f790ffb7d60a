package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const deliveryColumns = `d.workspace, d.id, d.endpoint_id, d.state, d.attempts, d.tried, d.next_at, d.created_at, d.ended_at,
	e.id, e.type, e.at, e.subject, e.said, e.data`

const deliveryTables = `delivery d join event e on e.workspace = d.workspace and e.id = d.event_id`

func scanDelivery(s scanner) (d stanna.Delivery, err error) {
	var attempts, data string
	var next, created, ended, at int64
	if err := s.Scan(&d.Workspace, &d.ID, &d.EndpointID, &d.State, &attempts, &d.Tried, &next, &created, &ended,
		&d.Event.ID, &d.Event.Type, &at, &d.Event.Subject, &d.Event.Text, &data); err != nil {
		return d, err
	}
	d.NextAt, d.CreatedAt, d.EndedAt = fromMicros(next), fromMicros(created), fromMicros(ended)
	d.Event.Workspace, d.Event.At, d.Event.Data = d.Workspace, fromMicros(at), json.RawMessage(data)
	if attempts != "" {
		if err := json.Unmarshal([]byte(attempts), &d.Attempts); err != nil {
			return d, fmt.Errorf("attempts of delivery %s: %w", d.ID, err)
		}
	}
	return d, nil
}

// Delivery is the delivery of that id.
func (tx *Tx) Delivery(workspace, id string) (stanna.Delivery, error) {
	return need(tx, "delivery", scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and d.id = $2`, workspace, id)
}

// DeliveriesByID gives the deliveries of those ids, by id.
func (tx *Tx) DeliveriesByID(workspace string, ids []string) (map[string]stanna.Delivery, error) {
	list, args := inList(tx, 2, ids)
	found := make(map[string]stanna.Delivery, len(ids))
	all, err := collect(tx, scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and d.id in `+list,
		append([]any{workspace}, args...)...)
	for _, d := range all {
		found[d.ID] = d
	}
	return found, err
}

// DeliveryQuery narrows the log of deliveries.
type DeliveryQuery struct {
	Endpoint string
	State    stanna.DeliveryState // "": all
	Type     stanna.EventType     // "": all
	Before   string               // id of the last one seen; "": from the newest
	Limit    int
}

// Deliveries lists deliveries, newest first; ids sort by time.
func (tx *Tx) Deliveries(workspace string, q DeliveryQuery) ([]stanna.Delivery, error) {
	return collect(tx, scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and ($2 = '' or d.endpoint_id = $2)
		and ($3 = '' or d.state = $3) and ($4 = '' or e.type = $4) and ($5 = '' or d.id < $5) order by d.id desc limit $6`,
		workspace, q.Endpoint, q.State, q.Type, q.Before, q.Limit)
}

// PutDelivery writes down what became of a delivery.
func (tx *Tx) PutDelivery(d stanna.Delivery) error {
	attempts, err := json.Marshal(d.Attempts)
	if err != nil {
		return err
	}
	_, err = tx.exec(`update delivery set state = $3, attempts = $4, tried = $5, next_at = $6, ended_at = $7 where workspace = $1 and id = $2`,
		d.Workspace, d.ID, d.State, string(attempts), d.Tried, micros(d.NextAt), micros(d.EndedAt))
	return err
}

// DeliveryTally is how the deliveries of an endpoint fared.
type DeliveryTally struct {
	Waiting, Arrived, Lost int
	LastArrived            time.Time
}

// DeliveryTallies counts the deliveries of each endpoint since a time.
func (tx *Tx) DeliveryTallies(workspace string, since time.Time) (map[string]DeliveryTally, error) {
	type row struct {
		endpoint string
		state    stanna.DeliveryState
		n        int
		last     int64
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.endpoint, &r.state, &r.n, &r.last) },
		`select endpoint_id, state, count(*), max(ended_at) from delivery where workspace = $1 and created_at >= $2 group by endpoint_id, state`, workspace, micros(since))
	all := map[string]DeliveryTally{}
	for _, r := range rows {
		t := all[r.endpoint]
		switch r.state {
		case stanna.DeliveryWaiting:
			t.Waiting = r.n
		case stanna.DeliveryArrived:
			t.Arrived, t.LastArrived = r.n, fromMicros(r.last)
		case stanna.DeliveryLost:
			t.Lost = r.n
		}
		all[r.endpoint] = t
	}
	return all, err
}

// SendAgain makes deliveries wait again that have ended, and promises them.
func (tx *Tx) SendAgain(e stanna.Endpoint, list []stanna.Delivery, now time.Time) error {
	jobs := make([]stanna.Job, 0, len(list))
	for _, d := range list {
		d.State, d.NextAt, d.EndedAt, d.Tried = stanna.DeliveryWaiting, now, time.Time{}, 0
		if err := tx.PutDelivery(d); err != nil {
			return err
		}
		jobs = append(jobs, stanna.Job{Lane: e.Lane(), Kind: stanna.DeliveryJob, Ref: d.ID, Due: now, CreatedAt: now})
	}
	return tx.Enqueue(jobs...)
}

// PruneDeliveries forgets deliveries that ended before a time, and the events
// that no delivery carries any more. One that waits is kept.
func (tx *Tx) PruneDeliveries(before time.Time) (int64, error) {
	n, err := tx.exec(`delete from delivery where ended_at > 0 and ended_at < $1`, micros(before))
	if err != nil {
		return n, err
	}
	_, err = tx.exec(`delete from event where at < $1 and not exists (select 1 from delivery d where d.workspace = event.workspace and d.event_id = event.id)`, micros(before))
	return n, err
}
