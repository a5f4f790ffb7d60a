package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
)

func TestSlackFromTheFirstVisitToTheFirstMessage(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		// Nothing is connected.
		s := st.ask("GET", "/api/integrations/slack/status", nil).want(200).object()
		for _, f := range []string{"connected", "provider", "workspaceId", "email", "expiresAt", "hasRefresh", "lastSyncAt", "scope"} {
			if _, ok := s[f]; !ok {
				st.Errorf("%s is missing in %v", f, s)
			}
		}
		if s["connected"] != false {
			st.Errorf("%v", s)
		}
		for _, x := range []string{"GET /api/integrations/slack/channels", "POST /api/integrations/slack/test", "POST /api/notifications/test?channel=slack", "DELETE /api/integrations/slack"} {
			method, path, _ := strings.Cut(x, " ")
			if p := st.ask(method, path, nil).problem(400, notConnected); p.Details["provider"] != "slack" || p.Details["connectUrl"] != site+"/integrations" {
				st.Errorf("%s: %+v", x, p)
			}
		}
		// An alert that nobody can be told of yet.
		st.client("c1")
		st.ask("POST", "/api/signals", []any{scored("a", "c1", 80, st.now().Add(-time.Hour)), scored("b", "c1", 30, st.now())}).want(200)

		// Connecting takes somebody who is signed in, or an admin's key.
		start := "/api/integrations/slack/start?features=private_channels"
		if to := st.ask("GET", start, nil, nobody).want(303).header.Get("Location"); to != "/sign-in?next="+url.QueryEscape(start) {
			st.Errorf("to %s", to)
		}
		if to := st.ask("GET", start, nil).want(303).header.Get("Location"); !strings.Contains(to, "/oauth/v2/authorize?") {
			st.Errorf("with an admin's key: to %s", to)
		}
		bo := st.member("bo@acme.com", stanna.CSM)
		if to := st.ask("GET", start, nil, signedIn(bo)).want(303).header.Get("Location"); to != slackPage+"?result=forbidden" {
			st.Errorf("to %s", to)
		}
		me := st.session(st.admin)
		for _, bad := range []string{"?features=mind_reading", "?returnTo=https://evil.example"} {
			if to := st.ask("GET", "/api/integrations/slack/start"+bad, nil, signedIn(me)).want(303).header.Get("Location"); to != slackPage+"?result=invalid" {
				st.Errorf("to %s", to)
			}
		}
		// Cancelled, forged, and then done.
		if to := st.ask("GET", "/api/integrations/slack/callback?error=access_denied", nil, signedIn(me)).want(303).header.Get("Location"); to != slackPage+"?result=cancelled" {
			st.Errorf("to %s", to)
		}
		if to := st.ask("GET", "/api/integrations/slack/callback?code=x&state=forged", nil, nobody).want(303).header.Get("Location"); to != slackPage+"?result=stale_state" {
			st.Errorf("to %s", to)
		}
		begun := st.ask("GET", start, nil, signedIn(me)).want(303)
		c := begun.cookie(stateCookie)
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/api/integrations/slack/callback" || c.MaxAge != 600 {
			st.Errorf("cookie %+v", c)
		}
		st.connectSlack()
		if got := st.ask("GET", "/api/integrations/slack/status", nil).object(); got["connected"] != true || got["teamName"] == "" {
			st.Errorf("%v", got)
		}
		if strings.Contains(st.log.String(), "xoxb-") || strings.Contains(st.log.String(), "code=") {
			st.Error("the log holds a token or a code")
		}

		// Choosing a channel tells what waited.
		var list struct {
			Channels []channelView
			SyncedAt *time.Time
		}
		st.until("the channels", func() bool {
			st.ask("GET", "/api/integrations/slack/channels", nil).want(200, &list)
			return list.SyncedAt != nil
		})
		in := slices.IndexFunc(list.Channels, func(c channelView) bool { return c.IsMember && !c.IsPrivate })
		out := slices.IndexFunc(list.Channels, func(c channelView) bool { return !c.IsMember && !c.IsPrivate && !c.IsArchived })
		if p := st.ask("POST", "/api/integrations/slack/test", nil).problem(400, validationError); p.Details["channel"] == nil {
			st.Errorf("%+v", p)
		}
		put := func(body map[string]any) answer { return st.ask("PUT", "/api/integrations/slack/settings", body) }
		if p := put(map[string]any{"defaultChannel": "#nowhere"}).problem(400, validationError); p.Details["defaultChannel"] == nil {
			st.Errorf("%+v", p)
		}
		if out >= 0 {
			if p := put(map[string]any{"fallbackChannel": list.Channels[out].ID}).problem(400, validationError); !strings.Contains(fmt.Sprint(p.Details["fallbackChannel"]), "/invite") {
				st.Errorf("%+v", p)
			}
		}
		chosen := put(map[string]any{"defaultChannel": "#" + list.Channels[in].Name, "fallbackChannel": ""}).want(200).object()
		if chosen["success"] != true || fields(chosen["defaultChannel"])["id"] != list.Channels[in].ID {
			st.Errorf("%v", chosen)
		}
		st.until("the alert", func() bool { return len(st.sandbox.Messages()) == 1 })

		// The log of notifications.
		var log struct {
			Notifications []notificationView
			Pagination    pagination
		}
		st.until("the delivery", func() bool {
			st.ask("GET", "/api/notifications?status=delivered&clientId=c1", nil).want(200, &log)
			return len(log.Notifications) == 1
		})
		if n := log.Notifications[0]; n.Event != stanna.Opened || n.Explanation == "" || n.DeliveredAt == nil || log.Pagination != (pagination{1, 50, 0, false}) {
			st.Errorf("%+v", log)
		}
		st.ask("POST", "/api/notifications/"+log.Notifications[0].ID+"/resend", nil).problem(409, conflict)
		st.ask("POST", "/api/notifications/ntf_none/resend", nil).problem(404, resourceNotFound)

		// A test says what became of it.
		var sent struct {
			Success      bool
			Message      string
			Notification notificationView
		}
		st.ask("POST", "/api/notifications/test?channel=slack&workspaceId="+acme, nil).want(200, &sent)
		if !sent.Success || !strings.Contains(sent.Message, "#"+list.Channels[in].Name) || sent.Notification.Status != stanna.Delivered {
			st.Errorf("%+v", sent)
		}
		st.ask("POST", "/api/notifications/test?channel=sms", nil).problem(400, validationError)
		st.ask("POST", "/api/notifications/test", nil).problem(400, validationError)
		st.fault(sandbox.Fault{Kind: sandbox.FaultOKFalse, Method: "chat.postMessage", Error: "restricted_action", Count: 1})
		if p := st.ask("POST", "/api/integrations/slack/test", map[string]any{"channel": list.Channels[in].ID}).problem(502, integrationError); p.Details["service"] != "slack" || p.Details["repair"] == "" {
			st.Errorf("%+v", p)
		}

		// A rule's own destination, and the checks.
		var r ruleView
		st.ask("PUT", "/api/rules/rule_health_drop", map[string]any{"destinations": []string{"#" + list.Channels[in].Name}}).want(200, &r)
		want := "slack:" + st.cfg.Team.ID + ":" + list.Channels[in].ID
		if !slices.Equal(r.Destinations, []string{want}) {
			st.Errorf("%v", r.Destinations)
		}
		st.ask("PUT", "/api/rules/rule_health_drop", map[string]any{"destinations": []string{want}}).want(200)
		st.ask("PUT", "/api/rules/rule_health_drop", map[string]any{"destinations": []string{"slack:T0ANOTHER:" + list.Channels[in].ID}}).problem(400, validationError)
		if d := st.ask("GET", "/api/integrations/slack/diagnose", nil).want(200).object(); d["checks"] == nil {
			st.Errorf("%v", d)
		}
		if x := string(st.ask("GET", "/api/integrations/status", nil).want(200).body); !strings.Contains(x, `"provider":"slack","connected":true`) {
			st.Error(x)
		}
		st.ask("DELETE", "/api/integrations/slack", nil).want(200)
	})
}

