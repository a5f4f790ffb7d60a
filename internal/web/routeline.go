package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// lineForm is a line of the table in a form.
type lineForm struct {
	N        int // from 1; 0 = a new one
	Heading  string
	Name     string
	Match    matcherForm
	To       placeField
	Continue bool
	Version  string
	Places   []option // where in the table a new one stands
	Wrong    wrongs
}

func (s *site) routeLinePage(v *visit) (answer, error) {
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	n, line := v.lineNumber(v.asked("n"), len(table.Lines)), stanna.RouteLine{}
	if n > 0 {
		line = table.Lines[n-1]
	}
	return s.lineForm(v, table, n, line, nil, wrongs{})
}

// lineNumber is the line that a form or an address means; 0 is none.
func (v *visit) lineNumber(text string, lines int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > lines {
		return 0
	}
	return n
}

func (s *site) lineForm(v *visit, table policy.Routes, n int, line stanna.RouteLine, t typed, w wrongs) (answer, error) {
	f := lineForm{N: n, Heading: "New line", Name: line.Name, Continue: line.Continue, Wrong: w, Version: t.or("version", strconv.Itoa(table.Version))}
	if n > 0 {
		f.Heading = "Line " + strconv.Itoa(n)
	} else {
		f.Places = []option{{"", "at the end", t.or("before", "") == ""}}
		for i := range table.Lines {
			f.Places = append(f.Places, option{strconv.Itoa(i + 1), "before line " + strconv.Itoa(i+1), t.or("before", "") == strconv.Itoa(i+1)})
		}
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		rules, err := tx.Rules(v.workspace())
		if err != nil {
			return err
		}
		book, err := v.placesOf(tx)
		if err != nil {
			return err
		}
		f.Match, f.To = v.matcherForm("match", line.Match, rules, t, w), book.field("to", "Where it goes", "", line.To, t, w)
		return nil
	})
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	return answer{title: f.Heading, body: lineFormBody(f), status: status}, err
}

// saveRouteLine stores the whole table with the line of the form in it.
func (s *site) saveRouteLine(v *visit) (answer, error) {
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	w := wrongs{}
	line := stanna.RouteLine{Name: v.given("name"), Match: v.readMatcher("match", w), Continue: v.given("continue") == "yes"}
	if line.To, err = s.readPlaces(v, "to", w); err != nil {
		return answer{}, err
	}
	n := v.lineNumber(v.given("n"), len(table.Lines))
	lines := slices.Clone(table.Lines)
	at := n - 1
	switch before := v.lineNumber(v.given("before"), len(table.Lines)); {
	case n > 0:
		lines[at] = line
	case before > 0:
		at = before - 1
		lines = slices.Insert(lines, at, line)
	default:
		at = len(lines)
		lines = append(lines, line)
	}
	if len(w) == 0 {
		_, err = s.policy.SaveRoutes(v.ctx, v.workspace(), v.by(), lines, v.versionOf())
	}
	if more, bad := wrongsOf(err); bad {
		mine := fmt.Sprintf("routes[%d]", at)
		for field, text := range more {
			rest, own := strings.CutPrefix(field, mine)
			switch {
			case own && rest == "":
				w.add("", "this line "+text)
			case own:
				w.add(strings.TrimPrefix(rest, "."), text)
			case errors.Is(err, policy.Moved):
				w.add("", "Somebody else changed the table meanwhile, so nothing of yours was saved. Open the table anew and make your change there.")
			case field == "":
				w.add("", text)
			default:
				w.add("", fieldLabel(field)+": "+text)
			}
		}
		err = nil
	}
	if err != nil {
		return answer{}, err
	}
	if len(w) > 0 {
		return s.lineForm(v, table, n, line, typed(v.r.PostForm), w)
	}
	return s.done(v, "/routes", "The routing table is saved. What is held goes by it from now on.")
}

// changeRoutes stores a table that change makes of the one that the form was
// made of.
func (s *site) changeRoutes(v *visit, said string, change func([]stanna.RouteLine, int) []stanna.RouteLine) (answer, error) {
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	n := v.lineNumber(v.given("n"), len(table.Lines))
	if n == 0 {
		return s.sorry(v, "/routes", stanna.Errorf(stanna.NotFound, "there is no such line any more"))
	}
	if _, err := s.policy.SaveRoutes(v.ctx, v.workspace(), v.by(), change(slices.Clone(table.Lines), n-1), v.versionOf()); err != nil {
		if w, ok := wrongsOf(err); ok {
			list := w.list()
			err = stanna.Errorf(stanna.Invalid, "nothing was saved: %s", strings.TrimSpace(strings.TrimPrefix(list[0].Label+": "+list[0].Text, ": ")))
		}
		return s.sorry(v, "/routes", err)
	}
	return s.done(v, "/routes", said)
}

func (s *site) moveRouteLine(v *visit) (answer, error) {
	return s.changeRoutes(v, "The line is moved.", func(lines []stanna.RouteLine, i int) []stanna.RouteLine {
		j := i + 1
		if v.given("to") == "up" {
			j = i - 1
		}
		if j >= 0 && j < len(lines) {
			lines[i], lines[j] = lines[j], lines[i]
		}
		return lines
	})
}

func (s *site) removeRouteLinePage(v *visit) (answer, error) {
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	n := v.lineNumber(v.asked("n"), len(table.Lines))
	if n == 0 {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no such line any more")
	}
	a := askView{Heading: "Remove line " + strconv.Itoa(n) + "?", Do: "Remove it", Dont: "Keep it", Class: "danger", Action: "/routes/remove",
		Hidden: []field{{"n", strconv.Itoa(n)}, versionField(table.Version)}, Back: "/routes", BackLabel: "Routing table"}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		rows, err := v.lineRows(tx, table.Lines, names)
		if err == nil {
			row := rows[n-1]
			a.Lead, a.Points = capital(commas(row.What))+" → "+row.Where, []string{"What it took goes by the lines after it, or to the default channel.", "The history keeps it."}
		}
		return err
	})
	return ask("Remove a line", a), err
}

func (s *site) removeRouteLine(v *visit) (answer, error) {
	return s.changeRoutes(v, "The line is removed.", func(lines []stanna.RouteLine, i int) []stanna.RouteLine { return slices.Delete(lines, i, i+1) })
}
