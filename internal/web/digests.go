package web

import (
	"net/url"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/store"
)

// digestsView is who gets digests, and what became of them.
type digestsView struct {
	Write bool // the visitor may change who gets one
	When  string
	Plans []digestRow
	Log   []digestLogRow
	Pages pager
}

type digestRow struct {
	ID, Where                        string
	What, About, Empty               string
	Next                             stamp
	Edit, Remove, Daily, WeeklyShown string // addresses; "" where there is nothing
}

// digestLogRow is what became of one digest.
type digestLogRow struct {
	Date, What, Where string
	Became            mark
	Why               string
	At                stamp
}

func (s *site) digests(v *visit) (answer, error) {
	settings := v.space.Settings
	at := settings.Digest.WithDefaults()
	view := digestsView{Write: v.caller.May(auth.WriteSettings), When: at.At + " on " + daysWords(at.Days) + ", the weekly summary on " + daysWords([]string{at.WeeklyOn})}
	next, err := s.intake.NextDigests(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	page := v.pageNumber()
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		for i, p := range settings.Digests {
			view.Plans = append(view.Plans, v.digestRow(i, p, names, next[p.To]))
		}
		list, total, err := tx.DigestLog(v.workspace(), perPage, (page-1)*perPage)
		for _, r := range list {
			view.Log = append(view.Log, v.digestLogRow(r, names))
		}
		view.Pages = pagerOf("/digests", v.r.URL.Query(), page, len(list), total)
		return err
	})
	return answer{title: "Digests", body: digestsBody(view)}, err
}

func (v *visit) digestRow(i int, p stanna.DigestPlan, names channels, next time.Time) digestRow {
	row := digestRow{ID: "plan-" + digits(i+1), Where: digestPlace(p.To, names), About: digestAbout(p), Next: stampOf(v.local, next)}
	switch {
	case p.Daily && p.Weekly:
		row.What = "Daily, with the weekly summary on its day"
	case p.Daily:
		row.What = "Daily"
	default:
		row.What = "Weekly summary"
	}
	row.Empty = "Silent when there is nothing"
	if p.Empty == stanna.SayNothing {
		row.Empty = "Says so when there is nothing, on the first of such days"
	}
	address := func(path string, more ...string) string {
		q := url.Values{"to": {string(p.To)}}
		for k := 0; k+1 < len(more); k += 2 {
			if more[k+1] != "" {
				q.Set(more[k], more[k+1])
			}
		}
		return path + "?" + q.Encode()
	}
	row.Edit, row.Remove = address("/digests/plan"), address("/digests/remove")
	if p.Daily {
		row.Daily = address("/digests/preview", "edition", string(p.Edition), "owner", p.Owner)
	}
	if p.Weekly {
		row.WeeklyShown = address("/digests/preview", "weekly", "yes", "edition", string(p.Edition), "owner", p.Owner)
	}
	return row
}

// digestPlace is where a digest goes, as people say it.
func digestPlace(d stanna.Destination, names channels) string {
	if d == stanna.ToOwner {
		return "every owner of accounts"
	}
	return names.destination(d)
}

// digestAbout is whose accounts a plan is about, and how much of them it tells.
func digestAbout(p stanna.DigestPlan) string {
	about := "All accounts"
	switch {
	case p.To == stanna.ToOwner:
		about = "The accounts that each owns"
	case p.Scope() != "":
		about = "The accounts of " + p.Scope()
	}
	if p.Edition == stanna.LeadershipEdition {
		about += ": figures, without any client's details"
	}
	return about
}

func (v *visit) digestLogRow(r stanna.DigestRecord, names channels) digestLogRow {
	row := digestLogRow{Date: r.Date, What: "Daily digest", Where: digestPlace(r.Destination, names), At: stampOf(v.road, r.At),
		Became: mark{Word: "sent", Class: "good", Symbol: "check"}}
	if r.Weekly {
		row.What = "Weekly summary"
	}
	switch {
	case r.By != "":
		row.Why = "By hand, by " + r.By + "."
	case !r.Sent():
		row.Became, row.Why = mark{Word: "not sent", Class: "soft", Symbol: "skip"}, r.Reason.Sentence()
	case r.Late:
		row.Why = "Late: the server was down when it was due."
	case r.Reason != "":
		row.Why = r.Reason.Sentence()
	}
	return row
}

