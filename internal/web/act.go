package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// actsView is what a person can do about an open alert.
type actsView struct {
	Path     string
	Taken    bool // by the visitor
	People   []option
	Whose    string // e-mail of whom it is given to
	Until    string // as it was chosen
	Date     string
	First    string // earliest date
	Last     string
	Outcomes []option
	Ways     []option // of getting in touch
	Verdicts []option
	Note     string
	Wrong    wrongs
}

func (v *visit) actsOf(tx *store.Tx, a stanna.Alert) (view actsView, err error) {
	view = actsView{Path: alertPath(a.ID), Taken: a.Status == stanna.AlertTaken && strings.EqualFold(a.TakenBy, v.caller.Email), Whose: a.AssignedTo,
		Until: "tomorrow", Outcomes: options("", outcomeWords...), Ways: options("call", wayWords...), Wrong: wrongs{}}
	view.Verdicts, err = v.verdictsOf(tx, a)
	if err != nil {
		return view, err
	}
	view.First = v.local.Now.AddDate(0, 0, 1).Format(time.DateOnly)
	view.Last = v.local.Now.Add(stanna.MaxSnooze).Format(time.DateOnly)
	list, err := v.colleagues(tx)
	for _, o := range list {
		email, _ := stanna.Destination(o.Value).Person()
		view.People = append(view.People, option{email, o.Label, strings.EqualFold(email, a.AssignedTo)})
	}
	if a.AssignedTo != "" && !slices.ContainsFunc(view.People, func(o option) bool { return o.Chosen }) {
		view.People = append(view.People, option{a.AssignedTo, a.AssignedTo, true})
	}
	return view, err
}

// actView is the page that asks about one of them.
type actView struct {
	Act     string
	Heading string
	Client  string
	Row     alertRow
	Acts    actsView
	Closed  string // why there is nothing to do
}

var actHeadings = map[string]string{"take": "Are you on it?", "assign": "Whose is it?", "snooze": "Put it off?", "resolve": "Close it?", "reached": "You reached out?", "judge": "Was it useful?"}

// wayWords are the ways of getting in touch.
var wayWords = []string{"call", "A call", "email", "An e-mail", "meeting", "A meeting", "message", "A message"}

// verdictWords are what may be said about having been told.
var verdictWords = []string{
	string(stanna.VerdictUseful), "Useful",
	string(stanna.VerdictNotUseful), "Not useful",
	string(stanna.VerdictKnown), "Already knew",
	string(stanna.VerdictTooLate), "Too late",
}

// verdictsOf are the verdicts, with the visitor's own chosen.
func (v *visit) verdictsOf(tx *store.Tx, a stanna.Alert) ([]option, error) {
	said, err := tx.Receipts(v.workspace(), a.ID)
	own := ""
	for _, r := range said {
		if strings.EqualFold(r.By, v.caller.Email) {
			own = string(r.Verdict)
		}
	}
	return options(own, verdictWords...), err
}

// actPage asks before something happens to an alert; links from Slack lead
// here.
func (s *site) actPage(v *visit) (answer, error) {
	return s.asksAct(v, v.r.PathValue("act"), wrongs{}, http.StatusOK)
}

func (s *site) asksAct(v *visit, act string, w wrongs, status int) (answer, error) {
	view := actView{Act: act, Heading: actHeadings[act]}
	if view.Heading == "" {
		return s.nowhere(v)
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		a, p, err := v.alertOf(tx, v.r.PathValue("id"))
		if err != nil {
			return err
		}
		view.Row, view.Client = v.alertRow(a, p.Client), p.Client.Name
		if !a.Open() && act != "reached" && act != "judge" {
			view.Closed = "It is closed already: " + a.Why.Sentence()
		}
		view.Acts, err = v.actsOf(tx, a)
		if view.Acts.Wrong = w; status != http.StatusOK {
			view.Acts.Until, view.Acts.Date, view.Acts.Note = v.given("until"), v.given("date"), v.given("note")
			view.Acts.Outcomes, view.Acts.Ways = options(v.given("outcome"), outcomeWords...), options(v.given("way"), wayWords...)
		}
		return err
	})
	return answer{title: view.Heading, body: actBody(view), status: status}, err
}

