package web

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// previewView is what a rule would have done, had it been in force as the
// form has it.
type previewView struct {
	Days      int
	From      stamp
	Until     stamp
	Empty     string // why there is nothing to show
	Alerts    int
	Clients   int
	Open      int
	Gathered  int
	Counts    []severityCount
	PerWeek   string // messages of the whole policy
	Before    string // and as it is in force
	Changes   []string
	Rows      []episodeRow
	More      int
	Traffic   []trafficRow
	Weeks     []string
	Silent    []silentRow
	Outcome   string
	Missed    []string
	VaryName  string
	Variants  []variantRow
	Notes     []string
	New       bool // nothing of it is in force yet
	Untouched bool // it would do what is done already
}

type episodeRow struct {
	Client, ClientPath string
	Opened, Closed     stamp
	Severity           mark
	Change             string
	Why, End           string
	Told               []string
	State              string // "new", "gone", "changed": compared with what is in force
}

type trafficRow struct {
	Where           string
	PerWeek, Before string
	MaxDay          string
	Weekly          []weekCount
	Messages        int
}

type weekCount struct {
	Week   string
	N      int
	Height string // of its bar
	Y      string
	X      string
}

type silentRow struct {
	Reason, Code   string
	Times, Clients string
}

type variantRow struct {
	Value    string
	Current  bool
	Alerts   int
	Clients  int
	Messages int
	MaxDay   int
	Outcome  string
}

// How long a preview may take, and how much of it a page shows.
const (
	previewTime = 30 * time.Second
	previewRows = 100
	previewAt   = 2 // at once, on one server
)

// previewRule shows what the rule of the form would have done. It saves
// nothing.
func (s *site) previewRule(v *visit) (answer, error) {
	id := v.given("id")
	draft, st, err := s.draftOf(v, id)
	if err != nil {
		return answer{}, err
	}
	if err := s.judgeDraft(v, draft, &st); err != nil {
		return answer{}, err
	}
	delete(st.wrong, "name")
	for field := range st.wrong {
		if st.wrong.at("destinations") != "" && field == "destinations" && len(draft.Destinations) == 0 {
			delete(st.wrong, field) // what it would do can be seen before it has a place to go
		}
	}
	if len(st.wrong) > 0 {
		return s.ruleForm(v, draft, st)
	}
	if st.preview, err = s.preview(v, draft); err != nil {
		if stanna.CodeOf(err) != stanna.Unavailable && stanna.CodeOf(err) != stanna.Invalid {
			return answer{}, err
		}
		st.preview = &previewView{Empty: sentence(forPeople(err.Error()))}
	}
	return s.ruleForm(v, draft, st)
}

func (s *site) preview(v *visit, draft stanna.Rule) (*previewView, error) {
	select {
	case s.previews <- struct{}{}:
		defer func() { <-s.previews }()
	default:
		return nil, stanna.Errorf(stanna.Unavailable, "somebody else is looking at a preview right now; press the button again in a moment")
	}
	days, err := strconv.Atoi(v.given("days"))
	if err != nil || days < 1 || days > 400 {
		days = 90
	}
	ctx, stop := context.WithTimeout(v.ctx, previewTime)
	defer stop()
	from := v.local.Now.AddDate(0, 0, -days)
	in, err := backtest.Load(ctx, s.store, v.workspace(), from, v.local.Now)
	if err != nil {
		return nil, tooLong(ctx, err)
	}
	fresh := draft.ID == ""
	if fresh {
		draft.ID = "draft"
	}
	tried := in.Policy
	tried.Rules, tried.Draft = slices.Clone(in.Rules), draft.ID
	at := slices.IndexFunc(tried.Rules, func(r stanna.Rule) bool { return r.ID == draft.ID })
	if at < 0 {
		tried.Rules = append(tried.Rules, draft)
	} else {
		tried.Rules[at] = draft
	}
	reports, err := backtest.RunAll(ctx, in, in.Policy, tried)
	if err != nil {
		return nil, tooLong(ctx, err)
	}
	p := &previewView{Days: days, New: fresh || at >= 0 && in.Rules[at].Status != stanna.RuleActive}
	if err := s.showPreview(v, p, draft, reports[0], reports[1]); err != nil {
		return nil, err
	}
	if name := v.given("vary"); name != "" {
		in.Policy = tried
		list, err := backtest.Vary(ctx, in, backtest.Variation{RuleID: draft.ID, Threshold: name})
		if err != nil {
			return nil, tooLong(ctx, err)
		}
		p.vary(v, draft, name, list)
	}
	return p, nil
}

