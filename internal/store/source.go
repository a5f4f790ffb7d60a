package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const sourceColumns = `workspace, id, name, kind, scheme, header, secret, previous, previous_until, mapping, quiet_for, paused, version,
	created_at, updated_at, heard_at, silent_at`

func (tx *Tx) scanSource(s scanner) (x stanna.Source, err error) {
	var secret, previous []byte
	var mapping string
	var until, quiet, created, updated, heard, silent int64
	if err := s.Scan(&x.Workspace, &x.ID, &x.Name, &x.Kind, &x.Scheme, &x.Header, &secret, &previous, &until, &mapping, &quiet, &x.Paused, &x.Version,
		&created, &updated, &heard, &silent); err != nil {
		return x, err
	}
	x.PreviousUntil, x.QuietFor = fromMicros(until), time.Duration(quiet)*time.Microsecond
	x.CreatedAt, x.UpdatedAt, x.HeardAt, x.SilentAt = fromMicros(created), fromMicros(updated), fromMicros(heard), fromMicros(silent)
	if err := json.Unmarshal([]byte(mapping), &x.Mapping); err != nil {
		return x, fmt.Errorf("mapping of source %s: %w", x.ID, err)
	}
	return x, tx.unsealAll(x.Workspace, sealed{"source.secret", secret, &x.Secret}, sealed{"source.previous", previous, &x.Previous})
}

// Sources lists the workspace's sources, the oldest first.
func (tx *Tx) Sources(workspace string) ([]stanna.Source, error) {
	return collect(tx, tx.scanSource, `select `+sourceColumns+` from source where workspace = $1 order by created_at, id`, workspace)
}

// Source is the source of that id.
func (tx *Tx) Source(workspace, id string) (stanna.Source, error) {
	return need(tx, "source", tx.scanSource, `select `+sourceColumns+` from source where workspace = $1 and id = $2`, workspace, id)
}

// SourceAt is the source whose address holds the id, whichever workspace has
// it.
func (tx *Tx) SourceAt(id string) (x stanna.Source, ok bool, err error) {
	return one(tx, tx.scanSource, `select `+sourceColumns+` from source where id = $1`, id)
}

// PutSource stores a source as its next version. When it was heard is not
// part of it.
func (tx *Tx) PutSource(x stanna.Source) error {
	mapping, err := json.Marshal(x.Mapping)
	if err != nil {
		return err
	}
	boxes, err := tx.sealAll(x.Workspace, sealed{name: "source.secret", secret: &x.Secret}, sealed{name: "source.previous", secret: &x.Previous})
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into source (`+sourceColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, 0, 0)
		on conflict (id) do update set name = excluded.name, kind = excluded.kind, scheme = excluded.scheme, header = excluded.header,
		secret = excluded.secret, previous = excluded.previous, previous_until = excluded.previous_until, mapping = excluded.mapping,
		quiet_for = excluded.quiet_for, paused = excluded.paused, version = source.version + 1, updated_at = excluded.updated_at
		where source.workspace = excluded.workspace`,
		x.Workspace, x.ID, x.Name, x.Kind, x.Scheme, x.Header, boxes[0], boxes[1], micros(x.PreviousUntil), string(mapping),
		x.QuietFor.Microseconds(), x.Paused, micros(x.CreatedAt), micros(x.UpdatedAt))
	return err
}

// DeleteSource forgets a source and what it sent.
func (tx *Tx) DeleteSource(workspace, id string) error {
	for _, statement := range []string{`delete from parcel where workspace = $1 and source_id = $2`, `delete from source where workspace = $1 and id = $2`} {
		if _, err := tx.exec(statement, workspace, id); err != nil {
			return err
		}
	}
	_, err := tx.exec(`delete from job where lane = $1 and state = 'waiting'`, stanna.SourceLane(workspace, id))
	return err
}

// FallenSilent lists the sources that were heard once, have been silent for
// longer than they may, and of which nobody was told.
func (tx *Tx) FallenSilent(now time.Time) ([]stanna.Source, error) {
	return collect(tx, tx.scanSource, `select `+sourceColumns+` from source where quiet_for > 0 and not paused and heard_at > 0 and silent_at = 0 and heard_at + quiet_for < $1`, micros(now))
}

// NoteSilence writes down that people were told of a source's silence. It is
// false when somebody else did so first, or a body came meanwhile.
func (tx *Tx) NoteSilence(x stanna.Source, now time.Time) (bool, error) {
	n, err := tx.exec(`update source set silent_at = $3 where id = $1 and silent_at = 0 and heard_at = $2`, x.ID, micros(x.HeardAt), micros(now))
	return n == 1, err
}
