package backtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// whole is what an explanation knows of the portfolio. Its past is not kept,
// so that it is explained as it is now.
type whole struct {
	total  rule.Portfolio
	memory map[string]stanna.RuleMemory
}

// readWhole reads the portfolio's sums if the rule watches them.
func (x *facts) readWhole(tx *store.Tx) error {
	r := x.rule
	r.Status = stanna.RuleActive
	p, err := rule.Compile(x.workspace.Settings, []stanna.Rule{r})
	if err != nil || !p.WatchesPortfolio() {
		return err
	}
	s := p.Settings
	sums, err := tx.PortfolioSums(x.workspace.ID, s.Currency, s.RiskThreshold)
	if err != nil {
		return err
	}
	_, body, _, err := tx.LastPortfolio(x.workspace.ID)
	if err != nil {
		return err
	}
	var kept struct {
		Memory map[string]stanna.RuleMemory `json:"memory"`
	}
	if body != "" {
		if err := json.Unmarshal([]byte(body), &kept); err != nil {
			return err
		}
	}
	x.client = stanna.Client{Workspace: x.workspace.ID}
	x.whole = &whole{memory: kept.Memory, total: rule.Portfolio{At: x.now, Clients: sums.Clients, MRR: sums.MRR.Amount(), AtRisk: sums.AtRisk.Amount(),
		AtRiskCount: sums.AtRiskCount, ExpectedLoss: sums.ExpectedLoss.Amount(), Unlike: sums.Unlike}}
	if x.whole.memory == nil {
		x.whole.memory = map[string]stanna.RuleMemory{}
	}
	return nil
}

// judged asks a rule that watches the portfolio what it says of the sums now.
func (x *facts) judged(e *Explanation) (why stanna.Reason, alerted bool) {
	e.ask("watched", "", true, rule.Value{Name: "clients", Value: strconv.Itoa(x.whole.total.Clients)})
	status := rule.Value{Name: "status", Value: string(x.rule.Status)}
	if x.rule.Status == stanna.RuleOff {
		e.ask("in_force", stanna.ReasonRuleOff, false, status)
		return stanna.ReasonRuleOff, false
	}
	e.ask("in_force", "", true, status)
	t := x.whole.total
	figure := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	values := []rule.Value{{Name: "mrrAtRisk", Value: figure(t.AtRisk)}, {Name: "mrr", Value: figure(t.MRR)},
		{Name: "share", Value: figure(tenth(t.Share()))}, {Name: "expectedLoss", Value: figure(t.ExpectedLoss)}, {Name: "clientsAtRisk", Value: strconv.Itoa(t.AtRiskCount)}}
	for _, name := range slices.Sorted(maps.Keys(x.rule.Thresholds)) {
		values = append(values, rule.Value{Name: name, Value: figure(x.rule.Thresholds[name])})
	}
	open := func(id string) *stanna.Alert {
		for i := range x.alerts {
			if a := &x.alerts[i]; a.RuleID == id && a.Open() {
				return a
			}
		}
		return nil
	}
	step := "alert_type"
	if open(x.rule.ID) != nil {
		step = "open_alert"
	}
	why = stanna.ReasonNoChange
	for _, d := range x.policy.JudgePortfolio(t, x.whole.memory, open, nil) {
		if d.Rule == nil || d.Rule.ID != x.rule.ID {
			continue
		}
		why = d.Reason
		e.ask(step, why, d.Event != "", values...)
	}
	return why, step == "open_alert"
}
