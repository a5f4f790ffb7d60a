package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

const (
	portraitColumns = clientColumns + `, s.facts, s.health, s.engagement, coalesce(d.due_at, 0)`
	portraitTables  = `client c join client_state s on s.workspace = c.workspace and s.client_id = c.id
		left join client_due d on d.workspace = c.workspace and d.client_id = c.id`
)

func scanPortrait(s scanner) (Portrait, error) {
	var r clientRow
	var facts string
	var health, engagement []byte
	var due int64
	if err := s.Scan(append(r.dest(), &facts, &health, &engagement, &due)...); err != nil {
		return Portrait{}, err
	}
	c, err := r.client()
	if err != nil {
		return Portrait{}, err
	}
	state := stanna.State{Workspace: c.Workspace, ClientID: c.ID, Due: fromMicros(due)}
	if facts != "{}" {
		if err := json.Unmarshal([]byte(facts), &state.StateFacts); err != nil {
			return Portrait{}, fmt.Errorf("state of client %s: %w", c.ID, err)
		}
	}
	if err := state.Health.UnmarshalBinary(health); err != nil {
		return Portrait{}, fmt.Errorf("state of client %s: %w", c.ID, err)
	}
	if err := state.Engagement.UnmarshalBinary(engagement); err != nil {
		return Portrait{}, fmt.Errorf("state of client %s: %w", c.ID, err)
	}
	return Portrait{c, state}, nil
}

// Portrait is a client with its state.
func (tx *Tx) Portrait(workspace, id string) (Portrait, error) {
	return need(tx, "client", scanPortrait, `select `+portraitColumns+` from `+portraitTables+` where c.workspace = $1 and c.id = $2`, workspace, id)
}

// LockPortraits gives the clients of those ids that exist, by id, and holds
// their state rows until the transaction ends, so that two replicas judge the
// same client one after the other. The ids are sorted and at most 256.
func (tx *Tx) LockPortraits(workspace string, ids []string) (map[string]Portrait, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := tx.lockStates(workspace, ids); err != nil {
		return nil, err
	}
	list, args := inList(tx, 2, ids)
	all, err := collect(tx, scanPortrait, `select `+portraitColumns+` from `+portraitTables+` where c.workspace = $1 and c.id in `+list,
		append([]any{workspace}, args...)...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Portrait, len(all))
	for _, p := range all {
		found[p.Client.ID] = p
		tx.knowDue(workspace, p.Client.ID, p.State.Due)
	}
	return found, nil
}

// lockStates holds the state rows of those clients that have one until the
// transaction ends. SQLite has one writer and needs no lock.
func (tx *Tx) lockStates(workspace string, ids []string) error {
	if tx.dialect.forUpdate == "" {
		return nil
	}
	// The lock is taken first and alone: rows read by the same statement could
	// be older than the lock.
	for chunk := range slices.Chunk(ids, 256) {
		list, args := inList(tx, 2, chunk)
		if _, err := collect(tx, value[string], `select client_id from client_state where workspace = $1 and client_id in `+list+
			` order by client_id `+tx.dialect.forUpdate, append([]any{workspace}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// PutStates stores the states of clients, at most one for each.
func (tx *Tx) PutStates(states []stanna.State, now time.Time) error {
	args := make([]any, 0, 9*len(states))
	for _, s := range states {
		facts, err := json.Marshal(s.StateFacts)
		if err != nil {
			return err
		}
		health, err := s.Health.MarshalBinary()
		if err != nil {
			return err
		}
		engagement, err := s.Engagement.MarshalBinary()
		if err != nil {
			return err
		}
		var score sql.NullFloat64
		score.Float64, score.Valid = s.HealthScore()
		churn := sql.NullFloat64{Float64: s.Churn.Value, Valid: s.Churn.Known()}
		args = append(args, s.Workspace, s.ClientID, string(facts), health, engagement, score, micros(now),
			!s.ChurnedAt.IsZero(), churn)
	}
	if err := tx.insert(`insert into client_state (workspace, client_id, facts, health, engagement, health_score, updated_at, churned, churn)`,
		`on conflict (workspace, client_id) do update set facts = excluded.facts, health = excluded.health,
		engagement = excluded.engagement, health_score = excluded.health_score, updated_at = excluded.updated_at,
		churned = excluded.churned, churn = excluded.churn`, 9, args); err != nil {
		return err
	}
	return tx.putDue(states)
}
