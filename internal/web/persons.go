package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// teamView is everybody who may be told something.
type teamView struct {
	Write bool
	Tabs  []tab
	Rows  []personRow
}

type personRow struct {
	Email, Name, Role string
	Slack             mark
	Deputy, Manager   string
	Away              string
	Hours, Manner     string
	Path              string
}

func (s *site) team(v *visit) (answer, error) {
	view := teamView{Write: v.caller.May(auth.WriteRules), Tabs: settingsTabs("people")}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		rows := map[string]*personRow{}
		directory, err := tx.People(v.workspace())
		if err != nil {
			return err
		}
		users, err := tx.Users(v.workspace())
		if err != nil {
			return err
		}
		add := func(email string) *personRow {
			if rows[email] == nil {
				rows[email] = v.personRow(email, directory[email])
			}
			return rows[email]
		}
		for email := range directory {
			add(email)
		}
		for _, u := range users {
			r := add(strings.ToLower(u.Email))
			r.Role, r.Name = roleWord(u.Roles[v.workspace()]), cmp.Or(u.Name, r.Name)
		}
		for _, r := range rows {
			view.Rows = append(view.Rows, *r)
		}
		return nil
	})
	slices.SortFunc(view.Rows, func(a, b personRow) int { return cmp.Compare(a.Email, b.Email) })
	return answer{title: "People", body: teamBody(view)}, err
}

func (v *visit) personRow(email string, p stanna.Person) *personRow {
	r := &personRow{Email: email, Name: p.Name, Deputy: p.Deputy, Manager: p.Manager, Path: "/settings/people/" + url.PathEscape(email), Slack: mark{"waiting", "skip", "Slack not asked yet"}}
	switch {
	case p.SlackID != "":
		r.Slack = mark{"delivered", "check", "In Slack"}
	case !p.SeenAt.IsZero():
		r.Slack = mark{"warning", "warning", "Not in Slack"}
	}
	r.Away = v.awayWords(p.Habits)
	if p.Hours != nil {
		r.Hours = hoursWords(*p.Hours)
	}
	r.Manner = mannerWords(p.Habits)
	return r
}

func (v *visit) awayWords(h stanna.Habits) string {
	now := v.local.Now
	switch {
	case h.AwayAt.IsZero() || !h.BackAt.IsZero() && !h.BackAt.After(now):
		return ""
	case h.Away(now) && h.BackAt.IsZero():
		return "away until they say so"
	case h.Away(now):
		return "away, back on " + v.local.Day(h.BackAt)
	case h.BackAt.IsZero():
		return "away from " + v.local.Day(h.AwayAt)
	}
	return "away from " + v.local.Day(h.AwayAt) + ", back on " + v.local.Day(h.BackAt)
}

// personForm is what a person has set, or an admin for them.
type personForm struct {
	Mine            bool
	Email, Name     string
	Action          string
	Slack           mark
	Away            bool
	AwayWords       string
	From, Back      string
	Deputy, Manager []option
	OwnHours        bool
	Hours           hoursForm
	Workspace       string
	Manner          mannerForm
	Follows         []field
	Wrong           wrongs
}

func (s *site) mePage(v *visit) (answer, error) {
	return s.personForm(v, strings.ToLower(v.caller.Email), true, nil, wrongs{})
}

func (s *site) saveMe(v *visit) (answer, error) {
	return s.saveHabits(v, strings.ToLower(v.caller.Email), true)
}

func (s *site) personPage(v *visit) (answer, error) {
	return s.personForm(v, strings.ToLower(v.r.PathValue("email")), false, nil, wrongs{})
}

func (s *site) savePerson(v *visit) (answer, error) {
	return s.saveHabits(v, strings.ToLower(v.r.PathValue("email")), false)
}

