package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	otherTeam  = "T0OTHER01"
	otherToken = "xoxb-other-token"
)

// globex is a further team; one of its channels has an id that the first team has as well.
func globex() TeamSetup {
	return TeamSetup{
		Team: TeamConfig{ID: otherTeam, Name: "Globex"}, Scopes: []string{"chat:write", "channels:read", "users:read"}, BotToken: otherToken,
		Channels: []ChannelConfig{{ID: "C0GLOBEX01", Name: "customer-health", IsMember: true}, {ID: "C0ALERTS01", Name: "shared-alerts", IsMember: true}},
		Users:    []UserConfig{{ID: "U0BENADAMS", Email: "ben.adams@example.com", Name: "Ben Adams"}, {ID: "U0EVALOPEZ", Email: "eva.lopez@example.com", Name: "Eva Lopez"}},
	}
}

// other is the further team of a stage that globex was added to.
func (st *stage) other() *stage {
	return &stage{Sandbox: st.Team(otherTeam), t: st.t, url: st.url, clock: st.clock}
}

func newTwoTeams(t *testing.T, change func(*Config)) (st, other *stage) {
	st = newStage(t, func(cfg *Config) {
		cfg.Teams = []TeamSetup{globex()}
		if change != nil {
			change(cfg)
		}
	})
	return st, st.other()
}

func texts(s *Sandbox) (out []string) {
	for _, m := range s.Messages() {
		out = append(out, m.Channel+" "+m.Text)
	}
	return out
}

func TestATokenReachesItsOwnTeamAlone(t *testing.T) {
	st, other := newTwoTeams(t, nil)
	args := func(pairs ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		return out
	}
	mine := st.callAs(pasted, "chat.postMessage", args("channel", "C0ALERTS01", "text", "to Acme"))
	st.want(mine, "ok")
	for _, test := range []struct {
		name, token, method string
		args                map[string]string
		want                string
	}{
		{"its own channel", otherToken, "chat.postMessage", args("channel", "C0GLOBEX01", "text", "to Globex"), "ok"},
		{"an id that both have", otherToken, "chat.postMessage", args("channel", "C0ALERTS01", "text", "to Globex as well"), "ok"},
		{"its own person", otherToken, "chat.postMessage", args("channel", "U0BENADAMS", "text", "to Ben"), "ok"},
		{"the first's channel", otherToken, "chat.postMessage", args("channel", "C0HEALTH01", "text", "x"), "channel_not_found"},
		{"the other's channel", pasted, "chat.postMessage", args("channel", "C0GLOBEX01", "text", "x"), "channel_not_found"},
		{"the first's channel asked about", otherToken, "conversations.info", args("channel", "C0HEALTH01"), "channel_not_found"},
		{"the first's person", otherToken, "users.info", args("user", "U0ANASILVA"), "user_not_found"},
		{"the other's person", pasted, "users.info", args("user", "U0BENADAMS"), "user_not_found"},
		{"its own person asked about", otherToken, "users.info", args("user", "U0BENADAMS"), "ok"},
		{"the first's message", otherToken, "chat.update", args("channel", "C0ALERTS01", "ts", mine.str("ts"), "text", "x"), "message_not_found"},
		{"a scope that only the first has", otherToken, "team.info", nil, "missing_scope"},
		{"the other team by name", pasted, "team.info", args("team", otherTeam), "team_not_found"},
		{"nobody's token", "xoxb-nobody", "chat.postMessage", args("channel", "C0GLOBEX01", "text", "x"), "invalid_auth"},
		{"a method that is not there", otherToken, "chat.shout", nil, "unknown_method"},
	} {
		t.Run(test.name, func(t *testing.T) {
			(&stage{st.Sandbox, t, st.url, st.clock}).want(st.callAs(test.token, test.method, test.args), test.want)
		})
		if test.want == "ok" {
			st.clock.forward(time.Second)
		}
	}
	diff(t, "messages of the first", texts(st.Sandbox), []string{"C0ALERTS01 to Acme"})
	diff(t, "messages of the other", texts(other.Sandbox), []string{"C0GLOBEX01 to Globex", "C0ALERTS01 to Globex as well", "D0BENADAMS to Ben"})
	diff(t, "calls counted at the other", other.Stats().Outcomes["unknown"], map[string]int64{"unknown_method": 1})
	diff(t, "invalid_auth is counted at the first", st.Stats().Outcomes["chat.postMessage"]["invalid_auth"], int64(1))

	who := func(token string) []any {
		r := st.callAs(token, "auth.test", nil)
		return []any{r.str("team_id"), r.str("team"), r.str("user_id"), r.str("bot_id")}
	}
	diff(t, "auth.test", [][]any{who(pasted), who(otherToken)}, [][]any{
		{"T0SANDBOX1", "Acme Sandbox", "U0SANDBOT1", "B0SANDBOT1"}, {otherTeam, "Globex", "U0SANDBOT2", "B0SANDBOT2"}})
	inForm := st.callAs("", "auth.test", map[string]string{"token": otherToken})
	diff(t, "token in the form", inForm.str("team_id"), otherTeam)

	if st.Team("T0NOBODY") != nil || other.Team("T0SANDBOX1") != st.Sandbox {
		t.Error("Team must lead to every team, and to nothing else")
	}
}

