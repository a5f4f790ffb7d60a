package web

import (
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// alertView answers "why this alert?", what was told of it, and what can be
// done about it.
type alertView struct {
	Row        alertRow
	Client     clientRow
	Portfolio  bool // it is about all clients, and not about one
	Evidence   evidenceView
	Life       lifeView
	Acts       *actsView // nil: not for this role, or it is closed
	Judge      *actsView // nil: not for this role
	Judged     []judgedRow
	Reasons    []reasonRow
	Why        whyView // every question that the rule asked
	Thresholds []thresholdRow
	RulePath   string // for who may read rules
	RuleNote   string // the rule is another by now
	Playbook   string
	PlaybookTo string // when it is a link
	Told       bool   // the visitor may read deliveries
	Notes      []noteRow
	Resend     bool
	Path       string
	Timeline   []deedRow
}

type reasonRow struct{ Label, Sentence, Code string }

type judgedRow struct {
	Verdict, By string
	At          stamp
}

type thresholdRow struct {
	Name, Doc, Value, Default string
	Own                       bool // the rule sets it
}

type deedRow struct {
	At     stamp
	Actor  string
	What   string
	Reason string
	More   string
}

// detailed says whether the visitor may read single signals and somebody's
// words.
func (v *visit) detailed() bool { return v.caller.May(auth.ReadInteractions) }

func (s *site) alert(v *visit) (answer, error) {
	view := alertView{Told: v.caller.May(auth.ReadDeliveries), Resend: v.caller.May(auth.ResendDeliveries)}
	var a stanna.Alert
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		var p store.Portrait
		var err error
		if a, p, err = v.alertOf(tx, v.r.PathValue("id")); err != nil {
			return err
		}
		view.Path, view.Portfolio = alertPath(a.ID), a.ClientID == ""
		view.Row, view.Client, view.Evidence = v.alertRow(a, p.Client), v.clientRow(p, nil), v.evidence(a, p)
		r, err := s.why(tx, v, &view, a)
		if err != nil {
			return err
		}
		if view.Life, err = v.lifeOf(tx, a, r); err != nil {
			return err
		}
		if v.caller.May(auth.ActOnAlerts) {
			acts, err := v.actsOf(tx, a)
			if err != nil {
				return err
			}
			if view.Judge = &acts; a.Open() {
				view.Acts = &acts
			}
		}
		if view.Judged, err = v.judged(tx, a); err != nil {
			return err
		}
		var notes []stanna.Notification
		if view.Told {
			if notes, err = s.deliveries(tx, v, &view, a); err != nil {
				return err
			}
		}
		view.Timeline, err = v.timeline(tx, a, notes)
		return err
	})
	if err == nil && v.detailed() {
		view.Why, err = s.whyAlert(v, a)
	}
	return answer{title: view.Row.Type + ": " + view.Row.Client, body: alertBody(view)}, err
}

// judged is what people said about having been told.
func (v *visit) judged(tx *store.Tx, a stanna.Alert) (rows []judgedRow, err error) {
	who, err := v.namesOf(tx)
	if err != nil {
		return nil, err
	}
	said, err := tx.Receipts(v.workspace(), a.ID)
	for _, r := range said {
		rows = append(rows, judgedRow{labelOf(string(r.Verdict), verdictWords), who.of(r.By), stampOf(v.road, r.At)})
	}
	return rows, err
}

// why gives each reason with its sentence, and the rule's figures.
func (s *site) why(tx *store.Tx, v *visit, view *alertView, a stanna.Alert) (*stanna.Rule, error) {
	view.Reasons = append(view.Reasons, reasonRow{"It opened because", a.Evidence.Trigger.Sentence(), string(a.Evidence.Trigger)})
	if a.Why != "" && a.Why != a.Evidence.Trigger {
		label := "Since then"
		if !a.Open() {
			label = "It closed because"
		}
		view.Reasons = append(view.Reasons, reasonRow{label, a.Why.Sentence(), string(a.Why)})
	}
	if a.Unstable {
		view.Reasons = append(view.Reasons, reasonRow{"It is unstable", "It has opened three times within 14 days.", "unstable"})
	}
	rules, err := tx.Rules(v.workspace())
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rules, func(r stanna.Rule) bool { return r.ID == a.RuleID })
	if at < 0 {
		view.RuleNote = "The rule that opened this alert is gone, and its figures with it."
		return nil, nil
	}
	r := rules[at]
	if v.caller.May(auth.ReadRules) {
		view.RulePath = rulePath(r.ID)
	}
	if r.Version != a.RuleVersion {
		view.RuleNote = "The rule was changed since (version " + digits(a.RuleVersion) + " opened this alert, it is version " + digits(r.Version) + " now). These are today's figures."
	}
	if view.Playbook = r.Playbook; strings.HasPrefix(r.Playbook, "https://") || strings.HasPrefix(r.Playbook, "http://") {
		view.PlaybookTo = r.Playbook
	}
	view.Thresholds = thresholdRows(v.local, r)
	return &r, nil
}

// thresholdRows are all figures of a rule.
func thresholdRows(l locale.Local, r stanna.Rule) (rows []thresholdRow) {
	entry := rule.EntryOf(r.Type)
	if entry == nil {
		return nil
	}
	for _, t := range entry.Thresholds {
		row := thresholdRow{Name: t.Name, Doc: t.Doc, Value: figure(l, t, t.Default), Default: figure(l, t, t.Default)}
		if own, ok := r.Thresholds[t.Name]; ok {
			row.Value, row.Own = figure(l, t, own), own != t.Default
		}
		rows = append(rows, row)
	}
	return rows
}

// figure is a threshold with its unit.
func figure(l locale.Local, t rule.Threshold, x float64) string {
	switch {
	case isSwitch(t) && x == 1:
		return "yes"
	case isSwitch(t):
		return "no"
	case t.Unit == "":
		return l.Number(x)
	case t.Unit == "currency":
		return l.Money(stanna.MoneyOf(x, l.Settings.Currency))
	case t.Unit == "percent":
		return l.Number(x) + " %"
	}
	return l.Number(x) + " " + t.Unit
}

// isSwitch says whether a threshold is no figure but a choice of yes or no.
func isSwitch(t rule.Threshold) bool { return t.Unit == "" && t.Min == 0 && t.Max == 1 }
