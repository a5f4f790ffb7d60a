package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// templateForm is the page of a template: what it says, what may be written,
// and how that looks.
type templateForm struct {
	Write                     bool
	Path, Preview, Send       string
	History, Delete, Standard string // addresses; "" where there is nothing
	TypeName, Where           string
	Version                   int // 0: not saved yet
	Channel                   string
	Subject, Body             string
	Fields, Buttons           []labelled
	Failed                    *failedView
	Wrong                     wrongs
	Excerpts                  map[string]string // the line that is wrong, by field
	Warnings                  []string
	Names, Functions          []nameRow
	Drawn                     []drawnView
	Samples, Channels         []option
	Client                    string
	Said                      string // what became of what was asked
}

// labelled is a field or a button of the form.
type labelled struct{ At, Label, Text string }

// failedView is when a template last failed, and for which alert.
type failedView struct {
	At             stamp
	Alert, AlertID string
	Why            string
}

// drawnView is a message as Slack draws it.
type drawnView struct {
	Name    string
	Message slackMessage
	Problem string
}

// draftState is a form as it was sent.
type draftState struct {
	wrong    wrongs
	problems []policy.Problem
	client   string // whom the preview is about
	said     string
}

// templateAt is which template the address means.
func (v *visit) templateAt() (t stanna.Template, err error) {
	t = stanna.Template{Workspace: v.workspace(), Type: stanna.AlertType(v.r.PathValue("type")), Channel: v.asked("channel")}
	if rule.EntryOf(t.Type) == nil {
		return t, stanna.Errorf(stanna.NotFound, "there is no such alert type")
	}
	return t, nil
}

// stored is the template that is in force at the place of t; its version is 0
// where there is none.
func (s *site) stored(v *visit, t stanna.Template) (now stanna.Template, err error) {
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		now, err = tx.Template(v.workspace(), t.Type, t.Channel)
		if stanna.CodeOf(err) == stanna.NotFound {
			now, err = t, nil
		}
		return err
	})
	return now, err
}

// template is the page of a template. One that is not there yet begins with
// that for everywhere, else with the standard form, in the language that is
// read there.
func (s *site) template(v *visit) (answer, error) {
	at, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	t, err := s.stored(v, at)
	if err != nil {
		return answer{}, err
	}
	if t.Version == 0 && t.Channel != "" {
		everywhere, err := s.stored(v, stanna.Template{Workspace: t.Workspace, Type: t.Type})
		if err != nil {
			return answer{}, err
		}
		t.Wording = everywhere.Wording
	}
	if t.Subject == "" || v.asked("from") == "standard" {
		t.Wording = message.StandardWording(t.Type, v.space.Settings.LocaleAt(t.Channel))
	}
	return s.templateForm(v, t, draftState{})
}

// templateForm shows a draft, or what is saved, and draws it.
func (s *site) templateForm(v *visit, t stanna.Template, st draftState) (answer, error) {
	view := templateForm{Write: v.caller.May(auth.WriteRules), Path: templatePath(t.Type, t.Channel, ""), Preview: templatePath(t.Type, t.Channel, "/preview"),
		Send: templatePath(t.Type, t.Channel, "/send"), Standard: withQuery(templatePath(t.Type, t.Channel, ""), "from", "standard"), TypeName: typeName(t.Type),
		Version: t.Version, Channel: t.Channel, Subject: t.Subject, Body: t.Body, Wrong: st.wrong, Excerpts: map[string]string{}, Client: st.client, Said: st.said,
		Names: nameRows(), Functions: functionRows()}
	for i, f := range append(t.Fields, make([]stanna.TemplateField, 2)...) {
		view.Fields = append(view.Fields, labelled{fmt.Sprintf("fields[%d]", i), f.Label, f.Value})
	}
	for i, b := range append(t.Buttons, stanna.TemplateButton{}) {
		view.Buttons = append(view.Buttons, labelled{fmt.Sprintf("buttons[%d]", i), b.Label, b.URL})
	}
	view.Fields, view.Buttons = view.Fields[:min(len(view.Fields), stanna.MaxTemplateFields)], view.Buttons[:min(len(view.Buttons), stanna.MaxTemplateButtons)]
	if t.Version > 0 {
		view.History, view.Delete = templatePath(t.Type, t.Channel, "/history"), templatePath(t.Type, t.Channel, "/delete")
	}
	if f := t.Failed; !f.At.IsZero() {
		view.Failed = &failedView{At: stampOf(v.road, f.At), Alert: "/alerts/" + f.AlertID, AlertID: f.AlertID, Why: f.Why}
	}
	for _, p := range st.problems {
		view.Excerpts[p.Field] = p.Excerpt
	}
	var names channels
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		if names, err = v.channelsOf(tx, v.caller.May(auth.Connect)); err != nil {
			return err
		}
		view.Channels, err = v.channelOptions(tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view.Where = names.place(t.Channel)
	if err := s.draw(v, &view, t, names); err != nil {
		return answer{}, err
	}
	status := http.StatusOK
	if len(st.wrong) > 0 {
		status = http.StatusBadRequest
	}
	return answer{title: "Template: " + view.TypeName, body: templateFormBody(view), status: status}, nil
}

// draw writes messages by the draft: for a client, or for every sample. What
// cannot be read is drawn not at all.
func (s *site) draw(v *visit, view *templateForm, t stanna.Template, names channels) error {
	_, warnings, err := s.policy.CheckTemplate(v.ctx, v.workspace(), t)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		view.Warnings = append(view.Warnings, fieldLabel(w.Field)+": "+forPeople(w.Message))
	}
	list, err := s.policy.PreviewTemplate(v.ctx, v.workspace(), policy.TemplateQuestion{Draft: t, ClientID: view.Client, Sees: v.caller.Sees,
		Links: deliver.Links{PublicURL: s.publicURL}})
	switch stanna.CodeOf(err) {
	case stanna.NotFound:
		view.Wrong = wrongs{"client": "there is no such client"}
		return nil
	case stanna.Invalid:
		return nil // the fields say it
	}
	if err != nil {
		return err
	}
	for _, d := range list {
		m, err := slackMessageOf(d.Message, names)
		if err != nil {
			return err
		}
		x := drawnView{Name: d.Sample, Message: m}
		if p, wrong := d.Problem(); wrong {
			x.Problem = p.Message
		}
		view.Drawn = append(view.Drawn, x)
		view.Samples = append(view.Samples, option{Value: d.Sample, Label: d.Sample})
	}
	v.showPictures(v.space.Settings.Branding.LogoURL)
	return nil
}

