package web

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// rulesView is every rule, and how it has done lately.
type rulesView struct {
	Write bool
	Own   bool // alerts are counted of the visitor's own accounts
	Tabs  []tab
	Rows  []ruleRow
}

type ruleRow struct {
	ID, Path, Name string
	Type           string
	Status         mark
	About          []string // the clients it is about, in words
	Where          string
	Week           int // alerts in 7 days
	WeekWords      string
	WeekPath       string // of the list of them
	Noise          string // share of the closed ones that a person called not useful
	Unstable       string // share that opened three times in 14 days
	Loud           bool   // people will stop reading it
	Enough         bool   // there are enough to speak of shares
}

// How far back a rule's record goes, and how many alerts make one.
const (
	recordDays  = 30
	recordLimit = 20_000
	recordLeast = 10
)

func rulesTabs(here string) []tab {
	return []tab{{"tab-rules", "Rules", "/rules", "", here == "rules"}, {"tab-routes", "Routing table", "/routes", "", here == "routes"},
		{"tab-templates", "Templates", "/templates", "", here == "templates"}}
}

func (s *site) rules(v *visit) (answer, error) {
	view := rulesView{Write: v.caller.May(auth.WriteRules), Own: v.caller.OwnAccountsOnly(), Tabs: rulesTabs("rules")}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		rules, err := tx.Rules(v.workspace())
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		records, err := v.records(tx)
		if err != nil {
			return err
		}
		_, named, err := v.wordsOf(tx, func(add func(...string)) {
			for _, r := range rules {
				add(firstFew(r.Filter.Only)...)
				add(firstFew(r.Filter.Never)...)
			}
		})
		if err != nil {
			return err
		}
		for _, r := range rules {
			view.Rows = append(view.Rows, v.ruleRow(r, records[r.ID], names, named))
		}
		return nil
	})
	// What is heard comes first; of those the catalogue's order.
	rank := map[string]int{"Active": 0, "On trial": 1, "Off": 2}
	slices.SortStableFunc(view.Rows, func(a, b ruleRow) int { return rank[a.Status.Word] - rank[b.Status.Word] })
	return answer{title: "Rules", body: rulesBody(view)}, err
}

// record is what a rule's alerts of late came to.
type record struct{ week, all, closed, noise, unstable int }

// records are the alerts of the last days by rule, of the clients that the
// visitor sees.
func (v *visit) records(tx *store.Tx) (map[string]record, error) {
	list, _, err := tx.Alerts(v.workspace(), store.AlertQuery{From: v.local.Now.AddDate(0, 0, -recordDays), Owner: v.owner(), Limit: recordLimit})
	records := map[string]record{}
	week := v.local.Now.AddDate(0, 0, -7)
	for _, a := range list {
		r := records[a.RuleID]
		r.all++
		if a.OpenedAt.After(week) {
			r.week++
		}
		if a.Unstable {
			r.unstable++
		}
		if a.Outcome != "" {
			r.closed++
			if a.Outcome == stanna.Noise {
				r.noise++
			}
		}
		records[a.RuleID] = r
	}
	return records, err
}

func (v *visit) ruleRow(r stanna.Rule, rec record, names channels, named func(string) string) ruleRow {
	row := ruleRow{ID: r.ID, Path: rulePath(r.ID), Name: r.Name, Type: typeName(r.Type), Status: ruleStatusMark(r.Status), About: v.filterWords(r.Filter, named),
		Week: rec.week, WeekPath: alertsPath("all", store.AlertQuery{RuleID: r.ID})}
	row.WeekWords = v.local.Count(rec.week, "alert") + " in 7 days"
	if r.Condition != "" {
		row.About = append(row.About, "where "+r.Condition)
	}
	var where []string
	for _, d := range r.Destinations {
		where = append(where, names.destination(d))
	}
	if row.Where = commas(where); row.Where == "" {
		row.Where = "by the routing table"
	}
	share := func(n, of int) string { return v.local.Number(float64(100*n/of)) + " %" }
	if row.Enough = rec.all >= recordLeast; row.Enough {
		row.Unstable = share(rec.unstable, rec.all)
		row.Loud = rec.unstable*100 > 30*rec.all
	}
	if rec.closed >= recordLeast {
		row.Noise = share(rec.noise, rec.closed)
		row.Loud = row.Loud || rec.noise*100 > 30*rec.closed // from there on people stop reading
	}
	return row
}

