package message

import (
	"encoding/json"
	"time"

	"github.com/slack-go/slack"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// The fields of our forms, by which Slack gives back what was chosen and
// shows what is wrong with it.
const (
	DateField    = "date"
	OutcomeField = "outcome"
)

// maxTitle is how long a form's title and its buttons may be.
// https://docs.slack.dev/reference/views/modal-views
const maxTitle = 24

// FormView is a form about an alert. Nothing is typed in it: what is worth
// writing down is written on the alert's page.
type FormView struct {
	Settings stanna.Settings
	Client   stanna.Client
	Alert    stanna.Alert
	Mark     Mark
	Page     string // the alert's page, where a note can be written
	Now      time.Time
}

// Form is the form that a deed asks with, a view as Slack takes it; nil when
// it asks nothing.
func Form(v FormView) json.RawMessage {
	c := chapter{tongue: tongue{locale.For(v.Settings, v.Now)}, client: v.Client, alert: v.Alert, page: v.Page}
	var title, submit string
	var ask *slack.InputBlock
	var hint phrase
	switch v.Mark.Deed {
	case DeedDate:
		title, submit, ask = c.Text("Snooze until a date"), c.Text("Snooze"), c.askDate()
		hint = c.phrase("It is told again then, when working hours begin, if it is still so.")
	case DeedResolve:
		title, submit, ask = c.Text("Close the alert"), c.Text("Close§verb"), c.askOutcome()
		hint = joined(" ", c.phrase("A note can be written on the alert's page."), link(v.Page, c.Text("Open the page")))
	default:
		return nil
	}
	put := func(p phrase) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.MarkdownType, p.write(mrkdwn, maxSection), false, true)
	}
	about := joined(" · ", say(bolded(c.subject())), c.rule(v.Alert))
	view := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: string(v.Mark.Deed), PrivateMetadata: v.Mark.String(),
		Title: plainText(title, maxTitle), Submit: plainText(submit, maxTitle), Close: plainText(c.Text("Cancel"), maxTitle),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(put(about), nil, nil), ask, slack.NewContextBlock("", put(hint))}},
	}
	raw, _ := json.Marshal(view) // texts and numbers
	return raw
}

// bolded is a phrase in bold, where it is one piece.
func bolded(p phrase) phrase {
	if len(p) == 1 && p[0].kind == spanText {
		p = phrase{p[0]}
		p[0].kind = spanBold
	}
	return p
}

// askDate asks for a day, from tomorrow on; Slack's own calendar knows no
// bounds.
func (c chapter) askDate() *slack.InputBlock {
	date := slack.NewDatePickerBlockElement(DateField)
	date.InitialDate = c.Now.AddDate(0, 0, 7).Format(time.DateOnly)
	return slack.NewInputBlock(DateField, plainText(c.Text("Until"), maxSection), nil, date)
}

// askOutcome asks what became of it.
func (c chapter) askOutcome() *slack.InputBlock {
	saved, lost := c.Text("Saved"), c.Text("Lost")
	if c.tell().good {
		saved, lost = c.Text("Taken care of"), c.Text("Nothing came of it")
	}
	var options []*slack.OptionBlockObject
	for _, o := range []struct {
		outcome stanna.Outcome
		label   string
	}{{stanna.Saved, saved}, {stanna.Lost, lost}, {stanna.Noise, c.Text("Not useful")}, {stanna.AlreadyKnown, c.Text("Already knew")}} {
		options = append(options, slack.NewOptionBlockObject(string(o.outcome), plainText(o.label, maxOption), nil))
	}
	return slack.NewInputBlock(OutcomeField, plainText(c.Text("What became of it?"), maxSection), nil, slack.NewRadioButtonsBlockElement(OutcomeField, options...))
}
