package connect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func TestCheckFindsDeadChannels(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.update(func(tx *store.Tx) error {
			return tx.PutRule(stanna.Rule{Workspace: acme, ID: "rul_1", Name: "Health", Type: stanna.HealthDrop, Status: stanna.RuleActive,
				Terms: stanna.Terms{Destinations: []stanna.Destination{stanna.SlackChannel(st.cfg.Team.ID, "C0GENERAL1"), stanna.SlackChannel(st.cfg.Team.ID, "C0MISSING1"), stanna.SlackChannel(st.cfg.Team.ID, "U0ANASILVA")}}}, ana, st.clock.now())
		})
		_, err := st.slack.SetChannel(sandbox.ChannelChange{ID: "C0HEALTH01", IsArchived: of(true)})
		st.must(err)
		st.connect(acme) // which checks
		broken := func() (ids []string) {
			st.update(func(tx *store.Tx) error {
				set, err := tx.BrokenDestinations(acme)
				ids = nil
				for d := range set {
					_, id, _ := d.Slack()
					ids = append(ids, id)
				}
				return err
			})
			slices.Sort(ids)
			return ids
		}
		if got := broken(); !slices.Equal(got, []string{"C0GENERAL1", "C0HEALTH01", "C0MISSING1"}) {
			st.Errorf("broken: %v", got)
		}
		_, err = st.slack.SetChannel(sandbox.ChannelChange{ID: "C0HEALTH01", IsArchived: of(false)})
		st.must(err)
		st.clock.forward(24 * time.Hour)
		st.must(st.Check(st.Context(), acme))
		if got := broken(); slices.Contains(got, "C0HEALTH01") {
			st.Errorf("a mended channel is still broken: %v", got)
		}
		if got := st.trail(acme, "C0HEALTH01"); !slices.Equal(got, []string{"channel.broken", "channel.mended"}) {
			st.Errorf("the trail says %v", got)
		}
	})
}

func TestCheckLearnsWhatChanged(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme)
		st.update(func(tx *store.Tx) error {
			c, _, err := tx.LockConnection(acme, "")
			c.TeamName, c.EnterpriseID, c.Scopes = "Old name", "E0BEFORE01", []string{"chat:write"}
			return errorsOr(err, tx.PutConnection(c))
		})
		st.must(st.Check(st.Context(), acme))
		if c, _ := st.stored(acme); c.TeamName != st.cfg.Team.Name || c.EnterpriseID != "" || !c.Has("channels:read") {
			st.Errorf("stored %+v", c)
		}
		if got := st.trail(acme, st.cfg.Team.ID); !slices.Contains(got, "slack.changed") {
			st.Errorf("the trail says %v", got)
		}
		st.update(func(tx *store.Tx) error { return st.MarkHealthy(tx, acme, "", st.clock.now().Add(time.Second)) })
		if c, _ := st.stored(acme); !c.CheckedAt.Equal(st.clock.now().Add(time.Second)) {
			st.Errorf("checked at %v", c.CheckedAt)
		}
		// When Slack cannot be asked, nothing is concluded.
		st.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Method: "auth.test", Count: 1})
		if err := st.Check(st.Context(), acme); stanna.CodeOf(err) != stanna.Unavailable {
			st.Error(err)
		}
		if c, _ := st.stored(acme); c.Health != stanna.Healthy {
			st.Error("a 500 broke the connection")
		}
	})
}

