package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func hubspot(id string) stanna.Source {
	return stanna.Source{Workspace: "acme.com", ID: id, Name: "HubSpot", Kind: "hubspot", Scheme: "hubspot", Secret: "first", QuietFor: time.Hour,
		Mapping: stanna.Mapping{Client: stanna.ClientMapping{Domain: "item.domain"}, Fields: map[string]string{"tier": "item.tier"}}, CreatedAt: day, UpdatedAt: day}
}

// A source is stored with its secrets sealed; another workspace neither sees
// nor overwrites it.
func TestSources(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := hubspot("src_1")
		update(t, s, func(tx *store.Tx) error { return tx.PutSource(want) })
		if n := s.RowsWith(t, "source", "secret", "first"); n != 0 {
			t.Errorf("the secret stands in the database")
		}
		want.Secret, want.Previous, want.PreviousUntil, want.Version = "second", "first", day.Add(time.Hour), 2
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutSource(want); err != nil {
				return err
			}
			thief := want
			thief.Workspace, thief.Name = "beta.com", "theirs"
			if err := tx.PutSource(thief); err != nil {
				return err
			}
			got, ok, err := tx.SourceAt("src_1")
			if diff := cmp.Diff(want, got); diff != "" || !ok {
				t.Error(diff)
			}
			if _, err := tx.Source("beta.com", "src_1"); stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("another workspace has it: %v", err)
			}
			return err
		})
		if got := want.Secrets(day); len(got) != 2 || got[0] != "second" {
			t.Errorf("within the overlap: %d", len(got))
		}
		if got := want.Secrets(day.Add(time.Hour)); len(got) != 1 {
			t.Errorf("after the overlap: %d", len(got))
		}
	})
}

// What a source sends is kept once, opened, kept again for another look, and
// forgotten in time, but for the newest ten.
func TestParcels(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		parcel := func(i int) stanna.Parcel {
			return stanna.Parcel{Workspace: "acme.com", ID: fmt.Sprintf("in_%02d", i), SourceID: "src_1", Key: fmt.Sprint("k", i), CameAt: day.Add(time.Duration(i) * time.Minute),
				Headers: map[string]string{"content-type": "application/json"}, Body: []byte(`{"a":1}`), State: stanna.ParcelWaiting}
		}
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutSource(hubspot("src_1")); err != nil {
				return err
			}
			for i := range 12 {
				if _, repeated, err := tx.AddParcel(parcel(i)); repeated || err != nil {
					t.Errorf("%d: %v, %v", i, repeated, err)
				}
			}
			again := parcel(3)
			again.ID = "in_99"
			first, repeated, err := tx.AddParcel(again)
			if !repeated || first.ID != "in_03" {
				t.Errorf("a repeat: %v, %s", repeated, first.ID)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			x, err := tx.Source("acme.com", "src_1")
			if !x.HeardAt.Equal(day.Add(11 * time.Minute)) {
				t.Errorf("heard at %v", x.HeardAt)
			}
			jobs, err := errors2(tx.WaitingJobs(stanna.SourceLane("acme.com", "src_1"), day.Add(time.Hour), 100))(err)
			if len(jobs) != 12 {
				t.Errorf("%d jobs", len(jobs))
			}
			for i := range 12 {
				p := parcel(i)
				p.State, p.Attempt, p.OpenedAt, p.Result = stanna.ParcelDone, 1, day.Add(time.Hour), stanna.ParcelResult{Signals: i}
				if i == 0 {
					p.State, p.Result.Errors = stanna.ParcelFailed, []string{"no client"}
				}
				if err := tx.EndParcel(p); err != nil {
					return err
				}
			}
			got, err := tx.Parcel("acme.com", "in_00")
			if len(got.Result.Errors) != 1 || got.State != stanna.ParcelFailed {
				t.Errorf("%+v", got)
			}
			tallies, err := tx.ParcelTallies("acme.com", day)
			if diff := cmp.Diff(store.ParcelTally{Done: 11, Failed: 1}, tallies["src_1"]); diff != "" {
				t.Error(diff)
			}
			page, err := tx.Parcels("acme.com", store.ParcelQuery{Source: "src_1", Before: "in_05", Limit: 2})
			if len(page) != 2 || page[0].ID != "in_04" {
				t.Errorf("%+v", page)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			if n, err := tx.PruneParcels(day.Add(time.Hour), day); n != 1 || err != nil { // in_01; in_00 failed, and ten are newer than none of the others
				t.Errorf("pruned %d, %v", n, err)
			}
			if n, err := tx.PruneParcels(day.Add(time.Hour), day.Add(time.Hour)); n != 1 || err != nil {
				t.Errorf("pruned %d that failed, %v", n, err)
			}
			p, err := tx.Parcel("acme.com", "in_02")
			if err != nil {
				return err
			}
			if err := tx.OpenAgain([]stanna.Parcel{p}, day.Add(2*time.Hour)); err != nil {
				return err
			}
			if p, err = tx.Parcel("acme.com", "in_02"); p.State != stanna.ParcelWaiting || !p.OpenedAt.IsZero() {
				t.Errorf("%+v", p)
			}
			return err
		})
	})
}

func errors2[T any](x T, err error) func(error) (T, error) {
	return func(before error) (T, error) { return x, errorsOr(before, err) }
}

// Of a source that fell silent people are told once, until it is heard again.
func TestSilentSources(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		silent := func(tx *store.Tx, now time.Time) (ids []string) {
			list, err := tx.FallenSilent(now)
			if err != nil {
				t.Error(err)
			}
			for _, x := range list {
				ids = append(ids, x.ID)
			}
			return ids
		}
		update(t, s, func(tx *store.Tx) error {
			never := hubspot("src_never")
			never.Name = "never heard"
			return errorsOr(tx.PutSource(hubspot("src_1")), tx.PutSource(never))
		})
		update(t, s, func(tx *store.Tx) error {
			_, _, err := tx.AddParcel(stanna.Parcel{Workspace: "acme.com", ID: "in_1", SourceID: "src_1", CameAt: day})
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			if got := silent(tx, day.Add(time.Hour)); len(got) != 0 {
				t.Errorf("too soon: %v", got)
			}
			late := day.Add(time.Hour + time.Second)
			if got := silent(tx, late); len(got) != 1 || got[0] != "src_1" {
				t.Errorf("silent: %v", got)
			}
			x, err := tx.Source("acme.com", "src_1")
			if mine, err := tx.NoteSilence(x, late); !mine || err != nil {
				t.Errorf("%v, %v", mine, err)
			}
			if mine, _ := tx.NoteSilence(x, late); mine {
				t.Error("told twice")
			}
			if got := silent(tx, late); len(got) != 0 {
				t.Errorf("told already: %v", got)
			}
			_, _, err = tx.AddParcel(stanna.Parcel{Workspace: "acme.com", ID: "in_2", SourceID: "src_1", CameAt: late})
			if x, _ := tx.Source("acme.com", "src_1"); !x.SilentAt.IsZero() {
				t.Error("it was heard, and is silent still")
			}
			return err
		})
	})
}
