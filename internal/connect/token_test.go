package connect

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

func rotating(c *sandbox.Config) { c.App.TokenRotation = true }

func TestTwoReplicasRefreshOnce(t *testing.T) {
	each(t, rotating, func(st *stage) {
		first := st.connect(acme)
		if first.RefreshToken == "" || first.ExpiresAt.IsZero() {
			st.Fatalf("no rotation: %+v", first)
		}
		other := New(st.options)
		defer other.Close()
		before := st.calls("oauth.v2.access")
		st.fault(sandbox.Fault{Kind: sandbox.FaultSlow, Method: "oauth.v2.access", DelayMS: 150, Count: 1})
		st.clock.forward(13 * time.Hour) // the token has expired

		var wg sync.WaitGroup
		got := make([]stanna.Connection, 20)
		for i := range got {
			line := st.Line
			if i%2 == 1 {
				line = other
			}
			wg.Go(func() {
				c, err := line.Token(st.Context(), acme, "")
				if err != nil {
					st.Error(err)
				}
				got[i] = c
			})
		}
		wg.Wait()
		for _, c := range got {
			if c.AccessToken != got[0].AccessToken || c.AccessToken == first.AccessToken {
				st.Error("they do not have the same new token")
			}
		}
		if n := st.calls("oauth.v2.access") - before; n != 1 {
			st.Errorf("%d refresh calls", n)
		}
		if _, err := st.client(got[0]).AuthTest(st.Context()); err != nil {
			st.Error(err)
		}
		if c, _ := st.stored(acme); c.AccessToken != got[0].AccessToken || c.RefreshToken == first.RefreshToken {
			st.Error("what is used is not what is stored")
		}
	})
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	each(t, rotating, func(st *stage) {
		first := st.connect(acme)
		st.clock.forward(12*time.Hour - renewBefore - time.Second)
		if c, err := st.Token(st.Context(), acme, ""); err != nil || c.AccessToken != first.AccessToken {
			st.Errorf("renewed too early: %v", err)
		}
		// While the old token lives, trouble with the refresh troubles nobody.
		st.clock.forward(time.Minute)
		st.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Method: "oauth.v2.access", Count: 1})
		for range 2 { // the second does not even try
			if c, err := st.Token(st.Context(), acme, ""); err != nil || c.AccessToken != first.AccessToken {
				st.Errorf("the old token was not used: %v", err)
			}
		}
		if got := st.slack.Stats().Outcomes["oauth.v2.access"]["http_500"]; got != 1 {
			st.Errorf("%d failed calls", got)
		}
		// After the pause the same refresh token is tried again.
		st.clock.forward(2 * time.Second)
		if c, err := st.Token(st.Context(), acme, ""); err != nil || c.AccessToken == first.AccessToken {
			st.Errorf("not renewed: %v", err)
		}
	})
}

func TestAnExpiredTokenWaitsForSlack(t *testing.T) {
	each(t, rotating, func(st *stage) {
		st.connect(acme)
		st.clock.forward(13 * time.Hour)
		st.fault(sandbox.Fault{Kind: sandbox.FaultResetBefore, Method: "oauth.v2.access", Count: 1})
		for range 2 {
			_, err := st.Token(st.Context(), acme, "")
			st.refused(err, NotNow)
			if o, ok := slack.OutcomeOf(err); !ok || o.Kind != slack.Retry || o.After == 0 {
				st.Errorf("outcome %+v", o)
			}
		}
		if c, _ := st.stored(acme); c.Health != stanna.Healthy {
			st.Error("a line that broke off broke the connection")
		}
		st.clock.forward(2 * time.Second)
		if _, err := st.Token(st.Context(), acme, ""); err != nil {
			st.Error(err)
		}
	})
}

func TestALeaseOfTheDeadRunsOut(t *testing.T) {
	each(t, rotating, func(st *stage) {
		first := st.connect(acme)
		st.clock.forward(12*time.Hour - time.Minute)
		st.update(func(tx *store.Tx) error {
			return tx.PutGate(store.Gate{Name: refreshGate(first), Holder: "line_dead", NotBefore: st.clock.now().Add(renewLease)})
		})
		if c, err := st.Token(st.Context(), acme, ""); err != nil || c.AccessToken != first.AccessToken {
			st.Errorf("the old token was not used meanwhile: %v", err)
		}
		st.clock.forward(renewLease)
		if c, err := st.Token(st.Context(), acme, ""); err != nil || c.AccessToken == first.AccessToken {
			st.Errorf("not taken over: %v", err)
		}
	})
}