func TestDirectory(t *testing.T) {
	each(t, nil, func(st *stage) {
		emails := []string{"ana.silva@example.com", "chloe.martin@example.com", "former.colleague@example.com", "nobody@example.com"}
		st.update(func(tx *store.Tx) error {
			var clients []stanna.Client
			for i, e := range emails[:3] {
				clients = append(clients, stanna.Client{Workspace: acme, ID: fmt.Sprintf("c%d", i), Name: "Client", CSMOwner: e, CreatedAt: st.clock.now(), UpdatedAt: st.clock.now()})
			}
			return errorsOr(tx.PutClients(clients, st.clock.now()), tx.Follow(acme, "c0", emails[3], st.clock.now()))
		})
		st.connect(acme)
		if n, err := st.Directory(st.Context(), acme); n != 0 || err != nil {
			st.Errorf("without the permission: %d, %v", n, err)
		}
		st.fault(sandbox.Fault{Kind: sandbox.FaultSlow, Method: "users.lookupByEmail", DelayMS: 1, Count: 2})
		st.fault(sandbox.Fault{Kind: sandbox.FaultRateLimit, Method: "users.lookupByEmail", RetryAfter: 5, Count: 1})
		st.connect(acme, slack.FeatureOwners) // looks up two, and is told to wait
		if got := st.calls("users.lookupByEmail"); got != 3 {
			st.Errorf("%d calls", got)
		}
		if n, err := st.Directory(st.Context(), acme); n != 2 || err != nil {
			st.Errorf("going on: %d, %v", n, err)
		}
		if n, err := st.Directory(st.Context(), acme); n != 0 || err != nil {
			st.Errorf("again on the same day: %d, %v", n, err)
		}
		st.update(func(tx *store.Tx) error {
			for i, want := range []string{"U0ANASILVA", "U0CHLOEMAR", "", ""} {
				p, ok, err := tx.Person(acme, emails[i])
				if err != nil || !ok || p.SlackID != want {
					st.Errorf("%s is %q (%v), want %q", emails[i], p.SlackID, err, want)
				}
			}
			return nil
		})
		if contains(st.log.String(), "@example.com") {
			st.Error("an e-mail address is in the log")
		}
	})
}

// Who is named is looked up at once, and once a day.
func TestMeet(t *testing.T) {
	each(t, nil, func(st *stage) {
		meet := func(emails ...string) int {
			before := st.calls("users.lookupByEmail")
			st.must(st.Meet(st.Context(), acme, emails...))
			return st.calls("users.lookupByEmail") - before
		}
		if n := meet("ana.silva@example.com"); n != 0 {
			t.Errorf("%d calls without a connection", n)
		}
		st.connect(acme)
		if n := meet("ana.silva@example.com"); n != 0 {
			t.Errorf("%d calls without the permission", n)
		}
		st.connect(acme, slack.FeatureOwners)
		if n := meet("Ana.Silva@example.com ", "nobody@example.com", ""); n != 2 {
			t.Errorf("%d calls for two", n)
		}
		if n := meet("ana.silva@example.com", "nobody@example.com"); n != 0 {
			t.Errorf("%d calls again on the same day", n)
		}
		st.update(func(tx *store.Tx) error {
			if p, _, err := tx.Person(acme, "ana.silva@example.com"); err != nil || p.SlackID != "U0ANASILVA" {
				t.Errorf("%+v, %v", p, err)
			}
			return nil
		})
	})
}

