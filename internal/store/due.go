package store

import (
	"database/sql"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// DueClient is a client that is to be looked at without a signal.
type DueClient struct {
	ID string
	At time.Time // when it is due; [stanna.AtOnce]: as soon as can be
}

// DueClients lists the clients that are due by then, the longest due first.
func (tx *Tx) DueClients(workspace string, until time.Time, limit int) ([]DueClient, error) {
	return collect(tx, func(s scanner) (d DueClient, err error) {
		var at int64
		err = s.Scan(&d.ID, &at)
		d.At = fromMicros(at)
		return d, err
	}, `select client_id, due_at from client_due where workspace = $1 and due_at <= $2 order by due_at, client_id limit $3`,
		workspace, micros(until), limit)
}

// SetDue says when to look again at clients of which nothing else changed; the
// zero time is never. The caller holds their states.
func (tx *Tx) SetDue(workspace string, clients []string, at time.Time) error {
	states := make([]stanna.State, len(clients))
	for i, id := range clients {
		states[i] = stanna.State{Workspace: workspace, ClientID: id, Due: at}
	}
	return tx.putDue(states)
}

// MarkAllDue has the rules asked about every client anew. It holds all the
// states: who judges a client meanwhile must not say after us when it is due.
func (tx *Tx) MarkAllDue(workspace string) error {
	tx.due = nil
	if tx.dialect.forUpdate != "" {
		if _, _, err := one(tx, value[int], `select count(*) from (select client_id from client_state where workspace = $1
			order by client_id `+tx.dialect.forUpdate+`) held`, workspace); err != nil {
			return err
		}
	}
	_, err := tx.exec(`insert into client_due (workspace, client_id, due_at)
		select workspace, client_id, cast($2 as bigint) from client_state where workspace = $1 order by client_id
		on conflict (workspace, client_id) do update set due_at = excluded.due_at where client_due.due_at <> excluded.due_at`,
		workspace, micros(stanna.AtOnce))
	return err
}

// clientKey names a client.
type clientKey struct{ workspace, id string }

// knowDue remembers when a client is due whose state is held, so that only
// what changes is written.
func (tx *Tx) knowDue(workspace, id string, at time.Time) {
	if tx.due == nil {
		tx.due = map[clientKey]int64{}
	}
	tx.due[clientKey{workspace, id}] = micros(at)
}

// putDue stores when the clients are due, at most one for each.
func (tx *Tx) putDue(states []stanna.State) error {
	var rows []any
	never := map[string][]string{}
	for _, s := range states {
		at := micros(s.Due)
		if known, ok := tx.due[clientKey{s.Workspace, s.ClientID}]; ok && known == at {
			continue
		}
		tx.knowDue(s.Workspace, s.ClientID, s.Due)
		if at == 0 {
			never[s.Workspace] = append(never[s.Workspace], s.ClientID)
			continue
		}
		rows = append(rows, s.Workspace, s.ClientID, at)
	}
	if err := tx.insert(`insert into client_due (workspace, client_id, due_at)`,
		`on conflict (workspace, client_id) do update set due_at = excluded.due_at`, 3, rows); err != nil {
		return err
	}
	for workspace, ids := range never {
		for chunk := range slices.Chunk(ids, 256) {
			list, args := inList(tx, 2, chunk)
			if _, err := tx.exec(`delete from client_due where workspace = $1 and client_id in `+list, append([]any{workspace}, args...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// NextTimer is the soonest moment at which time alone brings something in a
// workspace: a client is due, what is held is to be told, a surge is over.
func (tx *Tx) NextTimer(workspace string) (at time.Time, ok bool, err error) {
	soonest, _, err := one(tx, value[sql.NullInt64], `select min(t.at) from (
		select min(due_at) as at from client_due where workspace = $1
		union all select min(held_until) from notification where workspace = $1 and status = 'held'
		union all select min(until) from surge where workspace = $1 and status = 'holding') t`, workspace)
	return fromMicros(soonest.Int64), soonest.Valid, err
}
