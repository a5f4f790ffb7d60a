package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// SavedTemplate is a template as it was stored, and what may be wrong with
// it.
type SavedTemplate struct {
	Template stanna.Template
	Warnings []Warning
}

// maxTemplates bounds the templates of a workspace.
const maxTemplates = 500

// SaveTemplate stores the template of a type at a channel: a new one, or in
// the place of the one that is there. IfVersion is the version that the
// writer had read, 0 for none; nil compares nothing.
func (k *Keeper) SaveTemplate(ctx context.Context, workspace string, by intake.By, draft stanna.Template, ifVersion *int) (saved SavedTemplate, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) (err error) {
		saved, err = e.saveTemplate(draft, ifVersion, "template.saved")
		return err
	})
	return saved, err
}

func (e *edit) saveTemplate(t stanna.Template, ifVersion *int, action string) (saved SavedTemplate, err error) {
	old, there, err := e.templateNow(t.Type, t.Channel)
	if err != nil {
		return saved, err
	}
	if err := unmoved("the template", old.Version, ifVersion); err != nil {
		return saved, err
	}
	t.Workspace, t.Wording = e.workspace.ID, tidiedWording(t.Wording)
	x, err := e.checkTemplate(t, there)
	if err != nil {
		return saved, err
	}
	if saved.Warnings, err = e.templateWarnings(x); err != nil {
		return saved, err
	}
	if there && sameWording(old.Wording, t.Wording) {
		saved.Template = old
		return saved, nil
	}
	version, err := e.tx.PutTemplate(t, e.by.Actor, e.real)
	if err != nil {
		return saved, err
	}
	if saved.Template, err = e.tx.Template(t.Workspace, t.Type, t.Channel); err != nil {
		return saved, err
	}
	e.looks = append(e.looks, store.Look{Place: t.Channel, Type: t.Type})
	return saved, e.audit(action, store.TemplateSubject(t.Type, t.Channel), map[string]string{"version": strconv.Itoa(version)})
}

// templateNow is the template that is in force; its version is 0 when there
// is none.
func (e *edit) templateNow(t stanna.AlertType, channel string) (stanna.Template, bool, error) {
	old, err := e.tx.Template(e.workspace.ID, t, channel)
	switch {
	case err == nil:
		return old, true, nil
	case stanna.CodeOf(err) == stanna.NotFound:
		return stanna.Template{}, false, nil
	}
	return old, false, err
}

// tidiedWording writes what a person typed in one spelling.
func tidiedWording(w stanna.Wording) stanna.Wording {
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	w.Subject, w.Body = strings.TrimSpace(w.Subject), strings.TrimRight(lines.Replace(w.Body), " \n")
	fields, buttons := make([]stanna.TemplateField, len(w.Fields)), make([]stanna.TemplateButton, len(w.Buttons))
	for i, f := range w.Fields {
		fields[i] = stanna.TemplateField{Label: strings.TrimSpace(f.Label), Value: strings.TrimSpace(f.Value)}
	}
	for i, b := range w.Buttons {
		buttons[i] = stanna.TemplateButton{Label: strings.TrimSpace(b.Label), URL: strings.TrimSpace(b.URL)}
	}
	w.Fields, w.Buttons = fields, buttons
	return w
}

func sameWording(a, b stanna.Wording) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// checkTemplate refuses what cannot be read, and what fails for any of the
// made-up alerts of its type: it would for some client.
func (e *edit) checkTemplate(t stanna.Template, there bool) (*message.Template, error) {
	if rule.EntryOf(t.Type) == nil {
		return nil, stanna.InvalidField("type", "%q is not an alert type; GET /api/alert-types lists them", clip(string(t.Type)))
	}
	k, err := e.read()
	if err != nil {
		return nil, err
	}
	if t.Channel != "" && !there { // one that was archived since is no reason to refuse another change
		c, seen, err := e.tx.FindChannel(e.workspace.ID, t.Channel)
		if err != nil {
			return nil, err
		}
		if !seen {
			c.TeamID = k.home()
		}
		if err := e.place(k, stanna.SlackChannel(c.TeamID, t.Channel), "channel"); err != nil {
			return nil, err
		}
	}
	if !there {
		all, err := e.tx.Templates(e.workspace.ID)
		if err != nil {
			return nil, err
		}
		if len(all) >= maxTemplates {
			return nil, stanna.Errorf(stanna.Conflict, "there are %d templates already; delete one first", len(all))
		}
	}
	x, err := message.CompileTemplate(t)
	if err != nil {
		return nil, err
	}
	for _, s := range message.Specimens(t.Type, e.workspace.Settings, e.now) {
		s.View.Template = x
		if f := message.Thread(s.View).Failed; f != nil && !f.Partly {
			refusal := stanna.InvalidField(f.Field, "fails for the sample “%s”: %s", s.Name, strings.TrimPrefix(f.Why, f.Field+": "))
			if f.Slip != nil {
				refusal.Err = f.Slip
			}
			return nil, refusal
		}
	}
	return x, nil
}

