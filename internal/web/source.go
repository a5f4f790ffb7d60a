package web

import (
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// sourceView is another tool: what it sent lately, and what can be done.
type sourceView struct {
	Row      sourceRow
	Manages  bool
	Admins   []string
	Address  string
	Guide    webhook.Guide
	Header   string
	Steps    []string
	Until    stamp // the secret before is taken until then
	Paused   bool
	Quiet    []option
	QuietFor string
	Version  string
	Name     string // as it was typed
	Bodies   parcelList
	Trail    []deedRow
	Wrong    wrongs
}

func (s *site) sourcePage(v *visit) (answer, error) { return s.sourceAnswer(v, nil, nil) }

func (s *site) sourceAnswer(v *visit, t typed, w wrongs) (answer, error) {
	view := sourceView{Manages: v.caller.May(auth.Connect), Wrong: w}
	if !view.Manages {
		view.Admins = s.admins(v)
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		x, err := tx.Source(v.workspace(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		tallies, err := tx.ParcelTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
		if err != nil {
			return err
		}
		view.Row = v.sourceRow(x, tallies[x.ID], mapping.Ready())
		if !view.Manages {
			return nil
		}
		s.describeSource(v, &view, x, t)
		if view.Bodies, err = v.listParcels(tx, x.ID, sourcePath(x.ID)); err != nil {
			return err
		}
		view.Trail, err = v.trailOf(tx, x.ID)
		return err
	})
	a := answer{title: view.Row.Name, body: sourceBody(view)}
	if len(w) > 0 {
		a.status = 400
	}
	return a, err
}

func (s *site) describeSource(v *visit, view *sourceView, x stanna.Source, t typed) {
	view.Address, view.Paused, view.Guide = s.sources.Address(x.ID), x.Paused, guideOf(x.Scheme)
	view.Version, view.Name = strconv.FormatInt(x.Version, 10), t.or("name", x.Name)
	if x.Header != "" || view.Guide.Header != "" {
		if view.Header = x.Header; view.Header == "" {
			view.Header = view.Guide.Header
		}
	}
	if r, ok := readyOf(x.Kind, mapping.Ready()); ok {
		view.Steps = r.Steps
	}
	if len(x.Secrets(v.road.Now)) > 1 {
		view.Until = stampOf(v.road, x.PreviousUntil)
	}
	view.Quiet = quietOptions(x.QuietFor, t)
	view.QuietFor = quietWords(x.QuietFor)
}

// guideOf is what a person has to know of a scheme.
func guideOf(scheme string) webhook.Guide {
	for _, g := range webhook.Schemes() {
		if string(g.Scheme) == scheme {
			return g
		}
	}
	return webhook.Guide{Scheme: webhook.Scheme(scheme), Name: scheme}
}

// quietTimes are the times of silence to choose from.
var quietTimes = []time.Duration{0, time.Hour, 6 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}

func quietWords(d time.Duration) string {
	day := 24 * time.Hour
	switch {
	case d == 0:
		return "never"
	case d%day == 0 && d > day:
		return strconv.Itoa(int(d/day)) + " days"
	case d == day:
		return "a day"
	case d == time.Hour:
		return "an hour"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	}
	return strconv.Itoa(int(d/time.Minute)) + " minutes"
}

// quietOptions are the times to choose from, with the one that is kept, which
// may be another.
func quietOptions(kept time.Duration, t typed) (list []option) {
	chosen := t.or("quietFor", kept.String())
	known := false
	for _, d := range quietTimes {
		known = known || d == kept
		list = append(list, option{d.String(), quietWords(d), d.String() == chosen})
	}
	if !known {
		list = append(list, option{kept.String(), quietWords(kept), kept.String() == chosen})
	}
	return list
}

// readQuiet is the time of silence that a form gives.
func (v *visit) readQuiet(w wrongs) time.Duration {
	d, err := time.ParseDuration(v.given("quietFor"))
	if err != nil {
		w.add("quietFor", "choose after how long people are told")
	}
	return d
}

// saveSource keeps what the form of a source says.
func (s *site) saveSource(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	w := wrongs{}
	quiet := v.readQuiet(w)
	version, _ := strconv.ParseInt(v.given("version"), 10, 64) // 0, whichever it is, for none
	if len(w) == 0 {
		_, err := s.sources.Change(v.ctx, v.workspace(), v.caller.Actor(), id, version, func(x *stanna.Source) error {
			x.Name, x.QuietFor = v.given("name"), quiet
			return nil
		})
		var refused bool
		if w, refused = wrongsOf(err); !refused && err != nil {
			return answer{}, err
		}
	}
	if len(w) > 0 {
		return s.sourceAnswer(v, typed(v.r.PostForm), w)
	}
	return s.done(v, sourcePath(id), "Saved.")
}

// pauseSource makes what comes wait, or no longer.
func (s *site) pauseSource(v *visit) (answer, error) {
	id, paused := v.r.PathValue("id"), v.given("paused") == "yes"
	_, err := s.sources.Change(v.ctx, v.workspace(), v.caller.Actor(), id, 0, func(x *stanna.Source) error { x.Paused = paused; return nil })
	if err != nil {
		return s.sorry(v, sourcePath(id), err)
	}
	if paused {
		return s.done(v, sourcePath(id), "Paused: what comes is taken and kept, and waits.")
	}
	return s.done(v, sourcePath(id), "Resumed: what waited is being opened, the oldest first.")
}

func (s *site) deleteSourcePage(v *visit) (answer, error) {
	x, err := s.sources.Get(v.ctx, v.workspace(), v.r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	return ask("Delete a source", askView{Heading: "Delete " + plainTitle(x.Name) + "?", Lead: "Nothing is taken at its address any more: the other tool is told that nobody is there.",
		Points: []string{"What it sent is forgotten, also what waits to be opened.", "Signals, clients and alerts that came of it stay.", "Its address and its secret do not come back: a new source has others."},
		Action: sourcePath(x.ID) + "/delete", Do: "Delete it", Dont: "Keep it", Class: "danger", Back: sourcePath(x.ID), BackLabel: plainTitle(x.Name)}), nil
}

func (s *site) deleteSource(v *visit) (answer, error) {
	if err := s.sources.Delete(v.ctx, v.workspace(), v.caller.Actor(), v.r.PathValue("id")); err != nil {
		return answer{}, err
	}
	return s.done(v, sourcesPath, "The source is deleted.")
}
