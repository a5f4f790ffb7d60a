package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// silencesView is the agreed quiets: in force, to come, and past.
type silencesView struct {
	Act            bool // the visitor may begin and end them
	Current, Later []silenceRow
	Past           []silenceRow
	More           int // past ones that are not shown
}

type silenceRow struct {
	ID, Path     string
	What         []string
	Author       string
	Comment      string
	Begins, Ends stamp
	EndedBy      string
	Mine         bool // the visitor may end it
}

// pastSilences is how many of those that are over a page shows.
const pastSilences = 50

func (s *site) silences(v *visit) (answer, error) {
	view := silencesView{Act: v.caller.May(auth.ActOnAlerts)}
	now := v.local.Now
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		current, err := tx.CurrentSilences(v.workspace(), now)
		if err != nil {
			return err
		}
		all, total, err := tx.Silences(v.workspace(), time.Time{}, pastSilences+len(current), 0)
		if err != nil {
			return err
		}
		var lists [3][]stanna.Silence
		for _, x := range current {
			if x.Active(now) {
				lists[0] = append(lists[0], x)
			} else {
				lists[1] = append(lists[1], x)
			}
		}
		for _, x := range all {
			if !x.EndsAt.After(now) {
				lists[2] = append(lists[2], x)
			}
		}
		view.More = max(total-len(current)-len(lists[2]), 0)
		for i, to := range []*[]silenceRow{&view.Current, &view.Later, &view.Past} {
			if *to, err = v.silenceRows(tx, lists[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return answer{title: "Silences", body: silencesBody(view)}, err
}

// silenceRows are silences as a page lists them. Who sees their own accounts
// only is not told about which others a silence is.
func (v *visit) silenceRows(tx *store.Tx, list []stanna.Silence) ([]silenceRow, error) {
	rules, named, err := v.wordsOf(tx, func(add func(...string)) {
		for _, x := range list {
			add(firstFew(x.Matcher.Filter.Only)...)
			add(firstFew(x.Matcher.Filter.Never)...)
		}
	})
	if err != nil {
		return nil, err
	}
	rows := make([]silenceRow, len(list))
	for i, x := range list {
		rows[i] = silenceRow{ID: x.ID, Path: "/silences/" + url.PathEscape(x.ID) + "/end", What: v.matcherWords(x.Matcher, rules, named), Author: x.Author,
			Comment: x.Comment, Begins: stampOf(v.local, x.StartsAt), Ends: stampOf(v.local, x.EndsAt), EndedBy: x.EndedBy}
		if v.caller.May(auth.ActOnAlerts) {
			mine, err := v.ownMatcher(tx, x.Matcher)
			if err != nil {
				return nil, err
			}
			rows[i].Mine = x.Author == v.caller.Email || mine == nil
		}
	}
	return rows, nil
}

// firstFew are as many ids as a page names.
func firstFew(ids []string) []string { return ids[:min(len(ids), 5)] }

// wordsOf gives the names of rules, and of the clients that are asked for.
func (v *visit) wordsOf(tx *store.Tx, ask func(add func(...string))) (rules map[string]string, named func(string) string, err error) {
	list, err := tx.Rules(v.workspace())
	if err != nil {
		return nil, nil, err
	}
	rules = map[string]string{}
	for _, r := range list {
		rules[r.ID] = r.Name
	}
	var ids []string
	ask(func(more ...string) {
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	})
	clients := map[string]stanna.Client{}
	for chunk := range slices.Chunk(ids, 256) {
		some, err := tx.ClientsByID(v.workspace(), chunk)
		if err != nil {
			return nil, nil, err
		}
		for id, c := range some {
			clients[id] = c
		}
	}
	return rules, func(id string) string {
		c, ok := clients[id]
		switch {
		case ok && !v.sees(c):
			return "an account of somebody else"
		case ok:
			return plainTitle(c.Name)
		}
		return id
	}, nil
}

// ownMatcher is a refusal when a csm would silence what is not theirs.
func (v *visit) ownMatcher(tx *store.Tx, m stanna.Matcher) (refusal, err error) {
	if !v.caller.OwnAccountsOnly() || len(m.Filter.Owners) == 1 && v.caller.Sees(m.Filter.Owners[0]) {
		return nil, nil
	}
	if len(m.Filter.Only) == 0 {
		return stanna.InvalidField("matcher.filter.only", "you may silence your own accounts: name them here, or yourself as the owner"), nil
	}
	for chunk := range slices.Chunk(m.Filter.Only, 256) {
		clients, err := tx.ClientsByID(v.workspace(), chunk)
		if err != nil {
			return nil, err
		}
		for _, c := range clients {
			if !v.sees(c) {
				return stanna.InvalidField("matcher.filter.only", "holds an account that is not yours; you may silence your own"), nil
			}
		}
	}
	return nil, nil
}

// silenceForm begins a silence.
type silenceForm struct {
	Matcher matcherForm
	Comment string
	Until   string
	Date    string
	First   string
	Last    string
	Client  string // the one account that it is about
	Back    string
	Wrong   wrongs
}

func (s *site) newSilencePage(v *visit) (answer, error) {
	m := stanna.Matcher{Filter: stanna.Filter{Only: v.r.URL.Query()["only"]}}
	if t := v.asked("type"); t != "" {
		m.Types = []stanna.AlertType{stanna.AlertType(t)}
	}
	if id := v.asked("rule"); id != "" {
		m.Rules = []string{id}
	}
	return s.silenceForm(v, m, nil, wrongs{}, http.StatusOK)
}

func (s *site) silenceForm(v *visit, m stanna.Matcher, t typed, w wrongs, status int) (answer, error) {
	f := silenceForm{Wrong: w, Comment: t.or("comment", ""), Until: t.or("until", "week"), Date: t.or("date", ""), Back: "/silences",
		First: v.local.Now.AddDate(0, 0, 1).Format(time.DateOnly), Last: v.local.Now.Add(stanna.MaxSilence - 24*time.Hour).Format(time.DateOnly)}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		rules, err := tx.Rules(v.workspace())
		if err != nil {
			return err
		}
		f.Matcher = v.matcherForm("matcher", m, rules, t, w)
		if len(m.Filter.Only) == 1 && status == http.StatusOK {
			p, err := v.portrait(tx, m.Filter.Only[0])
			if err != nil {
				return err
			}
			f.Client, f.Back = p.Client.Name, clientPath(p.Client.ID)
		}
		return nil
	})
	return answer{title: "New silence", body: silenceFormBody(f), status: status}, err
}

// newSilence begins it: what it matches is held from then on.
func (s *site) newSilence(v *visit) (answer, error) {
	w := wrongs{}
	m := v.readMatcher("matcher", w)
	x := stanna.Silence{Matcher: m, Comment: v.given("comment")}
	var err error
	switch v.given("until") {
	case "day":
		x.EndsAt = v.local.Now.AddDate(0, 0, 1)
	case "week":
		x.EndsAt = v.local.Now.AddDate(0, 0, 7)
	case "month":
		x.EndsAt = v.local.Now.AddDate(0, 1, 0)
	case "date":
		day, ok := v.local.DayOf(v.given("date"))
		if !ok {
			w.add("endsAt", "choose the last day of the quiet")
		}
		x.EndsAt = day.AddDate(0, 0, 1)
	default:
		w.add("endsAt", "is required: a silence without an end is forgotten")
	}
	var refusal error
	err = s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		refusal, err = v.ownMatcher(tx, m)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if refusal == nil && len(w) == 0 {
		x, refusal = s.policy.AddSilence(v.ctx, v.workspace(), v.by(), x)
	}
	if more, ok := wrongsOf(refusal); ok {
		for field, text := range more {
			w.add(field, text)
		}
		refusal = nil
	}
	if refusal != nil {
		return answer{}, refusal
	}
	if len(w) > 0 {
		return s.silenceForm(v, m, typed(v.r.PostForm), w, http.StatusBadRequest)
	}
	return s.done(v, "/silences", "It is quiet until "+v.local.Moment(x.EndsAt)+". What it matches is recorded and held back, and told then if it is still so.")
}

func (s *site) silenceOf(v *visit) (x stanna.Silence, row silenceRow, err error) {
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		if x, err = tx.Silence(v.workspace(), v.r.PathValue("id")); err != nil {
			return err
		}
		rows, err := v.silenceRows(tx, []stanna.Silence{x})
		if err == nil {
			row = rows[0]
		}
		return err
	})
	if err == nil && !row.Mine {
		err = stanna.Errorf(stanna.Forbidden, "you may end the silences that you began, and those of your own accounts; ask a director or an admin")
	}
	return x, row, err
}

func (s *site) endSilencePage(v *visit) (answer, error) {
	x, row, err := s.silenceOf(v)
	if err != nil {
		return answer{}, err
	}
	if !x.EndsAt.After(v.local.Now) {
		return s.sorry(v, "/silences", stanna.Errorf(stanna.Conflict, "this silence has ended already"))
	}
	return ask("End the silence", askView{Heading: "End the silence now?", Lead: capital(commas(row.What)) + ".",
		Points: []string{"“" + x.Comment + "” (" + x.Author + ")", "What it held back is told now, if it is still so and nothing else holds it."},
		Action: row.Path, Do: "End it", Dont: "Keep it", Back: "/silences", BackLabel: "Silences"}), nil
}

func (s *site) endSilence(v *visit) (answer, error) {
	x, _, err := s.silenceOf(v)
	if err != nil {
		return answer{}, err
	}
	if _, err := s.policy.EndSilence(v.ctx, v.workspace(), v.by(), x.ID); err != nil {
		return s.sorry(v, "/silences", err)
	}
	return s.done(v, "/silences", "The silence is over. What it held back is told now, if it is still so.")
}
