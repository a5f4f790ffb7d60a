package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// parcelRow is a body that another tool sent, and what became of it.
type parcelRow struct {
	ID, Path string
	Type     string // of an event of Stripe's
	Came     stamp
	State    mark
	Became   string
	Alerts   []alertLink
	MoreOf   int // alerts that are not named
	Notes    []string
	Failed   bool
	Again    bool // it can be opened again
}

// alertLink leads to an alert that came of something.
type alertLink struct{ Path, Label string }

// parcelList is what a source sent, with the choice of a state.
type parcelList struct {
	Tabs    []tab
	State   stanna.ParcelState
	Rows    []parcelRow
	Further further
	Back    string // to come back to
	Open    string // where what failed is opened again; "" when the visitor may not
	Failed  int    // of the last day
}

// parcelAlerts is how many alerts of a body are named.
const parcelAlerts = 3

func parcelMark(s stanna.ParcelState) mark {
	switch s {
	case stanna.ParcelDone:
		return mark{"delivered", "check", "Taken in"}
	case stanna.ParcelPassed:
		return mark{"spared", "skip", "Passed over"}
	case stanna.ParcelFailed:
		return mark{"dead", "cross", "Failed"}
	}
	return mark{"waiting", "clock", "Waiting"}
}

// sourceOfPath is the source that the address means: Stripe has its own page.
func (v *visit) sourceOfPath() string {
	if id := v.r.PathValue("id"); id != "" {
		return id
	}
	return stanna.StripeSource
}

// bodiesPath is where what a source sent is listed.
func bodiesPath(source string) string {
	if source == stanna.StripeSource {
		return stripePath + "/events"
	}
	return sourcePath(source) + "/bodies"
}

// listParcels is a page of what a source sent; path is that of the list.
func (v *visit) listParcels(tx *store.Tx, source, path string) (p parcelList, err error) {
	for _, s := range []stanna.ParcelState{stanna.ParcelFailed, stanna.ParcelWaiting, stanna.ParcelDone, stanna.ParcelPassed} {
		if string(s) == v.asked("state") {
			p.State = s
		}
	}
	tallies, err := tx.ParcelTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
	if err != nil {
		return p, err
	}
	t := tallies[source]
	p.Failed, p.Back, p.Open = t.Failed, v.r.URL.RequestURI(), bodiesPath(source)+"/open"
	p.Tabs = []tab{{ID: "tab-all", Label: "All", Path: path, Here: p.State == ""}}
	for _, x := range []struct {
		state stanna.ParcelState
		n     int
	}{{stanna.ParcelFailed, t.Failed}, {stanna.ParcelWaiting, t.Waiting}, {stanna.ParcelDone, t.Done}, {stanna.ParcelPassed, t.Passed}} {
		p.Tabs = append(p.Tabs, tab{"tab-" + string(x.state), parcelMark(x.state).Word, path + "?state=" + string(x.state), v.local.Number(float64(x.n)), p.State == x.state})
	}
	list, err := tx.Parcels(v.workspace(), store.ParcelQuery{Source: source, State: p.State, Before: v.asked("before"), Limit: perPage + 1})
	if err != nil {
		return p, err
	}
	p.Further = furtherOf(v, "before", len(list) > perPage, func() string { return list[perPage-1].ID })
	p.Rows, err = v.parcelRows(tx, list[:min(len(list), perPage)])
	return p, err
}

func (v *visit) parcelRows(tx *store.Tx, list []stanna.Parcel) ([]parcelRow, error) {
	rows := make([]parcelRow, len(list))
	for i, p := range list {
		row := parcelRow{ID: p.ID, Path: bodiesPath(p.SourceID) + "/" + url.PathEscape(p.ID), Type: plainTitle(p.Headers["type"]), Came: stampOf(v.road, p.CameAt),
			State: parcelMark(p.State), Became: resultWords(v.local, p.Result), Failed: p.State == stanna.ParcelFailed, Again: p.State != stanna.ParcelWaiting}
		if p.SourceID != stanna.StripeSource {
			row.Type = ""
		}
		if row.Notes = p.Result.Errors; len(row.Notes) == 0 && p.State == stanna.ParcelPassed {
			row.Notes = p.Result.Passed
		}
		row.Notes = row.Notes[:min(len(row.Notes), 2)]
		var err error
		if row.Alerts, err = v.alertLinks(tx, p.Result.Alerts[:min(len(p.Result.Alerts), parcelAlerts)]); err != nil {
			return nil, err
		}
		row.MoreOf = max(len(p.Result.Alerts)-parcelAlerts, 0)
		rows[i] = row
	}
	return rows, nil
}

// alertLinks lead to alerts; one that is gone is left out.
func (v *visit) alertLinks(tx *store.Tx, ids []string) (links []alertLink, err error) {
	for _, id := range ids {
		a, err := tx.Alert(v.workspace(), id)
		if stanna.CodeOf(err) == stanna.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		clients, err := v.clientsOf(tx, []string{a.ClientID})
		if err != nil {
			return nil, err
		}
		links = append(links, alertLink{alertPath(a.ID), typeName(a.Type) + ": " + plainTitle(clients[a.ClientID].Name)})
	}
	return links, nil
}