func TestReachable(t *testing.T) {
	c := stanna.Connection{TeamID: "T1"}
	for name, x := range map[string]struct {
		user slack.User
		want bool
	}{
		"a colleague": {slack.User{ID: "U1", TeamID: "T1"}, true},
		"a guest":     {slack.User{ID: "U1", TeamID: "T1", IsGuest: true}, true},
		"deleted":     {slack.User{ID: "U1", TeamID: "T1", Deleted: true}, false},
		"a bot":       {slack.User{ID: "U1", TeamID: "T1", IsBot: true}, false},
		"a stranger":  {slack.User{ID: "U1", TeamID: "T1", Stranger: true}, false},
		"elsewhere":   {slack.User{ID: "U1", TeamID: "T2"}, false},
	} {
		if got := reachable(x.user, c); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestStatusAndDiagnosis(t *testing.T) {
	each(t, rotating, func(st *stage) {
		s, err := st.Status(st.Context(), acme)
		st.must(err)
		if s.Connected || s.Provider != "slack" || s.MissingOptional == nil {
			st.Errorf("%+v", s)
		}
		states := func() map[string]FindingState {
			st.Helper()
			d, err := st.Diagnose(st.Context(), acme)
			st.must(err)
			out := map[string]FindingState{"": d.State}
			for _, f := range d.Checks {
				out[f.Check] = f.State
				st.noSecrets(f.Found + f.Repair)
				if f.State == Failed && f.Repair == "" || f.Found == "" {
					st.Errorf("%+v says not what to do", f)
				}
			}
			return out
		}
		if got := states(); got["connected"] != Failed || got["token"] != Skipped || got[""] != Failed || got["app"] != OK {
			st.Errorf("not connected: %v", got)
		}
		st.connect(acme, slack.FeatureOwners)
		s, err = st.Status(st.Context(), acme)
		st.must(err)
		if !s.Connected || s.TeamID != st.cfg.Team.ID || !s.HasRefresh || s.ExpiresAt == nil || !contains(s.Scope, "chat:write") || s.Health != stanna.Healthy ||
			s.Channel == nil || s.Channel.Name != "customer-health" || s.FallbackChannel == nil || !slices.Equal(s.MissingOptional, []string{"groups:read", "chat:write.public"}) {
			st.Errorf("%+v", s)
		}
		got := states()
		if got[""] != OK || got["token"] != OK || got["default_channel"] != OK || got["scopes"] != OK || got["feature_owners"] != OK || got["feature_private_channels"] != Skipped {
			st.Errorf("all well: %v", got)
		}
		_, err = st.slack.SetChannel(sandbox.ChannelChange{ID: "C0HEALTH01", IsMember: of(false)})
		st.must(err)
		st.lane(acme, "C0HEALTH01")
		st.update(func(tx *store.Tx) error {
			if err := tx.PutGate(store.Gate{Name: "slack:" + st.cfg.Team.ID, Failures: 7, NotBefore: st.clock.now().Add(time.Minute)}); err != nil {
				return err
			}
			return tx.AddNotifications(stanna.Notification{Workspace: acme, ID: "ntf_1", Status: stanna.Dead, CreatedAt: st.clock.now()},
				stanna.Notification{Workspace: acme, ID: "ntf_2", Status: stanna.Delivered, CreatedAt: st.clock.now(), DeliveredAt: st.clock.now()})
		})
		if got := states(); got["default_channel"] != Failed || got["circuit"] != Warning || got["messages"] != Warning || got["last_delivery"] != OK {
			st.Errorf("trouble: %v", got)
		}
		if s, _ := st.Status(st.Context(), acme); s.Channel.Health != stanna.Broken || s.LastDelivery == nil {
			st.Errorf("%+v", s)
		}
		st.slack.Uninstall()
		if got := states(); got["token"] != Failed || got["default_channel"] != Skipped || got["lanes"] != Failed {
			st.Errorf("uninstalled: %v", got)
		}
	})
}

func TestDisconnect(t *testing.T) {
	each(t, rotating, func(st *stage) {
		st.connect(acme, slack.FeatureOwners)
		st.lane(acme, "C0HEALTH01")
		st.clock.forward(13 * time.Hour) // the token must be renewed first
		d, err := st.Disconnect(st.Context(), acme, "", ana)
		st.must(err)
		if d.AtSlack != Uninstalled || st.slack.State().Installed {
			st.Errorf("%+v, at Slack still installed: %v", d, st.slack.State().Installed)
		}
		if _, ok := st.stored(acme); ok {
			st.Error("the connection is still there")
		}
		if got := st.paused(acme); got[stanna.ReasonNotConnected] != 1 {
			st.Errorf("lanes: %v", got)
		}
		_, err = st.Token(st.Context(), acme, "")
		st.refused(err, NotConnected)
		_, err = st.Disconnect(st.Context(), acme, "", ana)
		st.refused(err, NotConnected)
		// A late notice finds nothing, and what waits goes on with the next connection.
		if _, err := st.notice(st.clock.now(), "app_uninstalled", "Ev9"); err != nil {
			st.Error(err)
		}
		st.connect(acme)
		if got := st.paused(acme); len(got) != 0 {
			st.Errorf("lanes: %v", got)
		}
		// Removed in Slack before: no trouble.
		st.slack.Uninstall()
		if d, err := st.Disconnect(st.Context(), acme, "", ana); err != nil || d.AtSlack != Uninstalled {
			st.Errorf("%+v, %v", d, err)
		}
		// Slack does not answer: disconnected all the same, and said so.
		st.connect(acme)
		st.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Method: "apps.uninstall", Count: 1})
		if d, err := st.Disconnect(st.Context(), acme, "", ana); err != nil || d.AtSlack != LeftFailed || !contains(d.Sentence, "Manage apps") {
			st.Errorf("%+v, %v", d, err)
		}
	})
}
