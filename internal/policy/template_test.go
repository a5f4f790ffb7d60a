package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func wording(edits ...func(*stanna.Template)) stanna.Template {
	t := stanna.Template{Type: stanna.HealthDrop, Wording: stanna.Wording{Subject: "{{ client.name }} fell to {{ state.health }}", Body: "Call them.\r\nToday. "}}
	for _, e := range edits {
		e(&t)
	}
	return t
}

func (h *house) template(t stanna.Template, ifVersion *int) policy.SavedTemplate {
	h.Helper()
	s, err := h.SaveTemplate(h.ctx, acme, ana, t, ifVersion)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

// trail is what the audit trail says of templates, newest first.
func (h *house) trail() (actions []string) {
	h.Helper()
	h.change(func(tx *store.Tx) error {
		list, err := tx.AuditPage(acme, "", "", 50)
		for _, e := range list {
			if strings.HasPrefix(e.Action, "template.") {
				actions = append(actions, e.Action+" "+e.Subject+" "+e.Details["version"])
			}
		}
		return err
	})
	return actions
}

func TestTemplateFromDraftToDeletion(t *testing.T) {
	each(t, func(h *house) {
		zero, one := 0, 1
		if s := h.template(wording(), &zero); s.Template.Version != 1 || s.Template.Body != "Call them.\nToday." || len(s.Warnings) != 0 {
			h.Errorf("%+v", s)
		}
		if s := h.template(wording(), nil); s.Template.Version != 1 {
			h.Errorf("a save that changes nothing is a version: %+v", s)
		}
		if _, err := h.SaveTemplate(h.ctx, acme, ana, wording(func(t *stanna.Template) { t.Body = "lost" }), &zero); !errors.Is(err, policy.Moved) {
			h.Error(err)
		}
		if s := h.template(wording(func(t *stanna.Template) { t.Subject = "second" }), &one); s.Template.Version != 2 {
			h.Errorf("%+v", s)
		}
		h.template(wording(func(t *stanna.Template) { t.Channel, t.Subject = "C0VIPS001", "of vips" }), &zero)

		restored, err := h.RestoreTemplate(h.ctx, acme, ana, stanna.HealthDrop, "", 1, nil)
		if err != nil || restored.Template.Version != 3 || restored.Template.Subject != wording().Subject {
			h.Errorf("%+v, %v", restored, err)
		}
		if err := h.DeleteTemplate(h.ctx, acme, ana, stanna.HealthDrop, "", &one); !errors.Is(err, policy.Moved) {
			h.Error(err)
		}
		if err := h.DeleteTemplate(h.ctx, acme, ana, stanna.HealthDrop, "", nil); err != nil {
			h.Error(err)
		}
		if _, err := h.RestoreTemplate(h.ctx, acme, ana, stanna.HealthDrop, "", 4, nil); stanna.CodeOf(err) != stanna.Invalid {
			h.Error(err)
		}
		list, n, err := h.TemplateHistory(h.ctx, acme, stanna.HealthDrop, "", 10, 0)
		if err != nil || n != 4 || !list[0].Deleted || list[2].Subject != "second" || list[2].Author != ana.Actor {
			h.Errorf("%+v, %d, %v", list, n, err)
		}
		if _, _, err := h.TemplateHistory(h.ctx, acme, stanna.ChurnRisk, "", 10, 0); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
		if s, err := h.RestoreTemplate(h.ctx, acme, ana, stanna.HealthDrop, "", 2, nil); err != nil || s.Template.Version != 5 || s.Template.Subject != "second" {
			h.Errorf("%+v, %v", s, err)
		}
		want := []string{"template.restored template:health_drop 5", "template.deleted template:health_drop 4", "template.restored template:health_drop 3",
			"template.saved template:health_drop:C0VIPS001 1", "template.saved template:health_drop 2", "template.saved template:health_drop 1"}
		if got := h.trail(); !slices.Equal(got, want) {
			h.Errorf("the trail says %q", got)
		}
	})
}

func TestTemplatesThatAreRefused(t *testing.T) {
	each(t, func(h *house) {
		for field, c := range map[string]struct {
			spoil func(*stanna.Template)
			says  string
		}{
			"type":    {func(t *stanna.Template) { t.Type = "weather" }, "is not an alert type"},
			"channel": {func(t *stanna.Template) { t.Channel = "C0NOWHERE" }, "is no channel"},
			"subject": {func(t *stanna.Template) { t.Subject = "{{ client.nmae }}" }, "did you mean name"},
			"body":    {func(t *stanna.Template) { t.Body = "{{ client.name }" }, "is never closed"},
			"fields[0].value": {func(t *stanna.Template) {
				t.Fields = []stanna.TemplateField{{Label: "Why", Value: "{{ size(alert.reasons) > 2 ? alert.reasons[3] : \"\" }}"}}
			}, "sample “full”"},
			"buttons[0].url": {func(t *stanna.Template) { t.Buttons = []stanna.TemplateButton{{Label: "CRM", URL: "{{ 1 + }}"}} }, "line 1"},
		} {
			before := h.version()
			draft := wording(c.spoil)
			_, err := h.SaveTemplate(h.ctx, acme, ana, draft, nil)
			h.refused(err, field, before)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				h.Errorf("%s: %v", field, err)
			}
			problems, _, err := h.CheckTemplate(h.ctx, acme, draft)
			if err != nil || len(problems) != 1 || problems[0].Field != field {
				h.Errorf("%s: %+v, %v", field, problems, err)
			}
			if placed := field != "type" && field != "channel"; placed != (problems[0].Line == 1 && problems[0].Excerpt != "") {
				h.Errorf("%s: %+v", field, problems[0])
			}
		}
		problems, _, err := h.CheckTemplate(h.ctx, acme, wording(func(t *stanna.Template) { t.Subject, t.Body = "{{ x }}", "{{ y }}" }))
		if err != nil || len(problems) != 2 {
			h.Errorf("all that is wrong is said at once: %+v, %v", problems, err)
		}
		if got := h.trail(); len(got) > 0 {
			h.Errorf("the trail says %q", got)
		}
	})
}

