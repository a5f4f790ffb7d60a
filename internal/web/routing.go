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
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// routingView is the routing table, and what it would do.
type routingView struct {
	Write    bool
	Tabs     []tab
	Version  int
	Lines    []lineRow
	Default  string // the channel for what no line takes
	Warnings []string
	Try      tryView
}

type lineRow struct {
	N        int // from 1
	Name     string
	What     []string
	Where    string
	Continue bool
	Edit     string
	Remove   string
	First    bool
	Last     bool
}

// tryView asks where an alert would go.
type tryView struct {
	Client     string
	At         string
	Types      []option
	Severities []option
	Wrong      wrongs
	Asked      bool
	Named      string // the client's name
	Rule       string
	RulePath   string
	Choices    []choiceRow
	Nowhere    string
	Silence    string
}

func (s *site) routing(v *visit) (answer, error) {
	view := routingView{Write: v.caller.May(auth.WriteRules), Tabs: rulesTabs("routes")}
	table, err := s.policy.Routes(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	view.Version = table.Version
	for _, w := range table.Warnings {
		view.Warnings = append(view.Warnings, fieldLabel(w.Field)+": "+forPeople(w.Message))
	}
	var names channels
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		if names, err = v.channelsOf(tx, v.caller.May(auth.Connect)); err != nil {
			return err
		}
		if id := v.space.Settings.DefaultChannel; id != "" {
			view.Default = names.destination(stanna.SlackChannel("T", id))
		}
		view.Lines, err = v.lineRows(tx, table.Lines, names)
		return err
	})
	if err == nil {
		err = s.tryOut(v, &view.Try, names)
	}
	return answer{title: "Routing table", body: routingBody(view)}, err
}

func (v *visit) lineRows(tx *store.Tx, lines []stanna.RouteLine, names channels) ([]lineRow, error) {
	rules, named, err := v.wordsOf(tx, func(add func(...string)) {
		for _, l := range lines {
			add(firstFew(l.Match.Filter.Only)...)
			add(firstFew(l.Match.Filter.Never)...)
		}
	})
	if err != nil {
		return nil, err
	}
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		var to []string
		for _, d := range l.To {
			to = append(to, names.destination(d))
		}
		rows[i] = lineRow{N: i + 1, Name: l.Name, What: v.matcherWords(l.Match, rules, named), Where: commas(to), Continue: l.Continue,
			Edit: "/routes/line?n=" + strconv.Itoa(i+1), Remove: "/routes/remove?n=" + strconv.Itoa(i+1), First: i == 0, Last: i == len(lines)-1}
		if len(rows[i].What) == 0 {
			rows[i].What = []string{"every alert"}
		}
	}
	return rows, nil
}

// tryOut asks where an alert of a client would go.
func (s *site) tryOut(v *visit, t *tryView, names channels) error {
	t.Client, t.Wrong = v.asked("client"), wrongs{}
	q := policy.Question{ClientID: t.Client, Type: stanna.AlertType(v.asked("type")), Severity: stanna.Severity(v.asked("severity")), Sees: v.caller.Sees}
	if q.Severity == "" {
		q.Severity = stanna.High
	}
	if rule.EntryOf(q.Type) == nil {
		q.Type = stanna.HealthDrop
	}
	for _, e := range rule.Catalogue() {
		t.Types = append(t.Types, option{string(e.Type), e.Name, e.Type == q.Type})
	}
	t.Severities = severityOptions(q.Severity)
	at, ok := v.momentOf(v.asked("at"))
	if t.At = v.asked("at"); !ok {
		t.Wrong.add("at", "is no date and time")
		return nil
	}
	q.At = at
	if !v.r.URL.Query().Has("client") {
		return nil
	}
	if q.Type == stanna.RevenueAtRisk && v.caller.OwnAccountsOnly() {
		t.Wrong.add("client", "the whole portfolio is for those who see all of it")
		return nil
	}
	if q.ClientID != "" {
		if err := s.store.View(v.ctx, func(tx *store.Tx) error {
			id, name, err := v.clientNamed(tx, q.ClientID)
			q.ClientID, t.Named = id, name
			return err
		}); err != nil {
			return err
		}
		if q.ClientID == "" {
			t.Wrong.add("client", "no client that you see has this id, name or domain")
			return nil
		}
	}
	p, err := s.policy.Preview(v.ctx, v.workspace(), q)
	if w, bad := wrongsOf(err); bad {
		t.Wrong.add("client", w.at("clientId")+w.at(""))
		return nil
	}
	if err != nil {
		return err
	}
	t.Asked, t.Rule = true, p.Rule.Name
	if p.Rule.ID != "" {
		t.RulePath = rulePath(p.Rule.ID)
	}
	t.Choices, t.Nowhere = v.choiceRows(p.Choices, names), reasonOf(p.Reason)
	if p.Silence != nil {
		t.Silence = "A silence by " + p.Silence.Author + " holds it until " + v.local.Moment(p.Silence.EndsAt) + ": " + p.Silence.Comment
	}
	return nil
}

