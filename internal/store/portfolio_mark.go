package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Mark is how the portfolio, or the part of one owner, stood when the digests
// of a local date were due.
type Mark struct {
	Date    string
	At      time.Time
	Owner   string // e-mail; "" is the whole portfolio
	Figures MarkFigures
}

// MarkFigures are the figures of a mark. Money is in minor units of the
// currency, of the clients that pay in it.
type MarkFigures struct {
	Currency  string  `json:"currency"`
	Threshold float64 `json:"threshold"`
	Clients   int     `json:"clients"`
	MRR       int64   `json:"mrr"`
	Red       int     `json:"red"` // clients at risk, in any currency
	AtRisk    int64   `json:"atRisk"`
	Loss      int64   `json:"loss"` // expected
	Predicted int     `json:"predicted"`
}

// PutMarks stores the marks of a local date, all of them with the same one,
// and says whether they are the caller's: a date has one. Members are those
// who were at risk, packed by whoever reads them.
func (tx *Tx) PutMarks(workspace string, whole Mark, owners []Mark, members []byte) (mine bool, err error) {
	figures, err := json.Marshal(whole.Figures)
	if err != nil {
		return false, err
	}
	n, err := tx.exec(`insert into portfolio_mark (workspace, owner, local_date, at, figures, members) values ($1, '', $2, $3, $4, $5)
		on conflict (workspace, owner, local_date) do nothing`, workspace, whole.Date, micros(whole.At), string(figures), members)
	if err != nil || n == 0 {
		return false, err
	}
	args := make([]any, 0, 6*len(owners))
	for _, o := range owners {
		if figures, err = json.Marshal(o.Figures); err != nil {
			return false, err
		}
		args = append(args, workspace, o.Owner, whole.Date, micros(whole.At), string(figures), []byte{})
	}
	return true, tx.insert(`insert into portfolio_mark (workspace, owner, local_date, at, figures, members)`, ``, 6, args)
}

func scanMark(s scanner) (m Mark, err error) {
	var at int64
	var figures string
	if err := s.Scan(&m.Owner, &m.Date, &at, &figures); err != nil {
		return m, err
	}
	m.At = fromMicros(at)
	if err := json.Unmarshal([]byte(figures), &m.Figures); err != nil {
		return m, fmt.Errorf("mark of %s: %w", m.Date, err)
	}
	return m, nil
}

// LastMark is the newest mark of the whole portfolio; ok is false without
// one.
func (tx *Tx) LastMark(workspace string) (Mark, bool, error) {
	return one(tx, scanMark, `select owner, local_date, at, figures from portfolio_mark where workspace = $1 and owner = ''
		order by local_date desc limit 1`, workspace)
}

// Marks lists the marks of an owner, or of the whole portfolio (""), from a
// local date on, in order.
func (tx *Tx) Marks(workspace, owner, from string) ([]Mark, error) {
	return collect(tx, scanMark, `select owner, local_date, at, figures from portfolio_mark where workspace = $1 and owner = $2 and local_date >= $3
		order by local_date`, workspace, owner, from)
}

// MarkMembers gives who was at risk at the mark of a local date.
func (tx *Tx) MarkMembers(workspace, date string) ([]byte, error) {
	return need(tx, "mark", value[[]byte], `select members from portfolio_mark where workspace = $1 and owner = '' and local_date = $2`, workspace, date)
}

// ForgetMarks forgets the marks of local dates before one.
func (tx *Tx) ForgetMarks(workspace, date string) error {
	_, err := tx.exec(`delete from portfolio_mark where workspace = $1 and local_date < $2`, workspace, date)
	return err
}
