package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

var teatime = time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)

// relayed is a store with endpoints.
type relayed struct {
	*testing.T
	*store.Store
}

func eachRelayed(t *testing.T, test func(relayed)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(relayed{t, s}) })
}

func (r relayed) do(fn func(tx *store.Tx) error) {
	r.Helper()
	if err := r.Update(context.Background(), fn); err != nil {
		r.Fatal(err)
	}
}

func (r relayed) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// endpoint stores one, which gets those types.
func (r relayed) endpoint(workspace, id string, types ...stanna.EventType) stanna.Endpoint {
	r.Helper()
	e := stanna.Endpoint{Workspace: workspace, ID: id, Name: "One", Address: "https://hooks.acme.com/in?token=abcdef", Types: types, Secret: "whsec_secret",
		Version: 1, CreatedAt: teatime, UpdatedAt: teatime}
	r.do(func(tx *store.Tx) error { return tx.PutEndpoint(e) })
	return e
}

// tell tells events about subjects, and gives the lanes with new work.
func (r relayed) tell(workspace string, kind stanna.EventType, subjects ...string) (lanes []string) {
	r.Helper()
	r.do(func(tx *store.Tx) (err error) {
		var events []stanna.Event
		for _, s := range subjects {
			events = append(events, stanna.Event{Workspace: workspace, Type: kind, At: teatime, Subject: s, Text: "It happened.", Data: json.RawMessage(`{"n":1}`)})
		}
		lanes, err = tx.Tell(teatime, events...)
		return err
	})
	return lanes
}

// due lists the subjects of what may be sent.
func (r relayed) due(e stanna.Endpoint, at time.Time, limit int) (subjects []string) {
	r.Helper()
	r.do(func(tx *store.Tx) error {
		list, err := tx.DueDeliveries(e.Workspace, e.ID, at, limit)
		for _, d := range list {
			subjects = append(subjects, d.Event.Subject)
		}
		return err
	})
	return subjects
}

func (r relayed) all(e stanna.Endpoint) (list []stanna.Delivery) {
	r.Helper()
	r.do(func(tx *store.Tx) (err error) {
		list, err = tx.Deliveries(e.Workspace, store.DeliveryQuery{Endpoint: e.ID, Limit: 1000})
		slices.Reverse(list)
		return err
	})
	return list
}

func TestEndpointsAreSealed(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		e := r.endpoint("acme.com", "ep_1", stanna.AlertOpened, stanna.LanePaused)
		e.Previous, e.PreviousUntil, e.Paused, e.PausedAt, e.FailingSince = "whsec_before", teatime.Add(time.Hour), stanna.ReasonPausedByHand, teatime, teatime
		r.do(func(tx *store.Tx) error { return tx.PutEndpoint(e) })
		e.Version = 2
		r.do(func(tx *store.Tx) error {
			got, err := tx.Endpoint("acme.com", "ep_1")
			if diff := cmp.Diff(e, got); diff != "" || got.Address != e.Address || got.Secret != e.Secret || got.Previous != e.Previous {
				r.Errorf("%s", diff)
			}
			if _, err := tx.Endpoint("other.com", "ep_1"); stanna.CodeOf(err) != stanna.NotFound {
				r.Errorf("another workspace has it: %v", err)
			}
			return err
		})
		rows, err := r.Ask(`select address, secret, previous from endpoint`)
		r.must(err)
		for _, column := range rows[0] {
			if b, _ := column.([]byte); len(b) == 0 || bytes.Contains(b, []byte("abcdef")) || bytes.Contains(b, []byte("whsec")) {
				r.Errorf("in clear: %q", b)
			}
		}
	})
}

