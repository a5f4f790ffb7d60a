package store

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/gostanna/stanna"
)

const silenceColumns = `workspace, id, matcher, author, comment, starts_at, ends_at, ended_by, created_at`

func scanSilence(s scanner) (stanna.Silence, error) {
	var x stanna.Silence
	var matcher string
	var starts, ends, created int64
	if err := s.Scan(&x.Workspace, &x.ID, &matcher, &x.Author, &x.Comment, &starts, &ends, &x.EndedBy, &created); err != nil {
		return x, err
	}
	x.StartsAt, x.EndsAt, x.CreatedAt = fromMicros(starts), fromMicros(ends), fromMicros(created)
	if err := json.Unmarshal([]byte(matcher), &x.Matcher); err != nil {
		return x, fmt.Errorf("matcher of silence %s: %w", x.ID, err)
	}
	return x, nil
}

// AddSilence stores a new silence and raises the workspace's version.
func (tx *Tx) AddSilence(s stanna.Silence) error {
	if err := tx.raise(s.Workspace); err != nil {
		return err
	}
	matcher, err := json.Marshal(s.Matcher)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into silence (`+silenceColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.Workspace, s.ID, string(matcher), s.Author, s.Comment, micros(s.StartsAt), micros(s.EndsAt), s.EndedBy, micros(s.CreatedAt))
	return err
}

// Silence is the silence of that id.
func (tx *Tx) Silence(workspace, id string) (stanna.Silence, error) {
	return need(tx, "silence", scanSilence, `select `+silenceColumns+` from silence where workspace = $1 and id = $2`, workspace, id)
}

// Silences lists the silences that are in force at a time, or all of them
// when it is zero, newest first, and how many there are in all.
func (tx *Tx) Silences(workspace string, activeAt time.Time, limit, offset int) ([]stanna.Silence, int, error) {
	const where = `workspace = $1 and starts_at <= $2 and ends_at > $3`
	args := []any{workspace, int64(math.MaxInt64), int64(math.MinInt64)}
	if !activeAt.IsZero() {
		args = []any{workspace, micros(activeAt), micros(activeAt)}
	}
	total, _, err := one(tx, value[int], `select count(*) from silence where `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanSilence, `select `+silenceColumns+` from silence where `+where+` order by created_at desc, id desc limit $4 offset $5`,
		append(args, limit, offset)...)
	return list, total, err
}

// CurrentSilences lists the silences that have not ended, also those that are
// yet to begin, in the order they were made.
func (tx *Tx) CurrentSilences(workspace string, now time.Time) ([]stanna.Silence, error) {
	return collect(tx, scanSilence, `select `+silenceColumns+` from silence where workspace = $1 and ends_at > $2 order by created_at, id`,
		workspace, micros(now))
}

// EndSilence ends a silence early and raises the workspace's version.
func (tx *Tx) EndSilence(workspace, id, by string, at time.Time) error {
	if err := tx.raise(workspace); err != nil {
		return err
	}
	n, err := tx.exec(`update silence set ends_at = $3, ended_by = $4 where workspace = $1 and id = $2 and ends_at > $3`, workspace, id, micros(at), by)
	if err != nil || n == 1 {
		return err
	}
	if _, err := tx.Silence(workspace, id); err != nil {
		return err
	}
	return stanna.Errorf(stanna.Conflict, "this silence has ended already")
}
