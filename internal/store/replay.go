package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

// SignalsOf lists the signals of a client that occurred at from or later and
// before until, in the order they occurred. A zero until is no end.
func (tx *Tx) SignalsOf(workspace, client string, from, until time.Time, limit, offset int) ([]StoredSignal, error) {
	return collect(tx, scanSignal, `select `+signalColumns+` from signal where workspace = $1 and client_id = $2
		and occurred_at >= $3 and occurred_at < $4 order by occurred_at, id limit $5 offset $6`,
		workspace, client, micros(from), before(until), limit, offset)
}

// EachSignal gives every signal of a workspace that occurred at from or later
// and before until to fn, client by client and each client's in the order they
// occurred, without holding more than one. A zero until is no end. Fact is
// left to the caller. Fn must not use the transaction; its error ends it.
func (tx *Tx) EachSignal(workspace string, from, until time.Time, fn func(stanna.Signal) error) error {
	return tx.EachSignalAmong(workspace, "", "", from, until, fn)
}

// EachSignalAmong is EachSignal for the clients behind one id, up to and with
// another; "" is no bound. With the bounds of ClientSplits several readers,
// each in a transaction of its own, share the work.
func (tx *Tx) EachSignalAmong(workspace, after, through string, from, until time.Time, fn func(stanna.Signal) error) error {
	where, args := `workspace = $1 and occurred_at >= $2 and occurred_at < $3`, []any{workspace, micros(from), before(until)}
	if after != "" {
		args = append(args, after)
		where += fmt.Sprintf(` and client_id > $%d`, len(args))
	}
	if through != "" {
		args = append(args, through)
		where += fmt.Sprintf(` and client_id <= $%d`, len(args))
	}
	rows, err := tx.rows(`select client_id, id, type, occurred_at, received_at, source, data from signal where `+where+
		` order by client_id, occurred_at, id`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var occurred, received int64
	var data string
	s := stanna.Signal{Workspace: workspace}
	dest := []any{&s.ClientID, &s.ID, &s.Type, &occurred, &received, &s.Source, &data}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read signals: %w", err)
		}
		s.OccurredAt, s.ReceivedAt, s.Data = fromMicros(occurred), fromMicros(received), json.RawMessage(data)
		if err := fn(s); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read signals: %w", err)
	}
	return nil
}

// ClientSplits lists the ids that part the clients into so many shares, or
// fewer: the last of each share but the last one.
func (tx *Tx) ClientSplits(workspace string, shares int) (last []string, err error) {
	n, err := tx.ClientCount(workspace)
	if err != nil {
		return nil, err
	}
	shares = min(shares, n)
	for i := 1; i < shares; i++ {
		id, _, err := one(tx, value[string], `select id from client where workspace = $1 order by id limit 1 offset $2`, workspace, i*n/shares-1)
		if err != nil {
			return nil, err
		}
		last = append(last, id)
	}
	return last, nil
}