func TestADeadTokenIsAnsweredByTheTeamThatGaveItOut(t *testing.T) {
	st, other := newTwoTeams(t, nil)
	other.Revoke()
	st.want(st.callAs(otherToken, "auth.test", nil), "token_revoked")
	st.want(st.call("auth.test", nil), "ok")

	st, other = newTwoTeams(t, nil)
	other.Uninstall()
	st.want(st.callAs(otherToken, "auth.test", nil), "account_inactive")
	st.want(st.call("auth.test", nil), "ok")
}

func TestAPressComesFromItsTeam(t *testing.T) {
	app := newApp(t)
	st, other := newTwoTeams(t, func(cfg *Config) { cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url })
	ts := other.callAs(otherToken, "chat.postMessage", map[string]string{"channel": "C0GLOBEX01", "text": "Acme fell", "blocks": buttonBlocks}).str("ts")
	if status := st.control("POST", "/sandbox/teams/"+otherTeam+"/press",
		`{"channel":"C0GLOBEX01","ts":"`+ts+`","action_id":"take","user":"eva.lopez@example.com"}`, nil); status != http.StatusOK {
		t.Fatalf("press answered %d", status)
	}
	p := app.last(t).payload
	diff(t, "payload", []any{field(t, p, "team", "id"), field(t, p, "user", "id"), field(t, p, "user", "team_id"), field(t, p, "message", "bot_id"), field(t, p, "api_app_id")},
		[]any{otherTeam, "U0EVALOPEZ", otherTeam, "B0SANDBOT2", "A0SANDBOX1"})

	to, _ := p["response_url"].(string)
	st.want(st.respond(to, `{"text":"Eva has it","response_type":"in_channel"}`), "ok")
	st.want(st.respond(strings.Replace(to, otherTeam, "T0SANDBOX1", 1), `{"text":"x"}`), "invalid_url")
	st.want(st.respond(strings.Replace(to, otherTeam, "T0NOBODY", 1), `{"text":"x"}`), "invalid_url")
	diff(t, "messages of the other", texts(other.Sandbox), []string{"C0GLOBEX01 Acme fell", "C0GLOBEX01 Eva has it"})
	diff(t, "messages of the first", len(st.Messages()), 0)
	diff(t, "its author", other.Messages()[1].User, "U0SANDBOT2")

	view := map[string]string{"trigger_id": st.trigger(app), "view": snoozeView}
	st.want(st.call("views.open", view), "invalid_trigger_id")
	r := st.callAs(otherToken, "views.open", view)
	st.want(r, "ok")
	diff(t, "view", []any{field(t, r.body, "view", "team_id"), field(t, r.body, "view", "bot_id")}, []any{otherTeam, "B0SANDBOT2"})
	if _, err := other.Submit(t.Context(), Submit{User: "U0EVALOPEZ", Values: map[string]map[string]string{"why": {"text": "Holidays"}}}); err != nil {
		t.Fatal(err)
	}
	p = app.last(t).payload
	diff(t, "submission", []any{p["type"], field(t, p, "team", "id")}, []any{"view_submission", otherTeam})
	diff(t, "interactions", []int{len(st.Interactions()), len(other.Interactions())}, []int{0, 2})
}

