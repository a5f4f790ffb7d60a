package policy

import (
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// TemplateQuestion asks what a draft of a template says: of the samples of its
// type, or of an alert, or of a client.
type TemplateQuestion struct {
	Draft    stanna.Template
	AlertID  string
	ClientID string
	Sees     func(owner string) bool // whose clients may be asked about; nil: everybody's
	Links    deliver.Links
}

// Drawn is a message as it would be sent.
type Drawn struct {
	Sample  string // by name; "" of a client that is there
	Message message.Rendered
}

// PreviewTemplate writes messages by a draft; nothing is saved or sent. What
// cannot be read is refused.
func (k *Keeper) PreviewTemplate(ctx context.Context, workspace string, q TemplateQuestion) (list []Drawn, err error) {
	if rule.EntryOf(q.Draft.Type) == nil {
		return nil, stanna.InvalidField("type", "%q is not an alert type; GET /api/alert-types lists them", clip(string(q.Draft.Type)))
	}
	q.Draft.Workspace, q.Draft.Wording = workspace, tidiedWording(q.Draft.Wording)
	t, err := message.CompileTemplate(q.Draft)
	if err != nil {
		return nil, err
	}
	err = k.look(ctx, workspace, func(e *edit) error {
		if q.AlertID == "" && q.ClientID == "" {
			for _, s := range message.Specimens(t.Type, e.workspace.Settings, e.now) {
				s.View.Template = t
				list = append(list, Drawn{s.Name, message.Brand(message.Thread(s.View), e.workspace.Settings.Branding)})
			}
			return nil
		}
		alert, err := e.alertFor(q)
		if err != nil {
			return err
		}
		drawn, err := deliver.Preview(e.tx, q.Links, e.now, e.workspace, alert, t)
		list = []Drawn{{Message: drawn}}
		return err
	})
	return list, err
}

// alertFor is the alert that is asked about, as if it were open: of a client
// the newest of the type, else a made-up one.
func (e *edit) alertFor(q TemplateQuestion) (a stanna.Alert, err error) {
	id := q.ClientID
	if q.AlertID != "" {
		if a, err = e.tx.Alert(e.workspace.ID, q.AlertID); err != nil {
			return a, err
		}
		if a.Type != q.Draft.Type {
			return a, stanna.InvalidField("alertId", "is an alert of type %s", a.Type)
		}
		if id = a.ClientID; id == "" {
			if q.Sees != nil && !q.Sees("") {
				return a, stanna.Errorf(stanna.NotFound, "alert not found")
			}
			return opened(a), nil
		}
	}
	p, err := e.tx.Portrait(e.workspace.ID, id)
	switch {
	case err != nil:
		return a, err
	case q.Sees != nil && !q.Sees(p.Client.CSMOwner):
		return a, stanna.Errorf(stanna.NotFound, "client not found")
	case q.AlertID != "":
		return opened(a), nil
	case q.Draft.Type == stanna.RevenueAtRisk:
		return a, stanna.InvalidField("clientId", "an alert of this type is about the whole portfolio; leave the client out")
	}
	newest, _, err := e.tx.Alerts(e.workspace.ID, store.AlertQuery{ClientID: id, Types: []stanna.AlertType{q.Draft.Type}, Limit: 1})
	if err != nil {
		return a, err
	}
	if len(newest) > 0 {
		return opened(newest[0]), nil
	}
	a = message.Specimens(q.Draft.Type, e.workspace.Settings, e.now)[0].View.Alerts[0].Alert
	a.Workspace, a.ClientID = e.workspace.ID, id
	return a, nil
}

func opened(a stanna.Alert) stanna.Alert {
	if !a.Open() {
		a.Status, a.Why = stanna.AlertOpen, a.Evidence.Trigger
	}
	return a
}

// TrialOf checks that a draft can be tried, and gives what a test message
// carries of it.
func (k *Keeper) TrialOf(ctx context.Context, workspace string, draft stanna.Template, sample string) (*stanna.Trial, error) {
	drawn, err := k.PreviewTemplate(ctx, workspace, TemplateQuestion{Draft: draft})
	if err != nil {
		return nil, err
	}
	for _, d := range drawn {
		if sample == "" || sample == d.Sample {
			return &stanna.Trial{Type: draft.Type, Wording: tidiedWording(draft.Wording), Sample: d.Sample}, nil
		}
	}
	return nil, stanna.InvalidField("sample", "%q is no sample; POST /api/templates/preview names them", clip(sample))
}

// Problem is why the message is not, or not all, in the words of the template.
func (d Drawn) Problem() (p Problem, wrong bool) {
	f := d.Message.Failed
	if f == nil {
		return p, false
	}
	p = Problem{Field: f.Field, Message: f.Why}
	if f.Slip != nil {
		p.Line, p.Column, p.Excerpt = f.Slip.Line, f.Slip.Column, f.Slip.Excerpt()
	}
	return p, true
}
