package metrics

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// How far ahead renewals are summed up, over how many days the average is
// always compared, and how many clients a list names.
const (
	renewalDays = 30
	changeDays  = 7
	most        = 10
)

// Summary is where the portfolio stands. Sums are of clients who pay in the
// workspace's currency; counts are of all.
type Summary struct {
	Clients      int
	Contacts     int
	Interactions int // in the window
	Renewals     int // due within 30 days

	MRR, AtRisk, RenewalsValue stanna.Money
	AvgMRR                     stanna.Money // of clients who pay in the currency

	AvgScore      float64
	Change        *float64 // of the average in 7 days, of clients that had a score then
	ChangePercent *float64
	AtRiskCount   int // at or below the threshold
	Improving     int // whose score rose in the window

	TopRisks     []Standing // lowest score first, then the largest, then those who were heard longest ago
	TopImproving []Standing // largest rise first
	Due          []Renewal  // nearest first
}

// Standing is a client in a list.
type Standing struct {
	ClientID string
	Name     string
	MRR      stanna.Money // Currency "" = not known
	Score    float64
	Change   float64 // in the window
	Reason   string

	heard time.Time // when somebody spoke with them last
}

// Renewal is a contract that renews soon.
type Renewal struct {
	ClientID string
	Name     string
	MRR      stanna.Money
	Date     string
	Days     int // until then
}

// Summarise adds the portfolio up. The window says how many days interactions
// and improvement look back.
func (s Scope) Summarise(tx *store.Tx, window int, threshold float64) (sum Summary, err error) {
	zone := s.Settings.Location()
	today, last := s.Now.In(zone).Format(time.DateOnly), s.Now.In(zone).AddDate(0, 0, renewalDays).Format(time.DateOnly)
	var mrr, risk, due, paying int64
	var scores average
	var moved likeForLike
	since, week := s.ago(window), s.ago(changeDays)
	err = s.series(tx, func(c *store.Series) error {
		sum.Clients++
		sum.Contacts += c.Contacts
		mrr += s.minor(c.MRR)
		if c.MRR.Currency == s.Settings.Currency {
			paying++
		}
		if c.RenewalDate >= today && c.RenewalDate <= last {
			sum.Renewals++
			due += s.minor(c.MRR)
			sum.Due = append(sum.Due, Renewal{c.ID, c.Name, c.MRR, c.RenewalDate, daysBetween(today, c.RenewalDate)})
		}
		from, to, ok := change(c.Health, since, s.Now)
		if !ok {
			return nil
		}
		scores.add(to.Value)
		moved.add(c.Health, week)
		x := Standing{ClientID: c.ID, Name: c.Name, MRR: c.MRR, Score: to.Value, Change: points(to.Value - from.Value)}
		if x.Change > 0 {
			sum.Improving++
			sum.TopImproving = named(sum.TopImproving, x, s.rising)
		}
		if x.Score > threshold {
			return nil
		}
		sum.AtRiskCount++
		risk += s.minor(c.MRR)
		if n := len(sum.TopRisks); n == most && s.riskier(x, sum.TopRisks[n-1]) > 0 {
			return nil // without reading what else is known of it
		}
		facts, err := c.Facts()
		x.Reason, x.heard = why(facts, -1), facts.LastContact
		sum.TopRisks = named(sum.TopRisks, x, s.riskiest)
		return err
	})
	if err != nil {
		return sum, err
	}
	in := func(minor int64) stanna.Money { return stanna.Money{Minor: minor, Currency: s.Settings.Currency} }
	sum.MRR, sum.AtRisk, sum.RenewalsValue, sum.AvgMRR = in(mrr), in(risk), in(due), in(0)
	if paying > 0 {
		sum.AvgMRR.Minor = int64(math.Round(float64(mrr) / float64(paying)))
	}
	sum.AvgScore = *scores.value()
	sum.Change, sum.ChangePercent = moved.change()
	slices.SortFunc(sum.Due, func(a, b Renewal) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(s.minor(b.MRR), s.minor(a.MRR)), cmp.Compare(a.ClientID, b.ClientID))
	})
	sum.Due = sum.Due[:min(most, len(sum.Due))]
	sum.Interactions, err = tx.CountContacts(s.Workspace, s.Owner, since)
	return sum, err
}

// named puts a client where it belongs in a list that names a few.
func named(list []Standing, x Standing, order func(a, b Standing) int) []Standing {
	at, _ := slices.BinarySearchFunc(list, x, order)
	list = slices.Insert(list, at, x)
	return list[:min(most, len(list))]
}

// riskier orders by score and by what is at stake, riskiest also by how long
// nobody has spoken with them.
func (s Scope) riskier(a, b Standing) int {
	return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(s.minor(b.MRR), s.minor(a.MRR)))
}

func (s Scope) riskiest(a, b Standing) int {
	return cmp.Or(s.riskier(a, b), a.heard.Compare(b.heard), cmp.Compare(a.ClientID, b.ClientID))
}

func (s Scope) rising(a, b Standing) int {
	return cmp.Or(cmp.Compare(b.Change, a.Change), cmp.Compare(s.minor(b.MRR), s.minor(a.MRR)), cmp.Compare(a.ClientID, b.ClientID))
}

// daysBetween counts the days from one date to another.
func daysBetween(from, to string) int {
	a, _ := time.Parse(time.DateOnly, from)
	b, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
