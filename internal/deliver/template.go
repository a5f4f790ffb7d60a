package deliver

import (
	"strconv"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/store"
)

// wordings remembers compiled templates: to compile one takes about a
// millisecond, which is much for a message.
type wordings struct {
	mu       sync.Mutex
	compiled map[wordingKey]*message.Template
}

type wordingKey struct {
	workspace string
	kind      stanna.AlertType
	channel   string
	version   int
}

// maxWordings bounds them; who has more begins anew.
const maxWordings = 1000

// of is a template as it is stored, compiled.
func (w *wordings) of(t stanna.Template) *message.Template {
	key := wordingKey{t.Workspace, t.Type, t.Channel, t.Version}
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, ok := w.compiled[key]; ok {
		return c
	}
	c := message.StoredTemplate(t)
	if w.compiled == nil || len(w.compiled) >= maxWordings {
		w.compiled = map[wordingKey]*message.Template{}
	}
	w.compiled[key] = c
	return c
}

// worded puts the words into a thread by which its leading alert is told at a
// destination.
func (v viewer) worded(m stanna.Message, view *message.ThreadView) error {
	lead, ok := view.Leading()
	if !ok || !lead.Open() {
		return nil
	}
	_, channel, _ := m.Destination.Slack()
	t, ok, err := v.tx.TemplateAt(m.Workspace, lead.Type, channel)
	if err != nil || !ok {
		return err
	}
	view.Template, view.TemplatePage = v.wordings.of(t), v.links.Template(t.Type, t.Channel)
	return nil
}

// test is what a test message says: a sample, or what a template says of one.
func (v viewer) test(w stanna.Workspace, m stanna.Message, intended message.Intended) message.TestView {
	view := message.TestView{Settings: w.Settings, WorkspaceName: w.Name, Link: v.links.Slack(), Intended: intended, Now: v.now}
	if t := m.Occasion.Trial; t != nil {
		view.Template = message.StoredTemplate(stanna.Template{Workspace: w.ID, Type: t.Type, Wording: t.Wording})
		view.By, view.Specimen, view.Link = m.Occasion.By, t.Sample, v.links.Template(t.Type, "")
	}
	return view
}

// noteTemplate writes down that a template failed: each time where its page
// shows it, once an hour in the trail.
func (s *sending) noteTemplate(tx *store.Tx, now time.Time) error {
	f := s.failed
	if f == nil || f.Template.Version == 0 { // one that is only tried is not kept
		return nil
	}
	f.TemplateFailure.At = now
	note, err := tx.TemplateFailed(f.Template.Template, f.TemplateFailure)
	tx.OnCommit(s.countFailed)
	if err != nil || !note {
		return err
	}
	t := f.Template
	return tx.Audit(stanna.AuditEntry{Workspace: t.Workspace, At: now, Actor: stanna.ActorSystem, Action: "template.failed",
		Subject: store.TemplateSubject(t.Type, t.Channel), Details: map[string]string{"version": strconv.Itoa(t.Version), "alert": f.AlertID, "because": f.Why}})
}
