package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestMessagesAreReadBack(t *testing.T) {
	st := newStage(t, nil)
	ts := st.post("C0HEALTH01", "one")
	st.post("U0ANASILVA", "two")
	st.clock.forward(time.Second)
	st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": ts, "text": "one, mended", "blocks": `[{"type":"divider"}]`})
	var got []map[string]any
	st.control("GET", "/sandbox/messages?channel=C0HEALTH01", "", &got)
	diff(t, "messages", got, []map[string]any{{
		"seq": 1.0, "channel": "C0HEALTH01", "channel_name": "#customer-health", "ts": "1700000000.000000", "thread_ts": "",
		"user": "U0SANDBOT1", "text": "one, mended", "blocks": []any{map[string]any{"type": "divider"}},
		"posted_at": got[0]["posted_at"], "edited": "1700000001.000000", "edits": 1.0, "deleted": false, "history": []any{"one"},
	}})
	st.control("GET", "/sandbox/messages?after=1", "", &got)
	diff(t, "after 1", []any{len(got), got[0]["channel"], got[0]["channel_name"], got[0]["edited"], got[0]["blocks"]},
		[]any{1, "D0ANASILVA", "@Ana Silva", nil, []any{}})
	st.control("GET", "/sandbox/messages?channel=%23cs-alerts", "", &got)
	diff(t, "of an empty channel", got, []map[string]any{})
	diff(t, "bad number", st.control("GET", "/sandbox/messages?after=x", "", nil), http.StatusBadRequest)
}

func TestMessagesCanBeWaitedFor(t *testing.T) {
	st := newStage(t, nil)
	got := make(chan int, 1)
	go func() {
		resp, err := http.Get(st.url + "/sandbox/messages?at_least=2&wait_ms=60000")
		if err != nil {
			got <- -1
			return
		}
		defer resp.Body.Close()
		var list []Message
		_ = json.NewDecoder(resp.Body).Decode(&list)
		got <- len(list)
	}()
	st.post("C0HEALTH01", "one")
	st.post("C0HEALTH01", "two")
	diff(t, "waited for", <-got, 2)
}

func TestAPersonDeletesAMessage(t *testing.T) {
	st := newStage(t, nil)
	ts := st.post("C0HEALTH01", "one")
	diff(t, "status", st.control("POST", "/sandbox/messages/delete", `{"channel":"C0HEALTH01","ts":"`+ts+`"}`, nil), 200)
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": ts, "text": "x"}), "message_not_found")
	diff(t, "again", st.control("POST", "/sandbox/messages/delete", `{"channel":"C0HEALTH01","ts":"`+ts+`"}`, nil), 400)
}

func TestChannelsChange(t *testing.T) {
	st := newStage(t, nil)
	post := func() string {
		return st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "x"}).outcome()
	}
	change := func(body string) {
		t.Helper()
		if status := st.control("POST", "/sandbox/channels", body, nil); status != 200 {
			t.Errorf("%s: %d", body, status)
		}
	}
	for _, step := range []struct{ body, want string }{
		{`{"id":"C0HEALTH01","is_archived":true}`, "is_archived"},
		{`{"id":"C0HEALTH01","is_archived":false}`, "ok"},
		{`{"id":"C0HEALTH01","is_member":false}`, "not_in_channel"},
		{`{"id":"C0HEALTH01","is_private":true}`, "channel_not_found"},
		{`{"id":"C0HEALTH01","is_member":true,"name":"renamed"}`, "ok"},
	} {
		change(step.body)
		diff(t, "post after "+step.body, post(), step.want)
	}
	change(`{"name":"new-one","is_member":true}`)
	st.want(st.call("chat.postMessage", map[string]string{"channel": "#new-one", "text": "x"}), "ok")
	st.want(st.call("chat.postMessage", map[string]string{"channel": "#renamed", "text": "x"}), "ok")
	for _, body := range []string{`{"id":"C0NOWHERE1"}`, `{"id":"x","name":"y"}`, `{"id":"C0NEW","name":"general"}`, `{"id":"C0HEALTH01","archived":true}`} {
		diff(t, body, st.control("POST", "/sandbox/channels", body, nil), 400)
	}

	change(`{"name":"late"}`)
	st.control("POST", "/sandbox/users", `{"id":"U0NEW","email":"new@example.com","name":"New"}`, nil)
	st.want(st.call("users.lookupByEmail", map[string]string{"email": "new@example.com"}), "ok")
	st.control("POST", "/sandbox/users", `{"id":"U0NEW","email":"new@example.com","deleted":true}`, nil)
	st.want(st.call("users.lookupByEmail", map[string]string{"email": "new@example.com"}), "users_not_found")
}