// tooLong says what to do when a preview ran out of time.
func tooLong(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return stanna.Errorf(stanna.Unavailable, "the history is too long to be played within %g seconds; choose fewer days", previewTime.Seconds())
	}
	return err
}

func (s *site) showPreview(v *visit, p *previewView, draft stanna.Rule, before, after backtest.Report) error {
	l := v.local
	p.From, p.Until, p.Notes = stampOf(l, after.From), stampOf(l, after.Until), after.Notes
	if after.Signals == 0 {
		p.Empty = "No signal came in these days, so there is nothing to play."
		return nil
	}
	var names channels
	if err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		names, err = v.channelsOf(tx, v.caller.May(auth.Connect))
		return err
	}); err != nil {
		return err
	}
	for _, t := range after.Rules {
		if t.RuleID == draft.ID {
			p.Alerts, p.Clients, p.Open, p.Gathered = t.Alerts, t.Clients, t.Open, t.Gathered
			for _, sev := range stanna.Severities() {
				if n := t.Severities[sev]; n > 0 {
					p.Counts = append(p.Counts, severityCount{severityMark(sev), n})
				}
			}
		}
	}
	c := backtest.Compare(before, after)
	p.PerWeek, p.Before = l.Number(weekly(after)), l.Number(weekly(before))
	p.changes(l, c)
	p.episodes(v, draft, c, after, names)
	p.traffic(v, before, after, names)
	for _, x := range after.Silent {
		if x.RuleID == draft.ID && len(p.Silent) < 8 {
			p.Silent = append(p.Silent, silentRow{x.Reason.Sentence(), string(x.Reason), l.Number(float64(x.Times)), l.Number(float64(x.Clients))})
		}
	}
	if after.Draft != nil {
		p.Outcome = after.Draft.Sentence
		for _, g := range after.Draft.Missed[:min(len(after.Draft.Missed), 5)] {
			p.Missed = append(p.Missed, plainTitle(g.Name)+", left "+l.Day(g.At))
		}
	}
	return nil
}

func weekly(r backtest.Report) (sum float64) {
	for _, t := range r.Traffic {
		sum += t.PerWeek
	}
	return sum
}

// changes compares with the policy in force, in words.
func (p *previewView) changes(l locale.Local, c backtest.Comparison) {
	count := func(n int, one, what string) {
		if n > 0 {
			p.Changes = append(p.Changes, l.Count(n, one)+" "+what)
		}
	}
	count(len(c.Added), "alert", "more")
	count(len(c.Gone), "alert", "fewer")
	count(len(c.Changed), "alert", "told otherwise: at another time, place or severity")
	count(c.Messages, "message", "more in all")
	count(-c.Messages, "message", "fewer in all")
	p.Untouched = len(p.Changes) == 0
}

// episodes lists the alerts of the rule, and those that would be gone.
func (p *previewView) episodes(v *visit, draft stanna.Rule, c backtest.Comparison, after backtest.Report, names channels) {
	type key struct {
		client string
		at     time.Time
	}
	states := map[key]string{}
	for _, e := range c.Added {
		if e.RuleID == draft.ID {
			states[key{e.ClientID, e.OpenedAt}] = "new"
		}
	}
	for _, x := range c.Changed {
		if x.After.RuleID == draft.ID {
			states[key{x.After.ClientID, x.After.OpenedAt}] = "changed"
		}
	}
	list := slices.DeleteFunc(slices.Clone(after.Episodes), func(e backtest.Episode) bool { return e.RuleID != draft.ID })
	gone := slices.DeleteFunc(slices.Clone(c.Gone), func(e backtest.Episode) bool { return e.RuleID != draft.ID })
	for _, e := range gone {
		states[key{e.ClientID, e.OpenedAt}] = "gone"
	}
	list = append(list, gone...)
	slices.SortStableFunc(list, func(a, b backtest.Episode) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), cmp.Compare(a.ClientID, b.ClientID))
	})
	for _, e := range list[:min(len(list), previewRows)] {
		row := episodeRow{Client: e.ClientName, ClientPath: clientPath(e.ClientID), Opened: stampOf(v.local, e.OpenedAt), Closed: stampOf(v.local, e.ClosedAt),
			Severity: severityMark(e.Severity), Why: e.Trigger.Sentence(), State: states[key{e.ClientID, e.OpenedAt}]}
		if e.ClientID == "" {
			row.Client, row.ClientPath = wholePortfolio, "/"
		}
		row.Change = changeOf(v.local, stanna.Alert{Type: e.Type, Evidence: stanna.Evidence{Base: e.Base, BaseAt: e.OpenedAt, Opened: e.Opened, Value: e.Opened, Worst: e.Opened}, Status: stanna.AlertOpen})
		if !e.ClosedAt.IsZero() {
			row.End = e.Why.Sentence()
		}
		for _, t := range e.Told {
			text := names.destination(t.Destination) + ", " + stampOf(v.local, t.At).Short
			if t.Waited != "" {
				text += " (" + lower(t.Waited.Sentence()) + ")"
			}
			row.Told = append(row.Told, text)
		}
		p.Rows = append(p.Rows, row)
	}
	p.More = max(len(list)-previewRows, 0)
}

