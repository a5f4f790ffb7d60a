package web

import (
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func (s *site) templateHistory(v *visit) (answer, error) {
	t, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	page := v.pageNumber()
	list, total, err := s.policy.TemplateHistory(v.ctx, v.workspace(), t.Type, t.Channel, perPage+1, (page-1)*perPage)
	if err != nil {
		return answer{}, err
	}
	here := templatePath(t.Type, t.Channel, "/history")
	h := historyView{Title: "History of the template: " + typeName(t.Type), Lead: "Every version, what changed and by whom.", Back: templatePath(t.Type, t.Channel, ""), BackLabel: "The template"}
	h.Pages = pagerOf(here, v.r.URL.Query(), page, min(len(list), perPage), total)
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		var trail []stanna.AuditEntry
		for _, x := range list {
			trail = append(trail, stanna.AuditEntry{Actor: x.Author})
		}
		people, err := v.people(tx, trail)
		if err != nil {
			return err
		}
		for i, x := range list[:min(len(list), perPage)] {
			row := versionRow{Version: x.Version, Author: people[x.Author], At: stampOf(v.road, x.At), Now: i == 0 && page == 1}
			switch {
			case x.Deleted:
				row.Changes = []string{"The template was deleted."}
			case i+1 == len(list):
				row.Changes = []string{"The first version that is kept."}
			case list[i+1].Deleted:
				row.Changes = []string{"It was restored."}
			default:
				row.Changes = wordingChanges(list[i+1], x)
			}
			if v.caller.May(auth.WriteRules) && !x.Deleted && !row.Now {
				row.Restore = withQuery(templatePath(t.Type, t.Channel, "/restore"), "version", digits(x.Version))
			}
			h.Rows = append(h.Rows, row)
		}
		return nil
	})
	return answer{title: h.Title, body: historyBody(h)}, err
}

// wordingChanges says what changed from one version to the next.
func wordingChanges(before, after policy.TemplateVersion) (list []string) {
	if before.Subject != after.Subject {
		list = append(list, "The headline is: "+after.Subject)
	}
	if before.Body != after.Body {
		list = append(list, "The body is another.")
	}
	fields := map[string]string{}
	for _, f := range before.Fields {
		fields[f.Label] = f.Value
	}
	for _, f := range after.Fields {
		if value, ok := fields[f.Label]; !ok || value != f.Value {
			list = append(list, "+ "+f.Label+": "+f.Value)
		}
		delete(fields, f.Label)
	}
	for _, f := range before.Fields {
		if _, gone := fields[f.Label]; gone {
			list = append(list, "− "+f.Label)
		}
	}
	links := map[string]string{}
	for _, b := range before.Buttons {
		links[b.Label] = b.URL
	}
	for _, b := range after.Buttons {
		if url, ok := links[b.Label]; !ok || url != b.URL {
			list = append(list, "+ "+b.Label+": "+b.URL)
		}
		delete(links, b.Label)
	}
	for _, b := range before.Buttons {
		if _, gone := links[b.Label]; gone {
			list = append(list, "− "+b.Label)
		}
	}
	if len(list) == 0 {
		list = append(list, "Its parts stand in another order.")
	}
	return list
}

func (s *site) restoreTemplatePage(v *visit) (answer, error) {
	t, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	now, err := s.stored(v, t)
	if err != nil {
		return answer{}, err
	}
	version := v.asked("version")
	a := askView{Heading: "Go back to version " + version + "?", Lead: "It becomes the next version; nothing of the history is lost.", Do: "Restore it",
		Action: templatePath(t.Type, t.Channel, "/restore"), Hidden: []field{{"restore", version}}, Back: templatePath(t.Type, t.Channel, "/history"), BackLabel: "History"}
	if now.Version > 0 {
		a.Hidden = append(a.Hidden, versionField(now.Version))
	}
	return ask("Restore", a), nil
}

func (s *site) restoreTemplate(v *visit) (answer, error) {
	t, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	version, err := strconv.Atoi(v.given("restore"))
	if err != nil {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no such version")
	}
	saved, err := s.policy.RestoreTemplate(v.ctx, v.workspace(), v.by(), t.Type, t.Channel, version, v.versionOf())
	if err != nil {
		return s.sorry(v, templatePath(t.Type, t.Channel, "/history"), err)
	}
	return s.done(v, templatePath(t.Type, t.Channel, ""), "Version "+digits(version)+" is in force again, as version "+digits(saved.Template.Version)+".")
}

func (s *site) deleteTemplatePage(v *visit) (answer, error) {
	t, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	if t, err = s.stored(v, t); err != nil {
		return answer{}, err
	}
	if t.Version == 0 {
		return answer{}, stanna.Errorf(stanna.NotFound, "template not found")
	}
	next := "Such alerts are told in the standard form."
	if t.Channel != "" {
		next = "There such alerts are told by the template for everywhere, else in the standard form."
	}
	return ask("Delete the template", askView{Heading: "Delete this template?", Lead: next, Points: []string{"Its history stays, and it can be restored from there."},
		Action: templatePath(t.Type, t.Channel, "/delete"), Hidden: []field{versionField(t.Version)}, Do: "Delete it", Dont: "Keep it", Class: "danger",
		Back: templatePath(t.Type, t.Channel, ""), BackLabel: "The template"}), nil
}

func (s *site) deleteTemplate(v *visit) (answer, error) {
	t, err := v.templateAt()
	if err != nil {
		return answer{}, err
	}
	if err := s.policy.DeleteTemplate(v.ctx, v.workspace(), v.by(), t.Type, t.Channel, v.versionOf()); err != nil {
		return s.sorry(v, templatePath(t.Type, t.Channel, ""), err)
	}
	return s.done(v, "/templates", "The template is deleted. Its history stays, and it can be restored.")
}
