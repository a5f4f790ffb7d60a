package web

import (
	"slices"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

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
