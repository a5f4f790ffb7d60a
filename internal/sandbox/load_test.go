package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConcurrentUse(t *testing.T) {
	st := newStage(t, func(cfg *Config) { cfg.App.TokenRotation = true })
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 20 {
				ts := st.call("chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": fmt.Sprint(n, i)}).str("ts")
				st.call("chat.update", map[string]string{"channel": "C0HEALTH01", "ts": ts, "text": "edited"})
				st.page("/channels/C0HEALTH01")
				st.page("/")
				st.Messages()
				st.call("conversations.list", nil)
				st.call("auth.test", nil)
				st.SetChannel(ChannelChange{ID: "C0ALERTS01", IsArchived: new(i%2 == 0)})
				if f, err := st.SetFault(Fault{Kind: FaultOKFalse, Error: "x", Method: "api.test", Count: 1}); err == nil {
					st.call("api.test", nil)
					st.ClearFaults(f.ID)
				}
				st.ExpireTokens()
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, m := range st.Messages() {
		if seen[m.TS] || m.Text != "edited" {
			t.Fatalf("ts %s twice, or lost its edit: %q", m.TS, m.Text)
		}
		seen[m.TS] = true
	}
	diff(t, "messages", len(seen), 160)
}

// TestManyPeoplePressAtOnce is for the race detector: presses, answers, modals, sockets and pages side by side.
func TestManyPeoplePressAtOnce(t *testing.T) {
	app := newApp(t)
	st := withButtons(t, app, func(cfg *Config) { cfg.App.SocketMode = false })
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	people := []string{"U0ANASILVA", "U0CHLOEMAR", "U0TOMASNOV", "U0PRIYARAO"}
	var all sync.WaitGroup
	for _, who := range people {
		all.Go(func() {
			for range 10 {
				in, err := st.Press(t.Context(), Press{Channel: "C0HEALTH01", TS: ts, ActionID: "take", User: who})
				if err != nil {
					t.Error(err)
					return
				}
				var p map[string]any
				if err := json.Unmarshal(in.Payload, &p); err != nil {
					t.Error(err)
					return
				}
				to, _ := p["response_url"].(string)
				trigger, _ := p["trigger_id"].(string)
				st.want(st.respond(to, `{"text":"for `+who+`"}`), "ok")
				st.want(st.call("views.open", map[string]string{"trigger_id": trigger, "view": snoozeView}), "ok")
				st.page("/channels/C0HEALTH01")
				if _, err := st.Submit(t.Context(), Submit{User: who, Values: fill("2026-12-01", "at once")}); err != nil {
					t.Error(err)
				}
				st.SetApp(AppChange{Interactivity: new(true)})
				st.Views()
				st.Interactions()
			}
		})
	}
	all.Wait()
	for _, who := range people {
		whispers := st.Ephemerals("", who)
		diff(t, who, []any{len(whispers), whispers[9].Text}, []any{10, "for " + who})
	}
	diff(t, "sent", len(app.all()), 80)
	diff(t, "modals left open", len(st.Views()), 0)
}

// BenchmarkPost is one post through the handler, without the network: the price that the sandbox adds to a benchmark.
func BenchmarkPost(b *testing.B) {
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes, cfg.PostsPerSecond = pasted, allScopes(), 0
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	for name, args := range map[string]url.Values{
		"text":   {"channel": {"C0HEALTH01"}, "text": {"hello"}},
		"blocks": {"channel": {"C0HEALTH01"}, "text": {"hello"}, "blocks": {alertBlocks}},
	} {
		b.Run(name, func(b *testing.B) {
			s := New(cfg, Options{Now: c.now})
			defer s.Close()
			body := args.Encode()
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequest("POST", "/api/chat.postMessage", strings.NewReader(body))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Authorization", "Bearer "+pasted)
				s.Handler().ServeHTTP(httptest.NewRecorder(), req)
			}
			if s.Posted() < int64(b.N) {
				b.Fatalf("%d of %d posted", s.Posted(), b.N)
			}
		})
	}
}
