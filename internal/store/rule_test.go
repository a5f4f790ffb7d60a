package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func addWorkspace(t *testing.T, s *store.Store) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		return errorsOr(tx.AddWorkspace(stanna.Workspace{ID: "acme.com", CreatedAt: day}), tx.AddWorkspace(stanna.Workspace{ID: "beta.com", CreatedAt: day}))
	})
}

// raises runs fn and says how far it raised the workspace's version; another
// workspace's must stay.
func raises(t *testing.T, s *store.Store, fn func(tx *store.Tx) error) (by int64) {
	t.Helper()
	versions := func() (ours, other int64) {
		update(t, s, func(tx *store.Tx) (err error) {
			var err2 error
			ours, err = tx.WorkspaceVersion("acme.com")
			other, err2 = tx.WorkspaceVersion("beta.com")
			return errorsOr(err, err2)
		})
		return ours, other
	}
	before, other := versions()
	update(t, s, fn)
	after, otherAfter := versions()
	if other != otherAfter {
		t.Error("another workspace's version rose")
	}
	return after - before
}

func someRule() stanna.Rule {
	return stanna.Rule{Workspace: "acme.com", ID: "r1", Version: 1, Name: "Drop", Type: stanna.HealthDrop, Status: stanna.RuleActive, ActiveSince: day.Add(time.Minute), CreatedAt: day, UpdatedAt: day,
		Terms: stanna.Terms{Thresholds: map[string]float64{"dropPoints": 12.5}, Filter: stanna.Filter{MinMRR: 1000, Zones: []stanna.Zone{stanna.Red}}, Condition: "true", SeverityAs: `"high"`,
			Destinations: []stanna.Destination{stanna.ToOwner}, Frequency: map[stanna.Severity]stanna.Frequency{stanna.High: stanna.Daily}, Playbook: "call",
			Outside:    stanna.Outside{Do: stanna.OutsideRedirect, To: []stanna.Destination{"slack:T1:C2"}, Hours: &stanna.Hours{Timezone: "Europe/Berlin"}},
			Escalation: []stanna.EscalationStep{{After: 60, To: []stanna.Destination{stanna.ToPerson("boss@acme.com")}, Raise: stanna.Critical}}}}
}

func TestRuleVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addWorkspace(t, s)
		first := someRule()
		second := first
		second.Version, second.Name, second.Status, second.Terms, second.ActiveSince, second.UpdatedAt = 2, "Fall", stanna.RuleShadow, stanna.Terms{Playbook: "write"}, day.Add(time.Hour), day.Add(time.Hour)
		read := func(want stanna.Rule) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.Rule("acme.com", "r1")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if _, err := tx.Rule("beta.com", "r1"); stanna.CodeOf(err) != stanna.NotFound {
					t.Errorf("another workspace reads it: %v", err)
				}
				return err
			})
		}
		put := func(r stanna.Rule, author string, at time.Time) {
			t.Helper()
			if by := raises(t, s, func(tx *store.Tx) error { return tx.PutRule(r, author, at) }); by != 1 {
				t.Errorf("the workspace's version rose by %d", by)
			}
		}
		put(first, "user:ana", day)
		read(first)
		put(second, "key:1", day.Add(time.Hour))
		read(second)
		body := func(r stanna.Rule) string {
			b, err := json.Marshal(store.RuleBody{Name: r.Name, Type: r.Type, Status: r.Status, Terms: r.Terms})
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		one := stanna.Revision{Workspace: "acme.com", Subject: "rule:r1", Version: 1, Body: body(first), Author: "user:ana", At: day}
		two := stanna.Revision{Workspace: "acme.com", Subject: "rule:r1", Version: 2, Body: body(second), Author: "key:1", At: day.Add(time.Hour)}
		update(t, s, func(tx *store.Tx) error {
			list, total, err := tx.Revisions("acme.com", store.RuleSubject("r1"), 10, 0)
			if diff := cmp.Diff([]stanna.Revision{two, one}, list); diff != "" || total != 2 || err != nil {
				t.Errorf("%d in all, %v %s", total, err, diff)
			}
			list, total, err = tx.Revisions("acme.com", store.RuleSubject("r1"), 1, 1)
			if diff := cmp.Diff([]stanna.Revision{one}, list); diff != "" || total != 2 || err != nil {
				t.Errorf("a page: %d in all, %v %s", total, err, diff)
			}
			v, err := tx.RevisionOf("acme.com", store.RuleSubject("r1"), 1)
			if diff := cmp.Diff(one, v); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			var b store.RuleBody
			if err := json.Unmarshal([]byte(v.Body), &b); err != nil || !cmp.Equal(b.Terms, first.Terms) || b.Name != "Drop" {
				t.Errorf("read back: %v %+v", err, b)
			}
			_, err = tx.RevisionOf("acme.com", store.RuleSubject("r1"), 3)
			if _, err2 := tx.RevisionOf("beta.com", store.RuleSubject("r1"), 1); stanna.CodeOf(err) != stanna.NotFound || stanna.CodeOf(err2) != stanna.NotFound {
				t.Errorf("what is not there: %v, %v", err, err2)
			}
			return nil
		})

		if by := raises(t, s, func(tx *store.Tx) error { return tx.DeleteRule("acme.com", "r1") }); by != 1 {
			t.Errorf("the workspace's version rose by %d", by)
		}
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.DeleteRule("acme.com", "r1") })
		if stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("deleted twice: %v", err)
		}
		put(first, "user:ana", day.Add(2*time.Hour)) // the old versions stay what they were
		first.Version, first.CreatedAt, first.UpdatedAt = 3, day.Add(2*time.Hour), day.Add(2*time.Hour)
		read(first)
	})
}