// typesView is the choice of what a new rule watches.
type typesView struct{ Types []typeRow }

type typeRow struct{ Type, Name, Doc, Path, Nature, Signals string }

func (s *site) newRulePage(v *visit) (answer, error) {
	t := stanna.AlertType(v.asked("type"))
	entry := rule.EntryOf(t)
	if entry == nil {
		return s.chooseType(v)
	}
	r := stanna.Rule{Workspace: v.workspace(), Name: entry.Name, Type: t, Status: stanna.RuleShadow}
	if from := v.asked("from"); from != "" {
		err := s.store.View(v.ctx, func(tx *store.Tx) error {
			old, err := tx.Rule(v.workspace(), from)
			if err == nil && old.Type == t {
				r.Name, r.Terms = old.Name+" (copy)", old.Terms
			}
			return err
		})
		if err != nil {
			return answer{}, err
		}
	}
	return s.ruleForm(v, r, formState{})
}

func (s *site) chooseType(v *visit) (answer, error) {
	var view typesView
	natures := map[rule.Nature]string{rule.Trouble: "Trouble", rule.Chance: "Good news", rule.Event: "Event"}
	for _, e := range rule.Catalogue() {
		row := typeRow{Type: string(e.Type), Name: e.Name, Doc: e.Doc, Path: "/rules/new?type=" + string(e.Type), Nature: natures[e.Nature]}
		var signals []string
		for _, x := range e.Signals {
			signals = append(signals, string(x))
		}
		row.Signals = commas(signals)
		view.Types = append(view.Types, row)
	}
	return answer{title: "New rule", body: typesBody(view)}, nil
}

// ruleReadView is a rule for who may read it and not change it.
type ruleReadView struct {
	Row        ruleRow
	Quality    *ruleQuality
	Doc        string
	Thresholds []thresholdRow
	Words      []field
	Playbook   string
	History    string
	Since      stamp
	Version    int
}

func (s *site) ruleRead(v *visit, r stanna.Rule) (answer, error) {
	view := ruleReadView{Thresholds: thresholdRows(v.local, r), Playbook: r.Playbook, History: rulePath(r.ID) + "/history", Version: r.Version, Since: stampOf(v.local, since(r))}
	if e := rule.EntryOf(r.Type); e != nil {
		view.Doc = e.Doc
	}
	var err error
	if view.Quality, err = s.qualityOf(v, r); err != nil {
		return answer{}, err
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		words, err := v.ruleSpeech(tx, r)
		if err != nil {
			return err
		}
		records, err := v.records(tx)
		if err != nil {
			return err
		}
		view.Row = v.ruleRow(r, records[r.ID], words.names, words.named)
		for _, f := range words.terms(r) {
			if f.Value != "" {
				view.Words = append(view.Words, f)
			}
		}
		return nil
	})
	return answer{title: r.Name, body: ruleReadBody(view)}, err
}

func since(r stanna.Rule) time.Time {
	if r.Status != stanna.RuleActive {
		return time.Time{}
	}
	return r.ActiveSince
}

// rule is the page of one rule: its form, for who may change it.
func (s *site) rule(v *visit) (answer, error) {
	r, err := s.ruleOf(v)
	if err != nil {
		return answer{}, err
	}
	if !v.caller.May(auth.WriteRules) {
		return s.ruleRead(v, r)
	}
	return s.ruleForm(v, r, formState{})
}

func (s *site) ruleOf(v *visit) (stanna.Rule, error) { return s.ruleNamed(v, v.r.PathValue("id")) }

func (s *site) ruleNamed(v *visit, id string) (r stanna.Rule, err error) {
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		r, err = tx.Rule(v.workspace(), id)
		return err
	})
	return r, err
}

func thresholdsOf(t stanna.AlertType) []rule.Threshold {
	if e := rule.EntryOf(t); e != nil {
		return e.Thresholds
	}
	return nil
}
