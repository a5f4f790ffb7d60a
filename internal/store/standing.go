package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Standing is a client as the figures of a portfolio see it.
type Standing struct {
	ID          string
	MRR         stanna.Money // Currency "" = not known
	Owner       string       // e-mail of the CSM, lower case
	RenewalDate string       // YYYY-MM-DD, "" = not known
	Health      float64
	Churn       float64 // probability, 0 to 1
	Scored      bool    // Health is known
	Predicted   bool    // Churn is known
	Churned     bool    // the client has left
	Excluded    bool
}

// TakesPart says whether the client counts in the figures.
func (s Standing) TakesPart() bool { return !s.Churned && !s.Excluded }

// Standings gives every client of a workspace, by id. It walks along two
// tables, each once: SQLite is slow to find a single state, since its row is
// long.
func (tx *Tx) Standings(workspace string) ([]Standing, error) {
	shared := map[string]string{} // few owners and currencies, many clients
	share := func(text string) string {
		if one, ok := shared[text]; ok {
			return one
		}
		shared[text] = text
		return text
	}
	all, err := collect(tx, func(s scanner) (c Standing, err error) {
		var mrr sql.NullInt64
		err = s.Scan(&c.ID, &mrr, &c.MRR.Currency, &c.Owner, &c.RenewalDate, &c.Excluded)
		c.MRR.Minor, c.MRR.Currency, c.Owner, c.RenewalDate = mrr.Int64, share(c.MRR.Currency), share(strings.ToLower(c.Owner)), share(c.RenewalDate)
		return c, err
	}, `select id, mrr, currency, csm_owner, renewal_date, is_excluded from client where workspace = $1`, workspace)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Standing) int { return strings.Compare(a.ID, b.ID) })
	rows, err := tx.rows(`select client_id, health_score, churn, churned from client_state where workspace = $1`, workspace)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var id sql.RawBytes
	var health, churn sql.NullFloat64
	var churned bool
	at := 0
	for rows.Next() {
		if err := rows.Scan(&id, &health, &churn, &churned); err != nil {
			return nil, fmt.Errorf("standings: %w", err)
		}
		if at++; at >= len(all) || all[at].ID != string(id) { // else they come in the same order
			found := false
			if at, found = slices.BinarySearchFunc(all, id, func(s Standing, id sql.RawBytes) int { return strings.Compare(s.ID, string(id)) }); !found {
				continue
			}
		}
		c := &all[at]
		c.Health, c.Scored, c.Churn, c.Predicted, c.Churned = health.Float64, health.Valid, churn.Float64, churn.Valid, churned
	}
	return all, rows.Err()
}

// Owners lists the e-mails of those who own a client, in order.
func (tx *Tx) Owners(workspace string) ([]string, error) {
	return collect(tx, value[string], `select distinct lower(csm_owner) from client where workspace = $1 and csm_owner <> '' and not is_excluded
		order by 1`, workspace)
}
