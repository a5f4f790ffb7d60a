package web

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

// trialView is what a mapping would make of one body.
type trialView struct {
	Path  string // of the body; "" of a sample
	Came  stamp
	Wrong []string // it cannot be read at all
	Items []trialItem
	More  int
	Sum   string // "2 taken in, 1 passed over"
}

// trialItem is what it would make of one item.
type trialItem struct {
	Mark               mark
	Client, ClientPath string
	Who                string // by what it was looked for
	Created            bool
	Wrong              []string
	Passed             string
	Fields             []field
	Signals            []trialSignal
	Act                string
}

type trialSignal struct{ Type, At, Data string }

// trialItems is how many items of a body are shown.
const trialItems = 20

func (v *visit) trialRows(tx *store.Tx, list []source.Trial) (rows []trialView, err error) {
	var ids []string
	for _, t := range list {
		for _, x := range t.Items[:min(len(t.Items), trialItems)] {
			if x.ClientID != "" && !slices.Contains(ids, x.ClientID) {
				ids = append(ids, x.ClientID)
			}
		}
	}
	clients, err := v.clientsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		row := trialView{Came: stampOf(v.road, t.Parcel.CameAt), Wrong: troubleWords(t.Err), More: max(len(t.Items)-trialItems, 0)}
		if t.Parcel.ID != "" {
			row.Path = bodiesPath(t.Parcel.SourceID) + "/" + t.Parcel.ID
		}
		for _, x := range t.Items[:min(len(t.Items), trialItems)] {
			item := v.trialItem(x)
			if x.ClientID != "" {
				item.Client, item.ClientPath = clients[x.ClientID].Name, clientPath(x.ClientID)
			}
			row.Items = append(row.Items, item)
		}
		row.Sum = sumOf(t.Items)
		rows = append(rows, row)
	}
	return rows, nil
}

// sumOf says what would become of the items of a body.
func sumOf(items []source.TrialItem) string {
	taken, passed, refused := 0, 0, 0
	for _, x := range items {
		switch {
		case x.Trouble != nil:
			refused++
		case x.Passed:
			passed++
		default:
			taken++
		}
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{taken, "taken in"}, {refused, "not taken in"}, {passed, "passed over"}} {
		if p.n > 0 {
			parts = append(parts, strconv.Itoa(p.n)+" "+p.what)
		}
	}
	return commas(parts)
}

func (v *visit) trialItem(x source.TrialItem) trialItem {
	item := trialItem{Mark: mark{"delivered", "check", "Taken in"}, Who: x.Item.Client.Words(), Created: x.Created, Wrong: troubleWords(x.Trouble)}
	switch {
	case x.Trouble != nil:
		item.Mark = mark{"dead", "cross", "Not taken in"}
	case x.Passed:
		item.Mark, item.Passed = mark{"spared", "skip", "Passed over"}, x.Why
	}
	for _, name := range slices.Sorted(maps.Keys(x.Fields)) {
		item.Fields = append(item.Fields, field{name, inJSON(x.Fields[name])})
	}
	for _, s := range x.Signals {
		item.Signals = append(item.Signals, trialSignal{string(s.Type), v.local.Moment(s.OccurredAt), brief(s.Data)})
	}
	if a := x.Act; a != nil {
		item.Act = capital(labelOf(a.Do, actWords)) + ", in the name of " + a.By
		if a.Alert != "" {
			item.Act += ": " + a.Alert
		}
	}
	return item
}

// inJSON is a value as it is written in JSON.
func inJSON(x any) string {
	b, err := json.Marshal(x)
	if err != nil {
		return ""
	}
	return brief(b)
}

// troubleWords are everything that is wrong, by where it stands.
func troubleWords(err error) (list []string) {
	var e *stanna.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e) || len(e.Fields) == 0:
		return []string{err.Error()}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		list = append(list, fieldLabel(name)+": "+e.Fields[name])
	}
	return list[:min(len(list), 10)]
}

// countOf is "3 items".
func countOf(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
