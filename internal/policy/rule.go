package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// Saved is a rule as it was stored, and what may be wrong with it.
type Saved struct {
	Rule     stanna.Rule
	Warnings []Warning
}

// maxRules bounds the rules of a workspace.
const maxRules = 500

// SaveRule stores a rule: a new one when it has no id, else in the place of
// the one that has it. IfVersion is the version that the writer had read; nil
// compares nothing.
func (k *Keeper) SaveRule(ctx context.Context, workspace string, by intake.By, draft stanna.Rule, ifVersion *int) (Saved, error) {
	if draft.ID != "" {
		return k.ChangeRule(ctx, workspace, by, draft.ID, ifVersion, func(r *stanna.Rule) error {
			r.Name, r.Type, r.Status, r.Terms = draft.Name, draft.Type, draft.Status, draft.Terms
			return nil
		})
	}
	var saved Saved
	err := k.keep(ctx, workspace, by, func(e *edit) (err error) {
		draft.ID = store.NewID("rule")
		saved, err = e.saveRule(draft, nil, "rule.created")
		return err
	})
	return saved, err
}

// ChangeRule lets change have the rule as it is, and stores what it makes of
// it. The version of the rule rises only if something changed.
func (k *Keeper) ChangeRule(ctx context.Context, workspace string, by intake.By, id string, ifVersion *int, change func(*stanna.Rule) error) (Saved, error) {
	var saved Saved
	err := k.keep(ctx, workspace, by, func(e *edit) error {
		old, err := e.tx.Rule(workspace, id)
		if err != nil {
			return err
		}
		if err := unmoved("the rule", old.Version, ifVersion); err != nil {
			return err
		}
		draft, err := copyOf(old)
		if err != nil {
			return err
		}
		if err := change(&draft); err != nil {
			return err
		}
		saved, err = e.saveRule(draft, &old, "rule.changed")
		return err
	})
	return saved, err
}

// copyOf is a rule that shares nothing with r.
func copyOf(r stanna.Rule) (stanna.Rule, error) {
	text, err := json.Marshal(r.Terms)
	if err != nil {
		return r, err
	}
	r.Terms = stanna.Terms{}
	return r, json.Unmarshal(text, &r.Terms)
}

// saveRule checks and stores a rule in the place of an older one, if there is
// one.
func (e *edit) saveRule(r stanna.Rule, old *stanna.Rule, action string) (saved Saved, err error) {
	r = tidied(r)
	r.Workspace = e.workspace.ID
	if err := e.checkRule(r, old); err != nil {
		return saved, err
	}
	if saved.Warnings, err = e.warnings(r); err != nil {
		return saved, err
	}
	if old != nil && same(*old, r) {
		saved.Rule = *old
		return saved, nil
	}
	if r.Status == stanna.RuleActive && (old == nil || old.Status != stanna.RuleActive) {
		r.ActiveSince = e.now // what was so before is no news
	}
	if old != nil {
		if err := e.firstRevision(*old); err != nil {
			return saved, err
		}
	}
	if err := e.tx.PutRule(r, e.by.Actor, e.real); err != nil {
		return saved, err
	}
	if saved.Rule, err = e.tx.Rule(r.Workspace, r.ID); err != nil {
		return saved, err
	}
	e.judge, e.known = true, nil
	return saved, e.audit(action, r.ID, map[string]string{"version": strconv.Itoa(saved.Rule.Version), "type": string(r.Type), "status": string(r.Status)})
}

// firstRevision keeps a rule as it was before the first change, when it is
// older than its history.
func (e *edit) firstRevision(r stanna.Rule) error {
	_, err := e.tx.RevisionOf(r.Workspace, store.RuleSubject(r.ID), r.Version)
	if stanna.CodeOf(err) != stanna.NotFound {
		return err
	}
	body, err := json.Marshal(store.RuleBody{Name: r.Name, Type: r.Type, Status: r.Status, Terms: r.Terms})
	if err != nil {
		return err
	}
	return e.tx.AddRevision(stanna.Revision{Workspace: r.Workspace, Subject: store.RuleSubject(r.ID), Version: r.Version, Body: string(body),
		Author: stanna.ActorSystem, At: r.UpdatedAt})
}