func TestRateLimitsAndFaultsAreEachTeamsOwn(t *testing.T) {
	st, other := newTwoTeams(t, func(cfg *Config) { cfg.PostsPerSecond, cfg.UpdatesPerMinute, cfg.ListsPerMinute = 1, 50, 20 })
	post := func(token string) result {
		return st.callAs(token, "chat.postMessage", map[string]string{"channel": "C0ALERTS01", "text": "x"})
	}
	exhaust := func(call func() result) {
		t.Helper()
		for range 100 {
			if call().error() == "ratelimited" {
				return
			}
		}
		t.Fatal("never limited")
	}
	exhaust(func() result { return post(pasted) })
	r := post(otherToken)
	st.want(r, "ok")
	edit := func(token, ts string) result {
		return st.callAs(token, "chat.update", map[string]string{"channel": "C0ALERTS01", "ts": ts, "text": "y"})
	}
	exhaust(func() result { return edit(pasted, st.Messages()[0].TS) })
	st.want(edit(otherToken, r.str("ts")), "ok")
	exhaust(func() result { return st.call("conversations.list", nil) })
	st.want(st.callAs(otherToken, "conversations.list", nil), "ok")

	if _, err := st.SetFault(Fault{Kind: FaultStatus, Status: 503, Method: "auth.test", Mode: ""}); err != nil {
		t.Fatal(err)
	}
	var f Fault
	st.control("POST", "/sandbox/teams/"+otherTeam+"/faults", `{"kind":"ok_false","error":"fatal_error","channel":"C0ALERTS01"}`, &f)
	st.want(st.callAs(otherToken, "auth.test", nil), "ok")
	st.clock.forward(time.Minute)
	st.want(post(pasted), "ok")
	st.want(post(otherToken), "fatal_error")
	diff(t, "faults", []int{st.Faults()[0].Struck, other.Faults()[0].Struck}, []int{0, 1})
	st.control("DELETE", "/sandbox/teams/"+otherTeam+"/faults/"+f.ID, "", nil)
	diff(t, "faults after one was cleared", []int{len(st.Faults()), len(other.Faults())}, []int{1, 0})
}

func TestControlPathsOfATeam(t *testing.T) {
	st, other := newTwoTeams(t, nil)
	st.want(st.callAs(otherToken, "chat.postMessage", map[string]string{"channel": "C0GLOBEX01", "text": "hello"}), "ok")
	var list []Message
	below := "/sandbox/teams/" + otherTeam
	st.control("GET", below+"/messages?channel=C0GLOBEX01&at_least=1&wait_ms=10", "", &list)
	diff(t, "messages of the other", []any{len(list), list[0].Text}, []any{1, "hello"})
	st.control("GET", "/sandbox/messages", "", &list)
	diff(t, "messages of the first", len(list), 0)
	st.control("POST", "/sandbox/teams/T0SANDBOX1/messages", `{"channel":"C0HEALTH01","user":"U0ANASILVA","text":"by its id"}`, nil)
	st.control("GET", "/sandbox/messages", "", &list)
	diff(t, "the first by its id", list[0].Text, "by its id")

	st.control("POST", below+"/channels", `{"id":"C0NEW00001","name":"new"}`, nil)
	st.control("POST", below+"/users", `{"id":"U0NEWCOMER","name":"New Comer"}`, nil)
	var state State
	st.control("GET", below+"/state", "", &state)
	diff(t, "state", []any{state.Team.ID, len(state.Channels), len(state.Users), state.Posted}, []any{otherTeam, 3, 3, int64(1)})
	diff(t, "the first's channels", len(st.State().Channels), 5)
	var stats Stats
	st.control("GET", below+"/stats", "", &stats)
	diff(t, "stats", stats.Methods, map[string]int64{"chat.postMessage": 1})

	var teams []TeamConfig
	st.control("GET", "/sandbox/teams", "", &teams)
	diff(t, "teams", teams, []TeamConfig{{ID: "T0SANDBOX1", Name: "Acme Sandbox"}, {ID: otherTeam, Name: "Globex"}})
	var refused struct{ Error string }
	status := st.control("GET", "/sandbox/teams/T0NOBODY/messages", "", &refused)
	diff(t, "unknown team", []any{status, refused.Error}, []any{http.StatusNotFound, `the sandbox has no team "T0NOBODY"; there is T0SANDBOX1, T0OTHER01`})

	var installed struct{ Location string }
	st.control("POST", below+"/install", `{"redirect_uri":"`+callback+`","scope":"chat:write"}`, &installed)
	to, err := url.Parse(installed.Location)
	if err != nil {
		t.Fatal(err)
	}
	r := st.exchange(map[string]string{"code": to.Query().Get("code"), "redirect_uri": "-"})
	diff(t, "an install begun at the other", field(t, r.body, "team", "id"), any(otherTeam))

	// Waiting wakes at a change in any team.
	woken := make(chan error, 1)
	go func() { woken <- st.WaitFor(t.Context(), func() bool { return len(other.Messages()) == 2 }) }()
	st.clock.forward(time.Second)
	st.want(st.callAs(otherToken, "chat.postMessage", map[string]string{"channel": "C0GLOBEX01", "text": "again"}), "ok")
	if err := <-woken; err != nil {
		t.Error(err)
	}
}

