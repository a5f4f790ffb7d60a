package web

import (
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// historyView is the versions of something that is kept, newest first.
type historyView struct {
	Title, Lead     string
	Back, BackLabel string
	Rows            []versionRow
	Pages           pager
}

type versionRow struct {
	Version int
	Author  string
	At      stamp
	Changes []string
	Now     bool
	Restore string // address of the page that asks; "" when it cannot be
}

func (s *site) ruleHistory(v *visit) (answer, error) {
	id, page := v.r.PathValue("id"), v.pageNumber()
	list, total, err := s.policy.RuleHistory(v.ctx, v.workspace(), id, perPage+1, (page-1)*perPage)
	if err != nil {
		return answer{}, err
	}
	h := historyView{Title: "History", Back: rulePath(id), BackLabel: "The rule", Lead: "Every version, what changed and by whom."}
	if len(list) > 0 {
		h.Title = "History of " + list[0].Name
		if list[0].Deleted {
			h.Back, h.BackLabel, h.Lead = "/rules", "Rules", "This rule is deleted. Restore a version to have it again."
		}
	}
	h.Pages = pagerOf(rulePath(id)+"/history", v.r.URL.Query(), page, min(len(list), perPage), total)
	write := v.caller.May(auth.WriteRules)
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		var all []stanna.Rule
		var trail []stanna.AuditEntry
		for _, x := range list {
			all = append(all, ruleAt(id, x))
			trail = append(trail, stanna.AuditEntry{Actor: x.Author})
		}
		words, err := v.ruleSpeech(tx, all...)
		if err != nil {
			return err
		}
		people, err := v.people(tx, trail)
		if err != nil {
			return err
		}
		for i, x := range list[:min(len(list), perPage)] {
			row := versionRow{Version: x.Version, Author: people[x.Author], At: stampOf(v.road, x.At), Now: i == 0 && page == 1}
			switch {
			case x.Deleted:
				row.Changes = []string{"The rule was deleted."}
			case i+1 == len(list):
				row.Changes = []string{"The first version that is kept."}
			case list[i+1].Deleted:
				row.Changes = []string{"It was restored."}
			default:
				if row.Changes = words.differences(all[i+1], all[i]); len(row.Changes) == 0 {
					row.Changes = []string{"Nothing that shows."}
				}
			}
			if write && !x.Deleted && !row.Now {
				row.Restore = rulePath(id) + "/restore?version=" + strconv.Itoa(x.Version)
			}
			h.Rows = append(h.Rows, row)
		}
		return nil
	})
	return answer{title: h.Title, body: historyBody(h)}, err
}

func ruleAt(id string, x policy.RuleVersion) stanna.Rule {
	return stanna.Rule{ID: id, Name: x.Name, Type: x.Type, Status: x.Status, Version: x.Version, Terms: x.Terms}
}

// restoreRulePage asks, and says what would change.
func (s *site) restoreRulePage(v *visit) (answer, error) {
	id, version := v.r.PathValue("id"), v.asked("version")
	list, _, err := s.policy.RuleHistory(v.ctx, v.workspace(), id, 1000, 0)
	if err != nil {
		return answer{}, err
	}
	for _, x := range list {
		if strconv.Itoa(x.Version) != version || x.Deleted {
			continue
		}
		a := askView{Heading: "Go back to version " + version + "?", Lead: "It becomes the next version; nothing of the history is lost.", Do: "Restore it",
			Action: rulePath(id) + "/restore", Hidden: []field{{"restore", version}}, Back: rulePath(id) + "/history", BackLabel: "History"}
		err := s.store.View(v.ctx, func(tx *store.Tx) error {
			then, now := ruleAt(id, x), ruleAt(id, list[0])
			words, err := v.ruleSpeech(tx, then, now)
			if a.Points = words.differences(now, then); list[0].Deleted {
				a.Points = []string{"The rule comes back under its name, as “" + ruleStatusMark(then.Status).Word + "”."}
			}
			return err
		})
		if !list[0].Deleted {
			a.Hidden = append(a.Hidden, versionField(list[0].Version))
		}
		return ask("Restore", a), err
	}
	return answer{}, stanna.Errorf(stanna.NotFound, "there is no such version")
}

func (s *site) restoreRule(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	version, err := strconv.Atoi(v.given("restore"))
	if err != nil {
		return answer{}, stanna.Errorf(stanna.NotFound, "there is no such version")
	}
	saved, err := s.policy.RestoreRule(v.ctx, v.workspace(), v.by(), id, version, v.versionOf())
	if err != nil {
		return s.sorry(v, rulePath(id)+"/history", err)
	}
	return s.done(v, rulePath(id), "Version "+digits(version)+" is in force again, as version "+digits(saved.Rule.Version)+".")
}
