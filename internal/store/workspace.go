package store

import (
	"encoding/json"
	"fmt"

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

// LockWorkspace is Workspace, held until the transaction ends: who changes
// what its people have chosen compares and writes one after the other.
func (tx *Tx) LockWorkspace(id string) (stanna.Workspace, error) {
	return need(tx, "workspace", scanWorkspace, `select `+workspaceColumns+` from workspace where id = $1 `+tx.dialect.forUpdate, id)
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

// raise raises the version of a workspace, so that what is kept of its policy
// elsewhere is read anew. Who changes the policy raises it first: the row is
// held, and versions are given one after the other.
func (tx *Tx) raise(workspace string) error {
	_, err := tx.exec(`update workspace set version = version + 1 where id = $1`, workspace)
	return err
}
