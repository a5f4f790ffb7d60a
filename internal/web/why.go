package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// whyView is every question between a signal and a message, with its answer.
type whyView struct {
	Path       string // of the page that asks them
	Verdict    string
	Code       string
	Told       bool
	Until      stamp
	Steps      []whyStep
	Signal     string
	SignalAt   stamp
	AlertPath  string
	Alert      string
	Deliveries []whyDelivery
	Choices    []choiceRow
	Nowhere    string
	Silence    string
}

type whyStep struct {
	Name     string
	Question string
	Passed   bool
	Mark     mark
	Says     string
	Code     string
	Values   []field
	Against  []field // the rule's own figures
}

type whyDelivery struct {
	Event, Where, Says, Repair string
	Status                     mark
	At, Until                  stamp
}

// choiceRow is one place where an alert goes, and when.
type choiceRow struct {
	Where  string
	Meant  string // where it would have gone
	Says   string
	When   string
	Reason string
}

func (v *visit) whyOf(x backtest.Explanation, names channels) whyView {
	l := v.local
	w := whyView{Verdict: x.Verdict.Sentence, Code: string(x.Verdict.Reason), Told: x.Verdict.Told, Until: stampOf(l, x.Verdict.Until)}
	seen := map[string]bool{}
	for _, s := range x.Steps {
		step := whyStep{Name: s.Name, Question: s.Question, Passed: s.Passed, Says: s.Sentence, Code: string(s.Reason), Mark: mark{"delivered", "check", "Passed"}}
		if !s.Passed {
			step.Mark = mark{"warning", "cross", "Stopped here"}
		}
		step.Values, step.Against = v.valueWords(x.Rule.Type, s.Values, names)
		if all := fmt.Sprint(step.Values, step.Against); !seen[all] { // the same figures need not be read twice
			seen[all] = true
		} else {
			step.Values, step.Against = nil, nil
		}
		w.Steps = append(w.Steps, step)
	}
	if x.LastSignal != nil {
		w.Signal, w.SignalAt = string(x.LastSignal.Type), stampOf(l, x.LastSignal.OccurredAt)
	}
	if x.Alert != nil {
		w.AlertPath, w.Alert = alertPath(x.Alert.ID), typeName(x.Alert.Type)+" "+changeOf(l, *x.Alert)
	}
	if !v.caller.May(auth.ReadDeliveries) {
		return w
	}
	for _, d := range x.Deliveries {
		w.Deliveries = append(w.Deliveries, whyDelivery{Event: eventWord(d.Event), Where: names.destination(d.Destination), Says: d.Sentence, Repair: d.Detail,
			Status: statusMark(d.Status), At: stampOf(v.road, d.At), Until: stampOf(l, d.Until)})
	}
	w.Choices = v.choiceRows(x.Routing.Choices, names)
	w.Nowhere = reasonOf(x.Routing.Reason)
	if s := x.Routing.Silence; s != nil {
		w.Silence = "A silence by " + s.Author + " until " + l.Moment(s.EndsAt) + ": " + s.Comment
	}
	return w
}

// valueWords says the figures that a question looked at; those of the rule
// apart from those of the client.
func (v *visit) valueWords(t stanna.AlertType, list []rule.Value, names channels) (of, against []field) {
	l := v.local
	for _, x := range list {
		if i := slices.IndexFunc(thresholdsOf(t), func(th rule.Threshold) bool { return th.Name == x.Name }); i >= 0 {
			th := thresholdsOf(t)[i]
			if n, err := strconv.ParseFloat(x.Value, 64); err == nil {
				against = append(against, field{capital(humanised(x.Name)), figure(l, th, n)})
				continue
			}
		}
		value := x.Value
		if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
			value = l.Moment(at)
		} else if d := stanna.Destination(value); strings.HasPrefix(value, "slack:") || strings.HasPrefix(value, "person:") || d == stanna.ToOwner {
			value = names.destination(d)
		} else if n, err := strconv.ParseFloat(value, 64); err == nil {
			value = l.Number(n)
		}
		name := x.Name
		if !strings.Contains(name, ".") {
			name = capital(humanised(name))
		}
		of = append(of, field{name, value})
	}
	return of, against
}