// Who asked for a type hears of it, nobody of itself, and where nobody asked
// nothing is kept.
func TestTell(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		if lanes := r.tell("acme.com", stanna.AlertOpened, "alr_1"); lanes != nil {
			r.Errorf("%v", lanes)
		}
		a := r.endpoint("acme.com", "ep_a", stanna.AlertOpened, stanna.LanePaused)
		b := r.endpoint("acme.com", "ep_b", stanna.LanePaused)
		foreign := r.endpoint("other.com", "ep_c", stanna.EventTypes()...)
		if lanes := r.tell("acme.com", stanna.AlertClosed, "alr_1"); lanes != nil {
			r.Errorf("%v", lanes)
		}
		if lanes := r.tell("acme.com", stanna.AlertOpened, "alr_1", "alr_2"); !slices.Equal(lanes, []string{a.Lane()}) {
			r.Errorf("%v", lanes)
		}
		if lanes := r.tell("acme.com", stanna.LanePaused, a.Road()); !slices.Equal(lanes, []string{b.Lane()}) {
			r.Errorf("an endpoint is told of itself: %v", lanes)
		}
		rows, err := r.Ask(`select count(*) from event`)
		r.must(err)
		if got := fmt.Sprint(rows[0][0]); got != "3" || len(r.all(a)) != 2 || len(r.all(b)) != 1 || len(r.all(foreign)) != 0 {
			r.Errorf("%s events kept", got)
		}
		rows, err = r.Ask(`select lane, ref from job where state = 'waiting' order by lane`)
		r.must(err)
		if fmt.Sprint(rows) != "[[acme.com/webhook:ep_a ep_a] [acme.com/webhook:ep_b ep_b]]" {
			r.Errorf("one job a lane: %v", rows)
		}
		d := r.all(a)[0]
		if d.Event.Text != "It happened." || string(d.Event.Data) != `{"n":1}` || !d.Event.At.Equal(teatime) || d.State != stanna.DeliveryWaiting || !d.NextAt.Equal(teatime) || d.Event.Workspace != "acme.com" {
			r.Errorf("%+v", d)
		}
	})
}

// Of each subject the oldest that waits is due, and nothing behind it.
func TestDueDeliveries(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		e := r.endpoint("acme.com", "ep_a", stanna.AlertOpened)
		r.tell("acme.com", stanna.AlertOpened, "x", "y", "x", "z", "y")
		if got := r.due(e, teatime, 10); fmt.Sprint(got) != "[x y z]" {
			r.Errorf("%v", got)
		}
		if got := r.due(e, teatime, 2); fmt.Sprint(got) != "[x y]" {
			r.Errorf("%v", got)
		}
		list := r.all(e)
		r.do(func(tx *store.Tx) error { // x fails, y arrives, z is gone for good
			list[0].NextAt, list[0].Tried = teatime.Add(time.Minute), 1
			list[0].Attempts = []stanna.Attempt{{At: teatime, Status: 503, Took: 30 * time.Millisecond, Answer: "no", Error: "it said no"}}
			list[1].State, list[1].EndedAt = stanna.DeliveryArrived, teatime
			list[3].State, list[3].EndedAt = stanna.DeliveryLost, teatime
			for _, i := range []int{0, 1, 3} {
				r.must(tx.PutDelivery(list[i]))
			}
			return nil
		})
		if got := r.due(e, teatime, 10); fmt.Sprint(got) != "[y]" {
			r.Errorf("%v", got)
		}
		next := func() (at time.Time) {
			r.do(func(tx *store.Tx) (err error) { at, err = tx.NextDelivery("acme.com", e.ID); return err })
			return at
		}
		if !next().Equal(teatime) {
			r.Errorf("next %v", next())
		}
		r.do(func(tx *store.Tx) error {
			list[4].State, list[4].EndedAt = stanna.DeliveryArrived, teatime
			return tx.PutDelivery(list[4])
		})
		if !next().Equal(teatime.Add(time.Minute)) {
			r.Errorf("what is behind another is said to be next: %v", next())
		}
		if diff := cmp.Diff(list[0], r.all(e)[0]); diff != "" {
			r.Error(diff)
		}
		r.do(func(tx *store.Tx) error { return tx.HurryDeliveries(e, teatime.Add(time.Second)) })
		if got := r.due(e, teatime.Add(time.Second), 10); fmt.Sprint(got) != "[x]" {
			r.Errorf("not hurried: %v", got)
		}
		r.do(func(tx *store.Tx) error {
			tallies, err := tx.DeliveryTallies("acme.com", teatime)
			if got := tallies[e.ID]; got.Waiting != 2 || got.Arrived != 2 || got.Lost != 1 || !got.LastArrived.Equal(teatime) {
				r.Errorf("%+v", got)
			}
			return err
		})
	})
}