// lower begins a sentence as a part of another.
func lower(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]|0x20) + s[1:len(s)-1]
}

// traffic is how many messages a channel or a person would have got.
func (p *previewView) traffic(v *visit, before, after backtest.Report, names channels) {
	l := v.local
	was := map[stanna.Destination]backtest.Traffic{}
	for _, t := range before.Traffic {
		was[t.Destination] = t
	}
	p.Weeks = after.Weeks
	row := func(t, old backtest.Traffic) trafficRow {
		r := trafficRow{Where: names.destination(t.Destination), PerWeek: l.Number(t.PerWeek), Before: l.Number(old.PerWeek), Messages: t.Messages}
		if t.Person != "" {
			r.Where = t.Person
		}
		if t.MaxDay > 0 {
			r.MaxDay = l.Number(float64(t.MaxDay)) + " on " + t.MaxDate
			if day, ok := l.DayOf(t.MaxDate); ok {
				r.MaxDay = l.Number(float64(t.MaxDay)) + " on " + l.Day(day)
			}
		}
		most := 1
		for _, n := range t.Weekly {
			most = max(most, n)
		}
		const height, width = 30.0, 6.0
		for i, n := range t.Weekly {
			h := height * float64(n) / float64(most)
			r.Weekly = append(r.Weekly, weekCount{Week: after.Weeks[i], N: n, Height: f(h), Y: f(height + 2 - h), X: f(2 + width*float64(i))})
		}
		return r
	}
	list := slices.Clone(after.Traffic)
	slices.SortStableFunc(list, func(a, b backtest.Traffic) int { return cmp.Compare(b.Messages, a.Messages) })
	for _, t := range list {
		p.Traffic = append(p.Traffic, row(t, was[t.Destination]))
		delete(was, t.Destination)
	}
	for _, t := range before.Traffic {
		if old, only := was[t.Destination]; only && old.Messages > 0 {
			p.Traffic = append(p.Traffic, row(backtest.Traffic{Destination: t.Destination, Person: t.Person}, old))
		}
	}
	p.Traffic = p.Traffic[:min(len(p.Traffic), 50)]
}

// vary is what other values of a threshold would have done.
func (p *previewView) vary(v *visit, r stanna.Rule, name string, list []backtest.Variant) {
	p.VaryName = capital(humanised(name))
	for _, t := range thresholdsOf(r.Type) {
		if t.Name != name {
			continue
		}
		for _, x := range list {
			row := variantRow{Value: figure(v.local, t, x.Value), Current: x.Current, Alerts: x.Alerts, Clients: x.Clients, Messages: x.Messages, MaxDay: x.MaxDay}
			if o := x.Outcomes; o.TooFew {
				row.Outcome = "too few to tell"
			} else {
				row.Outcome = v.local.Number(o.CaughtPercent) + " % caught, " + v.local.Number(o.NothingPercent) + " % for nothing"
			}
			p.Variants = append(p.Variants, row)
		}
	}
}

func barsWidth(weeks int) string { return strconv.Itoa(4 + 6*weeks) }

func barsBox(weeks int) string { return "0 0 " + barsWidth(weeks) + " 34" }
