package relay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

func TestAWebhookArrives(t *testing.T) {
	onEach(t, func(st *stage) {
		to := newReceiver(st.T, nil)
		e := st.endpoint(to.URL+"/in?token=abcd", stanna.AlertOpened)
		st.tell(stanna.AlertOpened, "alr_1")
		st.tell(stanna.AlertClosed, "alr_1") // which nobody asked for
		st.work(e.Lane())
		got := to.all()
		if len(got) != 1 || got[0].url != "/in?token=abcd" || !got[0].verified(st.T, e.Secret) || got[0].verified(st.T, webhook.NewSecret()) {
			st.Fatalf("%+v", got)
		}
		var body struct {
			Type, WorkspaceID string
			Timestamp         time.Time
			Data              struct {
				URL    string
				Alert  struct{ ID string }
				Client struct{ MRR struct{ Amount float64 } }
			}
		}
		st.must(json.Unmarshal([]byte(got[0].body), &body))
		if body.Type != "alert.opened" || body.WorkspaceID != acme || !body.Timestamp.Equal(st.now) || body.Data.Client.MRR.Amount != 12400 ||
			body.Data.URL != "https://stanna.acme.com/alerts/alr_1" {
			st.Errorf("%s", got[0].body)
		}
		d := st.deliveries(e)[0]
		if d.State != stanna.DeliveryArrived || d.Tried != 1 || d.Attempts[0].Status != 200 || d.Event.ID != got[0].id || !d.EndedAt.Equal(st.now) {
			st.Errorf("%+v", d)
		}
		if next := st.due(e.Lane()); !next.IsZero() {
			st.Errorf("the lane is due again at %v", next)
		}
	})
}

// due is when a lane is due next.
func (st *stage) due(lane string) (at time.Time) {
	st.Helper()
	st.view(func(tx *store.Tx) (err error) { at, err = tx.NextDue(); return err })
	return at
}

// A try after a failure is byte for byte the same; a rotated secret signs
// beside the one before, while both are valid.
func TestTriesAreTheSame(t *testing.T) {
	onEach(t, func(st *stage) {
		to := newReceiver(st.T, func(r received) int { return 503 })
		e := st.endpoint(to.URL, stanna.AlertOpened)
		st.tell(stanna.AlertOpened, "alr_1")
		st.work(e.Lane())
		before := e.Secret
		e.Previous, e.PreviousUntil, e.Secret = e.Secret, st.now.Add(time.Minute), webhook.NewSecret()
		st.update(func(tx *store.Tx) error { return tx.PutEndpoint(e) })
		st.now = st.now.Add(10 * time.Second)
		st.work(e.Lane())
		st.now = st.now.Add(6 * time.Minute)
		st.work(e.Lane())
		got := to.all()
		if len(got) != 3 || got[0].body != got[1].body || got[0].body != got[2].body || got[0].id != got[2].id {
			st.Fatalf("%d tries: %+v", len(got), got)
		}
		for i, want := range []struct{ old, new bool }{{true, false}, {true, true}, {false, true}} {
			if old, new := got[i].verified(st.T, before), got[i].verified(st.T, e.Secret); old != want.old || new != want.new {
				st.Errorf("try %d: signed by the old %v, by the new %v", i+1, old, new)
			}
		}
		d := st.deliveries(e)[0]
		if d.State != stanna.DeliveryWaiting || d.Tried != 3 || len(d.Attempts) != 3 || d.Attempts[2].Status != 503 || !strings.Contains(d.Attempts[2].Answer, "what is wrong") {
			st.Errorf("%+v", d)
		}
	})
}