func TestTheLogOfDeliveries(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		a := r.endpoint("acme.com", "ep_a", stanna.AlertOpened, stanna.AlertClosed)
		r.endpoint("acme.com", "ep_b", stanna.AlertClosed)
		r.endpoint("other.com", "ep_c", stanna.AlertOpened)
		r.tell("acme.com", stanna.AlertOpened, "1", "2", "3")
		r.tell("acme.com", stanna.AlertClosed, "1")
		r.tell("other.com", stanna.AlertOpened, "9")
		ask := func(q store.DeliveryQuery) (got string) {
			if q.Limit == 0 {
				q.Limit = 100
			}
			r.do(func(tx *store.Tx) error {
				list, err := tx.Deliveries("acme.com", q)
				got = ""
				for _, d := range list {
					got += fmt.Sprintf("%s:%s ", d.EndpointID, d.Event.Subject)
				}
				return err
			})
			return got
		}
		list := r.all(a)
		r.do(func(tx *store.Tx) error {
			list[0].State, list[0].EndedAt, list[0].Tried = stanna.DeliveryLost, teatime, 8
			return tx.PutDelivery(list[0])
		})
		for want, q := range map[string]store.DeliveryQuery{
			"ep_b:1 ep_a:1 ep_a:3 ep_a:2 ep_a:1 ": {},
			"ep_a:1 ep_a:3 ep_a:2 ep_a:1 ":        {Endpoint: "ep_a"},
			"ep_b:1 ep_a:1 ":                      {Type: stanna.AlertClosed},
			"ep_a:1 ":                             {State: stanna.DeliveryLost, Since: teatime},
			"":                                    {Since: teatime.Add(time.Second)},
			"ep_a:2 ep_a:1 ":                      {Before: list[2].ID},
			"ep_b:1 ":                             {Limit: 1},
		} {
			if got := ask(q); got != want {
				r.Errorf("%+v: %q, want %q", q, got, want)
			}
		}
		// Sent again, it waits like a new one, and remembers what was.
		r.do(func(tx *store.Tx) error { return tx.SendAgain(a, list[:1], teatime.Add(time.Hour)) })
		if d := r.all(a)[0]; d.State != stanna.DeliveryWaiting || d.Tried != 0 || !d.EndedAt.IsZero() || !d.NextAt.Equal(teatime.Add(time.Hour)) {
			r.Errorf("%+v", d)
		}
		// Tried past its lane.
		r.do(func(tx *store.Tx) error {
			return tx.AddDelivery(stanna.Delivery{Workspace: "acme.com", ID: store.NewID("dlv"), EndpointID: a.ID, Event: stanna.SampleOf(stanna.EndpointTest, "acme.com", teatime),
				State: stanna.DeliveryArrived, Tried: 1, Attempts: []stanna.Attempt{{At: teatime, Status: 200}}, CreatedAt: teatime, EndedAt: teatime})
		})
		if got := ask(store.DeliveryQuery{State: stanna.DeliveryArrived}); got == "" {
			r.Error("the test is not in the log")
		}
		r.do(func(tx *store.Tx) error {
			told, err := tx.LastTold("acme.com", a.ID, teatime.Add(-time.Hour))
			if len(told) != 1 || told["webhook:ep_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6"].Type != stanna.EndpointTest {
				r.Errorf("%+v", told)
			}
			return err
		})
		r.do(func(tx *store.Tx) error { return tx.DeleteEndpoint(a) })
		rows, err := r.Ask(`select (select count(*) from delivery where endpoint_id = 'ep_a') + (select count(*) from job where ref = 'ep_a' and state = 'waiting')`)
		r.must(err)
		if fmt.Sprint(rows[0][0]) != "0" {
			r.Errorf("%v rows are left", rows[0][0])
		}
	})
}

