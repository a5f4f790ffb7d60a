package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// digestForm is one plan.
type digestForm struct {
	New      bool
	Was      string // the place that it had, as it is stored
	To       []option
	Typed    string
	Daily    bool
	Weekly   bool
	Editions []option
	Owner    string
	Owners   []option
	Empties  []option
	Tag      string
	Wrong    wrongs
}

// planOf finds the plan of a place; −1 without one.
func planOf(plans []stanna.DigestPlan, to string) int {
	return slices.IndexFunc(plans, func(p stanna.DigestPlan) bool { return string(p.To) == to })
}

func (s *site) digestPlanPage(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	plan, was := stanna.DigestPlan{Daily: true, Weekly: true}, ""
	if i := planOf(kept.Workspace.Settings.Digests, v.asked("to")); i >= 0 {
		plan, was = kept.Workspace.Settings.Digests[i], v.asked("to")
	}
	return s.digestForm(v, kept, was, plan, nil, wrongs{})
}

func (s *site) digestForm(v *visit, kept policy.Kept, was string, p stanna.DigestPlan, t typed, w wrongs) (answer, error) {
	f := digestForm{New: was == "", Was: was, Daily: p.Daily, Weekly: p.Weekly, Owner: p.Owner, Typed: t.or("to.typed", ""), Tag: t.or("tag", kept.Tag()), Wrong: w,
		Editions: []option{{"", "For the team: what moved, why, what to do next", p.Edition != stanna.LeadershipEdition},
			{string(stanna.LeadershipEdition), "For leadership: figures, without any client's details", p.Edition == stanna.LeadershipEdition}},
		Empties: []option{{"", "Send nothing", p.Empty != stanna.SayNothing}, {string(stanna.SayNothing), "Say so, on the first of several such days", p.Empty == stanna.SayNothing}}}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		book, err := v.placesOf(tx)
		if err != nil {
			return err
		}
		f.To = append([]option{{"", "Choose…", false}, {string(stanna.ToOwner), "Every owner of accounts, about their own", false}}, book.Channels...)
		f.To = append(f.To, book.People...)
		if p.To != "" && !slices.ContainsFunc(f.To, func(o option) bool { return o.Value == string(p.To) }) {
			f.To = append(f.To, option{string(p.To), book.names.destination(p.To), false})
		}
		for i := range f.To {
			f.To[i].Chosen = f.To[i].Value == string(p.To)
		}
		owners, err := tx.Owners(v.workspace())
		f.Owners = []option{{"", "All accounts", p.Owner == ""}}
		if p.Owner != "" && !slices.Contains(owners, p.Owner) {
			owners = append(owners, p.Owner)
		}
		for _, o := range owners {
			f.Owners = append(f.Owners, option{o, "Those of " + o, o == p.Owner})
		}
		return err
	})
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	title := "Digest"
	if f.New {
		title = "New digest"
	}
	return answer{title: title, body: digestFormBody(f), status: status}, err
}

// saveDigestPlan stores a plan in the place of the one that it was, or behind
// the others.
func (s *site) saveDigestPlan(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	w := wrongs{}
	p := stanna.DigestPlan{To: stanna.Destination(v.given("to")), Daily: v.given("daily") == "yes", Weekly: v.given("weekly") == "yes",
		Edition: stanna.DigestEdition(v.given("edition")), Owner: strings.ToLower(v.given("owner")), Empty: stanna.EmptyDigest(v.given("empty"))}
	if text := v.given("to.typed"); text != "" {
		to, err := s.readPlace(v, text)
		switch code := stanna.CodeOf(err); {
		case code == stanna.Invalid || code == stanna.NotFound || code == stanna.Conflict || code == stanna.Unavailable:
			w.add("to", err.Error())
		case err != nil:
			return answer{}, err
		}
		p.To = to
	}
	if email, ok := p.To.Person(); ok || p.To == stanna.ToOwner { // whose it is goes by the place
		p.Owner = ""
		if ok {
			_ = s.line.Meet(v.ctx, v.workspace(), email) // the server looks them up again by itself
		}
	}
	was := v.given("was")
	plans := slices.Clone(kept.Workspace.Settings.Digests)
	at := planOf(plans, was)
	if at >= 0 {
		plans[at] = p
	} else {
		at, plans = len(plans), append(plans, p)
	}
	if len(w) == 0 {
		var warnings []policy.Warning
		if _, warnings, err = s.policy.SaveDigests(v.ctx, v.workspace(), v.by(), v.given("tag"), plans); err == nil {
			return s.done(v, "/digests", "The digest is saved."+asSentences(warnings))
		}
	}
	if more, ok := wrongsOf(err); ok {
		for field, text := range more {
			w.add(strings.TrimPrefix(field, "digests["+digits(at)+"]."), text)
		}
	} else if err != nil {
		return answer{}, err
	}
	if errors.Is(err, policy.Moved) { // who saves again has been told
		v.r.PostForm.Set("tag", kept.Tag())
	}
	return s.digestForm(v, kept, was, p, typed(v.r.PostForm), w)
}

func (s *site) removeDigestPage(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	i := planOf(kept.Workspace.Settings.Digests, v.asked("to"))
	if i < 0 {
		return s.sorry(v, "/digests", stanna.Errorf(stanna.NotFound, "there is no such digest any more"))
	}
	p := kept.Workspace.Settings.Digests[i]
	var where string
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		names, err := v.channelsOf(tx, true)
		where = digestPlace(p.To, names)
		return err
	})
	return ask("Remove the digest", askView{Heading: "Remove this digest?", Lead: "The one for " + where + ".",
		Points: []string{"What waits for a digest still comes, as a list of what waited."}, Action: "/digests/remove",
		Hidden: []field{{"to", string(p.To)}, {"tag", kept.Tag()}}, Do: "Remove it", Dont: "Keep it", Class: "danger", Back: "/digests", BackLabel: "Digests"}), err
}

func (s *site) removeDigest(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	plans := slices.DeleteFunc(slices.Clone(kept.Workspace.Settings.Digests), func(p stanna.DigestPlan) bool { return string(p.To) == v.given("to") })
	if _, _, err := s.policy.SaveDigests(v.ctx, v.workspace(), v.by(), v.given("tag"), plans); err != nil {
		return s.sorry(v, "/digests", err)
	}
	return s.done(v, "/digests", "The digest is removed.")
}
