package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

// RoutingSubject is what the revisions of a routing table are kept under.
const RoutingSubject = "routes"

// Routing is the routing table of a workspace and its version; none has
// version 0.
func (tx *Tx) Routing(workspace string) (lines []stanna.RouteLine, version int, err error) {
	type row struct {
		lines   string
		version int
	}
	r, ok, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.lines, &r.version) },
		`select lines, version from routing where workspace = $1`, workspace)
	if err != nil || !ok {
		return nil, 0, err
	}
	if err := json.Unmarshal([]byte(r.lines), &lines); err != nil {
		return nil, 0, fmt.Errorf("routing table: %w", err)
	}
	return lines, r.version, nil
}

// PutRouting stores a routing table as its next version, with a revision, and
// raises the workspace's version.
func (tx *Tx) PutRouting(workspace string, lines []stanna.RouteLine, author string, now time.Time) (version int, err error) {
	if err := tx.raise(workspace); err != nil {
		return 0, err
	}
	if lines == nil {
		lines = []stanna.RouteLine{} // an empty table is a choice, and no null
	}
	body, err := json.Marshal(lines)
	if err != nil {
		return 0, err
	}
	version, _, err = one(tx, value[int], `insert into routing (workspace, version, lines, updated_at) values ($1, 1, $2, $3)
		on conflict (workspace) do update set version = routing.version + 1, lines = excluded.lines, updated_at = excluded.updated_at
		returning version`, workspace, string(body), micros(now))
	if err != nil {
		return 0, err
	}
	return version, tx.AddRevision(stanna.Revision{Workspace: workspace, Subject: RoutingSubject, Version: version, Body: string(body), Author: author, At: now})
}