func TestEventsNameTheirTeam(t *testing.T) {
	in := newInbox(t)
	st, other := newTwoTeams(t, func(cfg *Config) { cfg.App.EventsURL = in.url })
	other.Uninstall()
	if err := st.WaitFor(t.Context(), func() bool {
		sent := other.Events()
		return len(sent) == 2 && sent[0].Done && sent[1].Done
	}); err != nil {
		t.Fatal(err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	seen := map[any]bool{}
	for _, d := range in.received {
		auth, _ := d.fields["authorizations"].([]any)
		diff(t, "event", []any{d.fields["team_id"], d.fields["api_app_id"], field(t, auth[0], "team_id"), field(t, auth[0], "user_id")},
			[]any{otherTeam, "A0SANDBOX1", otherTeam, "U0SANDBOT2"})
		kind := field(t, d.fields, "event", "type")
		seen[kind] = true
		if kind == "tokens_revoked" {
			diff(t, "revoked", field(t, d.fields, "event", "tokens", "bot"), any([]any{"U0SANDBOT2"}))
		}
	}
	diff(t, "kinds", seen, map[any]bool{"app_uninstalled": true, "tokens_revoked": true})
	diff(t, "events of the first", len(st.Events()), 0)
	diff(t, "the first stays installed", st.State().Installed, true)
}

func TestOneSocketServesAllTeams(t *testing.T) {
	st, other := newTwoTeams(t, func(cfg *Config) { cfg.App.Interactivity, cfg.App.SocketMode = true, true })
	l := st.connect(func(map[string]any) (any, bool) { return nil, true })
	t.Cleanup(st.Close)
	for _, from := range []struct{ team, token, channel, user string }{
		{"T0SANDBOX1", pasted, "C0HEALTH01", "U0ANASILVA"}, {otherTeam, otherToken, "C0GLOBEX01", "U0BENADAMS"},
	} {
		ts := st.callAs(from.token, "chat.postMessage", map[string]string{"channel": from.channel, "text": "x", "blocks": buttonBlocks}).str("ts")
		in, err := st.Team(from.team).Press(t.Context(), Press{Channel: from.channel, TS: ts, ActionID: "take", User: from.user})
		if err != nil || in.Warning != "" {
			t.Fatal(err, in.Warning)
		}
		diff(t, "team of the envelope", field(t, <-l.got, "payload", "team", "id"), any(from.team))
	}
	other.Revoke()
	diff(t, "team of the event", field(t, <-l.got, "payload", "team_id"), any(otherTeam))
	diff(t, "connections", []int{len(st.Connections()), len(other.Connections())}, []int{1, 1})
	// A bot token opens no connection, whichever team it is of.
	st.want(st.callAs(otherToken, "apps.connections.open", nil), "not_allowed_token_type")
}

func TestResetOfOneTeamAndOfAll(t *testing.T) {
	st, other := newTwoTeams(t, nil)
	fill := func() {
		for token, channel := range map[string]string{pasted: "C0HEALTH01", otherToken: "C0GLOBEX01"} {
			st.want(st.callAs(token, "chat.postMessage", map[string]string{"channel": channel, "text": "x"}), "ok")
		}
		if err := other.SetApp(AppChange{Interactivity: new(true)}); err != nil {
			t.Fatal(err)
		}
	}
	left := func() []any {
		return []any{len(st.Messages()), len(other.Messages()), st.State().Interactivity}
	}
	fill()
	diff(t, "before", left(), []any{1, 1, true})
	st.control("POST", "/sandbox/teams/"+otherTeam+"/reset", `{}`, nil)
	diff(t, "the other reset", left(), []any{1, 0, true})
	st.want(st.callAs(otherToken, "auth.test", nil), "ok") // the pasted token is there again
	fill()
	st.Reset(false)
	diff(t, "all reset", left(), []any{0, 0, false})
}

// TestTeamsSideBySide is for the race detector.
func TestTeamsSideBySide(t *testing.T) {
	app := newApp(t)
	st, _ := newTwoTeams(t, func(cfg *Config) { cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url })
	var all sync.WaitGroup
	for team, from := range map[string][]string{"T0SANDBOX1": {pasted, "C0HEALTH01", "U0ANASILVA"}, otherTeam: {otherToken, "C0GLOBEX01", "U0BENADAMS"}} {
		s := st.Team(team)
		for n := range 4 {
			all.Go(func() {
				for i := range 10 {
					ts := st.callAs(from[0], "chat.postMessage", map[string]string{"channel": from[1], "text": fmt.Sprint(n, i), "blocks": buttonBlocks}).str("ts")
					if _, err := s.Press(t.Context(), Press{Channel: from[1], TS: ts, ActionID: "take", User: from[2]}); err != nil {
						t.Error(err)
					}
					st.page("/teams/" + team + "/channels/" + from[1])
					st.page("/")
				}
			})
		}
	}
	all.Wait()
	for _, team := range []string{"T0SANDBOX1", otherTeam} {
		diff(t, team, len(st.Team(team).Messages()), 40)
	}
}