// What is about one subject goes in its order, one after the other, also when
// the first fails; the others go on.
func TestOrderOfASubject(t *testing.T) {
	onEach(t, func(st *stage) {
		mended := false
		to := newReceiver(st.T, func(r received) int {
			if strings.Contains(r.body, `/alerts/alr_bad"`) && !mended {
				return 500
			}
			return 200
		})
		e := st.endpoint(to.URL, stanna.AlertOpened, stanna.AlertUpdated, stanna.AlertClosed)
		st.tell(stanna.AlertOpened, "alr_bad", "alr_1", "alr_2")
		st.tell(stanna.AlertUpdated, "alr_bad", "alr_1", "alr_2")
		st.tell(stanna.AlertClosed, "alr_1", "alr_bad", "alr_2")
		st.work(e.Lane())
		if got := st.states(e); got != "waiting delivered delivered waiting delivered delivered delivered waiting delivered" {
			st.Fatalf("%s", got)
		}
		if n := len(to.all()); n != 7 {
			st.Errorf("%d tries; of alr_bad one only", n)
		}
		mended = true
		st.now = st.now.Add(time.Minute)
		st.work(e.Lane())
		var order []string
		for _, r := range to.all() {
			var body struct{ Type string }
			st.must(json.Unmarshal([]byte(r.body), &body))
			if strings.Contains(r.body, `/alerts/alr_bad"`) {
				order = append(order, body.Type)
			}
		}
		if !slices.Equal(order, []string{"alert.opened", "alert.opened", "alert.updated", "alert.closed"}) {
			st.Errorf("%v", order)
		}
	})
}

func TestSixteenAbreast(t *testing.T) {
	onEach(t, func(st *stage) {
		gate := make(chan struct{})
		to := newReceiver(st.T, func(received) int { <-gate; return 200 })
		e := st.endpoint(to.URL, stanna.AlertOpened)
		var subjects []string
		for i := range 40 {
			subjects = append(subjects, fmt.Sprintf("alr_%d", i))
		}
		st.tell(stanna.AlertOpened, subjects...)
		go func() {
			for to.waiting() < 16 {
				<-time.After(time.Millisecond)
			}
			close(gate)
		}()
		if steps := st.work(e.Lane()); steps != 3 || to.most != 16 || len(to.all()) != 40 {
			st.Errorf("%d steps, %d at once, %d in all", steps, to.most, len(to.all()))
		}
	})
}

func (r *receiver) waiting() int { r.mu.Lock(); defer r.mu.Unlock(); return r.here }

// An endpoint that is down is probed by one webhook at a time, and gets all
// that waits when it is back.
func TestDownAndBack(t *testing.T) {
	onEach(t, func(st *stage) {
		up := false
		to := newReceiver(st.T, func(received) int {
			if up {
				return 200
			}
			return 502
		})
		e := st.endpoint(to.URL, stanna.AlertOpened)
		var subjects []string
		for i := range 100 {
			subjects = append(subjects, fmt.Sprintf("alr_%d", i))
		}
		st.tell(stanna.AlertOpened, subjects...)
		st.work(e.Lane())
		if n := len(to.all()); n != 16 {
			st.Fatalf("%d tries at the beginning", n)
		}
		since := st.stored(e).FailingSince
		if !since.Equal(st.now) {
			st.Errorf("failing since %v", since)
		}
		for end := st.now.Add(time.Hour); st.now.Before(end); st.now = st.now.Add(time.Second) {
			st.work(e.Lane())
		}
		if n := len(to.all()) - 16; n < 55 || n > 70 { // 1, 2, 4 … 60 s, then one a minute
			st.Errorf("%d probes in an hour", n)
		}
		up = true
		back := st.now
		st.until(e.Lane(), time.Second, 2*time.Minute, func() bool { return !strings.Contains(st.states(e), "waiting") })
		if took := st.now.Sub(back); took > time.Minute || strings.Count(st.states(e), "delivered") != 100 {
			st.Errorf("it took %s: %s", took, st.states(e))
		}
		if got := st.stored(e); !got.FailingSince.IsZero() || got.Version != 1 {
			st.Errorf("%+v", got)
		}
	})
}

