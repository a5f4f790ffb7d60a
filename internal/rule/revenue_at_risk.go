package rule

import (
	"math"
	"slices"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	revenueAmount = iota
	revenuePercent
	revenueStepPercent
	revenueMarginPercent
	revenueHighPercent
	revenueCriticalPercent
)

// revenueAtRisk watches the MRR of all clients that are at or below the risk
// threshold. That is what is exposed, the worst case; the expected loss, the
// sum of churn probability × MRR, is shown beside it and never mixed with it.
var revenueAtRisk = Entry{
	Type: stanna.RevenueAtRisk,
	Name: "Revenue at risk",
	Doc: "Opens when the MRR of all clients in the red zone reaches an amount, or a share of all MRR, that the workspace sets. " +
		"Closes when it is below by a margin and at least half of the rise is undone.",
	Nature:  Trouble,
	lasting: true,
	total:   true,
	Thresholds: []Threshold{
		revenueAmount:          {"amount", "currency", "Opens when the MRR at risk reaches this sum. 0: not set.", 0, 0, stanna.MaxAmount},
		revenuePercent:         {"percent", "percent", "Opens when this share of all MRR is at risk. 0: not set.", 0, 0, 100},
		revenueStepPercent:     {"stepPercent", "percent", "An open alert is told again when the sum grows by another step of this share of the line.", 10, 1, 100},
		revenueMarginPercent:   {"marginPercent", "percent", "How far below the line the sum must be before the alert closes.", 10, 0, 50},
		revenueHighPercent:     {"highPercent", "percent", "From this share of all MRR on it is of high severity.", 10, 1, 100},
		revenueCriticalPercent: {"criticalPercent", "percent", "From this share of all MRR on it is critical.", 25, 1, 100},
	},
	look:    lookAtRevenue,
	follow:  followRevenue,
	settled: revenueSettled,
	worse: func(c *Compiled, k stanna.Known, f finding) bool {
		return c.sumGrew(k.Value, f.evidence)
	},
	check: func(r stanna.Rule) error {
		if !r.Filter.Empty() {
			return stanna.InvalidField("filter", "is for single clients; this rule watches all of them together")
		}
		return nil
	},
}

// mostMoves is how many of the clients that moved a sum are listed.
const mostMoves = 10

// sumLine is the sum from which on the rule speaks: the lower of the amount
// and the share, or 0 when neither is set.
func (c *Compiled) sumLine(t *Portfolio) float64 {
	amount, share := c.value(revenueAmount), c.value(revenuePercent)/100*t.MRR
	if amount > 0 && share > 0 {
		return math.Min(amount, share)
	}
	return math.Max(amount, share)
}

func lookAtRevenue(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	t := sub.Portfolio
	line := c.sumLine(t)
	switch {
	case line == 0:
		return finding{}, stanna.ReasonAmountNotSet
	case t.AtRisk < line:
		return finding{}, stanna.ReasonBelowAmount
	}
	e := stanna.Evidence{
		Trigger: stanna.ReasonSumCrossed, Base: t.Before(), BaseAt: sub.Now.UTC(), FirstSeen: len(t.Moves) == 0, Limit: cents(line),
		Opened: t.AtRisk, Worst: t.AtRisk, Told: t.AtRisk,
	}
	c.takeSum(sub, &e)
	return finding{trigger: e.Trigger, severity: c.sumSeverity(t), evidence: e}, ""
}

// takeSum brings evidence up to date. The moves add up from Base to Value,
// but for those that are left out.
func (c *Compiled) takeSum(sub *Subject, e *stanna.Evidence) {
	t := sub.Portfolio
	e.Value, e.ValueAt, e.Worst = t.AtRisk, sub.Now.UTC(), math.Max(e.Worst, t.AtRisk)
	e.Share, e.Loss, e.Clients = points(t.Share()), cents(t.ExpectedLoss), t.AtRiskCount
	moves := slices.Clone(e.Moves)
	for _, m := range t.Moves {
		i := slices.IndexFunc(moves, func(old stanna.Move) bool { return old.ClientID == m.ClientID })
		if i < 0 {
			moves = append(moves, m)
			e.Moved++
			continue
		}
		m.Amount = cents(m.Amount + moves[i].Amount)
		if moves[i].Why == stanna.ReasonEnteredRed && m.Why == stanna.ReasonMRRChanged {
			m.Why = moves[i].Why // it is all of it new in the sum
		}
		moves[i] = m
	}
	before := len(moves)
	moves = slices.DeleteFunc(moves, func(m stanna.Move) bool { return m.Amount == 0 }) // came and went
	e.Moved -= before - len(moves)
	slices.SortFunc(moves, largest)
	e.Moves = moves[:min(len(moves), mostMoves)]
}

// sumSeverity is by the share of all MRR.
func (c *Compiled) sumSeverity(t *Portfolio) stanna.Severity {
	switch share := points(t.Share()); {
	case share >= c.value(revenueCriticalPercent):
		return stanna.Critical
	case share >= c.value(revenueHighPercent):
		return stanna.High
	}
	return stanna.Medium
}

// sumGrew says whether the sum grew by a step of the line.
func (c *Compiled) sumGrew(told float64, e stanna.Evidence) bool {
	return cents(e.Value-told) >= cents(e.Limit*c.value(revenueStepPercent)/100)
}

func followRevenue(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	t, e := sub.Portfolio, a.Evidence
	v := verdict{severity: a.Severity, reason: stanna.ReasonStillOpen}
	line := c.sumLine(t)
	e.Limit = cents(line)
	c.takeSum(sub, &e)
	v.keep = e.Value != a.Evidence.Value || e.Limit != a.Evidence.Limit || e.Clients != a.Evidence.Clients || e.Share != a.Evidence.Share
	switch severity := c.sumSeverity(t); {
	case line == 0:
		v.event, v.reason = stanna.Resolved, stanna.ReasonAmountNotSet
	case c.sumBack(line, e.Base, e.Worst, e.Value):
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
	case c.sumGrew(e.Told, e):
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonWorsened, severity
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	case e.Value < e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		if a.Severity.Rank() > v.severity.Rank() {
			v.severity = a.Severity
		}
		e.Told = e.Value
	}
	v.evidence = e
	return v
}

// sumBack: below the line by the margin, and at least half of the rise undone.
func (c *Compiled) sumBack(line, base, worst, value float64) bool {
	return value < line*(1-c.value(revenueMarginPercent)/100) && cents(worst-value) >= cents((worst-base)/2)
}

// revenueSettled says whether a sum that people know of has gone.
func revenueSettled(c *Compiled, sub *Subject, k stanna.Known) bool {
	now := sub.Portfolio.AtRisk
	line := c.sumLine(sub.Portfolio)
	return line == 0 || c.sumBack(line, k.Base, math.Max(k.Value, now), now)
}
