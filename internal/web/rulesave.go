package web

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
)

// readRule makes a draft of what the form says; what cannot be read is wrong.
func (s *site) readRule(v *visit, r stanna.Rule, w wrongs) (stanna.Rule, error) {
	entry := rule.EntryOf(r.Type)
	if entry == nil {
		return r, stanna.InvalidField("type", "choose what the rule watches")
	}
	old := r.Thresholds
	r.Name, r.Status = v.given("name"), stanna.RuleStatus(v.given("status"))
	r.Terms = stanna.Terms{Filter: v.readFilter("filter", w), Condition: v.given("condition"), SeverityAs: v.given("severity"), Playbook: v.given("playbook")}
	for _, t := range entry.Thresholds {
		x, own := v.readThreshold(t, w)
		_, had := old[t.Name]
		if !own || x == t.Default && !had { // the default stays the default, also when that is another some day
			continue
		}
		if r.Thresholds == nil {
			r.Thresholds = map[string]float64{}
		}
		r.Thresholds[t.Name] = x
	}
	for _, sev := range stanna.Severities() {
		if f := v.given("frequency." + string(sev)); f != "" {
			if r.Frequency == nil {
				r.Frequency = map[stanna.Severity]stanna.Frequency{}
			}
			r.Frequency[sev] = stanna.Frequency(f)
		}
	}
	var err error
	if r.Destinations, err = s.readPlaces(v, "destinations", w); err != nil {
		return r, err
	}
	if do := stanna.OutsideDo(v.given("outside.do")); do != stanna.OutsideHold {
		r.Outside.Do = do
	}
	if r.Outside.To, err = s.readPlaces(v, "outside.to", w); err != nil {
		return r, err
	}
	if r.Outside.Do != stanna.OutsideRedirect {
		r.Outside.To = nil // it is there in case, and means nothing
	}
	if v.given("outside.own") == "yes" {
		h := v.readHours("outside.hours")
		r.Outside.Hours = &h
	}
	r.Escalation, err = s.readSteps(v, w)
	return r, err
}

// readThreshold is a figure of the form; own is false when it was left open.
func (v *visit) readThreshold(t rule.Threshold, w wrongs) (x float64, own bool) {
	name := "thresholds." + t.Name
	if isSwitch(t) {
		if v.given(name) == "1" {
			return 1, true
		}
		return 0, true
	}
	text := v.given(name)
	if text == "" {
		return 0, false
	}
	x, ok := numberOf(text)
	if !ok {
		w.add(name, "is no figure; left open it is "+figure(v.local, t, t.Default))
	}
	return x, ok
}

// maxStepRows bounds the steps that a form reads.
const maxStepRows = 20

func (s *site) readSteps(v *visit, w wrongs) (steps []stanna.EscalationStep, err error) {
	for i := range maxStepRows {
		from := fmt.Sprintf("escalation[%d]", i)
		if !v.r.PostForm.Has(from + ".afterMinutes") {
			break
		}
		at := fmt.Sprintf("escalation[%d]", len(steps))
		step := stanna.EscalationStep{Raise: stanna.Severity(v.given(from + ".severity"))}
		text := v.given(from + ".afterMinutes")
		typedWrong := wrongs{}
		if step.To, err = s.readPlaces(v, from+".to", typedWrong); err != nil {
			return nil, err
		}
		if text == "" && len(step.To) == 0 && step.Raise == "" && len(typedWrong) == 0 {
			continue // the empty row, or one that was cleared
		}
		for _, what := range typedWrong {
			w.add(at+".to", what)
		}
		n, bad := strconv.Atoi(text)
		if bad != nil {
			w.add(at+".afterMinutes", "say after how many minutes of working time, such as 120")
		}
		step.After = n
		steps = append(steps, step)
	}
	return steps, nil
}