// tidied writes what a person typed in one spelling.
func tidied(r stanna.Rule) stanna.Rule {
	r.Name, r.Playbook = strings.TrimSpace(r.Name), strings.TrimSpace(r.Playbook)
	r.Condition, r.SeverityAs = strings.TrimSpace(r.Condition), strings.TrimSpace(r.SeverityAs)
	r.Status = cmp.Or(r.Status, stanna.RuleActive)
	r.Filter = tidiedFilter(r.Filter)
	return r
}

func tidiedFilter(f stanna.Filter) stanna.Filter {
	owners := make([]string, len(f.Owners))
	for i, o := range f.Owners {
		owners[i] = strings.ToLower(strings.TrimSpace(o))
	}
	if f.Owners != nil {
		f.Owners = owners
	}
	return f
}

// same says whether two rules ask for the same.
func same(a, b stanna.Rule) bool {
	x, errX := json.Marshal(store.RuleBody{Name: a.Name, Type: a.Type, Status: a.Status, Terms: a.Terms})
	y, errY := json.Marshal(store.RuleBody{Name: b.Name, Type: b.Type, Status: b.Status, Terms: b.Terms})
	return errX == nil && errY == nil && string(x) == string(y)
}

// DeleteRule removes a rule. Its open alerts close and say so; its history
// stays, and it can be restored from there.
func (k *Keeper) DeleteRule(ctx context.Context, workspace string, by intake.By, id string, ifVersion *int) error {
	return k.keep(ctx, workspace, by, func(e *edit) error {
		r, err := e.tx.Rule(workspace, id)
		if err != nil {
			return err
		}
		if err := unmoved("the rule", r.Version, ifVersion); err != nil {
			return err
		}
		known, err := e.read()
		if err != nil {
			return err
		}
		for i, l := range known.lines {
			for _, named := range l.Match.Rules {
				if named == id && len(l.Match.Rules) == 1 {
					return stanna.Errorf(stanna.Conflict, "line %d of the routing table is about this rule alone and would never match again; change the table first", i+1)
				}
			}
		}
		if err := e.firstRevision(r); err != nil {
			return err
		}
		if err := e.tx.DeleteRule(workspace, id); err != nil {
			return err
		}
		body, err := json.Marshal(RuleVersion{Deleted: true, RuleBody: store.RuleBody{Name: r.Name, Type: r.Type, Status: stanna.RuleOff, Terms: r.Terms}})
		if err != nil {
			return err
		}
		if err := e.tx.AddRevision(stanna.Revision{Workspace: workspace, Subject: store.RuleSubject(id), Version: r.Version + 1, Body: string(body),
			Author: by.Actor, At: e.real}); err != nil {
			return err
		}
		e.judge = true
		return e.audit("rule.deleted", id, map[string]string{"version": strconv.Itoa(r.Version + 1), "type": string(r.Type)})
	})
}

// RuleVersion is a rule as it was at one version.
type RuleVersion struct {
	Version int       `json:"-"`
	Author  string    `json:"-"` // an audit actor
	At      time.Time `json:"-"`
	Deleted bool      `json:"deleted,omitempty"`
	store.RuleBody
}

// checkRule refuses what cannot work, or would never be heard.
func (e *edit) checkRule(r stanna.Rule, old *stanna.Rule) error {
	if old != nil && old.Type != r.Type {
		return stanna.InvalidField("type", "cannot be changed: this rule's alerts are of type %s; make another rule", old.Type)
	}
	if err := rule.Check(r); err != nil {
		return err
	}
	k, err := e.read()
	if err != nil {
		return err
	}
	if old == nil && len(k.rules) >= maxRules {
		return stanna.Errorf(stanna.Conflict, "there are %d rules already; delete one that is off first", len(k.rules))
	}
	if err := e.accounts("filter", r.Filter); err != nil {
		return err
	}
	return e.checkPlaces(k, r, old)
}
