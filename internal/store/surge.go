package store

import (
	"time"

	"github.com/gostanna/stanna"
)

const surgeColumns = `workspace, id, type, source, status, clients, book, began_at, until, ended_by, updated_at`

func scanSurge(s scanner) (stanna.Surge, error) {
	var x stanna.Surge
	var began, until, updated int64
	err := s.Scan(&x.Workspace, &x.ID, &x.Type, &x.Source, &x.Status, &x.Clients, &x.Book, &began, &until, &x.EndedBy, &updated)
	x.BeganAt, x.Until, x.UpdatedAt = fromMicros(began), fromMicros(until), fromMicros(updated)
	return x, err
}

// SurgeSize says how many clients had an alert of that type opened by that
// source since then. Alerts that were so from the beginning do not count:
// nothing moved.
func (tx *Tx) SurgeSize(workspace string, t stanna.AlertType, source string, since time.Time) (clients int, err error) {
	clients, _, err = one(tx, value[int], `select count(distinct client_id) from alert where workspace = $1 and type = $2 and source = $3
		and opened_at >= $4 and not gathered and client_id <> ''`, workspace, t, source, micros(since))
	return clients, err
}

// PutSurge stores a surge. Where somebody else has just found that the same
// surge began, the transaction is run again and finds it.
func (tx *Tx) PutSurge(s stanna.Surge) error {
	_, err := tx.exec(`insert into surge (`+surgeColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (workspace, id) do update set status = excluded.status, clients = excluded.clients, book = excluded.book,
		until = excluded.until, ended_by = excluded.ended_by, updated_at = excluded.updated_at`,
		s.Workspace, s.ID, s.Type, s.Source, s.Status, s.Clients, s.Book, micros(s.BeganAt), micros(s.Until), s.EndedBy, micros(s.UpdatedAt))
	if isUnique(err) {
		return errRaced
	}
	return err
}

// Surge is the surge of that id.
func (tx *Tx) Surge(workspace, id string) (stanna.Surge, error) {
	return need(tx, "surge", scanSurge, `select `+surgeColumns+` from surge where workspace = $1 and id = $2`, workspace, id)
}

// LockSurge is Surge, held until the transaction ends.
func (tx *Tx) LockSurge(workspace, id string) (stanna.Surge, error) {
	return need(tx, "surge", scanSurge, `select `+surgeColumns+` from surge where workspace = $1 and id = $2 `+tx.dialect.forUpdate, workspace, id)
}

// HoldingSurges lists the surges that hold their alerts, oldest first.
func (tx *Tx) HoldingSurges(workspace string) ([]stanna.Surge, error) {
	return collect(tx, scanSurge, `select `+surgeColumns+` from surge where workspace = $1 and status = 'holding' order by began_at, id`, workspace)
}

// Surges lists surges, newest first, and how many there are in all.
func (tx *Tx) Surges(workspace string, limit, offset int) ([]stanna.Surge, int, error) {
	total, _, err := one(tx, value[int], `select count(*) from surge where workspace = $1`, workspace)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanSurge, `select `+surgeColumns+` from surge where workspace = $1 order by began_at desc, id desc limit $2 offset $3`,
		workspace, limit, offset)
	return list, total, err
}

// HeldBySurge says how many notifications wait for a surge.
func (tx *Tx) HeldBySurge(workspace, surge string) (int, error) {
	n, _, err := one(tx, value[int], `select count(*) from notification where workspace = $1 and status = 'held' and surge = $2`, workspace, surge)
	return n, err
}
