package backtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// questions says what each step asks. The first ones and the last are about
// more than the rule; those between are the rule's own.
var questions = map[string]string{
	"watched":      "Is the client watched?",
	"in_force":     "Is the rule in force?",
	"heard":        "Has anything come that the rule looks at?",
	"news":         "Was the newest of it news, rather than history?",
	"filter":       "Is the rule about this client?",
	"account_rule": "Is it this rule's turn, and not that of another of its type?",
	"no_risk_open": "Is this a time for good news?",
	"alert_type":   "Is it what the rule watches for?",
	"told_before":  "Is it news to people?",
	"condition":    "Does the condition of the rule hold?",
	"status":       "Is the rule past its trial?",
	"opens":        "Does an alert open?",
	"open_alert":   "Is there anything new about the open alert?",
	"people":       "Is it still waiting for somebody?",
	"place":        "Is there a place to tell it?",
	"time":         "Is it the time to tell it?",
	"delivery":     "Did it arrive?",
}

// explain puts the explanation together.
func (x *facts) explain() (Explanation, error) {
	e := &Explanation{Client: x.client, Rule: x.rule, At: x.at}
	e.Alert, e.Deliveries = x.alert()
	reason, alerted := x.asked(e)
	e.Verdict = Verdict{Reason: reason}
	if e.Alert != nil && (e.Alert.Open() || alerted || e.Alert.Why == reason) {
		x.telling(e)
	} else if e.Alert != nil && (reason == stanna.ReasonKnownState || reason == stanna.ReasonAlreadyTold) {
		e.Verdict.Told = told(e.Deliveries)
	}
	x.routing(e)
	e.Verdict.Sentence = e.Verdict.Reason.Sentence()
	return *e, nil
}

// asked goes through the questions up to the rule's decision.
func (x *facts) asked(e *Explanation) (stanna.Reason, bool) {
	if x.whole != nil {
		return x.judged(e)
	}
	p := x.play()
	x.state, e.LastSignal = p.of.State, p.signal
	return x.ruled(e, p)
}

// ask adds a step, and says whether it was passed.
func (e *Explanation) ask(name string, why stanna.Reason, passed bool, values ...rule.Value) bool {
	e.Steps = append(e.Steps, Step{Name: name, Question: questions[name], Passed: passed, Reason: why, Sentence: sentence(why), Values: values})
	return passed
}

func sentence(why stanna.Reason) string {
	if why == "" {
		return ""
	}
	return why.Sentence()
}

// ruled asks what stands before the rule, and then what the rule asked. It
// gives the last reason, and whether it is that of an alert.
func (x *facts) ruled(e *Explanation, p *replay) (why stanna.Reason, alerted bool) {
	churned := p.of.State.ChurnedAt
	switch {
	case x.client.IsExcluded:
		e.ask("watched", stanna.ReasonExcluded, false)
		return stanna.ReasonExcluded, false
	case !churned.IsZero():
		e.ask("watched", stanna.ReasonChurned, false, rule.Value{Name: "churnedAt", Value: churned.Format(time.RFC3339)})
		return stanna.ReasonChurned, false
	}
	e.ask("watched", "", true)
	status := rule.Value{Name: "status", Value: string(x.rule.Status)}
	if x.rule.Status == stanna.RuleOff {
		e.ask("in_force", stanna.ReasonRuleOff, false, status)
		return stanna.ReasonRuleOff, false
	}
	e.ask("in_force", "", true, status, rule.Value{Name: "version", Value: fmt.Sprint(x.rule.Version)})
	heard := []rule.Value{{Name: "signals", Value: fmt.Sprint(p.heard)}}
	if s := p.signal; s != nil {
		heard = append(heard, rule.Value{Name: "newest", Value: s.OccurredAt.UTC().Format(time.RFC3339)}, rule.Value{Name: "type", Value: string(s.Type)})
	}
	if entry := rule.EntryOf(x.rule.Type); entry == nil || len(entry.Signals) > 0 {
		e.ask("heard", "", true, heard...)
	}
	if p.history != nil {
		why = stanna.Reason(p.history.Became)
		e.ask("news", why, false, rule.Value{Name: "occurredAt", Value: p.history.OccurredAt.UTC().Format(time.RFC3339)},
			rule.Value{Name: "receivedAt", Value: p.history.ReceivedAt.UTC().Format(time.RFC3339)})
		return why, false
	}
	why = stanna.ReasonNoChange
	for _, s := range p.steps {
		e.ask(s.Name, s.Reason, s.Passed, s.Values...)
		if s.Reason != "" {
			why = s.Reason
		}
		alerted = alerted || s.Event != "" || s.Name == "open_alert"
	}
	return why, alerted
}

