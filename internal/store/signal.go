package store

import (
	"encoding/json"
	"time"

	"github.com/gostanna/stanna"
)

// KnownSignals says which of the ids are there already. At most 256.
func (tx *Tx) KnownSignals(workspace string, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, ids)
	found, err := collect(tx, value[string], `select id from signal where workspace = $1 and id in `+list, append([]any{workspace}, args...)...)
	known := make(map[string]bool, len(found))
	for _, id := range found {
		known[id] = true
	}
	return known, err
}

// StoredSignal is a signal with what became of it.
type StoredSignal struct {
	stanna.Signal
	Became stanna.Became
}

// AddSignals stores signals, none of them known. A signal that another
// replica stored in the meantime is a unique violation; the transaction is
// to be run again.
func (tx *Tx) AddSignals(signals []StoredSignal) error {
	args := make([]any, 0, 9*len(signals))
	for _, s := range signals {
		args = append(args, s.Workspace, s.ID, s.ClientID, s.Type, micros(s.OccurredAt), micros(s.ReceivedAt), s.Source, string(s.Data), s.Became)
	}
	err := tx.insert(`insert into signal (`+signalColumns+`)`, ``, 9, args)
	if isUnique(err) {
		return errRaced
	}
	return err
}

func scanSignal(s scanner) (StoredSignal, error) {
	var x StoredSignal
	var occurred, received int64
	var data string
	err := s.Scan(&x.Workspace, &x.ID, &x.ClientID, &x.Type, &occurred, &received, &x.Source, &data, &x.Became)
	x.OccurredAt, x.ReceivedAt, x.Data = fromMicros(occurred), fromMicros(received), json.RawMessage(data)
	return x, err
}

const signalColumns = `workspace, id, client_id, type, occurred_at, received_at, source, data, became`

// ClientSignals lists the newest signals of a client, newest first.
func (tx *Tx) ClientSignals(workspace, client string, limit int) ([]StoredSignal, error) {
	return collect(tx, scanSignal, `select `+signalColumns+` from signal where workspace = $1 and client_id = $2
		order by occurred_at desc, id desc limit $3`, workspace, client, limit)
}

// InteractionCounts says how often somebody spoke with a client, in all and
// since then: interactions and interventions that were logged.
func (tx *Tx) InteractionCounts(workspace, client string, since time.Time) (total, recent int, err error) {
	type row struct{ total, recent int }
	r, _, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.total, &r.recent) },
		`select count(*), coalesce(sum(case when occurred_at >= $3 then 1 else 0 end), 0) from signal
		where workspace = $1 and client_id = $2 and type in ('interaction.logged', 'intervention.logged')`, workspace, client, micros(since))
	return r.total, r.recent, err
}

// MRRSignals lists the changes of subscriptions that came in after one time
// and not after another, oldest first. What is older by a week than the first
// is history that came in, and left out.
func (tx *Tx) MRRSignals(workspace string, after, until time.Time) ([]stanna.Signal, error) {
	return collect(tx, func(s scanner) (stanna.Signal, error) {
		x, err := scanSignal(s)
		return x.Signal, err
	}, `select `+signalColumns+` from signal where workspace = $1 and type = 'subscription.changed' and received_at > $2 and received_at <= $3
		and occurred_at > $4 order by occurred_at, id`, workspace, micros(after), micros(until), micros(after.Add(-lately)))
}

// SignalCounts says how many signals became what.
func (tx *Tx) SignalCounts(workspace string) (map[stanna.Became]int, error) {
	counts := map[stanna.Became]int{}
	type row struct {
		became stanna.Became
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.became, &r.n) },
		`select became, count(*) from signal where workspace = $1 group by became`, workspace)
	for _, r := range rows {
		counts[r.became] = r.n
	}
	return counts, err
}

// NewestSignal is when the newest signal of the workspace occurred; zero
// without one.
func (tx *Tx) NewestSignal(workspace string) (time.Time, error) {
	at, _, err := one(tx, value[int64], `select coalesce(max(occurred_at), 0) from signal where workspace = $1`, workspace)
	return fromMicros(at), err
}
