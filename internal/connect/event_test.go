package connect

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
)

// notice sends an event as Slack signs it.
func (st *stage) notice(at time.Time, kind string, id string) (string, error) {
	st.Helper()
	c, _ := st.stored(acme)
	body, err := json.Marshal(map[string]any{"type": "event_callback", "event_id": id, "event_time": at.Unix(), "team_id": st.cfg.Team.ID, "api_app_id": st.cfg.App.ID,
		"event": map[string]any{"type": kind, "tokens": map[string]any{"bot": []string{c.BotUserID}}}})
	st.must(err)
	return st.Events(st.Context(), st.signed(body), body)
}

func (st *stage) signed(body []byte) http.Header {
	stamp := strconv.FormatInt(st.clock.now().Unix(), 10)
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {sandbox.Sign(st.cfg.App.SigningSecret, stamp, body)}}
}

func TestUninstalledInSlack(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme)
		st.lane(acme, "C0HEALTH01")
		st.clock.forward(time.Hour)

		// An event that is not true, or late, or forged, harms nobody.
		if _, err := st.notice(st.clock.now(), "app_uninstalled", "Ev0"); err != nil {
			st.Error(err)
		}
		body := []byte(`{"type":"event_callback"}`)
		forged := st.signed([]byte("another body"))
		if _, err := st.Events(st.Context(), forged, body); stanna.CodeOf(err) != stanna.Unauthenticated {
			st.Errorf("a forged event: %v", err)
		}
		if c, _ := st.stored(acme); c.Health != stanna.Healthy {
			st.Fatal("a connection that works was ended")
		}

		removed := st.clock.now()
		st.slack.Uninstall()
		for range 2 {
			if _, err := st.notice(removed, "app_uninstalled", "Ev1"); err != nil {
				st.Error(err)
			}
			if _, err := st.notice(removed, "tokens_revoked", "Ev2"); err != nil {
				st.Error(err)
			}
		}
		c, ok := st.stored(acme)
		if !ok || c.Health != stanna.Broken || c.Repair == "" || st.paused(acme)[stanna.ReasonPaused] != 1 {
			st.Errorf("stored %+v, paused %v", c, st.paused(acme))
		}
		want := []string{"slack.connected", "slack.app_uninstalled"}
		if got := st.trail(acme, st.cfg.Team.ID); !slices.Equal(got, want) {
			st.Errorf("the trail says %v", got)
		}

		// A late one, after the app was installed again: by its time, and, in
		// the same second, by the token.
		st.clock.forward(time.Minute)
		st.connect(acme)
		for _, at := range []time.Time{removed, st.clock.now()} {
			if _, err := st.notice(at, "app_uninstalled", "Ev3"); err != nil {
				st.Error(err)
			}
			if c, _ := st.stored(acme); c.Health != stanna.Healthy {
				st.Errorf("an event of %v ended the new installation", at)
			}
		}
	})
}

func TestRevokedInSlack(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme)
		st.clock.forward(time.Hour)
		st.slack.Revoke()
		if _, err := st.notice(st.clock.now(), "tokens_revoked", "Ev1"); err != nil {
			st.Error(err)
		}
		if got := st.trail(acme, st.cfg.Team.ID); !slices.Contains(got, "slack.tokens_revoked") {
			st.Errorf("the trail says %v", got)
		}
		// Without events the check finds it.
		st.connect(acme)
		st.slack.Revoke()
		st.refused(st.Check(st.Context(), acme), NeedsRepair)
		if c, _ := st.stored(acme); c.Health != stanna.Broken {
			st.Errorf("stored %+v", c)
		}
	})
}

func TestSlackTriesTheAddress(t *testing.T) {
	each(t, nil, func(st *stage) {
		body := []byte(`{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}`)
		if got, err := st.Events(st.Context(), st.signed(body), body); err != nil || got != "3eZbrw1aB" {
			st.Errorf("%q, %v", got, err)
		}
		if _, err := st.Events(st.Context(), st.signed([]byte("[]")), []byte("[]")); stanna.CodeOf(err) != stanna.Invalid {
			st.Error(err)
		}
	})
}