// draftOf is the draft that a form holds, of a rule that is there or new.
func (s *site) draftOf(v *visit, id string) (draft stanna.Rule, st formState, err error) {
	st = formState{typed: typed(v.r.PostForm), wrong: wrongs{}}
	if id != "" {
		if draft, err = s.ruleNamed(v, id); err != nil {
			return draft, st, err
		}
	} else {
		draft = stanna.Rule{Workspace: v.workspace(), Type: stanna.AlertType(v.given("type"))}
	}
	draft, err = s.readRule(v, draft, st.wrong)
	return draft, st, err
}

// saveRule stores what the form says, a new rule or a changed one.
func (s *site) saveRule(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	draft, st, err := s.draftOf(v, id)
	if err != nil {
		return answer{}, err
	}
	if len(st.wrong) > 0 {
		// Everything that is wrong is said at once.
		if err := s.judgeDraft(v, draft, &st); err != nil {
			return answer{}, err
		}
		return s.ruleForm(v, draft, st)
	}
	saved, err := s.policy.SaveRule(v.ctx, v.workspace(), v.by(), draft, v.versionFor(id))
	var refused *stanna.Error
	if errors.As(err, &refused) {
		if w, ok := wrongsOf(err); ok {
			for field, text := range w {
				st.wrong.add(field, text)
			}
			if errors.Is(err, policy.Moved) { // who saves again has been told
				now, err := s.ruleNamed(v, id)
				if err != nil {
					return answer{}, err
				}
				v.r.PostForm.Set("version", digits(now.Version))
			}
			if err := s.judgeDraft(v, draft, &st); err != nil {
				return answer{}, err
			}
			return s.ruleForm(v, draft, st)
		}
	}
	if err != nil {
		return answer{}, err
	}
	said := "The rule is saved, as version " + digits(saved.Rule.Version) + "."
	switch {
	case saved.Rule.Status == stanna.RuleShadow:
		said += " It is on trial: judged, and told nobody."
	case saved.Rule.Status == stanna.RuleOff:
		said += " It is off."
	case len(saved.Warnings) == 0:
		said += " Clients that are in that state already are listed once."
	}
	for _, x := range saved.Warnings {
		said += " " + sentence(fieldLabel(x.Field)+": "+forPeople(x.Message))
	}
	return s.done(v, rulePath(saved.Rule.ID), said)
}

// versionFor is the version that a form of a rule was made of; a new rule has
// none.
func (v *visit) versionFor(id string) *int {
	if id == "" {
		return nil
	}
	return v.versionOf()
}

// judgeDraft adds everything that is wrong with a draft, and what it would be
// warned of.
func (s *site) judgeDraft(v *visit, draft stanna.Rule, st *formState) error {
	problems, warnings, err := s.policy.CheckRule(v.ctx, v.workspace(), draft)
	if err != nil {
		return err
	}
	for _, p := range problems {
		st.wrong.add(p.Field, p.Message)
	}
	st.warnings = warnings
	return nil
}

func (s *site) deleteRulePage(v *visit) (answer, error) {
	r, err := s.ruleOf(v)
	if err != nil {
		return answer{}, err
	}
	return ask("Delete the rule", askView{Heading: "Delete “" + plainTitle(r.Name) + "”?", Lead: "Nobody is told by it any more.",
		Points: []string{"Its open alerts close, and say so where they were told.", "Its history stays, and it can be restored from there.", "To only pause it, set it to off."},
		Action: rulePath(r.ID) + "/delete", Hidden: []field{versionField(r.Version)}, Do: "Delete it", Dont: "Keep it", Class: "danger", Back: rulePath(r.ID), BackLabel: "The rule"}), nil
}

func (s *site) deleteRule(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	if err := s.policy.DeleteRule(v.ctx, v.workspace(), v.by(), id, v.versionOf()); err != nil {
		return s.sorry(v, rulePath(id), err)
	}
	return s.done(v, rulePath(id)+"/history", "The rule is deleted. Its history stays here, and it can be restored.")
}
