package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/backtest"
	where "github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

type explainInput struct {
	ClientID string    `query:"clientId" maxLength:"200" doc:"Left out only for a rule about the whole portfolio"`
	RuleID   string    `query:"ruleId" required:"true" maxLength:"200"`
	At       time.Time `query:"at" doc:"The moment in question; now without it"`
}

type explainOutput struct{ Body explanationView }

// explanationView says why people were told of a client by a rule, or why not.
type explanationView struct {
	Client     *alertClient   `json:"client" doc:"null: it is about the whole portfolio"`
	Rule       ruleView       `json:"rule" doc:"As it was in force then"`
	At         time.Time      `json:"at"`
	Verdict    verdictView    `json:"verdict"`
	Steps      []stepTaken    `json:"steps" doc:"Every question in its order; the last that was not passed is the verdict"`
	LastSignal *seenSignal    `json:"lastSignal" doc:"The newest that the rule looked at"`
	Alert      *alertView     `json:"alert"`
	Deliveries []deliveryView `json:"deliveries" doc:"Every telling of that alert, oldest first"`
	Routing    routingView    `json:"routing" doc:"Where such an alert goes now"`
}

type verdictView struct {
	Reason   stanna.Reason `json:"reason"`
	Sentence string        `json:"sentence"`
	Told     bool          `json:"told" doc:"Somebody was, of the alert that it is about"`
	Until    *time.Time    `json:"until" doc:"While it waits: when it is told"`
}

type stepTaken struct {
	Name     string        `json:"name"`
	Question string        `json:"question"`
	Passed   bool          `json:"passed"`
	Reason   stanna.Reason `json:"reason"`
	Sentence string        `json:"sentence"`
	Values   []valueView   `json:"values" doc:"What the step looked at"`
}

type valueView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type seenSignal struct {
	ID         string            `json:"id"`
	Type       stanna.SignalType `json:"type"`
	OccurredAt time.Time         `json:"occurredAt"`
	ReceivedAt time.Time         `json:"receivedAt"`
	Became     stanna.Became     `json:"became"`
}

type deliveryView struct {
	Event       stanna.AlertEvent         `json:"event"`
	Destination string                    `json:"destination"`
	Name        string                    `json:"name" doc:"As people call it"`
	Status      stanna.NotificationStatus `json:"status"`
	Reason      stanna.Reason             `json:"reason"`
	Sentence    string                    `json:"sentence"`
	Detail      string                    `json:"detail" doc:"What a person can do, when they must"`
	Until       *time.Time                `json:"until" doc:"While it is held"`
	At          *time.Time                `json:"at" doc:"Delivered, else promised"`
}

type routingView struct {
	Choices     []choiceView  `json:"choices"`
	Reason      stanna.Reason `json:"reason" doc:"Why nowhere, without choices"`
	Explanation string        `json:"explanation"`
	SilenceID   *string       `json:"silenceId"`
}

// explainRule answers for a client and a rule, now or at a past moment, down
// to the delivery.
func (a *api) explainRule(ctx context.Context, who auth.Caller, in *explainInput) (*explainOutput, error) {
	if in.ClientID != "" {
		if err := a.Store.View(ctx, func(tx *store.Tx) error { _, err := seenPortrait(tx, who, in.ClientID); return err }); err != nil {
			return nil, err
		}
	} else if who.OwnAccountsOnly() {
		return nil, stanna.Errorf(stanna.Forbidden, "the whole portfolio is for directors and admins; name one of your accounts in clientId")
	}
	x, err := backtest.Explain(ctx, a.Store, who.Workspace, in.ClientID, in.RuleID, in.At, a.Clock.Now(who.Workspace))
	if err != nil {
		return nil, missing("rule", in.RuleID, err)
	}
	names, err := a.placeNames(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	return &explainOutput{viewExplanation(x, names)}, nil
}

func viewExplanation(x backtest.Explanation, names placeNames) explanationView {
	view := explanationView{Rule: viewRule(x.Rule), At: x.At.UTC(),
		Verdict: verdictView{x.Verdict.Reason, x.Verdict.Sentence, x.Verdict.Told, moment(x.Verdict.Until)},
		Steps: each(x.Steps, func(s backtest.Step) stepTaken {
			return stepTaken{s.Name, s.Question, s.Passed, s.Reason, s.Sentence, each(s.Values, func(v rule.Value) valueView { return valueView(v) })}
		}),
		Deliveries: each(x.Deliveries, func(d backtest.Delivery) deliveryView {
			return deliveryView{d.Event, string(d.Destination), names.of(d.Destination), d.Status, d.Reason, d.Sentence, d.Detail, moment(d.Until), moment(d.At)}
		}),
		Routing: routingView{each(x.Routing.Choices, func(c where.Choice) choiceView { return viewChoice(c, names) }), x.Routing.Reason, explain(x.Routing.Reason), nil},
	}
	if x.Client.ID != "" {
		view.Client = &alertClient{x.Client.ID, x.Client.Name, x.Client.CSMOwner}
	}
	if s := x.LastSignal; s != nil {
		view.LastSignal = &seenSignal{s.ID, s.Type, s.OccurredAt.UTC(), s.ReceivedAt.UTC(), s.Became}
	}
	if x.Alert != nil {
		alert := viewAlert(*x.Alert)
		view.Alert = &alert
	}
	if s := x.Routing.Silence; s != nil {
		view.Routing.SilenceID = &s.ID
	}
	return view
}
