package intake

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// portfolioEvery is how often all clients together are looked at. Looking is
// a sum over all of them; nobody needs it by the minute.
const portfolioEvery = time.Hour

// watched is what is kept of the portfolio between two looks.
type watched struct {
	Members []rule.Member                `json:"members"` // who was at risk
	Memory  map[string]stanna.RuleMemory `json:"memory,omitempty"`
}

func readWatched(tx *store.Tx, workspace string) (w watched, at time.Time, err error) {
	at, body, ok, err := tx.LastPortfolio(workspace)
	if err != nil || !ok {
		return w, time.Time{}, err
	}
	return w, at, json.Unmarshal([]byte(body), &w)
}

func (w watched) keep(tx *store.Tx, workspace string, at time.Time) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return tx.PutPortfolio(workspace, at, string(body))
}

// portfolioOver says whether a full hour has begun since the last look.
func portfolioOver(tx *store.Tx, workspace string, now time.Time) (bool, error) {
	at, _, ok, err := tx.LastPortfolio(workspace)
	return !ok || !at.Truncate(portfolioEvery).Equal(now.Truncate(portfolioEvery)), err
}

// portfolioDue is when the portfolio is to be looked at after signals moved
// it, where time follows the signals: at the first full hour.
func (b *batch) portfolioDue() (time.Time, bool) {
	if b.moved.IsZero() || !b.policy.WatchesPortfolio() {
		return time.Time{}, false
	}
	return b.moved.Truncate(portfolioEvery).Add(portfolioEvery), true
}

// lookAtPortfolio lets the rules judge all clients together, once an hour.
func (b *batch) lookAtPortfolio(now time.Time) error {
	if !b.policy.WatchesPortfolio() {
		return nil
	}
	if look, due := b.portfolioDue(); b.follows && (!due || look.After(now)) {
		return nil // in the middle of a moment the sum is not whole
	}
	if over, err := portfolioOver(b.tx, b.workspace, now); err != nil || !over {
		return err
	}
	b.moved = time.Time{}
	w, _, err := readWatched(b.tx, b.workspace)
	if err != nil {
		return err
	}
	total, members, err := b.total(w.Members, now)
	if err != nil {
		return err
	}
	if w.Memory == nil {
		w.Memory = map[string]stanna.RuleMemory{}
	}
	open, err := b.tx.OpenAlerts(b.workspace, []string{""})
	if err != nil {
		return err
	}
	alerts := open[""]
	find := func(id string) *stanna.Alert {
		i := slices.IndexFunc(alerts, func(a stanna.Alert) bool { return a.RuleID == id })
		if i < 0 {
			return nil
		}
		return &alerts[i]
	}
	all := &rule.Case{Client: stanna.Client{Workspace: b.workspace}}
	for _, d := range b.policy.JudgePortfolio(total, w.Memory, find, nil) {
		if !d.Keep {
			continue
		}
		rose := false
		if old := find(d.Alert.RuleID); old != nil {
			rose = d.Alert.Severity.Rank() > old.Severity.Rank()
		}
		a := d.Alert
		if a.ID == "" {
			a.ID = newAlert()
		}
		b.note(all, nil, []rule.Change{{Decision: d, Alert: &a, Rose: rose, At: now}})
	}
	w.Members = members
	if err := w.keep(b.tx, b.workspace, now); err != nil {
		return err
	}
	return b.write(now)
}

// total adds the portfolio up, and says what moved it since the last look.
func (b *batch) total(before []rule.Member, now time.Time) (rule.Portfolio, []rule.Member, error) {
	s := b.policy.Policy.Settings
	sums, err := b.tx.PortfolioSums(b.workspace, s.Currency, s.RiskThreshold)
	if err != nil {
		return rule.Portfolio{}, nil, err
	}
	risks, err := b.tx.AtRisk(b.workspace, s.RiskThreshold)
	if err != nil {
		return rule.Portfolio{}, nil, err
	}
	members := make([]rule.Member, 0, len(risks))
	for _, r := range risks {
		if r.MRR.Currency == s.Currency {
			members = append(members, rule.Member{ClientID: r.ID, Name: r.Name, MRR: r.MRR.Amount()})
		}
	}
	moves := rule.Moves(before, members, b.gone)
	return rule.Portfolio{At: now, Clients: sums.Clients, MRR: sums.MRR.Amount(), AtRisk: sums.AtRisk.Amount(), AtRiskCount: sums.AtRiskCount,
		ExpectedLoss: sums.ExpectedLoss.Amount(), Moves: moves, Moved: len(moves), Unlike: sums.Unlike}, members, nil
}

// gone says why a client that is at risk no longer does not take part at all,
// or "".
func (b *batch) gone(client string) stanna.Reason {
	p, err := b.tx.Portrait(b.workspace, client)
	switch {
	case err != nil: // it was removed, or the next statement will say what is wrong
		return ""
	case p.Client.IsExcluded:
		return stanna.ReasonExcluded
	case !p.State.ChurnedAt.IsZero():
		return stanna.ReasonChurned
	}
	return ""
}

// rememberPortfolio keeps what a rule remembers of an alert about the whole
// portfolio that a person has closed.
func (b *batch) rememberPortfolio(a stanna.Alert, now time.Time) error {
	w, at, err := readWatched(b.tx, b.workspace)
	if err != nil {
		return err
	}
	if w.Memory == nil {
		w.Memory = map[string]stanna.RuleMemory{}
	}
	b.policy.KnowPortfolio(w.Memory, a, now)
	if at.IsZero() {
		at = now
	}
	return w.keep(b.tx, b.workspace, at)
}
