package store

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// HeldDue lists the notifications whose time has come by then, the longest
// due first.
func (tx *Tx) HeldDue(workspace string, until time.Time, limit int) ([]stanna.Notification, error) {
	return collect(tx, scanNotification, `select `+notificationColumns+` from notification where workspace = $1 and status = 'held' and held_until <= $2
		order by held_until, created_at, id limit $3`, workspace, micros(until), limit)
}

// HeldOf lists what is held of the alerts, oldest first.
func (tx *Tx) HeldOf(workspace string, alerts []string) (held []stanna.Notification, err error) {
	for chunk := range slices.Chunk(alerts, 256) {
		list, args := inList(tx, 2, chunk)
		some, err := collect(tx, scanNotification, `select `+notificationColumns+` from notification where workspace = $1 and status = 'held'
			and alert_id in `+list+` order by created_at, id`, append([]any{workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		held = append(held, some...)
	}
	return held, nil
}

// SpareHeld notes that what is held of the alerts is not told any more, and
// why.
func (tx *Tx) SpareHeld(workspace string, alerts []string, reason stanna.Reason) error {
	for chunk := range slices.Chunk(alerts, 256) {
		list, args := inList(tx, 3, chunk)
		if _, err := tx.exec(`update notification set status = 'spared', reason = $1 where workspace = $2 and status = 'held' and alert_id in `+list,
			append([]any{reason, workspace}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// ReholdAll makes everything that is held due at a time: after a change of
// policy it is timed anew.
func (tx *Tx) ReholdAll(workspace string, at time.Time) error {
	_, err := tx.exec(`update notification set held_until = $2 where workspace = $1 and status = 'held'`, workspace, micros(at))
	return err
}

// HeldCount is how much is held for one destination for one reason.
type HeldCount struct {
	Intended    stanna.Destination // the place as it was chosen
	Destination stanna.Destination // where that leads
	Reason      stanna.Reason
	Count       int
	Until       time.Time // of the first of them
}

// HeldCounts says what is held, for whom and why.
func (tx *Tx) HeldCounts(workspace string) ([]HeldCount, error) {
	return collect(tx, func(s scanner) (h HeldCount, err error) {
		var until int64
		err = s.Scan(&h.Intended, &h.Destination, &h.Reason, &h.Count, &until)
		h.Until = fromMicros(until)
		return h, err
	}, `select intended, destination, reason, count(*), min(held_until) from notification where workspace = $1 and status = 'held'
		group by intended, destination, reason order by intended, destination, reason`, workspace)
}