func TestATestThatWaitsSaysSo(t *testing.T) {
	st := newStage(t, openStore(t), nil)
	st.api.probeWait = 200 * time.Millisecond
	st.connectSlack()
	var list struct{ Channels []channelView }
	st.until("the channels", func() bool {
		st.ask("GET", "/api/integrations/slack/channels", nil).want(200, &list)
		return len(list.Channels) > 0
	})
	in := slices.IndexFunc(list.Channels, func(c channelView) bool { return c.IsMember })
	st.fault(sandbox.Fault{Kind: sandbox.FaultRateLimit, Method: "chat.postMessage", RetryAfter: 30, Count: 1})
	a := st.ask("POST", "/api/integrations/slack/test", map[string]any{"channel": list.Channels[in].ID}).want(202).object()
	if n := fields(a["notification"]); n["status"] != "waiting" || !strings.Contains(fmt.Sprint(a["message"]), "waits") {
		st.Errorf("%v", a)
	}
}

func TestSlackByToken(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		p := st.ask("POST", "/api/integrations/slack/connect", map[string]any{"token": "xoxp-a-person"}).problem(400, validationError)
		if p.Details["token"] == nil {
			st.Errorf("%+v", p)
		}
		st.ask("POST", "/api/integrations/slack/connect", map[string]any{"token": "xoxb-unknown"}).problem(400, validationError)
		st.ask("POST", "/api/integrations/slack/connect", map[string]any{"token": 7}).problem(400, validationError)
		if log := st.log.String(); strings.Contains(log, "xoxb-unknown") || strings.Contains(log, "xoxp-a-person") {
			st.Error("the log holds a token")
		}
	})
}

func TestSlackEvents(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		const path = "/api/integrations/slack/events"
		body := `{"type":"url_verification","challenge":"abc"}`
		signed := func(body string, at time.Time) with {
			stamp := fmt.Sprint(at.Unix())
			mac := hmac.New(sha256.New, []byte(st.cfg.App.SigningSecret))
			mac.Write([]byte("v0:" + stamp + ":" + body))
			return func(r *http.Request) {
				nobody(r)
				r.Header.Set("X-Slack-Request-Timestamp", stamp)
				r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
			}
		}
		if a := st.ask("POST", path, body, signed(body, st.now())).want(200).object(); a["challenge"] != "abc" {
			st.Errorf("%v", a)
		}
		st.ask("POST", path, body, signed(body+" ", st.now())).problem(401, invalidKey)
		st.ask("POST", path, body, signed(body, st.now().Add(-6*time.Minute))).problem(401, invalidKey)
		st.ask("POST", path, body, nobody).problem(401, invalidKey)
		other := `{"type":"event_callback","event":{"type":"app_uninstalled"},"team_id":"T0NOBODY"}`
		st.ask("POST", path, other, signed(other, st.now())).want(200)
	})
}