// alert is the rule's alert that was open at the moment, else the last one
// that had closed, with all that was promised of it.
func (x *facts) alert() (*stanna.Alert, []Delivery) {
	var last *stanna.Alert
	for i := range x.alerts {
		a := &x.alerts[i]
		if a.RuleID == x.rule.ID && (last == nil || openThen(*a, x.at) || !openThen(*last, x.at)) {
			last = a
		}
	}
	if last == nil {
		return nil, nil
	}
	list := []Delivery{}
	for _, n := range x.told[last.ID] {
		d := Delivery{Event: n.Event, Destination: n.Destination, Status: n.Status, Reason: n.Reason, Sentence: sentence(n.Reason), Detail: n.Detail, At: n.CreatedAt}
		switch n.Status {
		case stanna.Held:
			d.Until = n.Hold.Until
		case stanna.Delivered:
			d.At = n.DeliveredAt
			d.Reason = cmp.Or(d.Reason, stanna.ReasonSent)
			d.Sentence = sentence(d.Reason)
		}
		list = append(list, d)
	}
	return last, list
}

// telling follows the alert to the people, and gives the verdict the reason
// for which they do not know of it yet.
func (x *facts) telling(e *Explanation) {
	a := e.Alert
	v := &e.Verdict
	v.Told = told(e.Deliveries)
	switch a.Status {
	case stanna.AlertTaken:
		e.ask("people", stanna.ReasonTakenUp, true, rule.Value{Name: "by", Value: a.TakenBy})
	case stanna.AlertSnoozed:
		e.ask("people", stanna.ReasonSnoozed, true, rule.Value{Name: "by", Value: a.SnoozedBy}, rule.Value{Name: "until", Value: a.SnoozedUntil.UTC().Format(time.RFC3339)})
		if v.Reason == stanna.ReasonStillOpen || v.Reason == stanna.ReasonPartlyBack {
			v.Reason = stanna.ReasonSnoozed
		}
	}
	if len(e.Deliveries) == 0 {
		if _, why := x.plan.Pick(x.roads, x.news(*a)); why != "" && a.Open() {
			e.ask("place", why, false)
			v.Reason = why
		}
		return
	}
	last := newest(e.Deliveries)
	e.ask("place", "", true, rule.Value{Name: "destination", Value: string(last.Destination)})
	switch last.Status {
	case stanna.Held:
		values := []rule.Value{{Name: "until", Value: last.Until.UTC().Format(time.RFC3339)}}
		if s := x.plan.Silenced(x.news(*a)); s != nil && last.Reason == stanna.ReasonSilenced {
			values = append(values, rule.Value{Name: "silence", Value: s.ID}, rule.Value{Name: "by", Value: s.Author}, rule.Value{Name: "comment", Value: s.Comment})
		}
		e.ask("time", last.Reason, false, values...)
		v.Reason, v.Until = last.Reason, last.Until
	case stanna.Spared:
		why := last.Reason
		if a.Why == stanna.ReasonDiscarded {
			why = a.Why // which ended it
		}
		e.ask("time", why, false)
		v.Reason = why
	case stanna.Waiting, stanna.Dead:
		e.ask("time", "", true)
		e.ask("delivery", last.Reason, false, rule.Value{Name: "status", Value: string(last.Status)})
		if !v.Told {
			v.Reason = cmp.Or(last.Reason, v.Reason)
		}
	case stanna.Delivered:
		e.ask("time", "", true)
		e.ask("delivery", last.Reason, true, rule.Value{Name: "at", Value: last.At.UTC().Format(time.RFC3339)})
		if a.JoinedTo != "" && len(e.Deliveries) == 1 {
			v.Reason = stanna.ReasonJoined
		}
	}
}

// told says whether anything arrived.
func told(list []Delivery) bool {
	return slices.ContainsFunc(list, func(d Delivery) bool { return d.Status == stanna.Delivered })
}

// newest is the last of the deliveries that says something of how far the
// alert came: one that was spared does not when another was not.
func newest(list []Delivery) Delivery {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Status != stanna.Spared {
			return list[i]
		}
	}
	return list[len(list)-1]
}

func (x *facts) news(a stanna.Alert) route.News {
	return route.News{Rule: x.rule, Alert: a, Client: x.client, State: &x.state, Followers: x.followers, Now: x.now}
}

// routing says where the alert, or such a one as the rule would open, goes now.
func (x *facts) routing(e *Explanation) {
	a := stanna.Alert{Workspace: x.workspace.ID, RuleID: x.rule.ID, RuleName: x.rule.Name, Type: x.rule.Type, ClientID: x.client.ID,
		Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: x.now}
	if e.Alert != nil {
		a = *e.Alert
	}
	n := x.news(a)
	e.Routing.Choices, e.Routing.Reason = x.plan.Pick(x.roads, n)
	if s := x.plan.Silenced(n); s != nil {
		e.Routing.Silence = &s.Silence
	}
	slices.SortStableFunc(e.Routing.Choices, func(a, b route.Choice) int { return cmp.Compare(a.Destination, b.Destination) })
}
