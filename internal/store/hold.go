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

// HeldDueAt is HeldDue of one destination.
func (tx *Tx) HeldDueAt(workspace string, to stanna.Destination, until time.Time, limit int) ([]stanna.Notification, error) {
	return collect(tx, scanNotification, `select `+notificationColumns+` from notification where workspace = $1 and status = 'held' and held_until <= $2
		and destination = $3 order by held_until, created_at, id limit $4`, workspace, micros(until), to, limit)
}

// LockHeld gives those of the notifications that are still held and due, by
// id, and holds them until the transaction ends: another replica may have
// released them since they were listed.
func (tx *Tx) LockHeld(workspace string, ids []string, until time.Time) (map[string]bool, error) {
	held := make(map[string]bool, len(ids))
	for chunk := range slices.Chunk(ids, 256) {
		list, args := inList(tx, 3, chunk)
		some, err := collect(tx, value[string], `select id from notification where workspace = $1 and status = 'held' and held_until <= $2
			and id in `+list+` order by id `+tx.dialect.forUpdate, append([]any{workspace, micros(until)}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			held[id] = true
		}
	}
	return held, nil
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
