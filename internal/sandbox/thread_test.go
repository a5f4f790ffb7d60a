package sandbox

import (
	"strings"
	"testing"
)

func (st *stage) reply(parent, text string, more ...string) string {
	st.t.Helper()
	args := map[string]string{"channel": "C0HEALTH01", "text": text, "thread_ts": parent}
	for i := 0; i < len(more); i += 2 {
		args[more[i]] = more[i+1]
	}
	r := st.call("chat.postMessage", args)
	st.want(r, "ok")
	return r.str("ts")
}

func TestRepliesFoldAndBroadcastsStandInTheChannel(t *testing.T) {
	st := newStage(t, nil)
	parent := st.post("C0HEALTH01", "Acme fell")
	first := st.reply(parent, "Ana is on it")
	st.reply(first, "a reply's ts means its parent's")
	r := st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "it got worse", "thread_ts": parent, "reply_broadcast": "true"})
	st.want(r, "ok")
	diff(t, "subtype", field(t, r.body, "message", "subtype"), any("thread_broadcast"))
	st.want(st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "x", "reply_broadcast": "true"}), "cant_broadcast_message")
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": parent, "text": "x", "reply_broadcast": "true"}), "cant_broadcast_message")

	var got []map[string]any
	st.control("GET", "/sandbox/messages", "", &got)
	diff(t, "JSON", []any{got[0]["reply_count"], got[0]["broadcast"], got[2]["thread_ts"], got[3]["thread_ts"], got[3]["broadcast"]},
		[]any{3.0, nil, parent, parent, true})
	_, _, page := st.page("/channels/C0HEALTH01")
	diff(t, "broadcast in both places", strings.Count(page, "it got worse"), 2)
	for _, text := range []string{`<details class="thread" id="t` + parent + `"><summary>3 replies`, `replied to a thread: <a href="#m` + parent + `">Acme fell</a>`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": first, "text": "Ana called", "reply_broadcast": "true"}), "ok")
	_, _, page = st.page("/channels/C0HEALTH01")
	diff(t, "broadcast later", strings.Count(page, "Ana called"), 2)
}

func TestADeletedParentLeavesATombstoneWhileItHasReplies(t *testing.T) {
	st := newStage(t, nil)
	parent := st.post("C0HEALTH01", "Acme fell")
	reply := st.reply(parent, "Ana is on it")
	if err := st.DeleteMessage("C0HEALTH01", parent); err != nil {
		t.Fatal(err)
	}
	m := st.Messages()[0]
	diff(t, "parent", []any{m.Deleted, m.Tombstone, m.ReplyCount}, []any{true, true, 1})
	_, _, page := st.page("/channels/C0HEALTH01")
	if !strings.Contains(page, "This message was deleted.") || strings.Contains(page, "Acme fell") || !strings.Contains(page, "Ana is on it") {
		t.Error("the page does not show the tombstone with its reply")
	}
	st.want(st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": parent, "text": "x"}), "message_not_found")
	late := st.reply(parent, "the thread lives on", "reply_broadcast", "true")
	if _, _, page = st.page("/channels/C0HEALTH01"); strings.Contains(page, "Acme fell") {
		t.Error("a broadcast tells what was deleted")
	}
	for _, ts := range []string{reply, late} {
		st.want(st.call("chat.delete", map[string]string{"channel": "C0HEALTH01", "ts": ts}), "ok")
	}
	diff(t, "tombstone without replies", st.Messages()[0].Tombstone, false)
	if _, _, page = st.page("/channels/C0HEALTH01"); strings.Contains(page, "This message was deleted.") {
		t.Error("the tombstone outlives its replies")
	}
	st.want(st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "x", "thread_ts": parent}), "cannot_reply_to_message")
}

func TestForgottenRepliesAreNotCounted(t *testing.T) {
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes, cfg.PostsPerSecond = pasted, allScopes(), 0
	c := &clock{}
	s := New(cfg, Options{Now: c.now, KeepMessages: 2})
	t.Cleanup(s.Close)
	st := stageOf(t, s, c)
	parent := st.post("C0HEALTH01", "parent")
	st.reply(parent, "one")
	st.reply(parent, "two")
	st.post("C0HEALTH01", "three")
	st.post("C0HEALTH01", "four")
	diff(t, "replies", len(st.team.byID["C0HEALTH01"].replies), 0)
}
