package sandbox

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestPostMessageFindsItsChannelOrSaysWhyNot(t *testing.T) {
	public := func(cfg *Config) { cfg.Scopes = append(cfg.Scopes, "chat:write.public") }
	hidden := func(cfg *Config) { cfg.Channels[3].IsMember = false }
	for _, test := range []struct {
		name, channel string
		change        func(*Config)
		want, answers string
	}{
		{"member", "C0HEALTH01", nil, "ok", "C0HEALTH01"},
		{"by name", "#cs-alerts", nil, "ok", "C0ALERTS01"},
		{"private member", "C0PRIVATE1", nil, "ok", "C0PRIVATE1"},
		{"a person", "U0CHLOEMAR", nil, "ok", "D0CHLOEMAR"},
		{"not a member", "C0GENERAL1", nil, "not_in_channel", ""},
		{"not a member, chat:write.public", "C0GENERAL1", public, "ok", "C0GENERAL1"},
		{"private, not a member", "C0PRIVATE1", hidden, "channel_not_found", ""},
		{"archived", "C0OLDNEWS1", public, "is_archived", ""},
		{"unknown", "C0NOWHERE1", nil, "channel_not_found", ""},
		{"unknown person", "U0NOBODY", nil, "channel_not_found", ""},
		{"deactivated person", "U0LEFTLAST", nil, "user_disabled", ""},
		{"none", "", nil, "invalid_arguments", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := newStage(t, test.change)
			r := st.call("chat.postMessage", map[string]string{"channel": test.channel, "text": "hello"})
			st.want(r, test.want)
			diff(t, "channel answered", r.str("channel"), test.answers)
			if posted := len(st.Messages()); (posted == 1) != (test.want == "ok") {
				t.Errorf("%d messages stored", posted)
			}
		})
	}
}

func TestPostMessageChecksItsTexts(t *testing.T) {
	for _, test := range []struct {
		name string
		args map[string]string
		want string
	}{
		{"nothing", map[string]string{}, "no_text"},
		{"empty blocks", map[string]string{"blocks": "[]"}, "no_text"},
		{"blocks alone", map[string]string{"blocks": `[{"type":"divider"}]`}, "ok"},
		{"attachments alone", map[string]string{"attachments": `[{"fallback":"x"}]`}, "ok"},
		{"101 attachments", map[string]string{"text": "x", "attachments": "[" + strings.Repeat("{},", 100) + "{}]"}, "too_many_attachments"},
		{"attachments that are none", map[string]string{"text": "x", "attachments": "{}"}, "invalid_attachments"},
		{"markdown", map[string]string{"markdown_text": "# x"}, "ok"},
		{"markdown and text", map[string]string{"markdown_text": "# x", "text": "x"}, "markdown_text_conflict"},
		{"long markdown", map[string]string{"markdown_text": strings.Repeat("x", 12_001)}, "msg_too_long"},
		{"metadata", map[string]string{"text": "x", "metadata": `{"event_type":"a","event_payload":{}}`}, "ok"},
		{"metadata that is none", map[string]string{"text": "x", "metadata": `[]`}, "invalid_metadata_format"},
		{"metadata without a type", map[string]string{"text": "x", "metadata": `{"event_payload":{}}`}, "invalid_metadata_schema"},
		{"reply to nothing", map[string]string{"text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := newStage(t, nil)
			test.args["channel"] = "C0HEALTH01"
			st.want(st.call("chat.postMessage", test.args), test.want)
		})
	}
}

func TestLongTextIsCutSilently(t *testing.T) {
	st := newStage(t, nil)
	st.post("C0HEALTH01", strings.Repeat("é", 40_001))
	if n := utf8.RuneCountInString(st.Messages()[0].Text); n != 40_000 {
		t.Errorf("%d characters stored, want 40,000", n)
	}
}

func TestTimestampsAreUniqueAndGrow(t *testing.T) {
	st := newStage(t, nil)
	last, form := "", regexp.MustCompile(`^\d{10}\.\d{6}$`)
	for range 50 { // the clock stands still
		ts := st.post("C0HEALTH01", "x")
		if ts <= last || !form.MatchString(ts) {
			t.Fatalf("ts %q after %q", ts, last)
		}
		last = ts
	}
	diff(t, "first ts in another channel", st.post("C0ALERTS01", "x"), "1700000000.000000")
}

func TestUpdateAndDelete(t *testing.T) {
	st := newStage(t, nil)
	r := st.call("chat.postMessage", map[string]string{"channel": "U0ANASILVA", "text": "one", "blocks": `[{"type":"divider"}]`})
	ts := r.str("ts")
	update := func(channel, ts, text string) result {
		return st.call("chat.update", map[string]string{"channel": channel, "ts": ts, "text": text})
	}
	st.clock.forward(time.Minute)
	st.want(update("U0ANASILVA", ts, "two"), "channel_not_found") // the D… is wanted
	st.want(update("D0ANASILVA", "1.000001", "two"), "message_not_found")
	st.want(update("D0ANASILVA", ts, strings.Repeat("x", 4001)), "msg_too_long")
	st.want(update("D0ANASILVA", ts, strings.Repeat("é", 2001)), "msg_too_long") // counted in bytes
	st.want(update("D0ANASILVA", ts, ""), "no_text")
	st.want(update("D0ANASILVA", ts, strings.Repeat("x", 4000)), "ok")
	st.want(update("D0ANASILVA", ts, "two"), "ok")

	got := st.Messages()[0]
	if got.Edited == nil || *got.Edited != "1700000060.000000" {
		t.Errorf("edited %v", got.Edited)
	}
	diff(t, "after the update", []any{got.Text, string(got.Blocks), got.Edits, got.TS, got.History},
		[]any{"two", "[]", 2, ts, []string{"one", strings.Repeat("x", 4000)}})

	st.want(st.call("chat.delete", map[string]string{"channel": "D0ANASILVA", "ts": ts}), "ok")
	st.want(st.call("chat.delete", map[string]string{"channel": "D0ANASILVA", "ts": ts}), "message_not_found")
	st.want(update("D0ANASILVA", ts, "three"), "message_not_found")
	diff(t, "deleted", st.Messages()[0].Deleted, true)
}

