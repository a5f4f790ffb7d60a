package store

import (
	"database/sql"
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

const insertDelivery = `insert into delivery (workspace, id, endpoint_id, event_id, subject, state, attempts, tried, next_at, created_at, ended_at)`

func deliveryRow(d stanna.Delivery, attempts string) []any {
	return []any{d.Workspace, d.ID, d.EndpointID, d.Event.ID, d.Event.Subject, d.State, attempts, d.Tried, micros(d.NextAt), micros(d.CreatedAt), micros(d.EndedAt)}
}

// Delivery is the delivery of that id.
func (tx *Tx) Delivery(workspace, id string) (stanna.Delivery, error) {
	return need(tx, "delivery", scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and d.id = $2`, workspace, id)
}

// AddDelivery stores an event together with what became of it at one
// endpoint: it was tried without a lane.
func (tx *Tx) AddDelivery(d stanna.Delivery) error {
	attempts, err := json.Marshal(d.Attempts)
	if err != nil {
		return err
	}
	if err := tx.insert(`insert into event (`+eventColumns+`)`, ``, 7, eventRow(d.Event)); err != nil {
		return err
	}
	return tx.insert(insertDelivery, ``, 11, deliveryRow(d, string(attempts)))
}

// firstOfSubject leaves out deliveries behind another about the same subject.
const firstOfSubject = ` not exists (select 1 from delivery o where o.workspace = d.workspace and o.endpoint_id = d.endpoint_id
	and o.subject = d.subject and o.state = 'waiting' and o.id < d.id)`

// DueDeliveries lists what may be sent to an endpoint now, the oldest first:
// of each subject the oldest that waits, if it is due.
func (tx *Tx) DueDeliveries(workspace, endpoint string, now time.Time, limit int) ([]stanna.Delivery, error) {
	return collect(tx, scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and d.endpoint_id = $2
		and d.state = 'waiting' and d.next_at <= $3 and`+firstOfSubject+` order by d.id limit $4`, workspace, endpoint, micros(now), limit)
}

// WaitingDeliveries lists all that waits for an endpoint, due or not, the
// oldest first.
func (tx *Tx) WaitingDeliveries(workspace, endpoint string, limit int) ([]stanna.Delivery, error) {
	return collect(tx, scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and d.endpoint_id = $2
		and d.state = 'waiting' order by d.id limit $3`, workspace, endpoint, limit)
}

// NextDelivery is when the next delivery to an endpoint may be sent; the zero
// time: none waits.
func (tx *Tx) NextDelivery(workspace, endpoint string) (time.Time, error) {
	at, _, err := one(tx, value[sql.NullInt64], `select min(d.next_at) from delivery d where d.workspace = $1 and d.endpoint_id = $2
		and d.state = 'waiting' and`+firstOfSubject, workspace, endpoint)
	return fromMicros(at.Int64), err
}

// HurryDeliveries makes all that waits for an endpoint due now: it takes
// deliveries again.
func (tx *Tx) HurryDeliveries(e stanna.Endpoint, now time.Time) error {
	n, err := tx.exec(`update delivery set next_at = $3 where workspace = $1 and endpoint_id = $2 and state = 'waiting' and next_at > $3`,
		e.Workspace, e.ID, micros(now))
	if err != nil {
		return err
	}
	if n == 0 {
		if at, err := tx.NextDelivery(e.Workspace, e.ID); err != nil || at.IsZero() {
			return err
		}
	}
	return tx.WakeEndpoint(e, now)
}

// LastTold is when which type of notice about each subject reached an endpoint
// last, since a time.
func (tx *Tx) LastTold(workspace, endpoint string, since time.Time) (map[string]Told, error) {
	type row struct {
		subject string
		Told
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) {
		var at int64
		err = s.Scan(&r.subject, &r.Type, &at)
		r.At = fromMicros(at)
		return r, err
	}, `select e.subject, e.type, d.ended_at from `+deliveryTables+` where d.workspace = $1 and d.endpoint_id = $2 and d.state = 'delivered'
		and d.ended_at > $3 order by d.id`, workspace, endpoint, micros(since))
	last := map[string]Told{}
	for _, r := range rows {
		last[r.subject] = r.Told
	}
	return last, err
}

// Told is a notice that arrived.
type Told struct {
	Type stanna.EventType
	At   time.Time
}

// DeliveryQuery narrows the log of deliveries.
type DeliveryQuery struct {
	Endpoint string
	State    stanna.DeliveryState // "": all
	Type     stanna.EventType     // "": all
	Since    time.Time            // promised then or later
	Before   string               // id of the last one seen; "": from the newest
	Limit    int
}

// Deliveries lists deliveries, newest first; ids sort by time.
func (tx *Tx) Deliveries(workspace string, q DeliveryQuery) ([]stanna.Delivery, error) {
	return collect(tx, scanDelivery, `select `+deliveryColumns+` from `+deliveryTables+` where d.workspace = $1 and ($2 = '' or d.endpoint_id = $2)
		and ($3 = '' or d.state = $3) and ($4 = '' or e.type = $4) and ($5 = '' or d.id < $5) and d.created_at >= $6 order by d.id desc limit $7`,
		workspace, q.Endpoint, q.State, q.Type, q.Before, micros(q.Since), q.Limit)
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
	if len(list) == 0 {
		return nil
	}
	for _, d := range list {
		d.State, d.NextAt, d.EndedAt, d.Tried = stanna.DeliveryWaiting, now, time.Time{}, 0
		if err := tx.PutDelivery(d); err != nil {
			return err
		}
	}
	return tx.WakeEndpoint(e, now)
}

// ExpireDeliveries gives up what has waited since before a time, and says how
// many of each endpoint that were.
func (tx *Tx) ExpireDeliveries(before, now time.Time) ([]Expired, error) {
	list, err := collect(tx, func(s scanner) (x Expired, err error) { return x, s.Scan(&x.Workspace, &x.Endpoint, &x.N) },
		`select workspace, endpoint_id, count(*) from delivery where state = 'waiting' and created_at < $1 group by workspace, endpoint_id order by workspace, endpoint_id`,
		micros(before))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	_, err = tx.exec(`update delivery set state = 'failed', ended_at = $2 where state = 'waiting' and created_at < $1`, micros(before), micros(now))
	return list, err
}

// Expired is how many deliveries to an endpoint were given up because they
// waited too long.
type Expired struct {
	Workspace, Endpoint string
	N                   int
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