// CheckTemplate says everything that is wrong with a draft, and what a save
// would warn of. It saves nothing.
func (k *Keeper) CheckTemplate(ctx context.Context, workspace string, draft stanna.Template) (problems []Problem, warnings []Warning, err error) {
	err = k.look(ctx, workspace, func(e *edit) error {
		_, there, err := e.templateNow(draft.Type, draft.Channel)
		if err != nil {
			return err
		}
		draft.Workspace, draft.Wording = workspace, tidiedWording(draft.Wording)
		x, err := e.checkTemplate(draft, there)
		if problems = problemsOf(err); err != nil && len(problems) == 0 {
			return err
		}
		if x != nil {
			warnings, err = e.templateWarnings(x)
			return err
		}
		return nil
	})
	return problems, warnings, err
}

// DeleteTemplate removes a template. Messages have the one for everywhere
// then, or the standard form, also those that stand; the history stays.
func (k *Keeper) DeleteTemplate(ctx context.Context, workspace string, by intake.By, t stanna.AlertType, channel string, ifVersion *int) error {
	return k.keep(ctx, workspace, by, func(e *edit) error {
		old, err := e.tx.Template(workspace, t, channel)
		if err != nil {
			return err
		}
		if err := unmoved("the template", old.Version, ifVersion); err != nil {
			return err
		}
		if err := e.tx.DeleteTemplate(workspace, t, channel); err != nil {
			return err
		}
		body, err := json.Marshal(TemplateVersion{Deleted: true, Wording: old.Wording})
		if err != nil {
			return err
		}
		subject := store.TemplateSubject(t, channel)
		if err := e.tx.AddRevision(stanna.Revision{Workspace: workspace, Subject: subject, Version: old.Version + 1, Body: string(body),
			Author: by.Actor, At: e.real}); err != nil {
			return err
		}
		e.looks = append(e.looks, store.Look{Place: channel, Type: t})
		return e.audit("template.deleted", subject, map[string]string{"version": strconv.Itoa(old.Version + 1)})
	})
}

// TemplateVersion is a template as it was at one version.
type TemplateVersion struct {
	Version int       `json:"-"`
	Author  string    `json:"-"` // an audit actor
	At      time.Time `json:"-"`
	Deleted bool      `json:"deleted,omitempty"`
	stanna.Wording
}

// TemplateHistory lists the versions of a template, newest first, and how
// many there are. One that was deleted has its history still.
func (k *Keeper) TemplateHistory(ctx context.Context, workspace string, t stanna.AlertType, channel string, limit, offset int) (list []TemplateVersion, total int, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		revisions, n, err := tx.Revisions(workspace, store.TemplateSubject(t, channel), limit, offset)
		if err != nil {
			return err
		}
		if total = n; n == 0 {
			return stanna.Errorf(stanna.NotFound, "template not found")
		}
		for _, x := range revisions {
			v, err := templateVersion(x)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, total, err
}

func templateVersion(x stanna.Revision) (TemplateVersion, error) {
	v := TemplateVersion{Version: x.Version, Author: x.Author, At: x.At}
	if err := json.Unmarshal([]byte(x.Body), &v); err != nil {
		return v, fmt.Errorf("version %d of %s: %w", x.Version, x.Subject, err)
	}
	return v, nil
}

// RestoreTemplate makes a template what it was at a version, as its next
// version. It is checked like any other.
func (k *Keeper) RestoreTemplate(ctx context.Context, workspace string, by intake.By, t stanna.AlertType, channel string, version int, ifVersion *int) (saved SavedTemplate, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		x, err := e.tx.RevisionOf(workspace, store.TemplateSubject(t, channel), version)
		if err != nil {
			return err
		}
		v, err := templateVersion(x)
		if err != nil {
			return err
		}
		if v.Deleted {
			return stanna.InvalidField("version", "%d is the deletion; choose one before it", version)
		}
		saved, err = e.saveTemplate(stanna.Template{Type: t, Channel: channel, Wording: v.Wording}, ifVersion, "template.restored")
		return err
	})
	return saved, err
}
