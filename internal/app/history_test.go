package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// relay has n people take an alert up one after the other.
func (h *house) relay(alert string, n int) {
	h.Helper()
	for i := range n {
		by := intake.By{Actor: "user:u", Name: fmt.Sprintf("person%02d@acme.com", i)}
		if _, err := h.intake.TakeUp(context.Background(), acme, alert, by); err != nil {
			h.Fatal(err)
		}
	}
}

// histories are the replies under messages, and what stands in the channel.
func (h *house) histories() (replies, top []sandbox.Message) {
	for _, m := range h.sandbox.Messages() {
		switch {
		case m.ThreadTS != "":
			replies = append(replies, m)
		case !m.Deleted:
			top = append(top, m)
		}
	}
	return replies, top
}

func (h *house) alertOf(client string) string {
	h.Helper()
	var id string
	err := h.store.View(context.Background(), func(tx *store.Tx) error {
		open, err := tx.OpenAlerts(acme, []string{client})
		id = open[client][0].ID
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// Whatever goes wrong on the way, the history of a thread misses nothing and
// keeps its order; what may stand twice is marked.
func TestHistoryUnderFaults(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"none":                     {},
		"a tenth fails":            {Kind: sandbox.FaultStatus, Probability: 0.1},
		"cut before":               {Kind: sandbox.FaultResetBefore, Count: 3},
		"cut after the deed":       {Kind: sandbox.FaultResetAfter, Count: 2},
		"limited":                  {Kind: sandbox.FaultRateLimit, RetryAfter: 1, Count: 1},
		"the reply's layout fails": {Kind: sandbox.FaultOKFalse, Error: "invalid_blocks", Method: "chat.postMessage", Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHouse(t, s, 0)
				h.drop("c1")
				h.until("the message", func() bool { return h.counts()[stanna.Delivered] == 1 })
				if fault.Kind != "" {
					h.fault(fault)
				}
				const people = 12
				h.relay(h.alertOf("c1"), people)
				said := func() (list []string) {
					replies, _ := h.histories()
					for _, r := range replies {
						for line := range strings.SplitSeq(r.Text, "Client c1: ") {
							if who, _, ok := strings.Cut(line, "@acme.com is on it"); ok {
								list = append(list, who)
							}
						}
					}
					return list
				}
				refused := strings.Contains(name, "layout")
				h.until("the end of the history", func() bool {
					list := said()
					_, top := h.histories()
					return len(top) > 0 && strings.Contains(top[0].Text, "person11") && (refused || slices.Contains(list, "person11"))
				})
				h.until("quiet", func() bool {
					return len(h.unsaid()) == 0
				})
				list := said()
				if !slices.IsSorted(list) {
					t.Errorf("out of order: %v", list)
				}
				if once := slices.Compact(slices.Clone(list)); len(once) != people && !refused {
					t.Errorf("the history says %v", once)
				} else if len(once) != len(list) && !h.repeated() {
					t.Errorf("said twice, and not marked: %v", list)
				}
			})
		})
	}
}

// unsaid is what the histories of all threads do not say yet.
func (h *house) unsaid() (list []stanna.Entry) {
	h.Helper()
	err := h.store.View(context.Background(), func(tx *store.Tx) error {
		all, err := tx.ClientMessages(acme, "c1", 10)
		for _, m := range all {
			list = append(list, m.Unsaid...)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

func (h *house) repeated() (any bool) {
	h.Helper()
	err := h.store.View(context.Background(), func(tx *store.Tx) error {
		all, err := tx.ClientMessages(acme, "c1", 10)
		any = slices.ContainsFunc(all, func(m stanna.Message) bool { return m.Repeated })
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return any
}

// While one edit is on its way many things happen: they are one edit more,
// and one reply.
func TestManyChangesAreOneEdit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		h.drop("c1")
		h.until("the message", func() bool { return h.counts()[stanna.Delivered] == 1 })
		h.fault(sandbox.Fault{Kind: sandbox.FaultSlow, DelayMS: 700, Method: "chat.update", Count: 1})
		began := h.sandbox.Stats().Methods["chat.update"]
		alert := h.alertOf("c1")
		h.relay(alert, 1)
		h.until("the first edit under way", func() bool {
			return len(h.sandbox.State().Faults) == 0 || h.sandbox.State().Faults[0].Struck == 1
		})
		h.relay(alert, 15)
		h.until("the last edit", func() bool {
			_, top := h.histories()
			return strings.Contains(top[0].Text, "person14") && len(h.unsaid()) == 0
		})
		if n := h.sandbox.Stats().Methods["chat.update"] - began; n > 3 {
			t.Errorf("%d edits for sixteen changes at once", n)
		}
		if replies, _ := h.histories(); len(replies) > 3 {
			t.Errorf("%d replies", len(replies))
		}
	})
}

// What happens while a reply is on its way is not lost with it.
func TestHistoryGrowsMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		h.drop("c1")
		h.until("the message", func() bool { return h.counts()[stanna.Delivered] == 1 })
		h.fault(sandbox.Fault{Kind: sandbox.FaultSlow, DelayMS: 500, Method: "chat.postMessage", Count: 1})
		alert := h.alertOf("c1")
		h.relay(alert, 1)
		h.until("the reply under way", func() bool {
			return len(h.sandbox.State().Faults) == 0 || h.sandbox.State().Faults[0].Struck == 1
		})
		h.relay(alert, 10)
		h.until("all of it", func() bool { return len(h.unsaid()) == 0 })
		replies, _ := h.histories()
		var said strings.Builder
		for _, r := range replies {
			said.WriteString(r.Text)
		}
		for i := range 10 {
			if who := fmt.Sprintf("person%02d", i); !strings.Contains(said.String(), who) {
				t.Errorf("%s is missing in %s", who, said.String())
			}
		}
	})
}

// A rise is told to the channel before the message is edited, and while edits
// must wait for their own limit.
func TestARiseDoesNotWaitForEdits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		h.client("c1", "Client c1")
		now := time.Now()
		h.score("c1", 80, now.Add(-time.Hour))
		h.score("c1", 55, now)
		h.until("the message", func() bool { return h.counts()[stanna.Delivered] == 1 })
		h.fault(sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: 2, Method: "chat.update", Count: 1})
		h.score("c1", 8, now.Add(time.Second))
		h.until("the broadcast", func() bool {
			replies, _ := h.histories()
			return len(replies) == 1 && replies[0].Broadcast && strings.Contains(replies[0].Text, "Now critical")
		})
		if _, top := h.histories(); strings.Contains(top[0].Text, "to 8") {
			t.Error("the edit came first")
		}
		h.until("the edit", func() bool {
			_, top := h.histories()
			return strings.Contains(top[0].Text, "to 8")
		})
	})
}