// digestShown is a digest as it would be now, and the question whether to send
// it.
type digestShown struct {
	Heading, Where, About string
	Nothing               bool
	Silent                string // why it cannot be sent there
	Drawn                 slackMessage
	Hidden                []field
	Send                  bool // the visitor may
	Owners                []option
	Query                 []field // what the choice of an owner keeps
}

// wantedDigest is the digest that an address or a form asks for.
func wantedDigest(get func(string) string) (p stanna.DigestPlan, weekly bool) {
	p = stanna.DigestPlan{To: stanna.Destination(get("to")), Daily: true, Edition: stanna.DigestEdition(get("edition")), Owner: get("owner")}
	return p, get("weekly") == "yes"
}

// previewDigest draws what a digest would say now. Of every owner's it draws
// one.
func (s *site) previewDigest(v *visit) (answer, error) {
	p, weekly := wantedDigest(v.asked)
	view := digestShown{Heading: "Daily digest", Send: v.caller.May(auth.ResendDeliveries)}
	if weekly {
		view.Heading = "Weekly summary"
	}
	var names channels
	if err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		if names, err = v.channelsOf(tx, v.caller.May(auth.Connect)); err != nil || p.To != stanna.ToOwner {
			return err
		}
		owners, err := tx.Owners(v.workspace())
		for _, o := range owners {
			view.Owners = append(view.Owners, option{o, o, o == p.Owner})
		}
		return err
	}); err != nil {
		return answer{}, err
	}
	view.Where, view.About = digestPlace(p.To, names), digestAbout(p)
	view.Hidden = []field{{"to", string(p.To)}, {"edition", string(p.Edition)}, {"owner", p.Owner}}
	view.Query = []field{{"to", string(p.To)}}
	if weekly {
		view.Hidden, view.Query = append(view.Hidden, field{"weekly", "yes"}), append(view.Query, field{"weekly", "yes"})
	}
	one := p
	if p.To == stanna.ToOwner {
		if p.Owner == "" && len(view.Owners) > 0 {
			p.Owner, view.Owners[0].Chosen = view.Owners[0].Value, true
		}
		if p.Owner == "" {
			return s.sorry(v, "/digests", stanna.Errorf(stanna.Conflict, "no account has an owner, so that nobody would have a digest"))
		}
		one.To, one.Owner = stanna.ToPerson(p.Owner), ""
	}
	list, err := s.intake.ComposeDigest(v.ctx, v.workspace(), v.by(), one, weekly)
	if err != nil {
		return answer{}, err
	}
	d := list[0]
	d.Says.By = "" // nobody has sent it
	view.Nothing = d.Says.Nothing()
	if d.Place.Silent != "" {
		view.Silent = d.Place.Silent.Sentence()
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		drawn, err := deliver.DrawDigest(tx, deliver.Links{PublicURL: s.publicURL}, d.Says.To, v.workspace(), d.Place.To, d.Says)
		if err != nil {
			return err
		}
		view.Drawn, err = slackMessageOf(drawn, names)
		return err
	})
	v.showPictures(v.space.Settings.Branding.LogoURL)
	return answer{title: view.Heading, body: digestShownBody(view)}, err
}

// sendDigest sends a digest now, beside the one that its date has.
func (s *site) sendDigest(v *visit) (answer, error) {
	p, weekly := wantedDigest(v.given)
	if p.To == stanna.ToOwner {
		p.Owner = ""
	}
	sent, err := s.intake.SendDigest(v.ctx, v.workspace(), v.by(), p, weekly)
	if err != nil {
		return s.sorry(v, "/digests", err)
	}
	return s.done(v, "/digests", capital(v.local.Count(len(sent), "digest"))+" on the way.")
}
