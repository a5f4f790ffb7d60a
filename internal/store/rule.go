package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

// RuleBody is a rule in a [stanna.Revision]: all that a person chose of it.
type RuleBody struct {
	Name   string            `json:"name"`
	Type   stanna.AlertType  `json:"type"`
	Status stanna.RuleStatus `json:"status"`
	stanna.Terms
}

const ruleColumns = `workspace, id, version, name, type, status, body, active_since, created_at, updated_at`

func scanRule(s scanner) (stanna.Rule, error) {
	var r stanna.Rule
	var body string
	var active, created, updated int64
	if err := s.Scan(&r.Workspace, &r.ID, &r.Version, &r.Name, &r.Type, &r.Status, &body, &active, &created, &updated); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(body), &r.Terms); err != nil {
		return r, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	r.ActiveSince, r.CreatedAt, r.UpdatedAt = fromMicros(active), fromMicros(created), fromMicros(updated)
	return r, nil
}

// Rules lists the rules of a workspace in the order they were made.
func (tx *Tx) Rules(workspace string) ([]stanna.Rule, error) {
	return collect(tx, scanRule, `select `+ruleColumns+` from rule where workspace = $1 order by created_at, id`, workspace)
}

// Rule is the rule of that id.
func (tx *Tx) Rule(workspace, id string) (stanna.Rule, error) {
	return need(tx, "rule", scanRule, `select `+ruleColumns+` from rule where workspace = $1 and id = $2`, workspace, id)
}

// RuleSubject is what the revisions of a rule are kept under.
func RuleSubject(id string) string { return "rule:" + id }

// PutRule stores a rule as its next version, with a revision, and raises the
// workspace's version. A rule that takes the id of a deleted one goes on
// counting.
func (tx *Tx) PutRule(r stanna.Rule, author string, now time.Time) error {
	if err := tx.raise(r.Workspace); err != nil {
		return err
	}
	terms, err := json.Marshal(r.Terms)
	if err != nil {
		return err
	}
	version, _, err := one(tx, value[int], `insert into rule (`+ruleColumns+`)
		values ($1, $2, (select coalesce(max(v.version), 0) + 1 from revision v where v.workspace = $1 and v.subject = $3), $4, $5, $6, $7, $8, $9, $9)
		on conflict (workspace, id) do update set version = rule.version + 1, name = excluded.name, status = excluded.status,
			body = excluded.body, active_since = excluded.active_since, updated_at = excluded.updated_at
		returning version`,
		r.Workspace, r.ID, RuleSubject(r.ID), r.Name, r.Type, r.Status, string(terms), micros(r.ActiveSince), micros(now))
	if err != nil {
		return err
	}
	body, err := json.Marshal(RuleBody{r.Name, r.Type, r.Status, r.Terms})
	if err != nil {
		return err
	}
	return tx.AddRevision(stanna.Revision{Workspace: r.Workspace, Subject: RuleSubject(r.ID), Version: version, Body: string(body), Author: author, At: now})
}

// DeleteRule removes a rule and raises the workspace's version. Its revisions
// and its alerts stay; who calls it closes the alerts.
func (tx *Tx) DeleteRule(workspace, id string) error {
	if err := tx.raise(workspace); err != nil {
		return err
	}
	n, err := tx.exec(`delete from rule where workspace = $1 and id = $2`, workspace, id)
	if err == nil && n == 0 {
		err = stanna.Errorf(stanna.NotFound, "rule not found")
	}
	return err
}
