package store

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/gostanna/stanna"
)

const parcelColumns = `workspace, id, source_id, sent_key, came_at, headers, body, state, attempt, result, opened_at`

func scanParcel(s scanner) (p stanna.Parcel, err error) {
	var headers, result string
	var came, opened int64
	if err := s.Scan(&p.Workspace, &p.ID, &p.SourceID, &p.Key, &came, &headers, &p.Body, &p.State, &p.Attempt, &result, &opened); err != nil {
		return p, err
	}
	p.CameAt, p.OpenedAt = fromMicros(came), fromMicros(opened)
	if headers != "" {
		err = json.Unmarshal([]byte(headers), &p.Headers)
	}
	if result != "" {
		err = errors.Join(err, json.Unmarshal([]byte(result), &p.Result))
	}
	return p, err
}

// AddParcel stores what a source sent and promises to open it. One that came
// before, by its key, changes nothing; then the first one is returned.
func (tx *Tx) AddParcel(p stanna.Parcel) (first stanna.Parcel, repeated bool, err error) {
	if p.Body == nil {
		p.Body = []byte{}
	}
	headers, err := json.Marshal(p.Headers)
	if err != nil {
		return p, false, err
	}
	n, err := tx.exec(`insert into parcel (`+parcelColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', 0)
		on conflict (workspace, source_id, sent_key) where sent_key <> '' do nothing`,
		p.Workspace, p.ID, p.SourceID, p.Key, micros(p.CameAt), string(headers), p.Body, stanna.ParcelWaiting)
	if err != nil {
		return p, false, err
	}
	if n == 0 {
		first, _, err = one(tx, scanParcel, `select `+parcelColumns+` from parcel where workspace = $1 and source_id = $2 and sent_key = $3`, p.Workspace, p.SourceID, p.Key)
		return first, true, err
	}
	if p.SourceID == stanna.StripeSource {
		_, err = tx.exec(`update stripe_account set heard_at = $2 where workspace = $1 and heard_at < $2`, p.Workspace, micros(p.CameAt))
	} else {
		_, err = tx.exec(`update source set heard_at = $2, silent_at = 0 where id = $1`, p.SourceID, micros(p.CameAt))
	}
	if err != nil {
		return p, false, err
	}
	return p, false, tx.Enqueue(ParcelJob(p, p.CameAt))
}

// ParcelJob is the job that opens a parcel.
func ParcelJob(p stanna.Parcel, due time.Time) stanna.Job {
	return stanna.Job{Lane: stanna.SourceLane(p.Workspace, p.SourceID), Kind: stanna.ParcelJob, Ref: p.ID, Due: due, CreatedAt: due}
}

// Parcel is the parcel of that id.
func (tx *Tx) Parcel(workspace, id string) (stanna.Parcel, error) {
	return need(tx, "body", scanParcel, `select `+parcelColumns+` from parcel where workspace = $1 and id = $2`, workspace, id)
}

// ParcelQuery narrows a list of parcels.
type ParcelQuery struct {
	Source string
	State  stanna.ParcelState // "": all
	Before string             // id of the last one seen; "": from the newest
	Limit  int
}

// Parcels lists what sources sent, newest first; ids sort by time.
func (tx *Tx) Parcels(workspace string, q ParcelQuery) ([]stanna.Parcel, error) {
	return collect(tx, scanParcel, `select `+parcelColumns+` from parcel where workspace = $1 and source_id = $2
		and ($3 = '' or state = $3) and ($4 = '' or id < $4) order by id desc limit $5`, workspace, q.Source, q.State, q.Before, q.Limit)
}

// EndParcel writes down what became of a parcel.
func (tx *Tx) EndParcel(p stanna.Parcel) error {
	result, err := json.Marshal(p.Result)
	if err != nil {
		return err
	}
	_, err = tx.exec(`update parcel set state = $3, attempt = $4, result = $5, opened_at = $6 where workspace = $1 and id = $2`,
		p.Workspace, p.ID, p.State, p.Attempt, string(result), micros(p.OpenedAt))
	return err
}

// OpenAgain makes parcels wait again that were opened, and promises them.
func (tx *Tx) OpenAgain(list []stanna.Parcel, now time.Time) error {
	jobs := make([]stanna.Job, 0, len(list))
	for _, p := range list {
		p.State, p.OpenedAt = stanna.ParcelWaiting, time.Time{}
		if err := tx.EndParcel(p); err != nil {
			return err
		}
		jobs = append(jobs, ParcelJob(p, now))
	}
	return tx.Enqueue(jobs...)
}

// ParcelTally is how what a source sent fared.
type ParcelTally struct{ Waiting, Done, Passed, Failed int }

// ParcelTallies counts the parcels of each source since a time.
func (tx *Tx) ParcelTallies(workspace string, since time.Time) (map[string]ParcelTally, error) {
	type row struct {
		source string
		state  stanna.ParcelState
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.source, &r.state, &r.n) },
		`select source_id, state, count(*) from parcel where workspace = $1 and came_at >= $2 group by source_id, state`, workspace, micros(since))
	all := map[string]ParcelTally{}
	for _, r := range rows {
		t := all[r.source]
		switch r.state {
		case stanna.ParcelWaiting:
			t.Waiting = r.n
		case stanna.ParcelDone:
			t.Done = r.n
		case stanna.ParcelPassed:
			t.Passed = r.n
		case stanna.ParcelFailed:
			t.Failed = r.n
		}
		all[r.source] = t
	}
	return all, err
}

// PruneParcels forgets what was opened before a time, but for the newest of
// each source, on which its mapping is tried. What failed is kept longer.
func (tx *Tx) PruneParcels(before, failedBefore time.Time) (int64, error) {
	return tx.exec(`delete from parcel where opened_at > 0 and (came_at < $1 and state <> 'failed' or came_at < $2)
		and (select count(*) from (select 1 as newer from parcel n where n.workspace = parcel.workspace and n.source_id = parcel.source_id and n.id > parcel.id limit 10) newest) = 10`,
		micros(before), micros(failedBefore))
}