// act does it, and says so on the alert's page.
func (s *site) act(v *visit) (answer, error) {
	id, act := v.r.PathValue("id"), v.r.PathValue("act")
	said, err := s.doAct(v, id, act)
	if w, wrong := wrongsOf(err); wrong && stanna.CodeOf(err) == stanna.Invalid {
		return s.asksAct(v, act, w, http.StatusBadRequest)
	}
	if err != nil {
		return s.sorry(v, alertPath(id), err)
	}
	return s.done(v, alertPath(id), said)
}

func (s *site) doAct(v *visit, id, act string) (said string, err error) {
	by, w := v.by(), v.workspace()
	switch act {
	case "take":
		_, err = s.intake.TakeUp(v.ctx, w, id, by)
		return "You are on it, and the message in Slack says so.", err
	case "assign":
		to := strings.ToLower(v.given("to"))
		if err := s.mayHave(v, to); err != nil {
			return "", err
		}
		if _, err = s.intake.Assign(v.ctx, w, id, by, to); to == "" {
			return "It is given to nobody now.", err
		}
		return "It is given to " + to + ".", err
	case "snooze":
		until, err := s.snoozeUntil(v)
		if err != nil {
			return "", err
		}
		_, err = s.intake.Snooze(v.ctx, w, id, by, until)
		return "It is put off until " + v.local.Moment(until) + ", and told again then if it is still so.", err
	case "resolve":
		outcome := stanna.Outcome(v.given("outcome"))
		if outcome == "" {
			return "", stanna.InvalidField("outcome", "choose what became of it")
		}
		_, err = s.intake.Resolve(v.ctx, w, id, by, outcome, v.given("note"))
		return "It is closed as " + outcomeWord(outcome) + ".", err
	case "reached":
		err := s.intake.Reached(v.ctx, w, id, by, stanna.Contacted{Kind: v.given("way"), Summary: v.given("note")})
		return "It is noted that you were in touch.", err
	case "judge":
		a, err := s.intake.Receipt(v.ctx, w, id, by, stanna.Verdict(v.given("verdict")))
		if a.Open() {
			return "Noted. The alert stays open.", err
		}
		return "Noted. The alert is closed.", err
	}
	return "", stanna.Errorf(stanna.NotFound, "there is no page at this address")
}

// mayHave refuses to give an alert to somebody who is not of the team.
func (s *site) mayHave(v *visit, email string) error {
	if email == "" {
		return nil
	}
	return s.store.View(v.ctx, func(tx *store.Tx) error {
		list, err := v.colleagues(tx)
		if err == nil && !slices.ContainsFunc(list, func(o option) bool { return o.Value == string(stanna.ToPerson(email)) }) {
			err = stanna.InvalidField("to", "nobody of this workspace has that e-mail address")
		}
		return err
	})
}

// snoozeUntil is the moment that the form means: tomorrow, Monday, or when
// working hours begin on a date.
func (s *site) snoozeUntil(v *visit) (time.Time, error) {
	if v.given("until") != "date" {
		return v.local.Settings.PutOff(v.given("until"), v.local.Now)
	}
	return v.morningOf(v.given("date"), "date")
}

// morningOf is when working hours begin on a date that was typed.
func (v *visit) morningOf(date, field string) (time.Time, error) {
	day, ok := v.local.DayOf(date)
	if !ok {
		return day, stanna.InvalidField(field, "choose a date")
	}
	return v.local.Settings.Morning(day), nil
}

// alertOf is an alert that the visitor sees, with its client; without one it
// is about the whole portfolio.
func (v *visit) alertOf(tx *store.Tx, id string) (stanna.Alert, store.Portrait, error) {
	a, err := tx.Alert(v.workspace(), id)
	if err != nil {
		return a, store.Portrait{}, err
	}
	if a.ClientID == "" {
		if v.caller.OwnAccountsOnly() {
			return a, store.Portrait{}, stanna.Errorf(stanna.NotFound, "alert not found")
		}
		return a, store.Portrait{Client: stanna.Client{Name: wholePortfolio}}, nil
	}
	p, err := v.portrait(tx, a.ClientID)
	if stanna.CodeOf(err) == stanna.NotFound {
		err = stanna.Errorf(stanna.NotFound, "alert not found")
	}
	return a, p, err
}
