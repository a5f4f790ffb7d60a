package store

import (
	"database/sql"
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// The clients that count in figures of the portfolio: figures before the
// columns, takingPart behind them. The states come first and are walked along:
// SQLite is slow to find a single one, since its row is long.
const (
	figures = `with s as materialized (select client_id, health_score, churn from client_state where workspace = $1 and not churned) `

	takingPart = ` from s join client c on c.id = s.client_id where c.workspace = $1 and not c.is_excluded`
)

// ClientRisk is a client that is at risk.
type ClientRisk struct {
	ID, Name string
	MRR      stanna.Money // Currency "" = not known
	Health   float64
}

// AtRisk lists the clients whose health is at or below a threshold, by id.
// Those that are excluded, have left or were never scored do not count.
func (tx *Tx) AtRisk(workspace string, threshold float64) ([]ClientRisk, error) {
	return collect(tx, func(s scanner) (r ClientRisk, err error) {
		var mrr sql.NullInt64
		err = s.Scan(&r.ID, &r.Name, &mrr, &r.MRR.Currency, &r.Health)
		r.MRR.Minor = mrr.Int64
		return r, err
	}, figures+`select c.id, c.name, c.mrr, c.currency, s.health_score`+takingPart+` and s.health_score <= $2 order by c.id`, workspace, threshold)
}

// PortfolioSums are the figures of all clients that take part together. The
// sums are those of one currency.
type PortfolioSums struct {
	Clients      int
	MRR          stanna.Money
	AtRisk       stanna.Money // of those at or below the threshold
	AtRiskCount  int          // in any currency
	ExpectedLoss stanna.Money // Σ churn probability × MRR of those whose probability is known
	Unlike       int          // clients whose MRR is in another currency
}

// PortfolioSums works the figures out.
func (tx *Tx) PortfolioSums(workspace, currency string, threshold float64) (PortfolioSums, error) {
	// Summed as floats, which do not overflow and are exact beyond any book of
	// business.
	sums, _, err := one(tx, func(s scanner) (p PortfolioSums, err error) {
		var mrr, risk, loss float64
		err = s.Scan(&p.Clients, &mrr, &risk, &p.AtRiskCount, &loss, &p.Unlike)
		minor := func(x float64) stanna.Money { return stanna.Money{Minor: int64(math.Round(x)), Currency: currency} }
		p.MRR, p.AtRisk, p.ExpectedLoss = minor(mrr), minor(risk), minor(loss)
		return p, err
	}, figures+`select count(*), coalesce(sum(case when c.currency = $2 then cast(c.mrr as double precision) end), 0),
		coalesce(sum(case when c.currency = $2 and s.health_score <= $3 then cast(c.mrr as double precision) end), 0),
		count(case when s.health_score <= $3 then 1 end),
		coalesce(sum(case when c.currency = $2 then s.churn * c.mrr end), 0),
		count(case when c.currency not in ('', $2) then 1 end)`+takingPart, workspace, currency, threshold)
	return sums, err
}

// Completeness says how much is known of the clients that take part.
type Completeness struct {
	Clients                                                                 int
	WithoutOwner, WithoutMRR, WithoutHealth, WithoutRenewal, WithoutContact int
}

// Completeness counts it.
func (tx *Tx) Completeness(workspace string) (Completeness, error) {
	c, _, err := one(tx, func(s scanner) (c Completeness, err error) {
		return c, s.Scan(&c.Clients, &c.WithoutOwner, &c.WithoutMRR, &c.WithoutHealth, &c.WithoutRenewal, &c.WithoutContact)
	}, figures+`select count(*), count(case when c.csm_owner = '' then 1 end), count(case when c.currency = '' then 1 end),
		count(case when s.health_score is null then 1 end), count(case when c.renewal_date = '' then 1 end),
		count(case when c.contacts = '' then 1 end)`+takingPart, workspace)
	return c, err
}

// LastPortfolio is what was kept of the portfolio when it was last looked at;
// ok is false when it never was.
func (tx *Tx) LastPortfolio(workspace string) (at time.Time, body string, ok bool, err error) {
	type row struct {
		at   int64
		body string
	}
	r, ok, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.at, &r.body) },
		`select at, body from portfolio where workspace = $1`, workspace)
	return fromMicros(r.at), r.body, ok, err
}

// PutPortfolio keeps what the next look is compared with.
func (tx *Tx) PutPortfolio(workspace string, at time.Time, body string) error {
	_, err := tx.exec(`insert into portfolio (workspace, at, body) values ($1, $2, $3)
		on conflict (workspace) do update set at = excluded.at, body = excluded.body`, workspace, micros(at), body)
	return err
}
