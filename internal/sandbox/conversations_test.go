package sandbox

import (
	"strings"
	"testing"
	"time"
)

func (r result) channelNames() []string {
	names := []string{}
	list, _ := r.body["channels"].([]any)
	for _, item := range list {
		ch, _ := item.(map[string]any)
		name, _ := ch["name"].(string)
		names = append(names, name)
	}
	return names
}

func (r result) cursor() string {
	meta, _ := r.body["response_metadata"].(map[string]any)
	next, _ := meta["next_cursor"].(string)
	return next
}

func TestConversationsListShowsWhatTheBotMaySee(t *testing.T) {
	st := newStage(t, func(cfg *Config) {
		cfg.Channels = append(cfg.Channels, ChannelConfig{ID: "C0SECRET01", Name: "secret", IsPrivate: true})
	})
	for _, test := range []struct {
		name, method string
		args         map[string]string
		want         []string
	}{
		{"public by default", "conversations.list", nil, []string{"customer-health", "cs-alerts", "general", "old-news"}},
		{"without archived", "conversations.list", map[string]string{"exclude_archived": "true"}, []string{"customer-health", "cs-alerts", "general"}},
		{"private where a member", "conversations.list", map[string]string{"types": "private_channel"}, []string{"cs-private"}},
		{"both", "conversations.list", map[string]string{"types": "public_channel,private_channel", "exclude_archived": "1"}, []string{"customer-health", "cs-alerts", "general", "cs-private"}},
		{"only where a member", "users.conversations", map[string]string{"types": "public_channel,private_channel"}, []string{"customer-health", "cs-alerts", "cs-private"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			diff(t, "channels", st.call(test.method, test.args).channelNames(), test.want)
		})
	}
	st.want(st.call("conversations.list", map[string]string{"types": "secret_channel"}), "invalid_types")
	st.want(st.call("conversations.list", map[string]string{"limit": "many"}), "invalid_limit")
	st.want(st.call("conversations.info", map[string]string{"channel": "C0SECRET01"}), "channel_not_found")
}

func TestConversationsListPages(t *testing.T) {
	st := newStage(t, nil)
	args := map[string]string{"limit": "2", "types": "private_channel"}
	var pages [][]string
	for {
		r := st.call("conversations.list", args)
		st.want(r, "ok")
		pages = append(pages, r.channelNames())
		next := r.cursor()
		if next == "" {
			break
		}
		if !strings.HasSuffix(next, "=") {
			t.Errorf("cursor %q does not end in =", next)
		}
		args["cursor"] = next
	}
	// Five channels, of which the fourth is private: empty and short pages come before the last.
	diff(t, "pages", pages, [][]string{{}, {"cs-private"}, {}})
	for _, bad := range []string{"nonsense", "bmV4dDo5OTk7", "bmV4dDotMTs="} {
		st.want(st.call("conversations.list", map[string]string{"cursor": bad}), "invalid_cursor")
	}
}

func TestConversationsListLimit(t *testing.T) {
	st := newStage(t, func(cfg *Config) { cfg.ListsPerMinute = 20 })
	for range 4 {
		st.want(st.call("conversations.list", nil), "ok")
	}
	r := st.call("conversations.list", nil)
	diff(t, "fifth of a burst", []any{r.status, r.error(), r.header.Get("Retry-After")}, []any{429, "ratelimited", "3"})
	st.clock.forward(3 * time.Second)
	st.want(st.call("conversations.list", nil), "ok")
}

func TestConversationsOpenAndJoin(t *testing.T) {
	st := newStage(t, nil)
	open := func(users string) result { return st.call("conversations.open", map[string]string{"users": users}) }
	first := open("U0ANASILVA")
	diff(t, "opened", first.body, map[string]any{"ok": true, "channel": map[string]any{"id": "D0ANASILVA"}})
	again := open("U0ANASILVA")
	diff(t, "opened again", again.body["already_open"], any(true))
	st.want(open("U0NOBODY"), "user_not_found")
	st.want(open("U0LEFTLAST"), "user_disabled")
	st.want(open(""), "users_list_not_supplied")
	st.want(open("U0ANASILVA,U0CHLOEMAR"), "missing_scope")

	join := func(id string) result { return st.call("conversations.join", map[string]string{"channel": id}) }
	st.want(st.call("chat.postMessage", map[string]string{"channel": "C0GENERAL1", "text": "x"}), "not_in_channel")
	st.want(join("C0GENERAL1"), "ok")
	st.want(st.call("chat.postMessage", map[string]string{"channel": "C0GENERAL1", "text": "x"}), "ok")
	diff(t, "joined again", join("C0GENERAL1").str("warning"), "already_in_channel")
	st.want(join("C0PRIVATE1"), "method_not_supported_for_channel_type")
	st.want(join("C0OLDNEWS1"), "is_archived")
	st.want(join("C0NOWHERE1"), "channel_not_found")
}