// At the end of its schedule a delivery has failed, and the other endpoints
// hear of it; of a failed word about a failure nobody does.
func TestTheEndOfTheSchedule(t *testing.T) {
	onEach(t, func(st *stage) {
		bad := newReceiver(st.T, func(received) int { return 500 })
		alsoBad := newReceiver(st.T, func(received) int { return 500 })
		e := st.endpoint(bad.URL, stanna.AlertOpened, stanna.DeliveryFailed)
		other := st.endpoint(alsoBad.URL, stanna.DeliveryFailed)
		st.tell(stanna.AlertOpened, "alr_1")
		st.until(e.Lane(), time.Minute, 40*time.Hour, func() bool { return st.states(e) == "failed" })
		d := st.deliveries(e)[0]
		if n := len(webhook.Schedule()); d.Tried != n || len(bad.all()) != n {
			st.Errorf("tried %d and %d times, not %d", d.Tried, len(bad.all()), n)
		}
		st.until(other.Lane(), time.Minute, 40*time.Hour, func() bool { return st.states(other) == "failed" })
		st.work(e.Lane())
		if got := st.states(e); got != "failed" || len(st.deliveries(other)) != 1 {
			st.Errorf("they tell of each other: %s, %s", got, st.states(other))
		}
		var told stanna.Trouble
		st.must(json.Unmarshal(st.deliveries(other)[0].Event.Data, &told))
		if told.About != e.Road() || told.Code != "500" || !slices.Equal(told.DeliveryIDs, []string{d.ID}) {
			st.Errorf("%+v", told)
		}
	})
}

func TestGoneIsPaused(t *testing.T) {
	onEach(t, func(st *stage) {
		gone := true
		to := newReceiver(st.T, func(received) int {
			if gone {
				return http.StatusGone
			}
			return 200
		})
		e := st.endpoint(to.URL, stanna.AlertOpened, stanna.LanePaused)
		box := st.endpoint("mailto:ops@acme.com", stanna.LanePaused, stanna.LaneResumed)
		st.tell(stanna.AlertOpened, "alr_1")
		st.work(e.Lane())
		st.now = st.now.Add(48 * time.Hour)
		st.tell(stanna.AlertOpened, "alr_2")
		st.work(e.Lane())
		if got := st.stored(e); got.Paused != stanna.ReasonEndpointGone || st.states(e) != "waiting waiting" || len(to.all()) != 1 {
			st.Fatalf("%+v %s, %d tries", got, st.states(e), len(to.all()))
		}
		st.work(box.Lane())
		if got := st.box.Letters(); len(got) != 1 || !strings.Contains(got[0].Text, "410") || strings.Contains(got[0].Subject(), "Test") {
			st.Errorf("%+v", got)
		}
		// Tried while it is paused; then opened again, it gets what waited.
		gone = false
		d, err := st.relay.Test(context.Background(), acme, e.ID, "user:usr_1")
		if err != nil || d.State != stanna.DeliveryArrived || d.Attempts[0].Status != 200 {
			st.Fatalf("%+v %v", d, err)
		}
		st.resume(e)
		st.work(e.Lane())
		if got := st.states(e); got != "delivered delivered delivered" {
			st.Error(got)
		}
	})
}

// resume opens the road to an endpoint again.
func (st *stage) resume(e stanna.Endpoint) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		e := e
		if err := tx.PutEndpoint(e); err != nil {
			return err
		}
		if err := tx.HurryDeliveries(e, st.now); err != nil {
			return err
		}
		return tx.PauseLane(e.Lane(), "")
	})
}

// Nothing arrived for three days, though it was tried: it is paused.
func TestMuteIsPaused(t *testing.T) {
	onEach(t, func(st *stage) {
		to := newReceiver(st.T, func(received) int { return 404 })
		e := st.endpoint(to.URL, stanna.AlertOpened)
		for day := range 4 {
			st.tell(stanna.AlertOpened, fmt.Sprintf("alr_%d", day))
			begun := st.now
			for st.now.Before(begun.Add(24*time.Hour)) && st.stored(e).Paused == "" {
				st.work(e.Lane())
				st.now = st.now.Add(10 * time.Minute)
			}
		}
		got := st.stored(e)
		if got.Paused != stanna.ReasonEndpointMute || got.PausedAt.Sub(got.FailingSince) < 72*time.Hour || got.PausedAt.Sub(got.FailingSince) > 80*time.Hour {
			st.Errorf("paused %q at %v, failing since %v", got.Paused, got.PausedAt, got.FailingSince)
		}
		var trail []stanna.AuditEntry
		st.view(func(tx *store.Tx) (err error) { trail, err = tx.AuditOf(acme, e.ID, 10); return err })
		if len(trail) != 1 || trail[0].Action != "webhook.paused" || trail[0].Reason != stanna.ReasonEndpointMute {
			st.Errorf("%+v", trail)
		}
	})
}

