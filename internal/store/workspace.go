package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const workspaceColumns = `id, name, settings, version, created_at`

func scanWorkspace(s scanner) (stanna.Workspace, error) {
	var w stanna.Workspace
	var settings string
	var created int64
	if err := s.Scan(&w.ID, &w.Name, &settings, &w.Version, &created); err != nil {
		return w, err
	}
	w.CreatedAt = fromMicros(created)
	if err := json.Unmarshal([]byte(settings), &w.Settings); err != nil {
		return w, fmt.Errorf("settings of %s: %w", w.ID, err)
	}
	w.Settings = w.Settings.WithDefaults()
	return w, nil
}

// Workspace is the workspace of that id.
func (tx *Tx) Workspace(id string) (stanna.Workspace, error) {
	return need(tx, "workspace", scanWorkspace, `select `+workspaceColumns+` from workspace where id = $1`, id)
}

// Workspaces lists every workspace by id.
func (tx *Tx) Workspaces() ([]stanna.Workspace, error) {
	return collect(tx, scanWorkspace, `select `+workspaceColumns+` from workspace order by id`)
}

// WorkspaceVersion is the number that rises with every change of the
// workspace's settings or rules; 0 when there is no such workspace.
func (tx *Tx) WorkspaceVersion(id string) (int64, error) {
	v, _, err := one(tx, value[int64], `select version from workspace where id = $1`, id)
	return v, err
}

// AddWorkspace makes a workspace; it is no error if it is there.
func (tx *Tx) AddWorkspace(w stanna.Workspace) error {
	settings, err := json.Marshal(w.Settings)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into workspace (id, name, settings, version, created_at) values ($1, $2, $3, 1, $4) on conflict (id) do nothing`,
		w.ID, w.Name, string(settings), micros(w.CreatedAt))
	return err
}

// PutSettings stores a workspace's name and settings and raises its version.
func (tx *Tx) PutSettings(w stanna.Workspace) error {
	settings, err := json.Marshal(w.Settings)
	if err != nil {
		return err
	}
	n, err := tx.exec(`update workspace set name = $2, settings = $3, version = version + 1 where id = $1`, w.ID, w.Name, string(settings))
	if err == nil && n == 0 {
		err = stanna.Errorf(stanna.NotFound, "workspace not found")
	}
	return err
}

type ruleBody struct {
	Thresholds   map[string]float64   `json:"thresholds,omitempty"`
	Destinations []stanna.Destination `json:"destinations,omitempty"`
	Playbook     string               `json:"playbook,omitempty"`
}

func scanRule(s scanner) (stanna.Rule, error) {
	var r stanna.Rule
	var body string
	var created, updated int64
	if err := s.Scan(&r.Workspace, &r.ID, &r.Version, &r.Name, &r.Type, &r.Status, &body, &created, &updated); err != nil {
		return r, err
	}
	var b ruleBody
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return r, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	r.Thresholds, r.Destinations, r.Playbook = b.Thresholds, b.Destinations, b.Playbook
	r.CreatedAt, r.UpdatedAt = fromMicros(created), fromMicros(updated)
	return r, nil
}

// Rules lists the rules of a workspace in the order they were made.
func (tx *Tx) Rules(workspace string) ([]stanna.Rule, error) {
	return collect(tx, scanRule, `select workspace, id, version, name, type, status, body, created_at, updated_at
		from rule where workspace = $1 order by created_at, id`, workspace)
}

// PutRule stores a rule as its next version and raises the workspace's.
func (tx *Tx) PutRule(r stanna.Rule, now time.Time) error {
	body, err := json.Marshal(ruleBody{r.Thresholds, r.Destinations, r.Playbook})
	if err != nil {
		return err
	}
	if _, err := tx.exec(`insert into rule (workspace, id, version, name, type, status, body, created_at, updated_at)
		values ($1, $2, 1, $3, $4, $5, $6, $7, $7)
		on conflict (workspace, id) do update set version = rule.version + 1, name = excluded.name, status = excluded.status,
			body = excluded.body, updated_at = excluded.updated_at`,
		r.Workspace, r.ID, r.Name, r.Type, r.Status, string(body), micros(now)); err != nil {
		return err
	}
	_, err = tx.exec(`update workspace set version = version + 1 where id = $1`, r.Workspace)
	return err
}
