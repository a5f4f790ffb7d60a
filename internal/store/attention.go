package store

import (
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Attention is how much a place was told on a local day.
type Attention struct {
	Destination stanna.Destination
	Date        string // local, "2026-11-23"
	Told        int    // messages that called somebody
	Held        int    // alerts held back, because that was enough
}

func scanAttention(s scanner) (a Attention, err error) {
	return a, s.Scan(&a.Destination, &a.Date, &a.Told, &a.Held)
}

// AttentionOn lists what the places of a workspace had on those local dates,
// held until the transaction ends.
func (tx *Tx) AttentionOn(workspace string, dates ...string) ([]Attention, error) {
	list, args := inList(tx, 2, dates)
	return collect(tx, scanAttention, `select destination, local_date, told, held from attention where workspace = $1 and local_date in `+list+
		` order by destination, local_date `+tx.dialect.forUpdate, append([]any{workspace}, args...)...)
}

// AttentionSince lists what the places of a workspace had from a local date
// on, for people to look at.
func (tx *Tx) AttentionSince(workspace, date string) ([]Attention, error) {
	return collect(tx, scanAttention, `select destination, local_date, told, held from attention where workspace = $1 and local_date >= $2
		order by destination, local_date`, workspace, date)
}

// Attention is what a place had on a local date.
func (tx *Tx) Attention(workspace string, to stanna.Destination, date string) (Attention, error) {
	a, ok, err := one(tx, scanAttention, `select destination, local_date, told, held from attention where workspace = $1 and destination = $2 and local_date = $3`,
		workspace, to, date)
	if !ok {
		a = Attention{Destination: to, Date: date}
	}
	return a, err
}

// AddAttention adds to what places had.
func (tx *Tx) AddAttention(workspace string, more []Attention) error {
	args := make([]any, 0, 5*len(more))
	slices.SortFunc(more, func(a, b Attention) int { return strings.Compare(string(a.Destination), string(b.Destination)) })
	for _, a := range more {
		args = append(args, workspace, a.Destination, a.Date, a.Told, a.Held)
	}
	return tx.insert(`insert into attention (workspace, destination, local_date, told, held)`,
		`on conflict (workspace, destination, local_date) do update set told = attention.told + excluded.told, held = attention.held + excluded.held`, 5, args)
}

// PruneAttention forgets the days before a local date.
func (tx *Tx) PruneAttention(before string) (int64, error) {
	return tx.exec(`delete from attention where local_date < $1`, before)
}
