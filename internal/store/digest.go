package store

import "time"

// TakeDigest says whether it is the caller's to send the digest of a local
// date to a destination: there is one.
func (tx *Tx) TakeDigest(workspace, destination, date, message string, at time.Time) (mine bool, err error) {
	n, err := tx.exec(`insert into digest (workspace, destination, local_date, message_id, at) values ($1, $2, $3, $4, $5)
		on conflict (workspace, destination, local_date) do nothing`, workspace, destination, date, message, micros(at))
	return n == 1, err
}

// LastDigest is the newest digest of a destination: its local date, and when
// it was taken; ok is false when it never had one.
func (tx *Tx) LastDigest(workspace, destination string) (date string, at time.Time, ok bool, err error) {
	type row struct {
		date string
		at   int64
	}
	r, ok, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.date, &r.at) },
		`select local_date, at from digest where workspace = $1 and destination = $2 order by local_date desc limit 1`, workspace, destination)
	return r.date, fromMicros(r.at), ok, err
}