func TestTemplateWarnings(t *testing.T) {
	each(t, func(h *house) {
		h.change(func(tx *store.Tx) error {
			return tx.PutClients([]stanna.Client{{Workspace: acme, ID: "c1", Name: "One", Custom: map[string]any{"seats": 12.0}}}, monday)
		})
		for name, c := range map[string]struct {
			spoil func(*stanna.Template)
			field string
			says  string
		}{
			"no rule": {func(t *stanna.Template) { t.Type = stanna.Custom }, "type", "no active rule"},
			"unknown": {func(t *stanna.Template) { t.Body = "{{ signal.type }} {{ alert.openDays }}" }, "body", "{{ signal.type }} is not known in 6 of 6 samples"},
			"a field": {func(t *stanna.Template) { t.Body = "{{ client.custom.seats }} of {{ client.custom.Seats }}" }, "body", "no client has a field Seats"},
			"not an address": {func(t *stanna.Template) {
				t.Buttons = []stanna.TemplateButton{{Label: "x", URL: "https://{{ client.domain }}"}}
			}, "buttons[0].url", "(missing data)"},
		} {
			s := h.template(wording(c.spoil), nil)
			if len(s.Warnings) != 1 || s.Warnings[0].Field != c.field || !strings.Contains(s.Warnings[0].Message, c.says) {
				h.Errorf("%s: %+v", name, s.Warnings)
			}
		}
	})
}

func TestPreviewOfATemplate(t *testing.T) {
	each(t, func(h *house) {
		ask := func(q policy.TemplateQuestion) []policy.Drawn {
			h.Helper()
			q.Draft = wording(func(t *stanna.Template) { t.Body = "Seats {{ client.custom.seats > 10 }}" })
			list, err := h.PreviewTemplate(h.ctx, acme, q)
			if err != nil {
				h.Fatal(err)
			}
			return list
		}
		if list := ask(policy.TemplateQuestion{}); len(list) != 6 || list[0].Sample != "full" || !strings.Contains(list[0].Message.Text, "Acme Corp fell to 38") {
			h.Errorf("%+v", list)
		}
		if list := ask(policy.TemplateQuestion{ClientID: "c1"}); len(list) != 1 || !strings.Contains(list[0].Message.Text, "One fell to not known") {
			h.Errorf("%+v", list)
		}
		h.change(func(tx *store.Tx) error {
			if err := tx.PutClients([]stanna.Client{{Workspace: acme, ID: "c1", Name: "One", CSMOwner: "bo@acme.com", Custom: map[string]any{"seats": "many"}}}, monday); err != nil {
				return err
			}
			return tx.PutAlerts([]stanna.Alert{{Workspace: acme, ID: "alr_1", ClientID: "c1", RuleID: "r", Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertResolved, OpenedAt: monday, UpdatedAt: monday}})
		})
		list := ask(policy.TemplateQuestion{AlertID: "alr_1"})
		if p, wrong := list[0].Problem(); !wrong || p.Field != "body" || p.Line != 1 || strings.Contains(p.Message, "many") {
			h.Errorf("%+v", p)
		}
		for name, q := range map[string]policy.TemplateQuestion{
			"somebody else's client": {Draft: wording(), ClientID: "c1", Sees: func(string) bool { return false }},
			"somebody else's alert":  {Draft: wording(), AlertID: "alr_1", Sees: func(string) bool { return false }},
			"no client":              {Draft: wording(), ClientID: "c9"},
			"no alert":               {Draft: wording(), AlertID: "alr_9"},
		} {
			if _, err := h.PreviewTemplate(h.ctx, acme, q); stanna.CodeOf(err) != stanna.NotFound {
				h.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.PreviewTemplate(h.ctx, acme, policy.TemplateQuestion{Draft: wording(func(t *stanna.Template) { t.Type = stanna.ChurnRisk }), AlertID: "alr_1"}); stanna.CodeOf(err) != stanna.Invalid {
			h.Error(err)
		}
		if x, err := h.TrialOf(h.ctx, acme, wording(), "worsened"); err != nil || x.Sample != "worsened" || x.Subject != wording().Subject {
			h.Errorf("%+v, %v", x, err)
		}
		if _, err := h.TrialOf(h.ctx, acme, wording(), "lucky"); stanna.CodeOf(err) != stanna.Invalid {
			h.Error(err)
		}
	})
}
