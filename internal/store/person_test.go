package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addWorkspace(t, s)
		ana := stanna.Person{Workspace: "acme.com", Email: "ana@acme.com", Name: "Ana", SlackID: "U1", SeenAt: day}
		ben := stanna.Person{Workspace: "acme.com", Email: "ben@acme.com", Name: "Ben", SlackID: "U2", SeenAt: day}
		step := func(what string, rise int64, fn func(tx *store.Tx) error, want ...stanna.Person) {
			t.Helper()
			if by := raises(t, s, fn); by != rise {
				t.Errorf("%s: the workspace's version rose by %d", what, by)
			}
			update(t, s, func(tx *store.Tx) error {
				people := map[string]stanna.Person{}
				for _, p := range want {
					people[p.Email] = p
				}
				got, err := tx.People("acme.com")
				if diff := cmp.Diff(people, got); diff != "" {
					t.Errorf("%s: %s", what, diff)
				}
				return err
			})
		}
		mixed := ana
		mixed.Email = "Ana@ACME.com"
		step("found", 1, func(tx *store.Tx) error { return tx.PutPerson(mixed) }, ana)
		ana.SeenAt = day.Add(time.Hour)
		step("found again", 0, func(tx *store.Tx) error { return tx.PutPerson(ana) }, ana)
		ana.Habits = stanna.Habits{Deputy: "ben@acme.com", Manager: "eve@acme.com", AwayAt: day, BackAt: day.Add(time.Hour), Hours: &stanna.Hours{Timezone: "Europe/Berlin"}}
		written := ana.Habits
		written.Deputy = "Ben@acme.com"
		step("set", 1, func(tx *store.Tx) error { return tx.PutHabits("acme.com", "ANA@acme.com", written) }, ana)
		plain := ana
		plain.Habits = stanna.Habits{}
		plain.SlackID, ana.SlackID = "U9", "U9"
		step("another id", 1, func(tx *store.Tx) error { return tx.PutPerson(plain) }, ana)
		plain.Name, ana.Name = "Anna", "Anna"
		step("another name", 1, func(tx *store.Tx) error { return tx.PutPerson(plain) }, ana)
		eve := stanna.Person{Workspace: "acme.com", Email: "eve@acme.com", Habits: stanna.Habits{Deputy: "ana@acme.com"}}
		step("set before seen", 1, func(tx *store.Tx) error { return tx.PutHabits("acme.com", "eve@acme.com", eve.Habits) }, ana, eve)
		step("another", 1, func(tx *store.Tx) error { return tx.PutPerson(ben) }, ana, eve, ben)
		nobody := stanna.Person{Workspace: "acme.com", Email: "no@acme.com", SeenAt: day}
		step("nobody", 0, func(tx *store.Tx) error { return tx.PutPerson(nobody) }, ana, eve, ben, nobody)
		update(t, s, func(tx *store.Tx) error {
			p, ok, err := tx.Person("acme.com", "Ana@acme.com")
			if diff := cmp.Diff(ana, p); diff != "" || !ok {
				t.Errorf("looked up: %v %s", ok, diff)
			}
			if _, ok, err := tx.Person("beta.com", "ana@acme.com"); ok || err != nil {
				t.Errorf("another workspace knows her: %v", err)
			}
			foreign := ben
			foreign.Workspace = "beta.com"
			return errorsOr(err, tx.PutPerson(foreign))
		})
		ana.SlackID, ana.Name, ana.SeenAt = "", "", time.Time{}
		step("forgotten", 1, func(tx *store.Tx) error {
			return tx.ForgetPeople(stanna.Connection{Workspace: "acme.com", TeamID: "T1", Home: true})
		}, ana, eve)
		update(t, s, func(tx *store.Tx) error {
			if _, ok, err := tx.Person("beta.com", "ben@acme.com"); !ok || err != nil {
				t.Errorf("another workspace's people are forgotten: %v", err)
			}
			return nil
		})
	})
}

// Whoever may be told something is looked up, once a while.
func TestWantedPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addWorkspace(t, s)
		list := clients("acme.com", "c1", "c2", "c3", "c4")
		list[0].CSMOwner, list[1].CSMOwner, list[2].CSMOwner = "owner@acme.com", "Seen@acme.com", "Old@acme.com"
		foreign := clients("beta.com", "c1")
		foreign[0].CSMOwner = "foreign@beta.com"
		r := someRule() // escalates to the boss
		r.Destinations = []stanna.Destination{stanna.ToOwner, "slack:T1:C1", stanna.ToPerson("Named@acme.com")}
		r.Outside.To = []stanna.Destination{stanna.ToPerson("night@acme.com")}
		update(t, s, func(tx *store.Tx) error {
			_, err := tx.PutRouting("acme.com", []stanna.RouteLine{{To: []stanna.Destination{stanna.ToPerson("routed@acme.com"), stanna.ToPerson("seen@acme.com")}}}, "user:ana", day)
			return errorsOr(err, tx.PutClients(list, day), tx.PutClients(foreign, day), tx.Follow("acme.com", "c1", "follower@acme.com", day), tx.PutRule(r, "user:ana", day),
				tx.PutHabits("acme.com", "away@acme.com", stanna.Habits{Deputy: "deputy@acme.com", Manager: "manager@acme.com"}),
				tx.PutHabits("acme.com", "owner@acme.com", stanna.Habits{AwayAt: day}), // set, and never looked up
				tx.PutPerson(stanna.Person{Workspace: "acme.com", Email: "seen@acme.com", SeenAt: day}),
				tx.PutPerson(stanna.Person{Workspace: "acme.com", Email: "old@acme.com", SeenAt: day.Add(-time.Microsecond)}),
				tx.PutPerson(stanna.Person{Workspace: "acme.com", Email: "unwanted@acme.com", SeenAt: day.AddDate(0, 0, -9)}))
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.WantedPeople("acme.com", day)
			want := []string{"boss@acme.com", "deputy@acme.com", "follower@acme.com", "manager@acme.com", "named@acme.com", "night@acme.com", "old@acme.com", "owner@acme.com", "routed@acme.com"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestFollow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.Follow("acme.com", "c2", "Ben@acme.com", day), tx.Follow("acme.com", "c2", "ana@acme.com", day), tx.Follow("acme.com", "c2", "ana@acme.com", day),
				tx.Follow("acme.com", "c1", "ana@acme.com", day), tx.Follow("acme.com", "c3", "eve@acme.com", day), tx.Follow("beta.com", "c2", "eve@acme.com", day))
		})
		check := func(followers map[string][]string, following []string) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.Followers("acme.com", []string{"c1", "c2", "c9"})
				if diff := cmp.Diff(followers, got); diff != "" {
					t.Error(diff)
				}
				list, err2 := tx.Following("acme.com", "Ana@acme.com")
				if diff := cmp.Diff(following, list); diff != "" {
					t.Error(diff)
				}
				return errorsOr(err, err2)
			})
		}
		check(map[string][]string{"c1": {"ana@acme.com"}, "c2": {"ana@acme.com", "ben@acme.com"}}, []string{"c1", "c2"})
		update(t, s, func(tx *store.Tx) error { return tx.Unfollow("acme.com", "c2", "ANA@acme.com") })
		check(map[string][]string{"c1": {"ana@acme.com"}, "c2": {"ben@acme.com"}}, []string{"c1"})
	})
}
