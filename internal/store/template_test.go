package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func worded(channel, subject string) stanna.Template {
	return stanna.Template{Workspace: "acme.com", Type: stanna.HealthDrop, Channel: channel, Wording: stanna.Wording{Subject: subject, Body: "{{ client.name }}",
		Fields: []stanna.TemplateField{{Label: "MRR", Value: "{{ money(client.mrr) }}"}}, Buttons: []stanna.TemplateButton{{Label: "CRM", URL: "https://crm.example/"}}}}
}

// A channel's own template stands before the one for everywhere, and every
// version is kept.
func TestTemplates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put := func(x stanna.Template, want int) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				v, err := tx.PutTemplate(x, "user:usr_1", day)
				if v != want {
					t.Errorf("%q is version %d, want %d", x.Subject, v, want)
				}
				return err
			})
		}
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.AddWorkspace(stanna.Workspace{ID: "acme.com", CreatedAt: day}), tx.AddWorkspace(stanna.Workspace{ID: "beta.com", CreatedAt: day}))
		})
		put(worded("", "first"), 1)
		put(worded("", "second"), 2)
		put(worded("C1", "own"), 1)
		other := worded("", "another workspace's")
		other.Workspace = "beta.com"
		put(other, 1)
		update(t, s, func(tx *store.Tx) error {
			for channel, want := range map[string]string{"C1": "own", "C2": "second", "": "second"} {
				x, ok, err := tx.TemplateAt("acme.com", stanna.HealthDrop, channel)
				if err != nil || !ok || x.Subject != want {
					t.Errorf("at %q: %v, %v, %+v", channel, err, ok, x)
				}
			}
			if x, ok, err := tx.TemplateAt("acme.com", stanna.ChurnRisk, "C1"); ok || err != nil {
				t.Errorf("%v, %+v", err, x)
			}
			list, err := tx.Templates("acme.com")
			want := []stanna.Template{worded("", "second"), worded("C1", "own")}
			for i := range want {
				want[i].UpdatedAt, want[i].Version = day, 2-i
			}
			if diff := cmp.Diff(want, list); diff != "" {
				t.Error(diff)
			}
			before, err := tx.WorkspaceVersion("acme.com")
			if err := errorsOr(err, tx.DeleteTemplate("acme.com", stanna.HealthDrop, "C1")); err != nil {
				t.Error(err)
			}
			if now, err := tx.WorkspaceVersion("acme.com"); err != nil || now <= before {
				t.Errorf("the workspace stays at version %d, %v", now, err)
			}
			if _, err := tx.Template("acme.com", stanna.HealthDrop, "C1"); stanna.CodeOf(err) != stanna.NotFound {
				t.Error(err)
			}
			if err := tx.DeleteTemplate("acme.com", stanna.HealthDrop, "C1"); stanna.CodeOf(err) != stanna.NotFound {
				t.Error(err)
			}
			kept, n, err := tx.Revisions("acme.com", store.TemplateSubject(stanna.HealthDrop, "C1"), 9, 0)
			if n != 1 || kept[0].Author != "user:usr_1" {
				t.Errorf("%d, %+v", n, kept)
			}
			return err
		})
		put(worded("C1", "own again"), 2)
	})
}

// A failure is remembered each time, and noted once an hour; another version
// begins anew.
func TestTemplateFailures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			err := tx.AddWorkspace(stanna.Workspace{ID: "acme.com", CreatedAt: day})
			if err == nil {
				_, err = tx.PutTemplate(worded("", "one"), "system", day)
			}
			return err
		})
		x := worded("", "one")
		x.Version = 1
		failed := func(after time.Duration, alert string, want bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				note, err := tx.TemplateFailed(x, stanna.TemplateFailure{At: day.Add(after), AlertID: alert, Why: "body: line 1"})
				if note != want {
					t.Errorf("after %s it is noted: %v", after, note)
				}
				return err
			})
		}
		last := func(want stanna.TemplateFailure) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				now, err := tx.Template("acme.com", stanna.HealthDrop, "")
				if diff := cmp.Diff(want, now.Failed); diff != "" {
					t.Error(diff)
				}
				return err
			})
		}
		failed(0, "alr_1", true)
		failed(59*time.Minute, "alr_2", false)
		last(stanna.TemplateFailure{At: day.Add(59 * time.Minute), AlertID: "alr_2", Why: "body: line 1"})
		failed(time.Hour, "alr_3", true)
		update(t, s, func(tx *store.Tx) error { _, err := tx.PutTemplate(worded("", "two"), "system", day); return err })
		last(stanna.TemplateFailure{})
		failed(time.Hour, "alr_4", false) // of the version before
		last(stanna.TemplateFailure{})
		x.Version = 2
		failed(time.Hour, "alr_5", true)
	})
}