func (s *site) personForm(v *visit, email string, mine bool, draft *stanna.Habits, w wrongs) (answer, error) {
	if !policy.ValidEmail(email) {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is nobody with that e-mail address")
	}
	f := personForm{Mine: mine, Email: email, Action: "/me", Wrong: w, Workspace: hoursWords(v.local.Settings.BusinessHours)}
	if !mine {
		f.Action = "/settings/people/" + url.PathEscape(email)
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		p, known, err := tx.Person(v.workspace(), email)
		if err != nil {
			return err
		}
		list, err := v.colleagues(tx)
		if err != nil {
			return err
		}
		if !known && !mine && !slices.ContainsFunc(list, func(o option) bool { return o.Value == string(stanna.ToPerson(email)) }) {
			return stanna.Errorf(stanna.NotFound, "there is nobody with that e-mail address")
		}
		row := v.personRow(email, p)
		f.Name, f.Slack, f.AwayWords = row.Name, row.Slack, row.Away
		h := p.Habits
		if draft != nil {
			h = *draft
		}
		f.habits(v, h, list, w)
		if mine {
			f.Follows, err = v.following(tx, email)
		}
		return err
	})
	title := email
	if mine {
		title = "Away and reachable"
	}
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	return answer{title: title, body: personBody(f), status: status}, err
}

func (f *personForm) habits(v *visit, h stanna.Habits, list []option, w wrongs) {
	f.Away = v.awayWords(h) != ""
	if f.Away && !h.AwayAt.IsZero() {
		f.From = h.AwayAt.In(v.local.Zone).Format(localTime)
	}
	if !h.BackAt.IsZero() && f.Away {
		f.Back = h.BackAt.In(v.local.Zone).Format(time.DateOnly)
	}
	choose := func(chosen string) []option {
		all := []option{{"", "Nobody", chosen == ""}}
		found := chosen == ""
		for _, o := range list {
			email, _ := stanna.Destination(o.Value).Person()
			if email != f.Email {
				found = found || email == chosen
				all = append(all, option{email, o.Label, email == chosen})
			}
		}
		if !found {
			all = append(all, option{chosen, chosen, true})
		}
		return all
	}
	f.Deputy, f.Manager = choose(h.Deputy), choose(h.Manager)
	f.OwnHours = h.Hours != nil
	var own stanna.Hours
	if f.OwnHours {
		own = *h.Hours
	}
	f.Hours = hoursFormOf("hours", own, "Left open: "+v.local.Settings.Timezone+", the workspace's.", nil, w)
	f.Manner = v.mannerFormOf(h, w)
}

// following are the accounts that somebody follows.
func (v *visit) following(tx *store.Tx, email string) (list []field, err error) {
	ids, err := tx.Following(v.workspace(), email)
	if err != nil {
		return nil, err
	}
	ids = ids[:min(len(ids), 200)]
	clients, err := v.clientsOf(tx, ids)
	for _, id := range ids {
		if c := clients[id]; v.sees(c) {
			list = append(list, field{c.Name, clientPath(id)})
		}
	}
	return list, err
}

// saveHabits stores what the form says; what is held for the person is timed
// anew.
func (s *site) saveHabits(v *visit, email string, mine bool) (answer, error) {
	var draft stanna.Habits
	w := wrongs{}
	_, warnings, err := s.policy.SetHabits(v.ctx, v.workspace(), v.by(), email, func(h *stanna.Habits) error {
		h.Deputy, h.Manager = v.given("deputy"), v.given("manager")
		was := h.AwayAt
		h.AwayAt, h.BackAt = time.Time{}, time.Time{}
		if v.given("away") == "yes" {
			from, ok := v.momentOf(v.given("from"))
			switch {
			case !ok:
				w.add("away.from", "is no date and time")
			case from.IsZero() && !was.IsZero() && !was.After(v.local.Now):
				from = was
			case from.IsZero():
				from = v.local.Now
			}
			h.AwayAt = from
			if text := v.given("back"); text != "" {
				if h.BackAt, ok = v.local.DayOf(text); !ok {
					w.add("away.until", "is no date")
				}
			}
		}
		h.Hours = nil
		if v.given("own") == "yes" {
			hours := v.readHours("hours")
			h.Hours = &hours
		}
		v.readManner(h, w)
		draft = *h
		if len(w) > 0 {
			return stanna.Errorf(stanna.Invalid, "the form could not be read")
		}
		return nil
	})
	if len(w) == 0 {
		if more, ok := wrongsOf(err); ok {
			w, err = more, nil
		}
	}
	if len(w) > 0 {
		return s.personForm(v, email, mine, &draft, w)
	}
	if err != nil {
		return answer{}, err
	}
	said := "Saved."
	if away := v.awayWords(draft); away != "" {
		said = "Saved: " + away + ". Direct messages go to who stands in."
	}
	said += asSentences(warnings)
	back := "/me"
	if !mine {
		back = "/settings/people"
	}
	return s.done(v, back, said)
}
