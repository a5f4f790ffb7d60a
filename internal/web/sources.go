package web

import (
	"net/url"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
)

// sourcesPath is where the other tools are listed that post to us.
const sourcesPath = "/integrations/sources"

func sourcePath(id string) string { return sourcesPath + "/" + url.PathEscape(id) }

// sourcesView lists the other tools.
type sourcesView struct {
	Manages bool
	Rows    []sourceRow
}

// sourceRow is one of them, and how it fares.
type sourceRow struct {
	ID, Path, Name string
	Kind           string
	Mark           mark
	Heard, Silent  stamp
	Tally          store.ParcelTally // of 24 hours
	Repair         string
}

func (s *site) sourceList(v *visit) (answer, error) {
	view := sourcesView{Manages: v.caller.May(auth.Connect)}
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		view.Rows, err = v.sourceRows(tx)
		return err
	})
	return answer{title: "Other tools", body: sourcesBody(view)}, err
}

func (v *visit) sourceRows(tx *store.Tx) ([]sourceRow, error) {
	list, err := tx.Sources(v.workspace())
	if err != nil {
		return nil, err
	}
	tallies, err := tx.ParcelTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
	rows := make([]sourceRow, len(list))
	ready := mapping.Ready()
	for i, x := range list {
		rows[i] = v.sourceRow(x, tallies[x.ID], ready)
	}
	return rows, err
}

func (v *visit) sourceRow(x stanna.Source, t store.ParcelTally, ready []mapping.Template) sourceRow {
	row := sourceRow{ID: x.ID, Path: sourcePath(x.ID), Name: x.Name, Kind: "A mapping of your own", Tally: t, Heard: stampOf(v.road, x.HeardAt), Silent: stampOf(v.road, x.SilentAt)}
	if r, ok := readyOf(x.Kind, ready); ok {
		row.Kind = r.Title
	}
	switch {
	case x.Paused:
		row.Mark, row.Repair = mark{"held", "clock", "Paused"}, "What comes is kept and waits. Resume the source when its mapping is ready."
	case !x.SilentAt.IsZero():
		row.Mark, row.Repair = mark{"warning", "warning", "Silent"}, "Nothing has come for longer than it may be silent. Look in the other tool whether it still posts to its address here."
	case x.HeardAt.IsZero():
		row.Mark = mark{"waiting", "circle", "Nothing came yet"}
	case t.Failed > 0:
		row.Mark, row.Repair = mark{"warning", "warning", "Some failed"}, "Each body that failed says why. Mend the mapping or the client, and open it again."
	default:
		row.Mark = mark{"delivered", "check", "Works"}
	}
	return row
}

// readyOf is the mapping that a source began with, if it stood ready.
func readyOf(kind string, list []mapping.Template) (r mapping.Template, ok bool) {
	i := slices.IndexFunc(list, func(r mapping.Template) bool { return kind != "" && r.Name == kind })
	if i < 0 {
		return r, false
	}
	return list[i], true
}
