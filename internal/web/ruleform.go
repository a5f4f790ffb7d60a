package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// ruleFormView is a rule to be changed, or a new one.
type ruleFormView struct {
	ID, Type      string // ID "" = a new one
	TypeName, Doc string
	Version       string
	Path          string // where the form is posted
	Row           ruleRow
	Quality       *ruleQuality // nil: a new one
	Since         stamp
	Changed       stamp
	Name          string
	Status        stanna.RuleStatus
	Thresholds    []thresholdField
	Filter        filterForm
	Condition     exprField
	Severity      exprField
	Destinations  placeField
	Frequency     []frequencyField
	OutsideDo     []option
	OutsideTo     placeField
	OwnHours      bool
	Hours         hoursForm
	Workspace     string // the workspace's hours in words
	Steps         []stepField
	Playbook      string
	Names         []nameRow
	Wrong         wrongs
	Warnings      []string
	Preview       *previewView
	PreviewDays   []option
	Vary          []option
	Custom        bool // it is its condition
	Portfolio     bool // it judges all clients together
	FiltersOpen   bool
}

// thresholdField is one figure of a rule in a form.
type thresholdField struct {
	Field, Label, Doc, Unit string
	Value, Default          string
	Switch, On              bool
	Wrong                   string
}

type frequencyField struct {
	Mark   mark
	Field  string
	Choice []option
}

// stepField is a step of the escalation in a form.
type stepField struct {
	Field string
	After string
	To    placeField
	Raise []option
	Wrong string
	New   bool
}

// formState is what there is to say about a form that was sent.
type formState struct {
	typed    typed
	wrong    wrongs
	warnings []policy.Warning
	preview  *previewView
}

func (s *site) ruleForm(v *visit, r stanna.Rule, st formState) (answer, error) {
	if st.wrong == nil {
		st.wrong = wrongs{}
	}
	entry := rule.EntryOf(r.Type)
	if entry == nil {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no such type of alert")
	}
	t, w := st.typed, st.wrong
	f := ruleFormView{ID: r.ID, Type: string(r.Type), TypeName: entry.Name, Doc: entry.Doc, Path: "/rules", Version: t.or("version", strconv.Itoa(r.Version)),
		Since: stampOf(v.local, since(r)), Changed: stampOf(v.road, r.UpdatedAt),
		Name: r.Name, Status: r.Status, Playbook: r.Playbook, Wrong: w, Preview: st.preview, Names: nameRows(),
		Custom: r.Type == stanna.Custom, Portfolio: r.Type == stanna.RevenueAtRisk, Filter: v.filterForm("filter", r.Filter, t, w)}
	if r.ID != "" {
		f.Path = rulePath(r.ID)
	}
	for _, warning := range st.warnings {
		f.Warnings = append(f.Warnings, fieldLabel(warning.Field)+": "+forPeople(warning.Message))
	}
	f.expressions(r, t, w)
	f.figures(v, entry, r, t, w)
	f.telling(v, r, t)
	var err error
	if r.ID != "" && st.typed == nil {
		if f.Quality, err = s.qualityOf(v, r); err != nil {
			return answer{}, err
		}
	}
	f.FiltersOpen = f.Filter.Used || slices.ContainsFunc(w.list(), func(p problem) bool { return strings.HasPrefix(p.At, "#f-filter") }) || r.Type == stanna.KeyAccountUpdate
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		book, err := v.placesOf(tx)
		if err != nil {
			return err
		}
		f.places(book, r, t, w)
		if r.ID == "" {
			return nil
		}
		records, err := v.records(tx)
		f.Row = v.ruleRow(r, records[r.ID], book.names, func(id string) string { return id })
		return err
	})
	allowScript(v)
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	title := r.Name
	if r.ID == "" {
		title = "New rule: " + entry.Name
	}
	return answer{title: title, body: ruleFormBody(f), status: status, script: true}, err
}

func (f *ruleFormView) expressions(r stanna.Rule, t typed, w wrongs) {
	f.Condition = exprField{Field: "condition", Kind: "condition", Live: true, Text: t.or("condition", r.Condition), Example: `client.mrr >= 5000 && state.daysSinceContact > 30`,
		Hint: "Must hold as well, beside the figures above. It may combine health, MRR, engagement, churn, sentiment, payment and dates."}
	if f.Custom {
		f.Condition.Hint = "The rule opens an alert when this holds for a client, and closes it when it holds no longer."
	}
	f.Severity = exprField{Field: "severity", Kind: "severity", Live: true, Text: t.or("severity", r.SeverityAs), Example: `client.mrr > 10000 ? "critical" : "high"`,
		Hint: "Left open, the type decides by the size of the change, the zone and the account. A word in quotes is one severity for all."}
	f.Condition.judge(w)
	f.Severity.judge(w)
}

