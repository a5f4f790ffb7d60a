package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
)

func index(body, text string) int { return strings.Index(body, text) }

func TestSlackFromConnectToDisconnect(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	h.client(stanna.Client{ID: "early", Name: "Early Bird"})
	early := h.fall("early", 60, 30) // before anybody can be told
	b.get("/alerts/" + early).ok("Nobody was told: Slack is not connected.")

	b.post("/integrations/slack/token", url.Values{"token": {"xoxp-secret-of-a-person"}}).ok("token of a person", `id="flash-bad"`).without("xoxp-secret")
	b.post("/integrations/slack/settings", url.Values{"default-typed": {"#general"}}).ok("Slack is not connected")
	b.post("/integrations/slack/test", url.Values{"to": {"C0HEALTH01"}}).ok("Slack is not connected")
	h.connected().get("/integrations/slack").ok(`id="slack-status"`, "Connected", `id="default-channel">#customer-health`, `id="fallback-channel">#cs-alerts`, "by a pasted token")

	// What waited for a channel is told now.
	h.until("the early alert", func() bool { return len(h.sandbox.Messages()) == 1 })
	if m := h.sandbox.Messages()[0]; !strings.Contains(m.Text, "Early Bird") {
		t.Errorf("told: %s", m.Text)
	}

	p := b.post("/integrations/slack/test", url.Values{"to": {"C0ALERTS01"}}).ok(`id="test-result"`)
	h.until("the test", func() bool { return h.counts()[stanna.Delivered] == 2 })
	b.get(p.path).ok("Delivered", "#cs-alerts", "Sent to Slack.", "/channels/C0ALERTS01#m").without("looks again")

	b.post("/integrations/slack/settings", url.Values{"default": {"C0HEALTH01"}, "fallback": {"C0HEALTH01"}}).ok("choose another than the default channel")
	b.post("/integrations/slack/settings", url.Values{"default-typed": {"#general"}, "fallback": {"C0ALERTS01"}}).ok("Type /invite @stanna in it", `id="default-channel">#customer-health`)
	b.post("/integrations/slack/settings", url.Values{"default-typed": {"#nowhere"}}).ok("no such name is in the list")
	b.post("/integrations/slack/channels", nil).ok("The list of channels is up to date")
	b.get("/integrations/slack/check").ok("Slack accepts the token", "default channel #customer-health")

	b.get("/integrations/slack/disconnect").ok("Disconnect Slack?", "Acme Sandbox", `id="confirm-disconnect"`)
	b.post("/integrations/slack/disconnect", nil).ok("Disconnected, and the token is forgotten", `id="connect-form"`)
	b.get("/").ok("Not connected")
	b.post("/integrations/slack/disconnect", nil).ok("Slack is not connected")
	if p := b.get("/integrations/slack/disconnect").ok(); p.path != "/integrations/slack" {
		t.Errorf("at %s", p.path)
	}
}