func TestSlackCallsATokenExpired(t *testing.T) {
	each(t, rotating, func(st *stage) {
		st.connect(acme)
		st.slack.ExpireTokens()
		before := st.calls("oauth.v2.access")
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := st.TokenExpired(st.Context(), acme, ""); err != nil {
					st.Error(err)
				}
			})
		}
		wg.Wait()
		st.must(st.TokenExpired(st.Context(), acme, "")) // a late one
		if n := st.calls("oauth.v2.access") - before; n != 1 {
			st.Errorf("%d refresh calls", n)
		}
		// A call of our own meets it, too.
		st.clock.forward(time.Hour)
		st.slack.ExpireTokens()
		st.must(st.Check(st.Context(), acme))
	})
}

func TestARefusedRefreshNeedsAPerson(t *testing.T) {
	each(t, rotating, func(st *stage) {
		st.connect(acme)
		st.lane(acme, "C0HEALTH01")
		st.slack.Uninstall()
		st.clock.forward(13 * time.Hour)
		_, err := st.Token(st.Context(), acme, "")
		st.refused(err, NeedsRepair)
		if o, _ := slack.OutcomeOf(err); o.Kind != slack.Permanent || o.Repair == "" {
			st.Errorf("outcome %+v", o)
		}
		c, _ := st.stored(acme)
		if c.Health != stanna.Broken || c.Repair == "" || st.paused(acme)[stanna.ReasonPaused] != 1 {
			st.Errorf("stored %s, %v", c.Repair, st.paused(acme))
		}
		_, err = st.Token(st.Context(), acme, "")
		st.refused(err, NeedsRepair)

		// Connecting again mends it, and starts what stood still.
		st.connect(acme)
		if _, err := st.Token(st.Context(), acme, ""); err != nil || len(st.paused(acme)) != 0 {
			st.Errorf("%v, paused %v", err, st.paused(acme))
		}
	})
}

func TestNewsOfABrokenConnection(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme)
		st.lane(acme, "C0HEALTH01")
		st.clock.forward(time.Hour)
		mark := func() {
			st.update(func(tx *store.Tx) error { return st.MarkBroken(tx, acme, "", "Do this.", st.clock.now()) })
		}
		mark()
		mark()
		if c, _ := st.stored(acme); c.Health != stanna.Broken || c.Repair != "Do this." || st.paused(acme)[stanna.ReasonPaused] != 1 {
			st.Errorf("stored %+v, paused %v", c, st.paused(acme))
		}
		// The daily check finds that it works.
		st.must(st.Check(st.Context(), acme))
		if c, _ := st.stored(acme); c.Health != stanna.Healthy || c.Repair != "" || len(st.paused(acme)) != 0 {
			st.Errorf("stored %+v, paused %v", c, st.paused(acme))
		}
		want := []string{"slack.connected", "slack.broken", "slack.mended"}
		if got := st.trail(acme, st.cfg.Team.ID); !slices.Equal(got, want) {
			st.Errorf("the trail says %v", got)
		}
		// Right after an installation, the news is about the token before.
		st.connect(acme)
		st.update(func(tx *store.Tx) error { return tx.PauseTeam(acme, st.cfg.Team.ID, stanna.ReasonPaused) })
		mark()
		st.idle()
		if c, _ := st.stored(acme); c.Health != stanna.Healthy || len(st.paused(acme)) != 0 {
			st.Errorf("stored %+v, paused %v", c, st.paused(acme))
		}
		// Nobody else's lanes are touched.
		st.lane(globex, "C0HEALTH01")
		st.update(func(tx *store.Tx) error { return tx.PauseTeam(globex, st.cfg.Team.ID, stanna.ReasonNotConnected) })
		st.connect(acme)
		if got := st.paused(globex); got[stanna.ReasonNotConnected] != 1 {
			st.Errorf("another workspace's lanes: %v", got)
		}
	})
}
