package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const endpointColumns = `workspace, id, name, address, types, secret, previous, previous_until, paused, paused_at, failing_since, version, created_at, updated_at`

func (tx *Tx) scanEndpoint(s scanner) (e stanna.Endpoint, err error) {
	var types string
	var address, secret, previous []byte
	var until, paused, failing, created, updated int64
	if err := s.Scan(&e.Workspace, &e.ID, &e.Name, &address, &types, &secret, &previous, &until, &e.Paused, &paused, &failing, &e.Version, &created, &updated); err != nil {
		return e, err
	}
	e.PreviousUntil, e.PausedAt, e.FailingSince = fromMicros(until), fromMicros(paused), fromMicros(failing)
	e.CreatedAt, e.UpdatedAt = fromMicros(created), fromMicros(updated)
	if err := json.Unmarshal([]byte(types), &e.Types); err != nil {
		return e, fmt.Errorf("types of endpoint %s: %w", e.ID, err)
	}
	return e, tx.unsealAll(e.Workspace,
		sealed{"endpoint.address", address, &e.Address}, sealed{"endpoint.secret", secret, &e.Secret}, sealed{"endpoint.previous", previous, &e.Previous})
}

// Endpoints lists the workspace's endpoints, the oldest first.
func (tx *Tx) Endpoints(workspace string) ([]stanna.Endpoint, error) {
	return collect(tx, tx.scanEndpoint, `select `+endpointColumns+` from endpoint where workspace = $1 order by created_at, id`, workspace)
}

// AnyEndpoint says whether the workspace has endpoints at all: most have none.
func (tx *Tx) AnyEndpoint(workspace string) (bool, error) {
	_, ok, err := one(tx, value[int], `select 1 from endpoint where workspace = $1 limit 1`, workspace)
	return ok, err
}

// Endpoint is the endpoint of that id.
func (tx *Tx) Endpoint(workspace, id string) (stanna.Endpoint, error) {
	return need(tx, "endpoint", tx.scanEndpoint, `select `+endpointColumns+` from endpoint where workspace = $1 and id = $2`, workspace, id)
}

// LockEndpoint is Endpoint, held until the transaction ends.
func (tx *Tx) LockEndpoint(workspace, id string) (stanna.Endpoint, error) {
	return need(tx, "endpoint", tx.scanEndpoint, `select `+endpointColumns+` from endpoint where workspace = $1 and id = $2 `+tx.dialect.forUpdate, workspace, id)
}

// PutEndpoint stores an endpoint as its next version.
func (tx *Tx) PutEndpoint(e stanna.Endpoint) error {
	types, err := json.Marshal(e.Types)
	if err != nil {
		return err
	}
	list, err := tx.sealAll(e.Workspace, sealed{name: "endpoint.address", secret: &e.Address}, sealed{name: "endpoint.secret", secret: &e.Secret},
		sealed{name: "endpoint.previous", secret: &e.Previous})
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into endpoint (`+endpointColumns+`, lane) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14)
		on conflict (workspace, id) do update set name = excluded.name, address = excluded.address, types = excluded.types, secret = excluded.secret,
		previous = excluded.previous, previous_until = excluded.previous_until, paused = excluded.paused, paused_at = excluded.paused_at,
		failing_since = excluded.failing_since, version = endpoint.version + 1, updated_at = excluded.updated_at, lane = excluded.lane`,
		e.Workspace, e.ID, e.Name, list[0], string(types), list[1], list[2], micros(e.PreviousUntil), e.Paused, micros(e.PausedAt),
		micros(e.FailingSince), micros(e.CreatedAt), micros(e.UpdatedAt), e.Lane())
	return err
}

// DeleteEndpoint forgets an endpoint and what was on its way to it.
func (tx *Tx) DeleteEndpoint(e stanna.Endpoint) error {
	for _, statement := range []string{
		`delete from delivery where workspace = $1 and endpoint_id = $2`,
		`delete from endpoint where workspace = $1 and id = $2`,
	} {
		if _, err := tx.exec(statement, e.Workspace, e.ID); err != nil {
			return err
		}
	}
	_, err := tx.exec(`delete from job where lane = $1 and state = 'waiting'`, e.Lane())
	return err
}

// NoteEndpoint writes down how an endpoint fares, which is no change of it.
func (tx *Tx) NoteEndpoint(workspace, id string, failingSince time.Time) error {
	_, err := tx.exec(`update endpoint set failing_since = $3 where workspace = $1 and id = $2`, workspace, id, micros(failingSince))
	return err
}

// PauseEndpoint notes that an endpoint takes nothing for now. The caller
// pauses the lane.
func (tx *Tx) PauseEndpoint(workspace, id string, reason stanna.Reason, now time.Time) error {
	_, err := tx.exec(`update endpoint set paused = $3, paused_at = $4, version = version + 1, updated_at = $4 where workspace = $1 and id = $2`,
		workspace, id, reason, micros(now))
	return err
}

// AilingEndpoints lists the endpoints of all workspaces to which nothing
// arrives, though nobody paused them by hand.
func (tx *Tx) AilingEndpoints() ([]stanna.Endpoint, error) {
	return collect(tx, tx.scanEndpoint, `select `+endpointColumns+` from endpoint where failing_since > 0 or paused not in ('', $1) order by workspace, created_at, id`,
		stanna.ReasonPausedByHand)
}

// PauseLane stops one lane, or with reason "" starts it again. What it
// carries waits meanwhile.
func (tx *Tx) PauseLane(name string, reason stanna.Reason) error {
	err := tx.insert(`insert into lane (name, gate, next_due, not_before, leased_by, leased_until, epoch, failures, memo, paused)`,
		`on conflict (name) do update set paused = excluded.paused, not_before = 0, failures = 0`, 10,
		[]any{name, stanna.Lane{Name: name}.Gate(), nil, 0, "", 0, 0, 0, "", reason})
	if err != nil || reason != "" {
		return err
	}
	_, err = tx.exec(`update lane set next_due = (select min(due) from job where job.lane = $1 and job.state = 'waiting') where name = $1`, name)
	return err
}

// sealed is one secret and the column that it is sealed for.
type sealed struct {
	name   string
	box    []byte
	secret *stanna.Secret
}

func (tx *Tx) unsealAll(workspace string, list ...sealed) (err error) {
	for _, x := range list {
		if *x.secret, err = tx.unseal(workspace, x.name, x.box); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) sealAll(workspace string, list ...sealed) (boxes [][]byte, err error) {
	for _, x := range list {
		box, err := tx.seal(workspace, x.name, *x.secret)
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, box)
	}
	return boxes, nil
}
