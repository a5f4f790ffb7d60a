// Package press is WHO PRESSED WHAT: somebody in Slack has pressed a button of
// ours, or sent a form. It answers: is it ours and of this message, did it
// come before, who is the person, may they do that, what became of it, and
// what are they told.
//
// It is entered by [Desk.Take], for both roads: the interactions address and
// Socket Mode. A press is claimed in the database before it is done, so that
// Slack may send it again, and two replicas may get it at once. Slack waits
// three seconds; what takes longer is done all the same.
//
// What a press does to an alert is done by intake, as for a page. The words
// are message's. It deliberately knows nothing of signatures and sockets, reads
// nothing that anybody wrote in Slack, and keeps of a person no more than their
// id for a while.
package press

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Options are the rooms behind the desk.
type Options struct {
	Store     *store.Store
	Intake    *intake.Intake
	Auth      *auth.Auth
	Line      *connect.Line
	Clock     *stanna.Clock
	Count     func(became string) // told what became of each press
	Log       *slog.Logger
	PublicURL string
}

// Desk takes presses. It is safe for concurrent use, in several replicas on
// one database.
type Desk struct {
	Options
	faces faces

	mu     sync.Mutex
	closed bool
	tasks  sync.WaitGroup
}

// New builds a desk.
func New(o Options) *Desk { return &Desk{Options: o} }

const (
	answerTime = 2500 * time.Millisecond // Slack waits three seconds
	workTime   = 30 * time.Second        // for what it does not wait for
)

// What became of a press, as it is counted.
const (
	becameDone    = "done"
	becameRefused = "refused"
	becameRepeat  = "repeat"
	becameForeign = "foreign" // of a team or an app that is not connected here
	becameFailed  = "failed"
)

// Take does what a press asks for and gives what to answer Slack: nil for
// nothing, or what a form is to show. It answers within two and a half
// seconds; what is not done by then is done after, and whoever pressed hears
// of it.
func (d *Desk) Take(ctx context.Context, p slack.Press) json.RawMessage {
	if p.Kind == slack.PressOther || p.Kind == slack.PressAction && message.Deed(p.ActionID).Leads() {
		return nil // a link: the page does the rest
	}
	if !d.enter() {
		return nil
	}
	answered, reader := make(chan json.RawMessage, 1), new(atomic.Pointer[stanna.Settings])
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
	go func() {
		defer d.tasks.Done()
		defer cancel()
		r := d.serve(ctx, p, reader)
		answered <- r.form
		if r.private != "" && p.ResponseURL != "" {
			if err := d.Line.Respond(ctx, p.ResponseURL, r.private); err != nil {
				d.Log.Warn("answer a press", "error", err)
			}
		}
	}()
	late := time.NewTimer(answerTime)
	defer late.Stop()
	select {
	case r := <-answered:
		return r
	case <-late.C:
	}
	if p.Kind == slack.PressForm {
		var v message.ReplyView
		if known := reader.Load(); known != nil {
			v.Settings = *known
		}
		return wrong(p, message.ReplySlow.Say(v, true))
	}
	return nil
}

// Close waits for what is being done.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.tasks.Wait()
}

// enter counts a task that Close waits for; false when it is too late.
func (d *Desk) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.tasks.Add(1)
	}
	return !d.closed
}

// answer is what a press is answered: to Slack, and to the person alone.
type answer struct {
	form    json.RawMessage
	private string
}

// serve does a press once. Reader learns how to speak to whoever pressed, as
// soon as that is known.
func (d *Desk) serve(ctx context.Context, p slack.Press, reader *atomic.Pointer[stanna.Settings]) answer {
	c, ok, err := d.Line.Pressed(ctx, p)
	if err == nil && !ok {
		d.Count(becameForeign)
		return asked(p, message.ReplyForeign, message.ReplyView{Settings: d.guess(ctx, c.Workspace, p)})
	}
	seen := false
	if err == nil {
		err = d.Store.Update(ctx, func(tx *store.Tx) error {
			_, seen, err = tx.TakePress(p.TeamID, p.Key(), d.Clock.Real())
			return err
		})
	}
	switch {
	case err != nil:
		d.Count(becameFailed)
		d.Log.Error("take a press", "error", err)
		return asked(p, message.ReplyTrouble, message.ReplyView{Settings: d.guess(ctx, c.Workspace, p)})
	case seen: // and answered, or about to be
		d.Count(becameRepeat)
		return answer{}
	}
	t := &turn{Desk: d, ctx: ctx, press: p, connection: c, reader: reader}
	reply, err := t.run()
	if err != nil {
		reply = message.ReplyTrouble
		d.Log.Error("do what was pressed", "workspace", c.Workspace, "alert", t.alert.ID, "error", err)
	}
	if err := t.note(reply); err != nil {
		d.Log.Error("note a press", "workspace", c.Workspace, "alert", t.alert.ID, "error", err)
	}
	if reply == "" {
		return answer{}
	}
	return asked(p, reply, t.view)
}

// asked says a reply where whoever pressed sees it: in the form, or privately
// in the channel.
func asked(p slack.Press, r message.Reply, v message.ReplyView) answer {
	if p.Kind == slack.PressForm {
		return answer{form: wrong(p, r.Say(v, true))}
	}
	return answer{private: r.Say(v, false)}
}

// wrong keeps a form open and says why, below its field.
func wrong(p slack.Press, said string) json.RawMessage {
	field := message.OutcomeField
	if p.Form == string(message.DeedDate) {
		field = message.DateField
	}
	return slack.FormErrors(map[string]string{field: said})
}