func TestPeopleAndSharedChannels(t *testing.T) {
	st := newStage(t, func(cfg *Config) {
		cfg.Channels = append(cfg.Channels, ChannelConfig{ID: "C0SHARED01", Name: "with-acme", IsMember: true, IsExtShared: true})
	})
	channel := func(id string) []any {
		r := st.call("conversations.info", map[string]string{"channel": id})
		st.want(r, "ok")
		return []any{field(t, r.body, "channel", "is_shared"), field(t, r.body, "channel", "is_ext_shared"), field(t, r.body, "channel", "is_org_shared")}
	}
	diff(t, "from the start", channel("C0SHARED01"), []any{true, true, false})
	st.control("POST", "/sandbox/channels", `{"id":"C0HEALTH01","is_org_shared":true}`, nil)
	diff(t, "while it runs", channel("C0HEALTH01"), []any{true, false, true})
	st.control("POST", "/sandbox/channels", `{"id":"C0SHARED01","is_ext_shared":false}`, nil)
	diff(t, "not any more", channel("C0SHARED01"), []any{false, false, false})

	st.control("POST", "/sandbox/users", `{"id":"U0GUEST","email":"guest@example.com","name":"Guest","is_restricted":true}`, nil)
	st.control("POST", "/sandbox/users", `{"id":"U0OTHER","email":"ana@acme.example","name":"Stranger","is_stranger":true,"team_id":"T0ACME"}`, nil)
	st.control("POST", "/sandbox/users", `{"id":"U0ROBOT","name":"Robot","is_bot":true}`, nil)
	user := func(id string) []any {
		r := st.call("users.info", map[string]string{"user": id})
		st.want(r, "ok")
		u := func(path ...string) any { return field(t, r.body, append([]string{"user"}, path...)...) }
		return []any{u("deleted"), u("is_bot"), u("is_restricted"), u("is_stranger"), u("team_id"), u("profile", "email")}
	}
	diff(t, "colleague", user("U0ANASILVA"), []any{false, false, false, false, "T0SANDBOX1", "ana.silva@example.com"})
	diff(t, "left", user("U0LEFTLAST"), []any{true, false, false, false, "T0SANDBOX1", "former.colleague@example.com"})
	diff(t, "guest", user("U0GUEST"), []any{false, false, true, false, "T0SANDBOX1", "guest@example.com"})
	diff(t, "stranger", user("U0OTHER"), []any{false, false, false, true, "T0ACME", nil})
	diff(t, "robot", user("U0ROBOT")[1], any(true))
	st.want(st.call("users.lookupByEmail", map[string]string{"email": "ana@acme.example"}), "users_not_found")
	st.want(st.call("users.lookupByEmail", map[string]string{"email": ""}), "users_not_found")

	less := newStage(t, func(cfg *Config) { cfg.Scopes = []string{"users:read"} })
	r := less.call("users.info", map[string]string{"user": "U0ANASILVA"})
	diff(t, "without users:read.email", field(t, r.body, "user", "profile", "email"), nil)
}

func TestTokensExpireOnDemand(t *testing.T) {
	st := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.App.TokenRotation = true })
	r := st.exchange(map[string]string{"code": st.code(nil)})
	var out map[string]any
	st.control("POST", "/sandbox/tokens/expire", "", &out)
	diff(t, "expired", out, map[string]any{"ok": true, "expired": 1.0})
	st.want(st.callAs(r.str("access_token"), "auth.test", nil), "token_expired")
	st.want(st.exchange(map[string]string{"grant_type": "refresh_token", "refresh_token": r.str("refresh_token")}), "ok")
}

func TestCallsAndStats(t *testing.T) {
	st := newStage(t, nil)
	st.post("C0HEALTH01", "x")
	st.call("chat.postMessage", map[string]string{"channel": "C0NOWHERE1", "text": "x"})
	st.callAs("", "made.up", nil)
	var got struct {
		Calls []Call
		Stats Stats
	}
	st.control("GET", "/sandbox/calls", "", &got)
	at := st.clock.now().UTC()
	for i := range got.Calls {
		got.Calls[i].At = got.Calls[i].At.UTC()
	}
	diff(t, "calls", got.Calls, []Call{
		{Seq: 1, At: at, Method: "chat.postMessage", Channel: "C0HEALTH01", Status: 200, OK: true},
		{Seq: 2, At: at, Method: "chat.postMessage", Channel: "C0NOWHERE1", Status: 200, Error: "channel_not_found"},
		{Seq: 3, At: at, Method: "unknown", Status: 200, Error: "unknown_method"},
	})
	diff(t, "stats", got.Stats, Stats{Calls: 3, Methods: map[string]int64{"chat.postMessage": 2, "unknown": 1},
		Outcomes: map[string]map[string]int64{"chat.postMessage": {"ok": 1, "channel_not_found": 1}, "unknown": {"unknown_method": 1}}})
}

func TestReset(t *testing.T) {
	for _, keep := range []string{`{"keep_tokens":true}`, ``} {
		st := newStage(t, fromScratch)
		token := st.exchange(map[string]string{"code": st.code(nil)}).str("access_token")
		st.callAs(token, "chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "x"})
		st.SetFault(Fault{Kind: FaultOutage})
		st.SetChannel(ChannelChange{ID: "C0HEALTH01", IsArchived: new(true)})
		st.control("POST", "/sandbox/reset", keep, nil)
		state := st.State()
		diff(t, "after the reset", []any{len(st.Messages()), len(st.Faults()), state.Calls, state.Channels[0].IsArchived}, []any{0, 0, int64(0), false})
		want := map[bool]string{true: "ok", false: "invalid_auth"}[keep != ""]
		st.want(st.callAs(token, "auth.test", nil), want)
	}
}

func TestStateShowsNoToken(t *testing.T) {
	st := newStage(t, nil)
	raw, err := json.Marshal(st.State())
	if err != nil {
		t.Fatal(err)
	}
	_, _, home := st.page("/")
	for _, text := range []string{string(raw), home} {
		if strings.Contains(text, pasted) || strings.Contains(text, st.cfg.App.ClientSecret) || strings.Contains(text, st.cfg.App.SigningSecret) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
}

func TestAnotherSiteCannotPressTheButtons(t *testing.T) {
	st := newStage(t, nil)
	req, _ := http.NewRequest("POST", st.url+"/sandbox/reset", strings.NewReader("{}"))
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	diff(t, "status", resp.StatusCode, http.StatusForbidden)
}
