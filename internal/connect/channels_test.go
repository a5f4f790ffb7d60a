package connect

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// crowd is a team with so many channels that reading them takes two pages.
func crowd(c *sandbox.Config) {
	for i := range 600 {
		c.Channels = append(c.Channels, sandbox.ChannelConfig{ID: fmt.Sprintf("C0CROWD%04d", i), Name: fmt.Sprintf("crowd-%04d", i), IsPrivate: i%10 == 0, IsMember: i%10 == 0})
	}
}

func (st *stage) names() map[string]stanna.Channel {
	st.Helper()
	names := map[string]stanna.Channel{}
	st.update(func(tx *store.Tx) error {
		list, err := tx.Channels(acme)
		for _, ch := range list {
			names[ch.Name] = ch
		}
		return err
	})
	return names
}

func TestReadingChannelsGoesOnAfterAWait(t *testing.T) {
	each(t, crowd, func(st *stage) {
		st.connect(acme, slack.FeaturePrivateChannels)
		if got := len(st.names()); got != 604 { // all but the archived one
			st.Fatalf("%d channels", got)
		}
		_, err := st.slack.SetChannel(sandbox.ChannelChange{ID: "C0CROWD0001", IsArchived: of(true)})
		st.must(err)
		_, err = st.slack.SetChannel(sandbox.ChannelChange{ID: "C0CROWD0599", Name: of("renamed")})
		st.must(err)
		st.clock.forward(time.Hour)

		// One page, then a 429.
		before := st.calls("conversations.list")
		st.fault(sandbox.Fault{Kind: sandbox.FaultSlow, Method: "conversations.list", DelayMS: 1, Count: 1})
		st.fault(sandbox.Fault{Kind: sandbox.FaultRateLimit, Method: "conversations.list", RetryAfter: 30, Count: 1})
		err = st.SyncChannels(st.Context(), acme)
		if o, _ := slack.OutcomeOf(err); o.After != 30*time.Second {
			st.Fatalf("got %v", err)
		}
		if _, ok := st.names()["crowd-0001"]; !ok {
			st.Error("a channel was forgotten before the reading was complete")
		}
		st.refused(st.SyncChannels(st.Context(), acme), NotNow)
		if got := st.calls("conversations.list") - before; got != 2 {
			st.Errorf("%d calls in spite of Retry-After", got)
		}
		_, old, stale, err := st.Channels(st.Context(), acme)
		st.must(err)
		if !stale {
			st.Error("an old list is called new")
		}
		st.idle()

		st.clock.forward(31 * time.Second)
		st.must(st.SyncChannels(st.Context(), acme))
		if got := st.calls("conversations.list") - before; got != 2+3 { // one page is left of the public ones, two of the private
			st.Errorf("%d calls; it did not go on where it stopped", got)
		}
		names := st.names()
		if _, ok := names["crowd-0001"]; ok {
			st.Error("an archived channel is still there")
		}
		if _, ok := names["renamed"]; !ok || len(names) != 603 {
			st.Errorf("%d channels", len(names))
		}
		if _, at, _, _ := st.Channels(st.Context(), acme); !at.After(old) {
			st.Error("the time of the reading did not change")
		}
	})
}

// A replica that stops between two pages leaves the list to the next one, which
// need not wait until a lease runs out.
func TestAReaderThatStopsGivesTheListBack(t *testing.T) {
	each(t, crowd, func(st *stage) {
		c := st.connect(acme)
		st.clock.forward(time.Hour)
		st.fault(sandbox.Fault{Kind: sandbox.FaultSlow, Method: "conversations.list", DelayMS: 60_000, Count: 1})
		ctx, stop := context.WithCancel(st.Context())
		done := make(chan error, 1)
		go func() { done <- st.SyncChannels(ctx, acme) }()
		for held := false; !held; runtime.Gosched() {
			st.update(func(tx *store.Tx) error {
				g, err := tx.Gate(readingGate(c))
				held = g.Holder == st.id
				return err
			})
		}
		next := New(st.options)
		defer next.Close()
		st.refused(next.SyncChannels(st.Context(), acme), NotNow) // the first one has it
		stop()
		if err := <-done; err == nil {
			st.Fatal("it read on")
		}
		st.slack.ClearFaults("") // it may have stopped before Slack was asked
		st.must(next.SyncChannels(st.Context(), acme))
		if _, _, stale, _ := st.Channels(st.Context(), acme); stale {
			st.Error("the list was not read")
		}
	})
}

func TestAStaleCursorBeginsAnew(t *testing.T) {
	each(t, crowd, func(st *stage) {
		st.connect(acme)
		st.clock.forward(time.Hour)
		st.update(func(tx *store.Tx) error {
			_, at, err := tx.ChannelSync(st.cfg.Team.ID)
			return errorsOr(err, tx.PutChannelSync(st.cfg.Team.ID, reading{slack.PublicChannels, st.clock.now(), "bm90aGluZw=="}.String(), at))
		})
		// Looking at the old list has it read in the background.
		list, _, stale, err := st.Channels(st.Context(), acme)
		st.must(err)
		if len(list) == 0 || !stale {
			st.Errorf("%d channels, stale %v", len(list), stale)
		}
		st.idle()
		if _, _, stale, _ := st.Channels(st.Context(), acme); stale {
			st.Error("the list was not read")
		}
		if st.slack.Stats().Outcomes["conversations.list"]["invalid_cursor"] != 1 {
			st.Error("the cursor was not stale")
		}
	})
}

func TestLookup(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme, slack.FeaturePrivateChannels)
		_, err := st.slack.SetChannel(sandbox.ChannelChange{ID: "C0SECRET01", Name: of("secret"), IsPrivate: of(true)})
		st.must(err)
		for text, want := range map[string]string{
			"C0HEALTH01": "customer-health", " <#C0HEALTH01|old-name> ": "customer-health", "#CS-Alerts": "cs-alerts", "cs-private": "cs-private",
			"https://acme-sandbox.slack.com/archives/C0HEALTH01/p1700000000": "customer-health",
			"https://app.slack.com/client/T0SANDBOX1/C0ALERTS01":             "cs-alerts",
		} {
			if ch, err := st.Lookup(st.Context(), acme, text); err != nil || ch.Name != want || ch.Health != stanna.Healthy {
				st.Errorf("%q: %+v, %v", text, ch, err)
			}
		}
		for id, want := range map[string]string{"C0GENERAL1": "/invite", "C0OLDNEWS1": "archived"} {
			ch, err := st.Lookup(st.Context(), acme, id)
			if err != nil || ch.Health != stanna.Broken || !contains(ch.Repair, want) {
				st.Errorf("%s: %+v, %v", id, ch, err)
			}
		}
		for text, want := range map[string]string{"C0SECRET01": "/invite", "#nowhere": "Copy link", "": "Copy link",
			"https://app.slack.com/client/T0ANOTHER1/C0ALERTS01": "a Slack workspace that is not connected", "https://example.com/": "Copy link"} {
			if _, err := st.Lookup(st.Context(), acme, text); stanna.CodeOf(err) != stanna.Invalid || !contains(err.Error(), want) {
				st.Errorf("%q: %v", text, err)
			}
		}
		// Once the bot is invited, reading the list mends what was known.
		_, err = st.slack.SetChannel(sandbox.ChannelChange{ID: "C0GENERAL1", IsMember: of(true)})
		st.must(err)
		st.must(st.SyncChannels(st.Context(), acme))
		if ch := st.names()["general"]; ch.Health != stanna.Healthy || ch.Repair != "" {
			st.Errorf("%+v", ch)
		}
	})
}