// What waited too long is given up; what ended long ago is forgotten, with the
// events that nobody is told of any more.
func TestDeliveriesEnd(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		a := r.endpoint("acme.com", "ep_a", stanna.AlertOpened)
		r.endpoint("acme.com", "ep_b", stanna.AlertOpened)
		r.tell("acme.com", stanna.AlertOpened, "1", "2")
		list := r.all(a)
		r.do(func(tx *store.Tx) error {
			list[0].State, list[0].EndedAt = stanna.DeliveryArrived, teatime
			return tx.PutDelivery(list[0])
		})
		r.do(func(tx *store.Tx) error {
			expired, err := tx.ExpireDeliveries(teatime, teatime.Add(time.Hour))
			if len(expired) != 0 {
				r.Errorf("%+v", expired)
			}
			r.must(err)
			expired, err = tx.ExpireDeliveries(teatime.Add(time.Second), teatime.Add(time.Hour))
			if fmt.Sprint(expired) != "[{acme.com ep_a 1} {acme.com ep_b 2}]" {
				r.Errorf("%+v", expired)
			}
			return err
		})
		prune := func(before time.Time) (n int64) {
			r.do(func(tx *store.Tx) (err error) { n, err = tx.PruneDeliveries(before); return err })
			return n
		}
		if n := prune(teatime.Add(time.Second)); n != 1 {
			r.Errorf("%d", n)
		}
		rows, err := r.Ask(`select count(*) from event`)
		r.must(err)
		if fmt.Sprint(rows[0][0]) != "2" {
			r.Errorf("%v events are left; each has a delivery still", rows[0][0])
		}
		prune(teatime.Add(2 * time.Hour))
		rows, err = r.Ask(`select (select count(*) from event) + (select count(*) from delivery)`)
		r.must(err)
		if fmt.Sprint(rows[0][0]) != "0" {
			r.Errorf("%v rows are left", rows[0][0])
		}
	})
}

// A lane that was paused goes on with what came meanwhile.
func TestPauseLane(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		e := r.endpoint("acme.com", "ep_a", stanna.AlertOpened)
		due := func() (names []string) {
			r.do(func(tx *store.Tx) (err error) { names, err = tx.DueLanes(teatime, 10); return err })
			return names
		}
		r.do(func(tx *store.Tx) error { return tx.PauseLane(e.Lane(), stanna.ReasonEndpointGone) })
		r.do(func(tx *store.Tx) error {
			return tx.PauseEndpoint("acme.com", e.ID, stanna.ReasonEndpointGone, teatime)
		})
		r.tell("acme.com", stanna.AlertOpened, "1")
		if got := due(); len(got) != 0 {
			r.Errorf("%v", got)
		}
		r.do(func(tx *store.Tx) error {
			ailing, err := tx.AilingEndpoints()
			if len(ailing) != 1 || ailing[0].Paused != stanna.ReasonEndpointGone || ailing[0].Version != 2 {
				r.Errorf("%+v", ailing)
			}
			paused, other := tx.PausedLanes("acme.com", "")
			if len(paused) != 0 {
				r.Errorf("it is counted among Slack's lanes: %v", paused)
			}
			return errors.Join(err, other)
		})
		r.do(func(tx *store.Tx) error { return tx.PauseLane(e.Lane(), "") })
		if got := due(); !slices.Equal(got, []string{e.Lane()}) {
			r.Errorf("%v", got)
		}
		left := func(before time.Time) (names []string) {
			r.do(func(tx *store.Tx) (err error) { names, err = tx.LeftLanes(before); return err })
			return names
		}
		if len(left(teatime.Add(-time.Second))) != 0 || len(left(teatime)) != 1 {
			r.Errorf("left: %v", left(teatime))
		}
		r.do(func(tx *store.Tx) error {
			_, _, _, err := tx.ClaimLane(e.Lane(), "me", time.Minute, teatime)
			return err
		})
		if got := left(teatime); len(got) != 0 {
			r.Errorf("somebody works it: %v", got)
		}
	})
}

func TestEventLogCursor(t *testing.T) {
	eachRelayed(t, func(r relayed) {
		r.do(func(tx *store.Tx) error {
			for want, workspace := range []string{"acme.com", "acme.com", "acme.com"} {
				got, err := tx.EventLogAt(workspace)
				r.must(err)
				if got != int64(want) {
					r.Errorf("at %d, want %d", got, want)
				}
				r.must(tx.PutEventLogAt(workspace, int64(want+1)))
			}
			got, err := tx.EventLogAt("other.com")
			if got != 0 {
				r.Errorf("another's is at %d", got)
			}
			return err
		})
	})
}
