package store

import (
	"time"

	"github.com/gostanna/stanna"
)

// Where conversations stand: spoken is the index's own condition, without
// which it is not used; contacts are those of them that somebody logged.
const (
	spoken   = `type in ('interaction.logged', 'intervention.logged', 'sentiment.detected')`
	contacts = `type in ('interaction.logged', 'intervention.logged')`

	// since narrows them to a time and to the clients of an owner that count.
	since = spoken + ` and occurred_at > $2 and client_id in (select id from client where workspace = $1 and not is_excluded and ($3 = '' or lower(csm_owner) = $3))`
)

// Interactions lists what was said to a client and by it, newest first, and
// how much there is in all: interactions and interventions that were logged,
// and conversations whose sentiment was detected.
func (tx *Tx) Interactions(workspace, client string, limit, offset int) ([]StoredSignal, int, error) {
	const where = ` from signal where workspace = $1 and client_id = $2 and ` + spoken
	total, _, err := one(tx, value[int], `select count(*)`+where, workspace, client)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanSignal, `select `+signalColumns+where+` order by occurred_at desc, id desc limit $3 offset $4`, workspace, client, limit, offset)
	return list, total, err
}

// LastInteractions says when somebody last spoke with each client of an owner,
// or with each of all (""). Those with whom nobody ever spoke are missing.
func (tx *Tx) LastInteractions(workspace, owner string) (map[string]time.Time, error) {
	type row struct {
		client string
		at     int64
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.client, &r.at) },
		`select c.id, coalesce((select occurred_at from signal where workspace = $1 and client_id = c.id and `+contacts+`
			order by occurred_at desc limit 1), 0) from client c where c.workspace = $1 and ($2 = '' or lower(c.csm_owner) = $2)`, workspace, owner)
	last := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		if r.at > 0 {
			last[r.client] = fromMicros(r.at)
		}
	}
	return last, err
}

// CountContacts says how often somebody spoke with clients of an owner, or of
// all (""), since a time. Clients that are excluded do not count.
func (tx *Tx) CountContacts(workspace, owner string, from time.Time) (int, error) {
	n, _, err := one(tx, value[int], `select count(*) from signal where workspace = $1 and `+since+` and `+contacts, workspace, micros(from), owner)
	return n, err
}

// EachSpoken walks along what CountContacts counts, or along the conversations
// whose sentiment was detected, in no order. The signal has a type, a time, a
// source and its data.
func (tx *Tx) EachSpoken(workspace, owner string, from time.Time, sentiment bool, fn func(stanna.Signal)) error {
	of := contacts
	if sentiment {
		of = `type = 'sentiment.detected'`
	}
	rows, err := tx.rows(`select type, occurred_at, source, data from signal where workspace = $1 and `+since+` and `+of, workspace, micros(from), owner)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		s := stanna.Signal{Workspace: workspace}
		var at int64
		if err := rows.Scan(&s.Type, &at, &s.Source, (*[]byte)(&s.Data)); err != nil {
			return err
		}
		s.OccurredAt = fromMicros(at)
		fn(s)
	}
	return rows.Err()
}

// ScoreSignals lists the newest scores of a client's health and what people
// said about why they moved, newest first.
func (tx *Tx) ScoreSignals(workspace, client string, limit int) ([]StoredSignal, error) {
	return collect(tx, scanSignal, `select `+signalColumns+` from signal where workspace = $1 and client_id = $2
		and type in ('health.scored', 'custom.attribution') order by occurred_at desc, id desc limit $3`, workspace, client, limit)
}