// What a holder had begun who is gone is sent again, with the same id.
func TestTakenOver(t *testing.T) {
	onEach(t, func(st *stage) {
		to := newReceiver(st.T, nil)
		e := st.endpoint(to.URL, stanna.AlertOpened)
		st.tell(stanna.AlertOpened, "alr_1")
		st.update(func(tx *store.Tx) error { // sent, and then the power went
			l, _, _, err := tx.ClaimLane(e.Lane(), "dead", queue.Lease, st.now)
			st.must(err)
			work, err := st.roads["webhook"].Plan(tx, &l, st.now)
			st.must(err)
			work.Do(context.Background())
			st.must(tx.FreeLanes())
			return tx.WakeEndpoint(e, st.now)
		})
		st.work(e.Lane())
		if got := to.all(); len(got) != 2 || got[0].id != got[1].id || got[0].body != got[1].body || st.states(e) != "delivered" {
			st.Errorf("%+v %s", got, st.states(e))
		}
	})
}

// An endpoint that asks to be left alone is.
func TestRetryAfterIsHeeded(t *testing.T) {
	onOne(t, func(st *stage) {
		first := true
		web := newReceiver(st.T, nil)
		web.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if web.ServeHTTP(w, r); first {
				first = false
				w.Header().Set("Retry-After", "120")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		})
		e := st.endpoint(web.URL, stanna.AlertOpened)
		st.tell(stanna.AlertOpened, "alr_1")
		st.work(e.Lane())
		st.tell(stanna.AlertOpened, "alr_2")
		st.now = st.now.Add(119 * time.Second)
		if st.work(e.Lane()); len(web.all()) != 1 {
			st.Error("it was not left alone")
		}
		st.now = st.now.Add(2 * time.Second)
		if st.work(e.Lane()); st.states(e) != "delivered delivered" {
			st.Error(st.states(e))
		}
	})
}

// A private address is refused when it is dialled, and that is said.
func TestPrivateAddressesAreRefused(t *testing.T) {
	onOne(t, func(st *stage) {
		e := st.endpoint("http://10.1.2.3/in", stanna.AlertOpened)
		st.tell(stanna.AlertOpened, "alr_1")
		st.work(e.Lane())
		if d := st.deliveries(e)[0]; d.State != stanna.DeliveryWaiting || !strings.Contains(d.Attempts[0].Error, "private") {
			st.Errorf("%+v", d)
		}
	})
}

// What waits for thirty days is given up and told; what ended as long ago is
// forgotten.
func TestTidy(t *testing.T) {
	onEach(t, func(st *stage) {
		to := newReceiver(st.T, nil)
		e := st.endpoint(to.URL, stanna.AlertOpened)
		box := st.endpoint("mailto:ops@acme.com", stanna.DeliveryFailed)
		st.tell(stanna.AlertOpened, "alr_1")
		st.work(e.Lane())
		st.update(func(tx *store.Tx) error {
			st.must(tx.PauseEndpoint(acme, e.ID, stanna.ReasonPausedByHand, st.now))
			return tx.PauseLane(e.Lane(), stanna.ReasonPausedByHand)
		})
		st.tell(stanna.AlertOpened, "alr_2")
		st.now = st.now.Add(31 * 24 * time.Hour)
		st.must(st.relay.Tidy(context.Background()))
		if got := st.states(e); got != "failed" {
			st.Error(got)
		}
		st.work(box.Lane())
		if got := st.box.Letters(); len(got) != 1 || !strings.Contains(got[0].Text, "One event for Test waited for 30 days") {
			st.Errorf("%+v", got)
		}
		st.now = st.now.Add(31 * 24 * time.Hour)
		st.must(st.relay.Tidy(context.Background()))
		if got := st.states(e); got != "" {
			st.Error(got)
		}
	})
}