func (f *ruleFormView) figures(v *visit, entry *rule.Entry, r stanna.Rule, t typed, w wrongs) {
	f.PreviewDays = options(t.or("days", "90"), "30", "30 days", "90", "90 days", "180", "180 days", "365", "a year")
	f.Vary = []option{{"", "–", false}}
	for _, x := range entry.Thresholds {
		name := "thresholds." + x.Name
		field := thresholdField{Field: name, Label: capital(humanised(x.Name)), Doc: x.Doc, Unit: x.Unit, Default: figure(v.local, x, x.Default), Switch: isSwitch(x), Wrong: w.at(name)}
		value := x.Default
		own, set := r.Thresholds[x.Name]
		if set {
			value, field.Value = own, plainNumber(own)
		}
		field.Value, field.On = t.or(name, field.Value), value == 1
		if field.Switch {
			field.Doc = strings.TrimSuffix(strings.TrimPrefix(field.Doc, "1: "), " 0 switches it off.")
			field.Doc = capital(field.Doc)
		}
		if field.Unit == "currency" {
			field.Unit = v.local.Settings.Currency
		}
		f.Thresholds = append(f.Thresholds, field)
		f.Vary = append(f.Vary, option{x.Name, field.Label, t.or("vary", "") == x.Name})
	}
}

// telling is when the rule's alerts are told.
func (f *ruleFormView) telling(v *visit, r stanna.Rule, t typed) {
	settings := v.local.Settings
	for _, sev := range stanna.Severities() {
		usual, ok := settings.Frequency[sev]
		if !ok {
			usual = stanna.DefaultFrequency(sev)
		}
		choice := append([]option{{"", "as the workspace: " + wordOf(frequencyWords, string(usual)), r.Frequency[sev] == ""}}, options(r.Frequency[sev], frequencyWords...)...)
		f.Frequency = append(f.Frequency, frequencyField{severityMark(sev), "frequency." + string(sev), choice})
	}
	do := r.Outside.Do
	if do == "" {
		do = stanna.OutsideHold
	}
	f.OutsideDo = options(do, outsideWords...)
	f.OwnHours = r.Outside.Hours != nil
	var own stanna.Hours
	if f.OwnHours {
		own = *r.Outside.Hours
	}
	f.Hours = hoursFormOf("outside.hours", own, "Left open: "+settings.Timezone+", the workspace's.", t, f.Wrong)
	f.Workspace = hoursWords(settings.BusinessHours)
}

func (f *ruleFormView) places(book *placeBook, r stanna.Rule, t typed, w wrongs) {
	f.Destinations = book.field("destinations", "Where it goes", "None: the routing table says where, or else it goes to the default channel.", r.Destinations, t, w)
	f.OutsideTo = book.field("outside.to", "Where it goes then", "Only for what is sent elsewhere.", r.Outside.To, t, w)
	for i, x := range append(slices.Clone(r.Escalation), stanna.EscalationStep{}) {
		name := fmt.Sprintf("escalation[%d]", i)
		step := stepField{Field: name, New: i == len(r.Escalation), Raise: append([]option{{"", "as it is", x.Raise == ""}}, severityOptions(x.Raise)...)}
		if x.After > 0 {
			step.After = strconv.Itoa(x.After)
		}
		step.To = book.field(name+".to", "Tell as well", "", x.To, nil, w)
		for _, part := range []string{"", ".afterMinutes", ".severity"} {
			if text := w[name+part]; text != "" && step.Wrong == "" {
				step.Wrong = text
			}
		}
		f.Steps = append(f.Steps, step)
	}
	if text := w["escalation"]; text != "" && len(f.Steps) > 0 {
		f.Steps[0].Wrong = text
	}
}

func severityOptions(chosen stanna.Severity) (list []option) {
	for _, s := range stanna.Severities() {
		list = append(list, option{string(s), severityMark(s).Word, s == chosen})
	}
	return list
}

// allowScript lets a page run the one script that is ours to serve.
func allowScript(v *visit) {
	const none, self = "script-src 'none'", "script-src 'self'"
	h := v.w.Header()
	if csp := h.Get("Content-Security-Policy"); csp != "" {
		h.Set("Content-Security-Policy", strings.Replace(csp, none, self, 1))
	}
}

// checkExpression judges an expression while it is written.
func (s *site) checkExpression(v *visit) (answer, error) {
	field, kind := v.asked("field"), v.asked("kind")
	if kind != "severity" {
		kind = "condition"
	}
	return answer{fragment: expressionSaid(sayExpr(field, kind, v.r.PostFormValue(field)))}, nil
}
