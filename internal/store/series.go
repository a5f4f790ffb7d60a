package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Series is a client that takes part in figures, with what its scores were.
type Series struct {
	ID          string
	Name        string
	MRR         stanna.Money // Currency "" = not known
	RenewalDate string       // YYYY-MM-DD, "" = not known
	Contacts    int
	Health      stanna.History

	facts []byte
}

// Facts are what else is known of the client. They are read only when they
// are asked for.
func (s *Series) Facts() (f stanna.StateFacts, err error) {
	if err := json.Unmarshal(s.facts, &f); err != nil {
		return f, fmt.Errorf("state of client %s: %w", s.ID, err)
	}
	return f, nil
}

// EachSeries walks along the clients of an owner, or all (""), that are
// neither excluded nor gone, by id. A Series is the function's only until it
// returns. Two tables are walked along, each once: SQLite is slow to find a
// single state, since its row is long.
func (tx *Tx) EachSeries(workspace, owner string, fn func(*Series) error) error {
	clients, err := collect(tx, scanSeries, `select id, name, mrr, currency, renewal_date, (length(contacts) - length(replace(contacts, '"email":', ''))) / 8
		from client where workspace = $1 and not is_excluded and ($2 = '' or lower(csm_owner) = $2)`, workspace, owner)
	if err != nil {
		return err
	}
	slices.SortFunc(clients, func(a, b Series) int { return strings.Compare(a.ID, b.ID) })
	rows, err := tx.rows(`select client_id, facts, health from client_state where workspace = $1 and not churned`, workspace)
	if err != nil {
		return err
	}
	defer rows.Close()
	var id, facts, health sql.RawBytes
	at := 0
	for rows.Next() {
		if err := rows.Scan(&id, &facts, &health); err != nil {
			return fmt.Errorf("series: %w", err)
		}
		if at >= len(clients) || clients[at].ID != string(id) { // else they come in the same order
			var found bool
			if at, found = slices.BinarySearchFunc(clients, id, func(s Series, id sql.RawBytes) int { return strings.Compare(s.ID, string(id)) }); !found {
				continue
			}
		}
		s := clients[at]
		at++
		if s.facts = facts; s.Health.UnmarshalBinary(health) != nil {
			return fmt.Errorf("health of client %s is damaged", s.ID)
		}
		if err := fn(&s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// CountSeries is how many clients EachSeries walks along.
func (tx *Tx) CountSeries(workspace, owner string) (int, error) {
	n, _, err := one(tx, value[int], figures+`select count(*)`+takingPart+` and ($2 = '' or lower(c.csm_owner) = $2)`, workspace, owner)
	return n, err
}

// A contact is written with its e-mail always, and a quote within a text is
// written with a backslash: so many e-mails, so many contacts.
func scanSeries(s scanner) (c Series, err error) {
	var mrr sql.NullInt64
	err = s.Scan(&c.ID, &c.Name, &mrr, &c.MRR.Currency, &c.RenewalDate, &c.Contacts)
	c.MRR.Minor = mrr.Int64
	return c, err
}