// clientNamed finds a client by its id, or by name or domain when only one
// fits.
func (v *visit) clientNamed(tx *store.Tx, text string) (id, name string, err error) {
	p, err := v.portrait(tx, text)
	if err == nil {
		return p.Client.ID, p.Client.Name, nil
	}
	if stanna.CodeOf(err) != stanna.NotFound {
		return "", "", err
	}
	list, _, err := tx.Portraits(v.workspace(), store.ClientQuery{Search: text, Owner: v.owner(), Limit: 20})
	if err != nil {
		return "", "", err
	}
	for _, x := range list {
		if len(list) == 1 || strings.EqualFold(x.Client.Name, text) || strings.EqualFold(x.Client.Domain, text) {
			return x.Client.ID, x.Client.Name, nil
		}
	}
	return "", "", nil
}

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

func (s *site) routesHistory(v *visit) (answer, error) {
	page := v.pageNumber()
	list, total, err := s.policy.RoutesHistory(v.ctx, v.workspace(), perPage+1, (page-1)*perPage)
	if err != nil {
		return answer{}, err
	}
	h := historyView{Title: "History of the routing table", Lead: "Every version, what changed and by whom.", Back: "/routes", BackLabel: "Routing table"}
	h.Pages = pagerOf("/routes/history", v.r.URL.Query(), page, min(len(list), perPage), total)
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		texts := make([][]string, len(list)+1)
		var trail []stanna.AuditEntry
		for i, x := range list {
			rows, err := v.lineRows(tx, x.Lines, names)
			if err != nil {
				return err
			}
			for _, r := range rows {
				texts[i] = append(texts[i], lineText(r))
			}
			trail = append(trail, stanna.AuditEntry{Actor: x.Author})
		}
		people, err := v.people(tx, trail)
		if err != nil {
			return err
		}
		for i, x := range list[:min(len(list), perPage)] {
			row := versionRow{Version: x.Version, Author: people[x.Author], At: stampOf(v.road, x.At), Now: i == 0 && page == 1, Changes: lineChanges(texts[i+1], texts[i])}
			if v.caller.May(auth.WriteRules) && !row.Now {
				row.Restore = "/routes/restore?version=" + strconv.Itoa(x.Version)
			}
			h.Rows = append(h.Rows, row)
		}
		return nil
	})
	return answer{title: h.Title, body: historyBody(h)}, err
}

func lineText(r lineRow) string {
	text := commas(r.What) + " → " + r.Where
	if r.Name != "" {
		text = "“" + r.Name + "”, " + text
	}
	if r.Continue {
		text += ", and on"
	}
	return text
}

// lineChanges says which lines came and went from one table to the next.
func lineChanges(before, after []string) (list []string) {
	for _, x := range after {
		if !slices.Contains(before, x) {
			list = append(list, "+ "+x)
		}
	}
	for _, x := range before {
		if !slices.Contains(after, x) {
			list = append(list, "− "+x)
		}
	}
	if len(list) == 0 {
		list = append(list, "The lines stand in another order.")
	}
	return list
}

func (s *site) restoreRoutesPage(v *visit) (answer, error) {
	version := v.asked("version")
	table, err := s.policy.Routes(v.ctx, v.workspace())
	return ask("Restore", askView{Heading: "Go back to version " + version + "?", Lead: "It becomes the next version; nothing of the history is lost.", Do: "Restore it",
		Action: "/routes/restore", Hidden: []field{{"restore", version}, versionField(table.Version)}, Back: "/routes/history", BackLabel: "History"}), err
}

func (s *site) restoreRoutes(v *visit) (answer, error) {
	version, err := strconv.Atoi(v.given("restore"))
	if err != nil {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no such version")
	}
	if _, err := s.policy.RestoreRoutes(v.ctx, v.workspace(), v.by(), version, v.versionOf()); err != nil {
		return s.sorry(v, "/routes/history", err)
	}
	return s.done(v, "/routes", "Version "+digits(version)+" is in force again.")
}
