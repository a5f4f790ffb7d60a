package policy

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// Question is an alert that might open: where would it go?
type Question struct {
	ClientID string
	Type     stanna.AlertType
	Severity stanna.Severity
	RuleID   string // "": the first active rule of the type
	Step     int    // of the rule's escalation, from 1; 0: it opens
	At       time.Time
	Sees     func(owner string) bool // whose clients may be asked about; nil: everybody's

	Lines []stanna.RouteLine // a table that is not saved; nil: the one in force
}

// Preview is where an alert would go, when, and why.
type Preview struct {
	Rule    stanna.Rule // without an id when no rule of the type is active
	At      time.Time
	Choices []route.Choice
	Reason  stanna.Reason   // for the silence, without choices
	Silence *stanna.Silence // that holds it
}

// Preview asks the very code that routes alerts, and stores nothing.
func (k *Keeper) Preview(ctx context.Context, workspace string, q Question) (out Preview, err error) {
	err = k.look(ctx, workspace, func(e *edit) error {
		if q.At.IsZero() {
			q.At = e.now
		}
		out, err = e.preview(q)
		return err
	})
	return out, err
}

func (e *edit) preview(q Question) (out Preview, err error) {
	out.At = q.At
	k, err := e.read()
	if err != nil {
		return out, err
	}
	news, err := e.newsOf(k, q)
	if err != nil {
		return out, err
	}
	if q.Lines == nil {
		q.Lines = k.lines
	} else if err := e.checkRoutes(k, q.Lines); err != nil {
		return out, err
	}
	silences, err := e.tx.CurrentSilences(e.workspace.ID, q.At)
	if err != nil {
		return out, err
	}
	plan, err := route.Compile(e.workspace.Settings, q.Lines, silences)
	if err != nil {
		return out, err
	}
	roads := route.Roads{Team: k.home(), People: k.people}
	if roads.Broken, err = e.tx.BrokenDestinations(e.workspace.ID); err != nil {
		return out, err
	}
	out.Rule = news.Rule
	out.Choices, out.Reason = plan.Pick(roads, news)
	if s := plan.Silenced(news); s != nil {
		out.Silence = &s.Silence
	}
	return out, nil
}

// newsOf is the alert as it would open.
func (e *edit) newsOf(k *known, q Question) (n route.News, err error) {
	if q.RuleID != "" {
		r := k.rule(q.RuleID)
		if r == nil {
			return n, stanna.InvalidField("ruleId", "%q is no rule here", clip(q.RuleID))
		}
		if q.Type == "" {
			q.Type = r.Type
		}
		if r.Type != q.Type {
			return n, stanna.InvalidField("type", "the rule is of type %s", r.Type)
		}
		n.Rule = *r
	}
	switch {
	case rule.EntryOf(q.Type) == nil:
		return n, stanna.InvalidField("type", "%q is not an alert type; GET /api/alert-types lists them", clip(string(q.Type)))
	case q.Severity.Rank() < 0:
		return n, stanna.InvalidField("severity", "must be critical, high, medium, low or info")
	case q.Step > 0 && q.Step > len(n.Rule.Escalation):
		return n, stanna.InvalidField("step", "the rule has %d steps of escalation", len(n.Rule.Escalation))
	}
	for _, r := range k.rules {
		if n.Rule.ID == "" && r.Type == q.Type && r.Status == stanna.RuleActive {
			n.Rule = r
		}
	}
	n.Now, n.Step, n.State = q.At, q.Step, &stanna.State{}
	n.Alert = stanna.Alert{Workspace: e.workspace.ID, RuleID: n.Rule.ID, RuleName: n.Rule.Name, ClientID: q.ClientID, Type: q.Type, Severity: q.Severity,
		Status: stanna.AlertOpen, OpenedAt: q.At, UpdatedAt: q.At}
	if q.ClientID == "" {
		if q.Type != stanna.RevenueAtRisk {
			return n, stanna.InvalidField("clientId", "is required; only revenue_at_risk is about the whole portfolio")
		}
		return n, nil
	}
	p, err := e.tx.Portrait(e.workspace.ID, q.ClientID)
	if err == nil && q.Sees != nil && !q.Sees(p.Client.CSMOwner) {
		err = stanna.Errorf(stanna.NotFound, "client not found")
	}
	if err != nil {
		return n, err
	}
	n.Client, n.State = p.Client, &p.State
	followers, err := e.tx.Followers(e.workspace.ID, []string{q.ClientID})
	n.Followers = followers[q.ClientID]
	return n, err
}