func (v *visit) choiceRows(list []route.Choice, names channels) (rows []choiceRow) {
	for _, c := range list {
		row := choiceRow{Where: names.destination(c.Destination), Says: reasonOf(c.Reason), When: "at once"}
		if c.Intended != c.Destination {
			row.Meant = names.destination(c.Intended)
		}
		if c.Manner.Later() {
			row.Reason, row.When = c.Manner.Why.Sentence(), "later"
			if !c.Manner.Until.IsZero() {
				row.When = v.local.Moment(c.Manner.Until)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// quick is how long a page waits for an explanation that it only adds.
const quick = 1500 * time.Millisecond

// whyAlert explains the moment at which an alert opened. Where that takes
// long, the page links to it instead.
func (s *site) whyAlert(v *visit, a stanna.Alert) (w whyView, err error) {
	if a.ClientID != "" {
		w.Path = clientPath(a.ClientID) + "/why?rule=" + url.QueryEscape(a.RuleID) + "&at=" + url.QueryEscape(a.OpenedAt.UTC().Format(time.RFC3339Nano))
	}
	ctx, stop := context.WithTimeout(v.ctx, quick)
	defer stop()
	x, err := backtest.Explain(ctx, s.store, v.workspace(), a.ClientID, a.RuleID, a.OpenedAt, v.local.Now)
	switch {
	case err != nil && (ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded)) && v.ctx.Err() == nil:
		return w, nil
	case stanna.CodeOf(err) == stanna.NotFound: // the rule is gone
		return whyView{}, nil
	case err != nil:
		return w, err
	}
	path := w.Path
	names := channels{}
	if err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		names, err = v.channelsOf(tx, v.caller.May(auth.Connect))
		return err
	}); err != nil {
		return w, err
	}
	w = v.whyOf(x, names)
	w.Path = path
	return w, nil
}

// whyPage answers "why did we hear nothing?" about a client.
type whyPageView struct {
	Client   clientRow
	Rules    []option
	At       string // as typed: a local date and time
	Wrong    wrongs
	Asked    bool
	Why      whyView
	RuleName string
	RulePath string
}

const localTime = "2006-01-02T15:04"

func (s *site) whyPage(v *visit) (answer, error) {
	view := whyPageView{Wrong: wrongs{}, At: v.asked("at")}
	id, wanted := v.r.PathValue("id"), v.asked("rule")
	var names channels
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		p, err := v.portrait(tx, id)
		if err != nil {
			return err
		}
		view.Client = v.clientRow(p, nil)
		rules, err := tx.Rules(v.workspace())
		if err != nil {
			return err
		}
		for _, r := range rules {
			label := r.Name
			if r.Status != stanna.RuleActive {
				label += " (" + ruleStatusMark(r.Status).Word + ")"
			}
			view.Rules = append(view.Rules, option{r.ID, label, r.ID == wanted})
			if r.ID == wanted {
				view.RuleName, view.RulePath = r.Name, rulePath(r.ID)
			}
		}
		names, err = v.channelsOf(tx, v.caller.May(auth.Connect))
		return err
	})
	if err != nil {
		return answer{}, err
	}
	at, ok := v.momentOf(view.At)
	if !ok {
		view.Wrong.add("at", "is no date and time")
	} else if !at.IsZero() {
		view.At = at.In(v.local.Zone).Format(localTime)
	}
	if wanted != "" && ok {
		x, err := backtest.Explain(v.ctx, s.store, v.workspace(), id, wanted, at, v.local.Now)
		if stanna.CodeOf(err) == stanna.NotFound {
			view.Wrong.add("rule", "there is no such rule any more")
			err = nil
		} else if err == nil {
			view.Asked, view.Why, view.RuleName = true, v.whyOf(x, names), x.Rule.Name
		}
		if err != nil {
			return answer{}, err
		}
	}
	return answer{title: "Why did we hear nothing? " + view.Client.Name, body: whyBody(view)}, nil
}

// momentOf reads a moment as a form or a link gives it; nothing is now.
func (v *visit) momentOf(text string) (t time.Time, ok bool) {
	if text == "" {
		return t, true
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation(localTime, text, v.local.Zone)
	return t, err == nil
}
