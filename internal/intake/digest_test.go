package intake_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const (
	teamRoom = stanna.Destination("slack:T1:CDEF")
	anasDM   = stanna.Destination("slack:T1:UANA")
)

// days are digests for the team's channel, every working day.
func days(change ...func(*stanna.Settings)) stanna.Settings {
	s := stanna.Settings{DefaultChannel: "CDEF", FallbackChannel: "CFALL", Digests: []stanna.DigestPlan{{To: teamRoom, Daily: true, Weekly: true}}}
	for _, f := range change {
		f(&s)
	}
	return s
}

// log lists what became of the digests of a place, oldest first.
func (h *house) log(to stanna.Destination) (list []stanna.DigestRecord) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		all, _, err := tx.DigestLog(acme, 1000, 0)
		list = nil
		for _, r := range all {
			if r.Destination == to {
				list = append(list, r)
			}
		}
		slices.SortFunc(list, func(a, b stanna.DigestRecord) int { return a.DueAt.Compare(b.DueAt) })
		return err
	})
	return list
}

// says is what a digest says beside what waited.
func (h *house) says(r stanna.DigestRecord) (d stanna.Digest) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		var ok bool
		var err error
		if d, ok, err = tx.Digest(acme, r.ID); err == nil && !ok {
			h.Fatalf("%+v says nothing of its own", r)
		}
		return err
	})
	return d
}

func (h *house) person(email, slackID string, habits stanna.Habits) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		if err := tx.PutPerson(stanna.Person{Workspace: acme, Email: email, Name: email, SlackID: slackID, SeenAt: monday}); err != nil {
			return err
		}
		return tx.PutHabits(acme, email, habits)
	})
}

// dates says of each digest its date and what became of it.
func dates(list []stanna.DigestRecord) (out []string) {
	for _, r := range list {
		what := string(r.Reason)
		if r.Sent() {
			what += " sent"
		}
		if r.Weekly {
			what += " weekly"
		}
		if r.Late {
			what += " late"
		}
		out = append(out, r.Date+" "+what)
	}
	return out
}

func (h *house) wantDates(to stanna.Destination, want ...string) []stanna.DigestRecord {
	h.Helper()
	list := h.log(to)
	if got := dates(list); !slices.Equal(got, want) {
		h.Fatalf("%s had\n%q, want\n%q", to, got, want)
	}
	return list
}