// A version that somebody else has just kept makes the transaction run again.
func TestRevisionRace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := stanna.Revision{Workspace: "acme.com", Subject: "settings", Version: 1, Body: "{}", Author: "user:ana", At: day}
		update(t, s, func(tx *store.Tx) error { return tx.AddRevision(v) })
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.AddRevision(v) })
		if _, again := store.ErrorClasses(err); !again {
			t.Error(err)
		}
	})
}

func TestRouting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addWorkspace(t, s)
		read := func(want []stanna.RouteLine, wantVersion int) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				lines, version, err := tx.Routing("acme.com")
				if diff := cmp.Diff(want, lines); diff != "" || version != wantVersion {
					t.Errorf("version %d, %s", version, diff)
				}
				return err
			})
		}
		read(nil, 0)
		lines := []stanna.RouteLine{{Name: "big", Match: stanna.Matcher{Types: []stanna.AlertType{stanna.ChurnRisk}, Severities: []stanna.Severity{stanna.High}, Filter: stanna.Filter{Tiers: []string{"enterprise"}}, Condition: "true"},
			To: []stanna.Destination{"slack:T1:C1", stanna.ToPerson("boss@acme.com")}, Continue: true}, {To: []stanna.Destination{stanna.ToOwner}}}
		for i, table := range [][]stanna.RouteLine{lines, lines[1:], {}} {
			if by := raises(t, s, func(tx *store.Tx) error {
				version, err := tx.PutRouting("acme.com", table, fmt.Sprintf("user:%d", i), day.Add(time.Duration(i)*time.Hour))
				if version != i+1 {
					t.Errorf("version %d", version)
				}
				return err
			}); by != 1 {
				t.Errorf("the workspace's version rose by %d", by)
			}
			read(table, i+1)
		}
		update(t, s, func(tx *store.Tx) error {
			list, total, err := tx.Revisions("acme.com", store.RoutingSubject, 10, 0)
			if total != 3 || len(list) != 3 || list[0].Body != "[]" || list[2].Author != "user:0" || !list[1].At.Equal(day.Add(time.Hour)) || err != nil {
				t.Errorf("%v %+v", err, list)
			}
			_, version, err := tx.Routing("beta.com")
			if version != 0 {
				t.Errorf("another workspace has version %d", version)
			}
			return err
		})
	})
}

func TestSilences(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addWorkspace(t, s)
		silence := func(id string, from, to time.Duration) stanna.Silence {
			return stanna.Silence{Workspace: "acme.com", ID: id, Matcher: stanna.Matcher{Rules: []string{"r1"}, Filter: stanna.Filter{Only: []string{"c1"}}}, Author: "ana@acme.com", Comment: "migration",
				StartsAt: day.Add(from), EndsAt: day.Add(to), CreatedAt: day.Add(from)}
		}
		past, now, soon := silence("sil_1", -3*time.Hour, 0), silence("sil_2", -time.Hour, time.Hour), silence("sil_3", time.Hour, 2*time.Hour)
		foreign := silence("sil_4", -time.Hour, time.Hour)
		foreign.Workspace = "beta.com"
		for _, x := range []stanna.Silence{soon, past, now} {
			if by := raises(t, s, func(tx *store.Tx) error { return tx.AddSilence(x) }); by != 1 {
				t.Errorf("the workspace's version rose by %d", by)
			}
		}
		update(t, s, func(tx *store.Tx) error { return tx.AddSilence(foreign) })
		update(t, s, func(tx *store.Tx) error {
			for name, c := range map[string]struct {
				at            time.Time
				limit, offset int
				want          []stanna.Silence
				total         int
			}{
				"all":           {time.Time{}, 10, 0, []stanna.Silence{soon, now, past}, 3},
				"a page":        {time.Time{}, 1, 1, []stanna.Silence{now}, 3},
				"in force":      {day, 10, 0, []stanna.Silence{now}, 1},
				"at its start":  {day.Add(-time.Hour), 10, 0, []stanna.Silence{now, past}, 2},
				"at its end":    {day.Add(time.Hour), 10, 0, []stanna.Silence{soon}, 1},
				"when all over": {day.AddDate(0, 0, 1), 10, 0, nil, 0},
			} {
				got, total, err := tx.Silences("acme.com", c.at, c.limit, c.offset)
				if diff := cmp.Diff(c.want, got); diff != "" || total != c.total || err != nil {
					t.Errorf("%s: %d in all, %v %s", name, total, err, diff)
				}
			}
			got, err := tx.CurrentSilences("acme.com", day)
			if diff := cmp.Diff([]stanna.Silence{now, soon}, got); diff != "" || err != nil {
				t.Errorf("current: %v %s", err, diff)
			}
			one, err := tx.Silence("acme.com", "sil_2")
			if diff := cmp.Diff(now, one); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if _, err := tx.Silence("beta.com", "sil_2"); stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("another workspace reads it: %v", err)
			}
			return nil
		})
		if by := raises(t, s, func(tx *store.Tx) error { return tx.EndSilence("acme.com", "sil_2", "ben@acme.com", day) }); by != 1 {
			t.Errorf("the workspace's version rose by %d", by)
		}
		now.EndsAt, now.EndedBy = day, "ben@acme.com"
		update(t, s, func(tx *store.Tx) error {
			one, err := tx.Silence("acme.com", "sil_2")
			if diff := cmp.Diff(now, one); diff != "" {
				t.Error(diff)
			}
			return err
		})
		for id, want := range map[string]stanna.Code{"sil_2": stanna.Conflict, "sil_1": stanna.Conflict, "sil_4": stanna.NotFound} {
			if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.EndSilence("acme.com", id, "eve@acme.com", day) }); stanna.CodeOf(err) != want {
				t.Errorf("%s is ended: %v", id, err)
			}
		}
	})
}
