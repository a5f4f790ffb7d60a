package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const digestColumns = `workspace, id, destination, local_date, due_at, until_at, weekly, late, message_id, reason, sent_by, at`

func scanDigestRecord(s scanner) (r stanna.DigestRecord, err error) {
	var due, until, at int64
	err = s.Scan(&r.Workspace, &r.ID, &r.Destination, &r.Date, &due, &until, &r.Weekly, &r.Late, &r.MessageID, &r.Reason, &r.By, &at)
	r.DueAt, r.Until, r.At = fromMicros(due), fromMicros(until), fromMicros(at)
	return r, err
}

// TakeDigest stores what became of a digest, with what it says or nil, and
// says whether it is the caller's: a destination has one for a local date,
// beside those that somebody sends by hand.
func (tx *Tx) TakeDigest(r stanna.DigestRecord, says *stanna.Digest) (mine bool, err error) {
	body := []byte(nil)
	if says != nil {
		if body, err = json.Marshal(says); err != nil {
			return false, err
		}
	}
	n, err := tx.exec(`insert into digest (`+digestColumns+`, told, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict do nothing`, r.Workspace, r.ID, r.Destination, r.Date, micros(r.DueAt), micros(r.Until), r.Weekly, r.Late, r.MessageID, r.Reason,
		r.By, micros(r.At), says != nil && r.Sent(), string(body))
	return n == 1, err
}

// Digest is what a digest says beside the alerts that waited for it; ok is
// false when it says nothing of its own.
func (tx *Tx) Digest(workspace, id string) (d stanna.Digest, ok bool, err error) {
	body, _, err := one(tx, value[string], `select body from digest where workspace = $1 and id = $2`, workspace, id)
	if err != nil || body == "" {
		return d, false, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, false, fmt.Errorf("digest %s: %w", id, err)
	}
	return d, true, nil
}

// DigestsOf is what a destination had by its time.
type DigestsOf struct {
	Last   stanna.DigestRecord // the newest, sent or not
	Told   time.Time           // until when the newest told that said something of its own; zero: there was none
	Weekly time.Time           // the same of the weekly ones
	Owed   time.Time           // when the newest weekly one was due that could not be sent; zero: there was none
}

// LastDigests gives what each destination had.
func (tx *Tx) LastDigests(workspace string) (map[stanna.Destination]DigestsOf, error) {
	last, err := collect(tx, scanDigestRecord, `select `+digestColumns+` from digest
		join (select destination as place, max(local_date) as newest from digest where workspace = $1 and sent_by = '' group by destination) n
		on destination = n.place and local_date = n.newest where workspace = $1 and sent_by = ''`, workspace)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	type told struct {
		to                stanna.Destination
		any, weekly, owed int64
	}
	list, err := collect(tx, func(s scanner) (t told, err error) { return t, s.Scan(&t.to, &t.any, &t.weekly, &t.owed) },
		`select destination, coalesce(max(case when told then until_at end), 0), coalesce(max(case when told and weekly then until_at end), 0),
			coalesce(max(case when weekly and message_id = '' and reason not in ($2, $3, $4) then due_at end), 0)
		from digest where workspace = $1 and sent_by = '' group by destination`, workspace,
		stanna.ReasonNothingToSay, stanna.ReasonStillNothing, stanna.ReasonDigestsBegin)
	of := make(map[stanna.Destination]DigestsOf, len(last))
	for _, r := range last {
		of[r.Destination] = DigestsOf{Last: r}
	}
	for _, t := range list {
		d := of[t.to]
		d.Told, d.Weekly, d.Owed = fromMicros(t.any), fromMicros(t.weekly), fromMicros(t.owed)
		of[t.to] = d
	}
	return of, err
}

// DigestLog lists what became of digests, newest first, and how many there
// are in all.
func (tx *Tx) DigestLog(workspace string, limit, offset int) ([]stanna.DigestRecord, int, error) {
	total, _, err := one(tx, value[int], `select count(*) from digest where workspace = $1`, workspace)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanDigestRecord, `select `+digestColumns+` from digest where workspace = $1
		order by at desc, id desc limit $2 offset $3`, workspace, limit, offset)
	return list, total, err
}

// ForgetDigests forgets the digests of local dates before one.
func (tx *Tx) ForgetDigests(workspace, date string) error {
	_, err := tx.exec(`delete from digest where workspace = $1 and local_date < $2`, workspace, date)
	return err
}