// In a week a channel has one digest on each day on which something moved,
// with what waited for it, and on Monday the weekly summary is part of it.
func TestDigestsOfAWeek(t *testing.T) {
	each(t, days(), health(func(r *stanna.Rule) { r.Frequency[stanna.Medium] = stanna.Daily }), func(h *house) {
		for _, c := range []string{"a", "b"} {
			h.client(c)
		}
		h.score(monday.Add(-time.Hour), "a", 80)
		tuesday := monday.Add(23 * time.Hour)
		waits := h.fall(monday, "a", 60)
		h.one(waits, stanna.Held, stanna.ReasonDailyDigest)
		h.pass(tuesday)
		n := h.one(waits, stanna.Waiting, "")
		m := h.message(n.MessageID)
		list := h.wantDates(teamRoom, "2026-11-24  sent")
		if m.Occasion.Digest != list[0].ID || m.Occasion.Date != "2026-11-24" || m.Occasion.Why != stanna.ReasonDailyDigest || m.Kind != stanna.Summary || list[0].MessageID != m.ID {
			t.Fatalf("%+v", m)
		}
		d := h.says(list[0])
		if d.Movement.All != 1 || d.Movement.Moves[0].Alert.ID != waits || d.Weekly || !d.First || !d.To.Equal(tuesday) || !d.From.Equal(tuesday.AddDate(0, 0, -1)) {
			t.Errorf("%+v", d)
		}
		h.pass(monday.AddDate(0, 0, 6)) // over Wednesday to Sunday: nothing moves
		list = h.wantDates(teamRoom, "2026-11-24  sent", "2026-11-25 nothing_to_say", "2026-11-26 nothing_to_say", "2026-11-27 nothing_to_say")
		loud := h.fall(monday.AddDate(0, 0, 6).Add(2*time.Hour), "b", 30)
		h.one(loud, stanna.Waiting, "")
		h.pass(monday.AddDate(0, 0, 7))
		list = h.wantDates(teamRoom, append(dates(list), "2026-11-30  sent weekly")...)
		last := list[len(list)-1]
		d = h.says(last)
		m = h.message(last.MessageID)
		if !d.Weekly || d.Bridge == nil || !d.Bridge.AddsUp() || d.Bridge.Step(stanna.NewlyAtRisk).Clients != 1 || m.Occasion.Why != stanna.ReasonWeeklyDigest || m.Revision != 1 {
			t.Errorf("%+v %+v", d.Bridge, m)
		}
		// Nothing waited for it, and it has a notification of its own all the same.
		h.view(func(tx *store.Tx) error {
			all, _, err := tx.Notifications(acme, store.NotificationQuery{Limit: 100})
			if i := slices.IndexFunc(all, func(n stanna.Notification) bool { return n.MessageID == m.ID }); i < 0 || all[i].Event != stanna.Digested || all[i].Status != stanna.Waiting {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// A place that would rather hear that there is nothing hears it on the first
// of several such days.
func TestNothingIsSaidOnce(t *testing.T) {
	each(t, days(func(s *stanna.Settings) { s.Digests[0].Weekly, s.Digests[0].Empty = false, stanna.SayNothing }), health(), func(h *house) {
		h.client("a")
		h.score(monday, "a", 80)
		h.pass(monday.AddDate(0, 0, 3))
		list := h.wantDates(teamRoom, "2026-11-24 nothing_to_say sent", "2026-11-25 still_nothing", "2026-11-26 still_nothing")
		if !h.says(list[0]).Nothing() {
			t.Error("it says something")
		}
		h.score(monday.AddDate(0, 0, 3).Add(time.Hour), "a", 30)
		h.pass(monday.AddDate(0, 0, 5))
		h.wantDates(teamRoom, append(dates(list), "2026-11-27  sent")...)
		h.pass(monday.AddDate(0, 0, 8))
		h.wantDates(teamRoom, append(dates(list), "2026-11-27  sent", "2026-11-30 nothing_to_say sent", "2026-12-01 still_nothing")...)
	})
}

// Each CSM has a digest about their own accounts, at their own time. Who is
// away has none, no deputy has it instead, and the next one covers the gap.
func TestDigestsOfOwners(t *testing.T) {
	own := func(s *stanna.Settings) { s.Digests[0].To = stanna.ToOwner }
	each(t, days(own), health(), func(h *house) {
		h.person("ana@acme.com", "UANA", stanna.Habits{Deputy: "ben@acme.com", Timezone: "America/New_York", Digest: &stanna.DigestTime{At: "08:00"}})
		h.person("ben@acme.com", "UBEN", stanna.Habits{})
		h.client("anas")
		h.client("bens", func(c *stanna.Client) { c.CSMOwner = "ben@acme.com" })
		h.client("eves", func(c *stanna.Client) { c.CSMOwner = "eve@acme.com" })
		h.fall(monday.Add(2*time.Hour), "anas", 30)
		h.pass(monday.Add(4 * time.Hour)) // eight in New York is 13:00
		list := h.wantDates(anasDM, "2026-11-23  sent weekly")
		if d := h.says(list[0]); d.Owner != "ana@acme.com" || d.Movement.All != 1 || !d.To.Equal(monday.Add(3*time.Hour)) || d.Risk.Total.Clients != 1 {
			t.Errorf("%+v", d)
		}
		h.wantDates("slack:T1:UBEN", "2026-11-23 digests_begin weekly")
		h.pass(monday.Add(23 * time.Hour))
		h.wantDates("slack:T1:UBEN", "2026-11-23 digests_begin weekly", "2026-11-24 nothing_to_say")
		h.wantDates("person:eve@acme.com", "2026-11-23 digests_begin weekly", "2026-11-24 not_in_slack")
		h.person("ana@acme.com", "UANA", stanna.Habits{Deputy: "ben@acme.com", AwayAt: monday.Add(20 * time.Hour), BackAt: monday.AddDate(0, 0, 7).Add(20 * time.Hour),
			Timezone: "America/New_York", Digest: &stanna.DigestTime{At: "08:00"}})
		h.fall(monday.AddDate(0, 0, 2), "anas", 10)
		h.pass(monday.AddDate(0, 0, 9))
		list = h.wantDates(anasDM, "2026-11-23  sent weekly", "2026-11-24 person_away", "2026-11-25 person_away", "2026-11-26 person_away", "2026-11-27 person_away",
			"2026-11-30 person_away weekly", "2026-12-01  sent weekly")
		if d := h.says(list[6]); !d.From.Equal(monday.Add(3*time.Hour)) || d.Late || d.Movement.All != 1 {
			t.Errorf("it does not cover the gap: %+v", d)
		}
		for _, r := range h.log("slack:T1:UBEN") {
			if r.Sent() && h.says(r).Owner != "ben@acme.com" {
				t.Errorf("the deputy has it: %+v", r)
			}
		}
	})
}

// What was due while the server was down comes once, late, and covers the gap.
func TestDigestAfterDowntime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newReal(t, s, "acme.com", days())
		w.at("2026-11-23 08:00") // the plan is there, and nothing is due
		w.at("2026-11-23 09:00")
		w.at("2026-11-26 14:30") // down for three days
		w.at("2026-11-26 14:31")
		w.at("2026-11-27 09:00")
		list := w.log(teamRoom)
		want := []string{"2026-11-20 digests_begin", "2026-11-23  sent weekly", "2026-11-26 nothing_to_say late", "2026-11-27 nothing_to_say"}
		if got := dates(list); !slices.Equal(got, want) {
			t.Fatalf("%q", got)
		}
		w.change("c", 30)
		w.at("2026-11-30 18:00")
		list = w.log(teamRoom)
		last := list[len(list)-1]
		if d := w.says(last); last.Date != "2026-11-30" || !last.Late || !d.Late || !d.Weekly || !d.From.Equal(list[1].Until) {
			t.Errorf("%+v", d)
		}
	})
}

// real is a workspace by the real clock, with two replicas.
type real struct {
	*house
	id       string
	now      time.Time
	replicas []*intake.Intake
}

func newReal(t *testing.T, s *store.Store, id string, settings stanna.Settings) *real {
	w := &real{house: &house{T: t, store: s}, id: id, now: monday.AddDate(0, 0, -1)}
	w.clock = stanna.NewClock(func() time.Time { return w.now })
	w.restart()
	w.update(func(tx *store.Tx) error {
		if err := tx.AddWorkspace(stanna.Workspace{ID: id, Settings: settings, CreatedAt: w.now}); err != nil {
			return err
		}
		if err := tx.PutConnection(stanna.Connection{Workspace: id, TeamID: "T1", TeamName: id, AccessToken: "xoxb-1", Scopes: []string{"chat:write"}, Health: stanna.Healthy}); err != nil && id == acme {
			return err
		}
		return tx.PutClients([]stanna.Client{{Workspace: id, ID: "c", Name: "c", MRR: stanna.MoneyOf(100, "USD"), CreatedAt: w.now}}, w.now)
	})
	w.change("c", 80)
	return w
}

// restart forgets all that is in memory.
func (w *real) restart() {
	w.replicas = nil
	for range 2 {
		w.replicas = append(w.replicas, intake.New(intake.Options{Store: w.store, Clock: w.clock, Wake: func(...string) {}, Count: func(stanna.Became, int) {},
			Log: slog.New(slog.DiscardHandler)}))
	}
}

func (w *real) change(client string, score float64) {
	w.update(func(tx *store.Tx) error {
		st := stanna.State{Workspace: w.id, ClientID: client, Health: stanna.HistoryOf(stanna.Point{At: w.now, Value: score})}
		return tx.PutStates([]stanna.State{st}, w.now)
	})
}

// sweep has both replicas look at once.
func (w *real) sweep() error {
	var wg sync.WaitGroup
	errs := make([]error, len(w.replicas))
	for i, in := range w.replicas {
		wg.Go(func() { errs[i] = in.SweepAll(context.Background(), w.id) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *real) at(moment string) {
	w.Helper()
	var err error
	if w.now, err = time.Parse("2006-01-02 15:04", moment); err != nil {
		w.Fatal(err)
	}
	w.must(w.sweep())
}

// Whatever clocks do, however often the server starts anew, and with two
// replicas that look at once: a local date has exactly one digest, and one
// that is due while the server runs comes within the minute.
func TestOneDigestADate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			zone := rapid.SampledFrom([]string{"America/New_York", "Australia/Lord_Howe", "Europe/Lisbon", "America/Santiago", "Asia/Beirut", "Pacific/Apia", "UTC"}).Draw(t, "zone")
			at := fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, "minute"))
			settings := days(func(s *stanna.Settings) {
				s.Timezone, s.Digest = zone, stanna.DigestTime{At: at, Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, WeeklyOn: "wed"}
				s.Digests[0].Weekly = rapid.Bool().Draw(t, "weekly")
				s.Digests[0].Daily = !s.Digests[0].Weekly || rapid.Bool().Draw(t, "daily")
				s.Digests[0].Empty = stanna.SayNothing
			})
			w := newReal(&testing.T{}, s, fmt.Sprintf("w%d.com", n), settings)
			w.update(func(tx *store.Tx) error {
				return tx.PutConnection(stanna.Connection{Workspace: w.id, TeamID: "T" + w.id, AccessToken: "xoxb-1", Scopes: []string{"chat:write"}, Health: stanna.Healthy})
			})
			calendar := settings.Digest.In(settings.Location(), stanna.Calendar{})
			if !settings.Digests[0].Daily {
				calendar = calendar.WeeklyOnly()
			}
			year := rapid.IntRange(2010, 2027).Draw(t, "year")
			w.now = time.Date(year, time.Month(rapid.SampledFrom([]int{3, 4, 9, 10, 11, 12}).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 3, 7, 0, 0, time.UTC)
			begun := w.now
			onTime := map[string]bool{}
			for range rapid.IntRange(3, 14).Draw(t, "steps") {
				if err := w.sweep(); err != nil {
					t.Fatal(err)
				}
				due, ok := calendar.Next(w.now)
				switch step := rapid.IntRange(0, 4).Draw(t, "what"); {
				case step == 0:
					w.restart()
				case step == 1: // down for a while
					w.now = w.now.Add(time.Duration(rapid.IntRange(1, 80).Draw(t, "hours")) * time.Hour)
				case step == 2: // again within the minute
					w.now = w.now.Add(time.Duration(rapid.IntRange(0, 70).Draw(t, "seconds")) * time.Second)
				case ok: // running as it is due
					w.now = due.At.Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "seconds late")) * time.Second)
					onTime[due.Date] = true
					if err := w.sweep(); err != nil {
						t.Fatal(err)
					}
				}
			}
			seen := map[string]int{}
			w.view(func(tx *store.Tx) error {
				list, _, err := tx.DigestLog(w.id, 1000, 0)
				sent := map[string]bool{}
				for _, r := range list {
					if r.Sent() {
						sent[r.MessageID] = true
					}
				}
				told, _, err2 := tx.Notifications(w.id, store.NotificationQuery{Limit: 1000})
				for _, n := range told {
					if n.Event == stanna.Digested && !sent[n.MessageID] {
						t.Errorf("a digest that the log does not know is sent: %+v", n)
					}
				}
				if len(told) != len(sent) || err2 != nil {
					t.Errorf("%d messages and %d digests that were sent: %v", len(told), len(sent), err2)
				}
				for _, r := range list {
					seen[r.Date]++
					if onTime[r.Date] && (r.Late || r.Reason == stanna.ReasonDigestsBegin) {
						t.Errorf("%+v, and the server was up", r)
					}
					if due, ok := calendar.On(r.Date); !ok || !due.At.Equal(r.DueAt) {
						t.Errorf("%+v, and it was due at %v", r, due.At)
					}
				}
				return err
			})
			for date, n := range seen {
				if n != 1 {
					t.Fatalf("%s had %d digests", date, n)
				}
			}
			for date := range onTime {
				if seen[date] != 1 {
					t.Fatalf("since %s: %s had no digest, of %v", begun, date, seen)
				}
			}
		})
	})
}