// functionRows are the functions that templates have besides.
func functionRows() (list []nameRow) {
	for _, n := range expr.TemplateNames() {
		list = append(list, nameRow(n))
	}
	return list
}

// readTemplate is the draft that a form holds.
func (v *visit) readTemplate() (t stanna.Template, err error) {
	if t, err = v.templateAt(); err != nil {
		return t, err
	}
	t.Subject, t.Body = v.given("subject"), v.r.PostForm.Get("body")
	for i := range stanna.MaxTemplateFields {
		at := fmt.Sprintf("fields[%d]", i)
		if f := (stanna.TemplateField{Label: v.given(at + ".label"), Value: v.given(at + ".value")}); f != (stanna.TemplateField{}) {
			t.Fields = append(t.Fields, f)
		}
	}
	for i := range stanna.MaxTemplateButtons {
		at := fmt.Sprintf("buttons[%d]", i)
		if b := (stanna.TemplateButton{Label: v.given(at + ".label"), URL: v.given(at + ".url")}); b != (stanna.TemplateButton{}) {
			t.Buttons = append(t.Buttons, b)
		}
	}
	return t, nil
}

// draftTemplate is a form as it was sent, with everything that is wrong with
// it.
func (s *site) draftTemplate(v *visit) (t stanna.Template, st draftState, err error) {
	if t, err = v.readTemplate(); err != nil {
		return t, st, err
	}
	t.Version, _ = strconv.Atoi(v.given("version"))
	now, err := s.stored(v, t)
	if err != nil {
		return t, st, err
	}
	t.Failed = now.Failed
	st.problems, _, err = s.policy.CheckTemplate(v.ctx, v.workspace(), t)
	st.wrong = wrongs{}
	for _, p := range st.problems {
		st.wrong.add(p.Field, p.Message)
	}
	return t, st, err
}

// saveTemplate stores what the form says.
func (s *site) saveTemplate(v *visit) (answer, error) {
	t, st, err := s.draftTemplate(v)
	if err != nil {
		return answer{}, err
	}
	if len(st.wrong) > 0 {
		return s.templateForm(v, t, st)
	}
	saved, err := s.policy.SaveTemplate(v.ctx, v.workspace(), v.by(), t, v.versionOf())
	if w, ok := wrongsOf(err); ok {
		if errors.Is(err, policy.Moved) { // who saves again has been told
			now, err := s.stored(v, t)
			if err != nil {
				return answer{}, err
			}
			t.Version = now.Version
		}
		st.wrong = w
		return s.templateForm(v, t, st)
	}
	if err != nil {
		return answer{}, err
	}
	said := "The template is saved, as version " + digits(saved.Template.Version) + ". Messages that stand already are being brought into its words, about fifty a minute."
	return s.done(v, templatePath(t.Type, t.Channel, ""), said)
}

// previewTemplate draws what the form says, and saves nothing.
func (s *site) previewTemplate(v *visit) (answer, error) {
	t, st, err := s.draftTemplate(v)
	if err != nil {
		return answer{}, err
	}
	st.client = v.given("client")
	return s.templateForm(v, t, st)
}

// tryTemplate sends what the form says of a sample.
func (s *site) tryTemplate(v *visit) (answer, error) {
	t, st, err := s.draftTemplate(v)
	if err != nil {
		return answer{}, err
	}
	if len(st.wrong) > 0 {
		return s.templateForm(v, t, st)
	}
	trial, err := s.policy.TrialOf(v.ctx, v.workspace(), t, v.given("sample"))
	if err != nil {
		return answer{}, err
	}
	var to stanna.Destination
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		ch, known, err := tx.FindChannel(v.workspace(), v.given("to"))
		if err != nil || !known {
			st.wrong.add("to", "choose a channel that Slack is connected to")
			return err
		}
		to = stanna.SlackChannel(ch.TeamID, ch.ID)
		return nil
	})
	if err != nil || to == "" {
		a, failed := s.templateForm(v, t, st)
		return a, errors.Join(err, failed)
	}
	if _, err := s.intake.SendTrial(v.ctx, v.workspace(), v.by(), to, trial); err != nil {
		return answer{}, err
	}
	st.said = "A test is on its way, marked as one. Nothing was saved."
	return s.templateForm(v, t, st)
}
