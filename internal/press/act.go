package press

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
)

// atOnce is how long the message may take to say that somebody took the alert
// up. A press by another within it was made without knowing.
const atOnce = time.Minute

// act does it, as a page would.
func (t *turn) act() (message.Reply, error) {
	switch d := t.mark.Deed; d {
	case message.DeedTake:
		return t.take()
	case message.DeedTomorrow:
		return t.snooze("tomorrow")
	case message.DeedMonday:
		return t.snooze("monday")
	case message.DeedDate:
		if t.press.Kind == slack.PressForm {
			return t.snoozeUntilDate()
		}
		return t.ask()
	case message.DeedResolve:
		if t.press.Kind == slack.PressForm {
			return t.resolve()
		}
		return t.ask()
	default:
		v, ok := d.Verdict()
		if !ok {
			return message.ReplyStale, nil
		}
		return t.judge(v)
	}
}

func (t *turn) take() (message.Reply, error) {
	a, err := t.Intake.TakeUpFirst(t.ctx, t.connection.Workspace, t.alert.ID, t.by(), atOnce)
	if stanna.CodeOf(err) == stanna.Conflict && a.Open() {
		t.see(a)
		return message.ReplyTaken, nil
	}
	if reply, err := t.came(a, err); reply != "" || err != nil {
		return reply, err
	}
	if was := t.alert; was.Status == stanna.AlertTaken && was.TakenBy != a.TakenBy {
		t.view.Before = was.TakenBy
		return message.ReplyRelieved, nil
	}
	return "", nil
}

func (t *turn) snooze(words string) (message.Reply, error) {
	until, err := t.settings.PutOff(words, t.view.Now)
	if err != nil {
		return "", err
	}
	return t.came(t.Intake.Snooze(t.ctx, t.connection.Workspace, t.alert.ID, t.by(), until))
}

func (t *turn) snoozeUntilDate() (message.Reply, error) {
	day, err := time.ParseInLocation(time.DateOnly, t.press.Fields[message.DateField], t.settings.Location())
	if err != nil {
		return message.ReplyDay, nil
	}
	a, err := t.Intake.Snooze(t.ctx, t.connection.Workspace, t.alert.ID, t.by(), t.settings.Morning(day))
	if stanna.CodeOf(err) == stanna.Invalid { // of a day that is over, or far ahead
		return message.ReplyDay, nil
	}
	return t.came(a, err)
}

func (t *turn) resolve() (message.Reply, error) {
	a, err := t.Intake.Resolve(t.ctx, t.connection.Workspace, t.alert.ID, t.by(), stanna.Outcome(t.press.Fields[message.OutcomeField]), "")
	if stanna.CodeOf(err) == stanna.Invalid {
		return message.ReplyOutcome, nil
	}
	return t.came(a, err)
}

// judge keeps a verdict, also about what has closed meanwhile.
func (t *turn) judge(v stanna.Verdict) (message.Reply, error) {
	a, err := t.Intake.Receipt(t.ctx, t.connection.Workspace, t.alert.ID, t.by(), v)
	if reply, err := t.came(a, err); reply != "" || err != nil {
		return reply, err
	}
	t.see(a)
	t.view.Verdict = v
	return message.ReplyNoted, nil
}

// ask opens the form that the deed asks with.
func (t *turn) ask() (message.Reply, error) {
	if !t.alert.Open() {
		return t.came(t.alert, stanna.Errorf(stanna.Conflict, "closed"))
	}
	form := message.Form(message.FormView{Settings: t.settings, Client: t.client, Alert: t.alert, Mark: t.mark, Page: t.view.Page, Now: t.view.Now})
	err := t.Line.OpenForm(t.ctx, t.connection, t.press.TriggerID, form)
	if o, _ := slack.OutcomeOf(err); o.Class == slack.ClassPress {
		return message.ReplyLate, nil
	}
	return "", err
}

// came is what an act on the alert came to. Whoever pressed on what is closed
// already saw a message from before: it is brought up to date.
func (t *turn) came(a stanna.Alert, err error) (message.Reply, error) {
	switch {
	case err == nil:
		return "", nil
	case stanna.CodeOf(err) == stanna.Conflict && a.ID != "" && !a.Open():
		t.see(a)
		return message.ReplyClosed, t.Intake.Refresh(t.ctx, t.connection.Workspace, t.mark.Message)
	case stanna.CodeOf(err) == stanna.NotFound: // given to another owner meanwhile
		return message.ReplyNotTheirs, nil
	}
	return "", err
}