func TestOnlyOwnMessagesInLivingChannels(t *testing.T) {
	st := newStage(t, nil)
	var said Message
	st.control("POST", "/sandbox/messages", `{"channel":"C0HEALTH01","user":"U0ANASILVA","text":"hi"}`, &said)
	theirs := map[string]string{"channel": "C0HEALTH01", "ts": said.TS, "text": "x"}
	st.want(st.call("chat.update", theirs), "cant_update_message")
	st.want(st.call("chat.delete", theirs), "cant_delete_message")

	own := map[string]string{"channel": "C0HEALTH01", "ts": st.post("C0HEALTH01", "mine"), "text": "x"}
	st.control("POST", "/sandbox/channels", `{"id":"C0HEALTH01","is_archived":true}`, nil)
	st.want(st.call("chat.update", own), "is_inactive")
}

func TestReplyToAReplyGoesToItsParent(t *testing.T) {
	st := newStage(t, nil)
	parent := st.post("C0HEALTH01", "parent")
	reply := func(to string) string {
		r := st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "reply", "thread_ts": to})
		st.want(r, "ok")
		return r.str("ts")
	}
	reply(reply(parent))
	for _, m := range st.Messages()[1:] {
		diff(t, "thread_ts", m.ThreadTS, parent)
	}
}

func TestChannelsArePacedEachOnItsOwn(t *testing.T) {
	st := newStage(t, func(cfg *Config) { cfg.PostsPerSecond = 1 })
	post := func(channel string) result {
		return st.call("chat.postMessage", map[string]string{"channel": channel, "text": "x"})
	}
	st.want(post("C0HEALTH01"), "ok")
	refused := post("C0HEALTH01")
	diff(t, "second at once", []any{refused.status, refused.error(), refused.header.Get("Retry-After")}, []any{429, "ratelimited", "1"})
	st.want(post("C0ALERTS01"), "ok")
	st.clock.forward(time.Second)
	st.want(post("C0HEALTH01"), "ok")
	diff(t, "stored", len(st.Messages()), 3)

	// A little early is forgiven, but the debt is kept: whoever tries all the time gets one a second and no more.
	st.clock.forward(950 * time.Millisecond)
	st.want(post("C0HEALTH01"), "ok")
	accepted := 0
	for range 1000 {
		st.clock.forward(50 * time.Millisecond)
		if post("C0HEALTH01").ok() {
			accepted++
		}
	}
	if accepted < 49 || accepted > 51 {
		t.Errorf("%d accepted in 50 seconds", accepted)
	}
}

func TestUpdatesHaveALimitOfTheirOwn(t *testing.T) {
	st := newStage(t, func(cfg *Config) { cfg.UpdatesPerMinute = 50 })
	ts := st.post("C0HEALTH01", "x")
	update := func() result {
		return st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": ts, "text": "y"})
	}
	for range 10 {
		st.want(update(), "ok")
	}
	r := update()
	diff(t, "eleventh of a burst", []any{r.status, r.header.Get("Retry-After")}, []any{429, "2"})
	st.post("C0HEALTH01", "posts are not stopped")
	st.clock.forward(1200 * time.Millisecond)
	st.want(update(), "ok")
}

func TestMemoryIsBounded(t *testing.T) {
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes, cfg.PostsPerSecond = pasted, allScopes(), 0
	s := New(cfg, Options{Now: c.now, KeepMessages: 10, KeepCalls: 5})
	t.Cleanup(s.Close)
	st := stageOf(t, s, c)
	first := st.post("C0HEALTH01", "first")
	for range 30 {
		st.post("C0ALERTS01", "x")
	}
	got := st.Messages()
	diff(t, "kept", []any{len(got), got[0].Seq, got[9].Seq, st.Posted()}, []any{10, int64(22), int64(31), int64(31)})
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": first, "text": "x"}), "message_not_found")
	calls := st.Calls()
	diff(t, "calls", []any{len(calls), calls[0].Seq, calls[4].Seq}, []any{5, int64(28), int64(32)})
	diff(t, "counted", st.Stats().Methods["chat.postMessage"], int64(31))
}

func TestWaitForWakesAtTheRightMessage(t *testing.T) {
	st := newStage(t, nil)
	done := make(chan error, 1)
	go func() {
		done <- st.WaitFor(t.Context(), func() bool { return st.Posted() == 2 })
	}()
	st.post("C0HEALTH01", "one")
	st.post("C0HEALTH01", "two")
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := st.WaitFor(ctx, func() bool { return false }); err != context.Canceled {
		t.Errorf("a cancelled wait ended with %v", err)
	}
}
