package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// alertView answers "why this alert?" and what was told of it.
type alertView struct {
	Row        alertRow
	Client     clientRow
	Before     string // value and time that the change is counted from
	BeforeAt   stamp
	Then, Now  string
	ThenAt     stamp
	NowAt      stamp
	Worst      string
	Fell       string // "fell 22 points in 7 days"
	FirstSeen  string // the change is counted from the first value ever seen
	Chart      chart
	Factors    []factorRow
	Source     string
	Reasons    []reasonRow
	Thresholds []thresholdRow
	RuleNote   string // the rule is another by now
	Playbook   string
	PlaybookTo string // when it is a link
	Told       bool   // the visitor may read deliveries
	Untold     string // why nobody was told
	Notes      []noteRow
	Resend     bool
	Path       string
	Timeline   []deedRow
}

type reasonRow struct{ Label, Sentence, Code string }

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

func (s *site) alert(v *visit) (answer, error) {
	view := alertView{Told: v.caller.May(auth.ReadDeliveries), Resend: v.caller.May(auth.ResendDeliveries)}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		a, err := tx.Alert(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		p, err := v.portrait(tx, a.ClientID)
		if err != nil {
			return stanna.Errorf(stanna.NotFound, "alert not found")
		}
		view.Path = alertPath(a.ID)
		view.Row, view.Client = v.alertRow(a, p.Client), v.clientRow(p, nil)
		s.evidence(v, &view, a, p)
		if err := s.why(tx, v, &view, a); err != nil {
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
	return answer{title: view.Row.Type + ": " + view.Client.Name, body: alertBody(view)}, err
}

// evidence says what happened, in figures.
func (s *site) evidence(v *visit, view *alertView, a stanna.Alert, p store.Portrait) {
	l, e := v.local, a.Evidence
	opened := openedPoint(a, p.State.Health)
	view.Before, view.BeforeAt = l.Number(e.Base), stampOf(l, e.BaseAt)
	view.Then, view.ThenAt = l.Number(e.Opened), stampOf(l, opened.At)
	view.Now, view.NowAt = l.Number(e.Value), stampOf(l, e.ValueAt)
	view.Worst = l.Number(e.Worst)
	word := "Fell "
	if e.Opened > e.Base {
		word = "Rose "
	}
	view.Fell = word + l.Count(int(fallOf(e)+0.5), "point") + " in " + l.Lasting(opened.At.Sub(e.BaseAt))
	if e.FirstSeen {
		view.FirstSeen = "There is no older value to compare with: the change is counted from the first one seen, " + stampOf(l, e.BaseAt).Short + "."
	}
	view.Factors, view.Source = factorRows(l, e.Factors), e.Source
	from := e.BaseAt.Add(-7 * 24 * time.Hour)
	if from.IsZero() || e.BaseAt.IsZero() {
		from = a.OpenedAt.AddDate(0, 0, -30)
	}
	to := later(l.Now, p.State.Health)
	if !a.Open() {
		to = a.ClosedAt.Add(24 * time.Hour)
	}
	moments := []moment{{"base", "from", stanna.Point{At: e.BaseAt, Value: e.Base}}, {"opened", "opened at", opened}}
	if e.BaseAt.IsZero() {
		moments = moments[1:]
	}
	if a.Type == stanna.HealthDrop {
		view.Chart = chartOf(l, p.State.Health, from, to, moments...)
	} else {
		view.Chart = chart{Empty: "There is no chart for this type of alert."}
	}
}

// openedPoint is the value that the alert opened on. When it was measured is
// not kept; the history knows, where the alert is about health.
func openedPoint(a stanna.Alert, h stanna.History) stanna.Point {
	opened := stanna.Point{At: a.OpenedAt, Value: a.Evidence.Opened}
	for _, p := range h.Since(a.Evidence.BaseAt) {
		if !p.At.After(a.OpenedAt) && p.Value == opened.Value {
			opened.At = p.At
		}
	}
	return opened
}

func fallOf(e stanna.Evidence) float64 { return max(e.Base-e.Opened, e.Opened-e.Base) }

// why gives each reason with its sentence, and the rule's figures.
func (s *site) why(tx *store.Tx, v *visit, view *alertView, a stanna.Alert) error {
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
		return err
	}
	at := slices.IndexFunc(rules, func(r stanna.Rule) bool { return r.ID == a.RuleID })
	if at < 0 {
		view.RuleNote = "The rule that opened this alert is gone, and its figures with it."
		return nil
	}
	r := rules[at]
	if r.Version != a.RuleVersion {
		view.RuleNote = "The rule was changed since (version " + digits(a.RuleVersion) + " opened this alert, it is version " + digits(r.Version) + " now). These are today's figures."
	}
	if view.Playbook = r.Playbook; strings.HasPrefix(r.Playbook, "https://") || strings.HasPrefix(r.Playbook, "http://") {
		view.PlaybookTo = r.Playbook
	}
	if entry := rule.EntryOf(r.Type); entry != nil {
		for _, t := range entry.Thresholds {
			row := thresholdRow{Name: t.Name, Doc: t.Doc, Value: figure(v.local, t, t.Default), Default: figure(v.local, t, t.Default)}
			if own, ok := r.Thresholds[t.Name]; ok {
				row.Value, row.Own = figure(v.local, t, own), own != t.Default
			}
			view.Thresholds = append(view.Thresholds, row)
		}
	}
	return nil
}

// figure is a threshold with its unit.
func figure(l locale.Local, t rule.Threshold, x float64) string {
	switch t.Unit {
	case "":
		return l.Number(x)
	case "currency":
		return l.Money(stanna.MoneyOf(x, l.Settings.Currency))
	case "percent":
		return l.Number(x) + " %"
	}
	return l.Number(x) + " " + t.Unit
}