func TestSlackWithTwoTeams(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	b.post("/integrations/slack/token", url.Values{"token": {otherToken}}).ok("Another Slack workspace was chosen than the one that is connected, Acme Sandbox").without(`id="teams"`)
	b.post("/integrations/slack/token", url.Values{"token": {otherToken}, "another": {"yes"}}).ok("Connected to Globex", `id="team-T0GLOBEX01"`, `id="team-T0SANDBOX1"`, "The default and the fallback channel are here")
	h.until("the channels of both", func() bool {
		n := 0
		h.view(func(tx *store.Tx) error { l, err := tx.Channels(acme); n = len(l); return err })
		return n >= 4
	})
	b.get("/integrations/slack").ok("#globex-alerts in Globex", "Acme Sandbox and Globex")
	b.get("/rules/rule_health_drop").ok("#globex-alerts in Globex")

	p := b.post("/integrations/slack/test", url.Values{"to": {"C0GLOBEX01"}}).ok(`id="test-result"`)
	h.until("the test", func() bool { return h.counts()[stanna.Delivered] == 1 })
	if n := len(h.sandbox.Team("T0GLOBEX01").Messages()); n != 1 {
		t.Errorf("%d messages are in the other team", n)
	}
	b.get(p.path).ok("Delivered", "#globex-alerts in Globex")

	b.post("/integrations/slack/settings", url.Values{"default": {"C0HEALTH01"}, "fallback": {"C0GLOBEX01"}}).ok("must be in the same Slack workspace as the default channel")
	b.get("/integrations/slack/check").ok(`id="check-token-T0GLOBEX01"`, "Globex: Slack accepts the token")
	b.get("/integrations/slack/disconnect?team=T0GLOBEX01").ok("Nobody in <strong><bdi>Globex")
	b.post("/integrations/slack/disconnect", url.Values{"team": {"T0SANDBOX1"}}).ok("The default channel is in Acme Sandbox", `id="team-T0GLOBEX01"`)
	b.post("/integrations/slack/settings", url.Values{"default": {"C0GLOBEX01"}, "fallback": {""}}).ok("The channels are saved", `id="default-channel">#globex-alerts`)
	b.post("/integrations/slack/disconnect", url.Values{"team": {"T0SANDBOX1"}}).ok("Disconnected", "Globex").without("Acme Sandbox")
}

func TestDeadIsShownAndSentAgain(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	_, err := h.sandbox.SetChannel(sandbox.ChannelChange{ID: "C0ALERTS01", IsArchived: new(true)})
	h.must(err)
	p := b.post("/integrations/slack/test", url.Values{"to": {"C0ALERTS01"}})
	h.until("the refusal", func() bool { return h.counts()[stanna.Dead] == 1 })
	b.get(p.path).ok("Not delivered", "archived")
	b.get("/").ok("1 not delivered")
	list := b.get("/notifications?status=dead").ok("archived", "Send again", "Slack refused it for good")
	id := list.body[index(list.body, `<tr id="ntf_`)+len(`<tr id="`):]
	id = id[:strings.IndexByte(id, '"')]
	b.get("/integrations/slack").ok(`id="broken-channels"`)

	_, err = h.sandbox.SetChannel(sandbox.ChannelChange{ID: "C0ALERTS01", IsArchived: new(false)})
	h.must(err)
	if p := b.post("/notifications/"+id+"/resend", url.Values{"back": {"/notifications?status=dead"}}).ok("It waits to be sent again"); p.path != "/notifications?status=waiting" {
		t.Errorf("at %s", p.path)
	}
	h.until("the second try", func() bool { return h.counts()[stanna.Delivered] == 1 })
	b.post("/notifications/"+id+"/resend", url.Values{"back": {"//evil.example"}}).ok("delivered already", `id="flash-bad"`)
}

func TestBrokenConnectionSaysWhatToDo(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.update(func(tx *store.Tx) error {
		c, _, err := tx.Connection(acme)
		if err != nil {
			return err
		}
		c.Health, c.Repair = stanna.Broken, "An admin connects Slack again."
		return tx.PutConnection(c)
	})
	for _, path := range []string{"/", "/integrations", "/integrations/slack"} {
		b.get(path).ok("Needs you", "An admin connects Slack again.")
	}
}

func TestWhereAMessageStands(t *testing.T) {
	m := stanna.Message{Destination: stanna.SlackChannel("T1", "C1"), Channel: "C9", TS: "1700000000.000100"}
	for slackURL, want := range map[string]string{
		"https://slack.com":     "https://slack.com/app_redirect?channel=C9&message_ts=1700000000.000100&team=T1",
		"http://127.0.0.1:4040": "http://127.0.0.1:4040/channels/C9#m1700000000.000100",
	} {
		if got := (&site{slackURL: slackURL}).inSlack(m); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	m.TS = ""
	if got := (&site{slackURL: "https://slack.com"}).inSlack(m); got != "" {
		t.Errorf("never posted and at %s", got)
	}
}