// resultWords is what a body led to.
func resultWords(l locale.Local, r stanna.ParcelResult) string {
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{r.Signals, "signal"}, {r.Clients, "client"}, {r.Acts, "deed"}, {len(r.Alerts), "alert"}} {
		if x.n > 0 {
			parts = append(parts, l.Count(x.n, x.what))
		}
	}
	if r.Duplicates > 0 {
		parts = append(parts, l.Count(r.Duplicates, "signal")+" known already")
	}
	return commas(parts)
}

// parcelView is one body as it came.
type parcelView struct {
	Row              parcelRow
	Back, BackLabel  string
	Opened           stamp
	Attempts         int
	Key              string
	Headers          []field
	Body             string
	Size             string
	Cut              bool
	Facts            []field
	Errors, Passed   []string
	Customer         string // of Stripe's, that is matched to nobody
	CustomerPath     string
	Mapping          string // the page of the source's mapping
	MayOpen, Waiting bool
}

// shownBody is how much of a body a page shows, in bytes.
const shownBody = 100_000

func (s *site) parcel(v *visit) (answer, error) {
	source := v.sourceOfPath()
	view := parcelView{Back: sourcePath(source), Mapping: sourcePath(source) + "/mapping"}
	if source == stanna.StripeSource {
		view.Back, view.BackLabel, view.Mapping = bodiesPath(source), "Events of Stripe", ""
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		p, err := tx.Parcel(v.workspace(), v.r.PathValue("body"))
		if err == nil && p.SourceID != source {
			err = stanna.Errorf(stanna.NotFound, "body not found")
		}
		if err != nil {
			return err
		}
		if source != stanna.StripeSource {
			x, err := tx.Source(v.workspace(), source)
			if err != nil {
				return err
			}
			view.BackLabel = plainTitle(x.Name)
		}
		rows, err := v.parcelRows(tx, []stanna.Parcel{p})
		if err != nil {
			return err
		}
		view.Row = rows[0]
		view.Row.Alerts, err = v.alertLinks(tx, p.Result.Alerts[:min(len(p.Result.Alerts), perPage)])
		view.of(v, p)
		return err
	})
	return answer{title: "A body", body: parcelBody(view)}, err
}

func (view *parcelView) of(v *visit, p stanna.Parcel) {
	view.Opened, view.Attempts, view.Key = stampOf(v.road, p.OpenedAt), p.Attempt, p.Key
	view.Errors, view.Passed = p.Result.Errors, p.Result.Passed
	view.Body, view.Cut = prettyBody(p.Body)
	view.Size = v.local.Count(len(p.Body), "byte")
	view.Waiting = p.State == stanna.ParcelWaiting
	if p.SourceID != stanna.StripeSource { // of Stripe only the type is kept
		view.Headers = sortedFields(p.Headers)
	}
	view.Facts = []field{{"Signals taken in", strconv.Itoa(p.Result.Signals)}, {"Signals known already", strconv.Itoa(p.Result.Duplicates)},
		{"Clients made or changed", strconv.Itoa(p.Result.Clients)}, {"Deeds done", strconv.Itoa(p.Result.Acts)}}
	var of struct{ Customer string }
	if p.SourceID == stanna.StripeSource && json.Unmarshal(p.Result.Details, &of) == nil && of.Customer != "" {
		view.Customer, view.CustomerPath = of.Customer, customerPath(of.Customer)
	}
}

// prettyBody is a body to be read: JSON with its lines, anything else as it
// came; cut when it is long.
func prettyBody(body []byte) (text string, cut bool) {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		body = b.Bytes()
	}
	if cut = len(body) > shownBody; cut {
		body = body[:shownBody]
	}
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return string(body), cut
}

// openParcels opens bodies again: the one that the address names, or all that
// failed.
func (s *site) openParcels(v *visit) (answer, error) {
	source := v.sourceOfPath()
	back := localPath(v.given("back"))
	if back == "" {
		back = stripePath
		if source != stanna.StripeSource {
			back = sourcePath(source)
		}
	}
	var ids []string
	if id := v.r.PathValue("body"); id != "" {
		ids = []string{id}
	}
	n, err := s.sources.OpenAgain(v.ctx, v.workspace(), v.caller.Actor(), source, ids...)
	if err != nil {
		return s.sorry(v, back, err)
	}
	said := "Nothing was opened again: it is waiting to be opened already, or none has failed."
	switch {
	case n == 1:
		said = "It is being opened again. What was taken in before is not taken in twice."
	case n > 1:
		said = v.local.Number(float64(n)) + " bodies are being opened again, the oldest first. What was taken in before is not taken in twice."
	}
	return s.done(v, back, said)
}
