package slack

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestParseEvent(t *testing.T) {
	at := time.Unix(1764000000, 0).UTC()
	for _, c := range []struct {
		name, body string
		want       Event
	}{
		{"url_verification", `{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aB","type":"url_verification"}`,
			Event{Type: EventURLVerification, Challenge: "3eZbrw1aB"}},
		{"app_uninstalled", `{"type":"event_callback","team_id":"T1","enterprise_id":"E1","api_app_id":"A1","event_id":"Ev1","event_time":1764000000,
			"authorizations":[{"is_enterprise_install":true}],"event":{"type":"app_uninstalled"}}`,
			Event{Type: EventAppUninstalled, ID: "Ev1", At: at, APIAppID: "A1", TeamID: "T1", EnterpriseID: "E1", IsEnterpriseInstall: true}},
		{"tokens_revoked", `{"type":"event_callback","team_id":"T1","api_app_id":"A1","event_id":"Ev2","event_time":1764000000,
			"event":{"type":"tokens_revoked","tokens":{"oauth":["U9"],"bot":["U1","U2"]}}}`,
			Event{Type: EventTokensRevoked, ID: "Ev2", At: at, APIAppID: "A1", TeamID: "T1", BotUserIDs: []string{"U1", "U2"}}},
		{"another", `{"type":"event_callback","team_id":"T1","event":{"type":"channel_rename","channel":{"id":"C1"}}}`,
			Event{Type: "channel_rename", TeamID: "T1"}},
	} {
		got, err := ParseEvent([]byte(c.body))
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", c.name, err, d)
		}
	}
	for _, body := range []string{"", "payload=%7B%7D", "[]", "{}", `{"type":"event_callback"}`, `{"type":"event_callback","event":"x"}`} {
		if _, err := ParseEvent([]byte(body)); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestEventShapes reads the shapes that Slack's SDK records.
func TestEventShapes(t *testing.T) {
	for file, want := range map[string]string{
		"AppUninstalledPayload": EventAppUninstalled, "TokensRevokedPayload": EventTokensRevoked,
		"ChannelDeletedPayload": "channel_deleted", "ChannelRenamePayload": "channel_rename",
	} {
		body := string(shared(t, "data/slack-payloads/shape_event_"+file+".json"))
		e, err := ParseEvent([]byte(strings.Replace(body, `"type": ""`, `"type": "event_callback"`, 1)))
		if err != nil || e.Type != want {
			t.Errorf("%s: %+v %v", file, e, err)
		}
	}
}

func TestEnds(t *testing.T) {
	installed := time.Date(2026, 11, 23, 9, 0, 0, 500, time.UTC)
	c := stanna.Connection{TeamID: "T1", AppID: "A1", BotUserID: "U1", InstalledAt: installed}
	org := stanna.Connection{EnterpriseID: "E1", AppID: "A1", BotUserID: "W1", InstalledAt: installed}
	e := Event{Type: EventAppUninstalled, TeamID: "T1", APIAppID: "A1", At: installed.Add(time.Hour)}
	change := func(f func(*Event)) Event { x := e; f(&x); return x }
	revoked := func(ids ...string) Event {
		return change(func(e *Event) { e.Type, e.BotUserIDs = EventTokensRevoked, ids })
	}
	for _, x := range []struct {
		name string
		e    Event
		c    stanna.Connection
		want bool
	}{
		{"uninstalled", e, c, true},
		{"our token revoked", revoked("U7", "U1"), c, true},
		{"other tokens revoked", revoked("U7"), c, false},
		{"another team", change(func(e *Event) { e.TeamID = "T2" }), c, false},
		{"another app", change(func(e *Event) { e.APIAppID = "A2" }), c, false},
		{"pasted token, app unknown", e, stanna.Connection{TeamID: "T1", BotUserID: "U1", InstalledAt: installed}, true},
		{"installed again since", change(func(e *Event) { e.At = installed.Add(-time.Minute) }), c, false},
		{"in the same second", change(func(e *Event) { e.At = installed.Truncate(time.Second) }), c, true},
		{"no concern of ours", change(func(e *Event) { e.Type = "channel_rename" }), c, false},
		{"org-wide", change(func(e *Event) { e.EnterpriseID = "E1" }), org, true},
		{"another organisation", change(func(e *Event) { e.EnterpriseID = "E2" }), org, false},
		{"no organisation", e, stanna.Connection{AppID: "A1", InstalledAt: installed}, false},
	} {
		if got := x.e.Ends(x.c); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}
