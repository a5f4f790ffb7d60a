package web

import (
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// surgesView is the times when many clients moved at once.
type surgesView struct {
	Rows  []surgeRow
	Pages pager
}

type surgeRow struct {
	Path, What     string
	Type           string
	Source         string
	Status         mark
	Clients, Book  int
	Share          string
	Held           int
	HeldWords      string
	Began, Until   stamp
	EndedBy        string
	Holding        bool
	Release, Throw string // addresses of the pages that ask
}

func surgePath(id string) string { return "/surges/" + url.PathEscape(id) }

func (v *visit) surgeRow(x stanna.Surge, held int) surgeRow {
	r := surgeRow{Path: surgePath(x.ID), Type: typeName(x.Type), Source: x.Source, Clients: x.Clients, Book: x.Book, Held: held,
		Began: stampOf(v.local, x.BeganAt), Until: stampOf(v.local, x.Until), EndedBy: x.EndedBy, Holding: x.Status == stanna.SurgeHolding}
	if x.Book > 0 {
		r.Share = v.local.Percent(float64(x.Clients) / float64(x.Book))
	}
	r.HeldWords = v.local.Count(held, "message") + " are"
	if held == 1 {
		r.HeldWords = "1 message is"
	}
	r.What = v.local.Count(x.Clients, "client") + " at once: " + r.Type
	switch x.Status {
	case stanna.SurgeHolding:
		r.Status = mark{"warning", "clock", "Held back"}
	case stanna.SurgeReleased:
		r.Status = mark{"delivered", "check", "Released"}
	default:
		r.Status = mark{"closed", "skip", "Discarded"}
	}
	r.Release, r.Throw = r.Path+"/release", r.Path+"/discard"
	return r
}

func (s *site) surges(v *visit) (answer, error) {
	var view surgesView
	page := v.pageNumber()
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		list, total, err := tx.Surges(v.workspace(), perPage, (page-1)*perPage)
		if err != nil {
			return err
		}
		view.Pages = pagerOf("/surges", v.r.URL.Query(), page, len(list), total)
		for _, x := range list {
			held, err := tx.HeldBySurge(v.workspace(), x.ID)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, v.surgeRow(x, held))
		}
		return nil
	})
	return answer{title: "Many at once", body: surgesBody(view)}, err
}

// surgeView is one of them, and what is held by it.
type surgeView struct {
	Row   surgeRow
	Act   bool // the visitor may release and discard
	Own   bool
	Notes []noteRow
	Total int
	Pages pager
}

func (s *site) surge(v *visit) (answer, error) {
	view := surgeView{Own: v.caller.OwnAccountsOnly(), Act: v.endsSurges()}
	page := v.pageNumber()
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		x, err := tx.Surge(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		held, err := tx.HeldBySurge(v.workspace(), x.ID)
		if err != nil {
			return err
		}
		view.Row = v.surgeRow(x, held)
		if !v.caller.May(auth.ReadDeliveries) {
			return nil
		}
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		list, total, err := tx.Notifications(v.workspace(), store.NotificationQuery{Surge: x.ID, Owner: v.owner(), Limit: perPage, Offset: (page - 1) * perPage})
		if err != nil {
			return err
		}
		view.Total, view.Pages = total, pagerOf(surgePath(x.ID), v.r.URL.Query(), page, len(list), total)
		view.Notes, err = v.noteRows(tx, list, names)
		return err
	})
	return answer{title: view.Row.What, body: surgeBody(view)}, err
}

// endsSurges says whether the visitor may decide for everybody's accounts.
func (v *visit) endsSurges() bool {
	return v.caller.May(auth.ActOnAlerts) && !v.caller.OwnAccountsOnly()
}

func (s *site) surgeToEnd(v *visit) (row surgeRow, release bool, err error) {
	switch v.r.PathValue("end") {
	case "release":
		release = true
	case "discard":
	default:
		return row, false, stanna.Errorf(stanna.NotFound, "there is no page at this address")
	}
	if !v.endsSurges() {
		return row, release, stanna.Errorf(stanna.Forbidden, "this is about everybody's accounts; ask somebody who is director or admin")
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		x, err := tx.Surge(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		held, err := tx.HeldBySurge(v.workspace(), x.ID)
		row = v.surgeRow(x, held)
		return err
	})
	return row, release, err
}

func (s *site) endSurgePage(v *visit) (answer, error) {
	row, release, err := s.surgeToEnd(v)
	if err != nil {
		return answer{}, err
	}
	if !row.Holding {
		return s.sorry(v, row.Path, stanna.Errorf(stanna.Conflict, "it was %s already", row.Status.Word))
	}
	a := askView{Heading: "Tell them now?", Lead: row.What + ", reported by " + row.Source + ".", Do: "Release", Action: row.Release, Back: row.Path, BackLabel: "Many at once",
		Points: []string{v.local.Count(row.Held, "message") + " held back: told now, as soon as hours and digests allow.", "What a channel cannot take at once comes as one ranked summary."}}
	if !release {
		a.Heading, a.Do, a.Action, a.Class = "Discard them?", "Discard", row.Throw, "danger"
		a.Points = []string{"The alerts that are held are closed as not useful, and nobody is told.", "Choose this when the source made a mistake. It cannot be taken back; a client that gets worse still opens a new alert."}
	}
	return ask(a.Heading, a), nil
}

func (s *site) endSurge(v *visit) (answer, error) {
	row, release, err := s.surgeToEnd(v)
	if err != nil {
		return answer{}, err
	}
	if _, err := s.intake.EndSurge(v.ctx, v.workspace(), v.r.PathValue("id"), v.by(), release); err != nil {
		return s.sorry(v, row.Path, err)
	}
	if release {
		return s.done(v, row.Path, "Released: what was held is on its way.")
	}
	return s.done(v, row.Path, "Discarded: the alerts are closed, and nobody is told.")
}
