package rule

import (
	"cmp"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Subject is what is judged: a client with the state that its newest signal
// left, and the alerts it has open.
type Subject struct {
	Settings stanna.Settings // of the policy that judges
	Client   stanna.Client
	State    *stanna.State // the rules' memory is written into it
	Alerts   []stanna.Alert
	Signal   stanna.Signal // without an ID: nothing came, time has passed
	Now      time.Time

	// Relook is why every rule is asked anew without a signal: what stands
	// already is found then, and listed rather than told as news. "": only
	// what depends on time is asked.
	Relook stanna.Reason

	// Portfolio is all clients together, for the rules that watch them; there
	// is no client then.
	Portfolio *Portfolio

	troubled bool // a risk is open, or has just opened

	Trace *Trace // takes the steps of every rule, for an explanation; nil: nobody asks
}

// ticked says whether only time has passed.
func (s *Subject) ticked() bool { return s.Signal.ID == "" }

// Decision is what one rule says to one signal, or to the passing of time.
type Decision struct {
	Rule   *Compiled
	Reason stanna.Reason
	Event  stanna.AlertEvent // "" when nothing is to be told
	Alert  stanna.Alert      // as it is from now on; without an ID when it has just opened
	Keep   bool              // the alert changed and must be stored
	Shadow bool              // judged on trial: nothing is opened or told
	Quiet  bool              // the alert ends without a word: it told of an event
	Gather stanna.Reason     // it stood already: it is listed once rather than told as news
	Step   int               // of an escalation, from 1
}

// How long an alert may stay open, and what makes one unstable.
const (
	NotRecoveredAfter = 30 * day
	EventLasts        = 7 * day
	unstableWithin    = 14 * day
	unstableOpenings  = 3
	onceWithin        = 365 * day
	maxTold           = 100 // marks that a rule remembers
)

// Judge adds to list the decisions of the rules about the subject's signal,
// and of every alert that ends for a reason of its own. A rule that does not
// look at such a signal adds nothing.
func (p *Policy) Judge(sub *Subject, list []Decision) []Decision {
	sub.Settings = p.Settings
	if reason := over(sub); reason != "" {
		return endAll(sub, reason, list)
	}
	sub.troubled = troubleOpen(sub.Alerts)
	ask, own := p.bySignal[sub.Signal.Type]
	if !own {
		ask = p.others
	}
	for _, c := range ask {
		list = append(list, p.decide(c, sub))
	}
	return p.chances(sub, list)
}

// chances ends good news beside which trouble has just opened.
func (p *Policy) chances(sub *Subject, list []Decision) []Decision {
	if !slices.ContainsFunc(list, func(d Decision) bool { return d.Event == stanna.Opened && d.Rule.entry.risk() }) {
		return list
	}
	for _, a := range sub.Alerts {
		c := p.byID[a.RuleID]
		if !a.Open() || c == nil || c.entry.Nature != Chance {
			continue
		}
		i := slices.IndexFunc(list, func(d Decision) bool { return d.Alert.ID == a.ID })
		switch {
		case i < 0:
			list = append(list, end(c, a, stanna.ReasonRiskOpened, sub.Now))
		case list[i].Event != stanna.Resolved:
			list[i] = end(c, list[i].Alert, stanna.ReasonRiskOpened, sub.Now)
		}
	}
	return list
}

// over says why no alert of the client may be open, or "".
func over(sub *Subject) stanna.Reason {
	switch {
	case sub.Client.IsExcluded:
		return stanna.ReasonExcluded
	case !sub.State.ChurnedAt.IsZero():
		return stanna.ReasonChurned
	}
	return ""
}

func endAll(sub *Subject, reason stanna.Reason, list []Decision) []Decision {
	before := len(list)
	for _, a := range sub.Alerts {
		if a.Open() {
			list = append(list, end(nil, a, reason, sub.Now))
		}
	}
	if len(list) == before {
		list = append(list, Decision{Reason: reason})
	}
	return list
}

func end(c *Compiled, a stanna.Alert, reason stanna.Reason, now time.Time) Decision {
	a.Status, a.Why, a.ClosedAt, a.UpdatedAt = stanna.AlertResolved, reason, now, now
	return Decision{Rule: c, Reason: reason, Event: stanna.Resolved, Alert: a, Keep: true}
}

// decide asks one rule.
func (p *Policy) decide(c *Compiled, sub *Subject) Decision {
	if open := openAlert(sub.Alerts, c.ID); open != nil {
		return p.goOn(c, sub, *open)
	}
	d := p.begin(c, sub)
	sub.troubled = sub.troubled || d.Event == stanna.Opened && c.entry.risk()
	return d
}

// begin says whether an alert opens. Its steps are those of an explanation.
func (p *Policy) begin(c *Compiled, sub *Subject) Decision {
	no := func(step string, why stanna.Reason) Decision {
		sub.Trace.stop(c, step, why, sub)
		return Decision{Rule: c, Reason: why}
	}
	known := c.known(sub)
	if c.filtered {
		if why := c.Filter.Stops(sub.Settings, sub.Client, sub.State); why != "" {
			return no("filter", why)
		}
		sub.Trace.pass(c, "filter", sub)
	}
	if why, other := p.standsBack(c, sub); why != "" {
		d := no("account_rule", why)
		sub.Trace.names(other)
		return d
	}
	if c.entry.Nature == Chance && sub.troubled {
		return no("no_risk_open", stanna.ReasonRiskOpen)
	}
	f, why := c.entry.look(c, sub)
	if why != "" {
		return no("alert_type", why)
	}
	sub.Trace.pass(c, "alert_type", sub)
	if why := c.toldBefore(sub, known, f); why != "" {
		return no("told_before", why)
	}
	a := c.alert(sub, f)
	if c.condition != nil && c.Type != stanna.Custom {
		if why := holds(c.condition, sub, &a); why != "" {
			return no("condition", why)
		}
		sub.Trace.pass(c, "condition", sub)
	}
	a.Severity = c.severityOf(sub, &a)
	if c.Status == stanna.RuleShadow {
		sub.Trace.stop(c, "status", stanna.ReasonShadow, sub)
		return Decision{Rule: c, Reason: stanna.ReasonShadow, Shadow: true, Alert: a}
	}
	d := Decision{Rule: c, Reason: f.trigger, Event: stanna.Opened, Keep: true, Gather: c.gathered(sub, f)}
	if d.Gather != "" {
		d.Reason = d.Gather
	}
	a.Why = d.Reason
	a.JoinedTo = c.joins(sub.Alerts)
	c.opens(sub, &a, cmp.Or(f.mark, f.about))
	d.Alert = a
	sub.Trace.opens(c, d.Reason, sub)
	return d
}

// standsBack says why a rule leaves a client to another of its type.
func (p *Policy) standsBack(c *Compiled, sub *Subject) (stanna.Reason, *Compiled) {
	if c.Account() {
		for _, a := range sub.Alerts {
			if other := p.byID[a.RuleID]; a.Open() && a.Type == c.Type && other != nil && !other.Account() {
				return stanna.ReasonAlreadyOpen, other
			}
		}
		return "", nil
	}
	for _, own := range p.account[c.Type] {
		if own.Filter.Stops(sub.Settings, sub.Client, sub.State) == "" {
			return stanna.ReasonOverridden, own
		}
	}
	return "", nil
}

// troubleOpen says whether a risk is among the open alerts.
func troubleOpen(alerts []stanna.Alert) bool {
	return slices.ContainsFunc(alerts, func(a stanna.Alert) bool {
		e := EntryOf(a.Type)
		return a.Open() && e != nil && e.risk()
	})
}

// joins is the open alert beside which a new one is told, or "".
func (c *Compiled) joins(alerts []stanna.Alert) string {
	for _, a := range alerts {
		if a.Open() && a.JoinedTo == "" && slices.Contains(c.entry.Joins, a.Type) {
			return a.ID
		}
	}
	return ""
}

// alert is what would open on a finding.
func (c *Compiled) alert(sub *Subject, f finding) stanna.Alert {
	return stanna.Alert{
		Workspace: c.Workspace, RuleID: c.ID, RuleVersion: c.Version, RuleName: c.Name, Type: c.Type, ClientID: sub.Client.ID,
		Severity: f.severity, Status: stanna.AlertOpen, Evidence: f.evidence, OpenedAt: sub.Now, UpdatedAt: sub.Now,
	}
}

// holds says why a condition does not hold, or "".
func holds(condition *expr.Condition, sub *Subject, a *stanna.Alert) stanna.Reason {
	yes, err := condition.Holds(sub.input(a))
	switch {
	case err != nil:
		return stanna.ReasonConditionFailed
	case !yes:
		return stanna.ReasonConditionNot
	}
	return ""
}

// severityOf is what the rule's own expression says, or the alert's as it is
// when there is none or it cannot be worked out.
func (c *Compiled) severityOf(sub *Subject, a *stanna.Alert) stanna.Severity {
	if c.severity == nil {
		return a.Severity
	}
	s, err := c.severity.Of(sub.input(a))
	if err != nil || s.Rank() < 0 {
		return a.Severity
	}
	return s
}

func (s *Subject) input(a *stanna.Alert) *expr.Input {
	in := &expr.Input{Settings: s.Settings, Client: &s.Client, State: s.State, Alert: a, Now: s.Now}
	if !s.ticked() {
		in.Signal = &s.Signal
	}
	return in
}
