package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

// TestSocketAcknowledges: what handle gives goes back, in time, over the
// connection that the envelope came with.
func TestSocketAcknowledges(t *testing.T) {
	huge := json.RawMessage(`"` + strings.Repeat("x", maxReply) + `"`)
	var mu sync.Mutex
	var got []Envelope
	acked := map[string]string{}
	when := map[string]time.Duration{}
	p := &plug{link: func(_ int, e *end) {
		e.hello()
		for _, text := range []string{
			interactive("e1", `{"type":"block_actions"}`), interactive("e1", `{"type":"block_actions"}`), "{", "[]", `"x"`, `{"type":"of tomorrow"}`,
			`{"type":"events_api","envelope_id":"e2","accepts_response_payload":false,"retry_attempt":2,"retry_reason":"timeout","payload":{"type":"event_callback"}}`,
			interactive("slow", "1"), interactive("huge", "1"), interactive("broken", "1"), interactive("panic", "1"), interactive("last", "1"),
		} {
			e.send(text)
		}
		began := time.Now()
		for n := range 7 {
			a := <-e.acks
			acked[fmt.Sprint(n, " ", a.ID)] = string(a.Payload)
			when[a.ID] = time.Since(began)
		}
		e.stay()
	}}
	handle := func(ctx context.Context, e Envelope) json.RawMessage {
		mu.Lock()
		got = append(got, e)
		mu.Unlock()
		switch e.ID {
		case "slow":
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
			}
		case "huge":
			return huge
		case "broken":
			return json.RawMessage(`{`)
		case "panic":
			panic("a bug")
		}
		return FormErrors(map[string]string{"note": e.ID})
	}
	play(t, p, handle, func(s *Socket, log *notes) {
		pass(2 * time.Minute)
		ids := map[string]int{}
		for _, e := range got {
			ids[e.ID]++
			if e.ID == "e2" && (e.Retry != 2 || e.Type != EnvelopeEvents || string(e.Payload) != `{"type":"event_callback"}`) {
				t.Errorf("%+v", e)
			}
		}
		if d := cmp.Diff(map[string]int{"e1": 2, "e2": 1, "slow": 1, "huge": 1, "broken": 1, "panic": 1, "last": 1}, ids); d != "" {
			t.Error(d)
		}
		replies := map[string]string{}
		for key, payload := range acked {
			_, id, _ := strings.Cut(key, " ")
			replies[id] = payload
		}
		reply := func(id string) string { return string(FormErrors(map[string]string{"note": id})) }
		if d := cmp.Diff(map[string]string{"e1": reply("e1"), "e2": "", "slow": "", "huge": "", "broken": "", "last": reply("last")}, replies); d != "" || len(acked) != 7 {
			t.Error(len(acked), d)
		}
		if when["slow"] != ackWithin || when["last"] != 0 {
			t.Error(when)
		}
		if n := len(p.opened()); n != 1 {
			t.Errorf("%d connections", n)
		}
		for _, said := range []string{"panic while handling", "is not its JSON", "too long or is not JSON", "not done after"} {
			if !strings.Contains(log.String(), said) {
				t.Errorf("the log does not say %q: %s", said, log)
			}
		}
	})
}

// TestSocketTakesOver: Slack warns, and the next connection is open before
// the old one goes. The old one works until then, and is not kept for ever.
func TestSocketTakesOver(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		late := make(chan ack, 1)
		var left time.Duration
		p := &plug{link: func(n int, e *end) {
			e.hello()
			if n > 1 {
				e.stay()
				return
			}
			time.Sleep(time.Minute / 3)
			e.send(`{"type":"disconnect","reason":"` + reason + `"}`)
			e.send(`{"type":"disconnect","reason":"` + reason + `"}`)
			began := time.Now()
			time.Sleep(5 * time.Second)
			e.send(interactive("late", "1"))
			late <- <-e.acks
			e.stay()
			left = time.Since(began)
		}}
		play(t, p, silent, func(s *Socket, log *notes) {
			pass(time.Minute / 3)
			for range 60 {
				pass(time.Second)
				if state := s.State(); !state.Connected || state.Error != "" || state.AppID != "A1" {
					t.Fatalf("%s: %+v", reason, state)
				}
			}
			if a := <-late; a.ID != "late" {
				t.Errorf("%+v", a)
			}
			opens := p.opened()
			if len(opens) != 2 || opens[1].Sub(opens[0]) > 21*time.Second || left != silentFor {
				t.Errorf("%s: opened %v, the old one left after %s", reason, opens, left)
			}
			if strings.Contains(log.String(), "WARN") {
				t.Errorf("nothing went wrong: %s", log)
			}
		})
	}
}

// TestSocketSilence: pings keep a connection, silence ends it.
func TestSocketSilence(t *testing.T) {
	var gone time.Duration
	p := &plug{link: func(n int, e *end) {
		e.hello()
		if n > 1 {
			e.stay()
			return
		}
		for range 6 {
			time.Sleep(silentFor - time.Second)
			e.ping()
		}
		began := time.Now()
		<-e.gone
		gone = time.Since(began)
	}}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(6*(silentFor-time.Second) + silentFor - time.Second)
		if state := s.State(); !state.Connected || state.Since.IsZero() || state.Error != "" {
			t.Errorf("%+v", state)
		}
		pass(2 * time.Second)
		if state := s.State(); gone != silentFor || !strings.Contains(state.Error, "not even a ping") || !state.Connected {
			t.Errorf("gone after %s: %+v", gone, state)
		}
		pass(stoodFor)
		if state := s.State(); state.Error != "" || !state.Connected || len(p.opened()) != 2 {
			t.Errorf("%+v", state)
		}
	})
}

// TestSocketWithoutHello: a connection that is not greeted is none, though it
// pings.
func TestSocketWithoutHello(t *testing.T) {
	p := &plug{link: func(n int, e *end) {
		for range 20 {
			time.Sleep(time.Second)
			e.ping()
		}
	}}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(helloWithin - time.Second)
		if s.State().Connected || len(p.opened()) != 1 {
			t.Errorf("%+v", s.State())
		}
		pass(2 * time.Second)
		if state := s.State(); state.Connected || !strings.Contains(state.Error, "hello") || state.Repair == "" || len(p.opened()) != 2 {
			t.Errorf("%+v", state)
		}
	})
}

// TestSocketRefused: a wrong token is told once, with what to do, and Slack
// is not pestered.
func TestSocketRefused(t *testing.T) {
	for code, repair := range map[string]string{"invalid_auth": getAppToken, "not_allowed_token_type": getAppToken, "missing_scope": getAppToken,
		"account_inactive": getAppToken, "moon_in_wrong_phase": "apps.connections.open"} {
		p := &plug{open: func(_ int, w http.ResponseWriter, r *http.Request) {
			says(`{"ok":false,"error":"`+code+`","response_metadata":{"messages":["`+r.Header.Get("Authorization")+`"]}}`)(w, r)
		}}
		play(t, p, silent, func(s *Socket, log *notes) {
			synctest.Wait()
			if state := s.State(); state.Connected || !strings.Contains(state.Error, code) || !strings.Contains(state.Repair, repair) || state.Since.IsZero() {
				t.Errorf("%s: %+v", code, state)
			}
			pass(time.Hour)
			if n := len(p.opened()); n < 12 || n > 24 {
				t.Errorf("%s: Slack was asked %d times in an hour", code, n)
			}
			if n := strings.Count(log.String(), code); strings.Count(log.String(), "\n") != 1 || n == 0 {
				t.Errorf("%s: it was not told once: %s", code, log)
			}
		})
	}
}

// TestSocketRecovers: a refusal that was mended is over.
func TestSocketRecovers(t *testing.T) {
	p := &plug{link: func(_ int, e *end) { e.hello(); e.stay() }}
	p.open = func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			says(`{"ok":false,"error":"invalid_auth"}`)(w, r)
			return
		}
		p.address(w, r)
	}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(refusedWait + stoodFor)
		if state := s.State(); !state.Connected || state.Error != "" || state.Repair != "" {
			t.Errorf("%+v", state)
		}
	})
}

// TestSocketBacksOff: connections that break at once are opened ever more
// slowly, one that stood for a while is replaced at once.
func TestSocketBacksOff(t *testing.T) {
	p := &plug{link: func(n int, e *end) {
		e.hello()
		if n == 15 {
			time.Sleep(stoodFor + time.Second)
		}
		time.Sleep(3 * time.Millisecond)
	}}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(10 * time.Minute)
		opens := p.opened()
		if len(opens) < 16 {
			t.Fatalf("%d connections in ten minutes", len(opens))
		}
		for n := range 14 {
			gap, want := opens[n+1].Sub(opens[n]), min(firstWait<<n, longestWait)
			if gap < want/2 || gap > want+4*time.Millisecond {
				t.Errorf("after failure %d: %s, not %s", n+1, gap, want)
			}
		}
		if gap := opens[15].Sub(opens[14]) - stoodFor - time.Second; gap > firstWait+4*time.Millisecond {
			t.Errorf("after one that stood: %s", gap)
		}
		if n := strings.Count(log.String(), "WARN"); n > 2 {
			t.Errorf("the log was told %d times", n)
		}
	})
}

// TestSocketWarnedAtOnce: a Slack that warns each connection away is not
// stormed either.
func TestSocketWarnedAtOnce(t *testing.T) {
	p := &plug{link: func(n int, e *end) {
		e.hello()
		e.send(`{"type":"disconnect","reason":"refresh_requested"}`)
		e.stay()
	}}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(10 * time.Minute)
		if n := len(p.opened()); n > 50 {
			t.Errorf("%d connections", n)
		}
	})
}

// TestSocketWaitsAsTold: Retry-After holds, whatever the back-off.
func TestSocketWaitsAsTold(t *testing.T) {
	p := &plug{link: func(_ int, e *end) { e.hello(); e.stay() }}
	p.open = func(n int, w http.ResponseWriter, r *http.Request) {
		if n < 3 {
			status(429, "Retry-After", "50")(w, r)
			return
		}
		p.address(w, r)
	}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(time.Second)
		if state := s.State(); !strings.Contains(state.Error, "asked to wait") {
			t.Errorf("%+v", state)
		}
		pass(2 * time.Minute)
		opens := p.opened()
		if len(opens) != 3 || opens[1].Sub(opens[0]) != 50*time.Second || opens[2].Sub(opens[1]) != 50*time.Second || !s.State().Connected {
			t.Errorf("%v", opens)
		}
	})
}

// TestSocketSwitchedOff: Socket Mode is switched off at Slack.
func TestSocketSwitchedOff(t *testing.T) {
	p := &plug{link: func(n int, e *end) { e.hello(); e.send(`{"type":"disconnect","reason":"link_disabled"}`) }}
	play(t, p, silent, func(s *Socket, log *notes) {
		pass(2 * time.Minute)
		if state := s.State(); state.Connected || !strings.Contains(state.Repair, "switch it on") || len(p.opened()) != 1 {
			t.Errorf("%+v", state)
		}
	})
}

// TestSocketRoads goes through what stands between us and Slack's
// WebSockets; each is tried again, and none says the ticket.
func TestSocketRoads(t *testing.T) {
	address := func(url string) func(int, http.ResponseWriter, *http.Request) {
		return func(_ int, w http.ResponseWriter, r *http.Request) { says(`{"ok":true,"url":"`+url+`"}`)(w, r) }
	}
	closing := func(why string) func(int, *end) {
		return func(_ int, e *end) {
			e.hello()
			_ = e.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4000, why), time.Time{})
			<-e.gone
		}
	}
	for name, c := range map[string]struct {
		plug *plug
		want string
	}{
		"open answers 500":         {&plug{open: func(_ int, w http.ResponseWriter, r *http.Request) { status(500)(w, r) }}, "HTTP 500"},
		"open answers nonsense":    {&plug{open: func(_ int, w http.ResponseWriter, r *http.Request) { says("<html>")(w, r) }}, "not one that Slack gives"},
		"no address":               {&plug{open: address("")}, "wss://"},
		"an address of another":    {&plug{open: address("https://slack.test/link?ticket=" + testTicket)}, "wss://"},
		"an address that is none":  {&plug{open: address("ws://slack.test:x/" + testTicket)}, "wss://"},
		"refused at the door":      {&plug{open: address("ws://slack.test/elsewhere?ticket=" + testTicket)}, "HTTP 404"},
		"closed with our ticket":   {&plug{link: closing("ticket " + testTicket)}, "[secret]"},
		"closed with our token":    {&plug{link: closing("token " + testAppToken.Reveal())}, "[secret]"},
		"a frame larger than 1 MB": {&plug{link: func(_ int, e *end) { e.hello(); e.send(strings.Repeat(" ", maxFrame+1)); <-e.gone }}, "read limit"},
		"no server":                {&plug{open: address("ws://user:" + testTicket + "@slack.test/link")}, "could not be reached"},
	} {
		play(t, c.plug, silent, func(s *Socket, log *notes) {
			pass(5 * time.Second)
			state := s.State()
			if !strings.Contains(state.Error, c.want) {
				t.Errorf("%s: %+v", name, state)
			}
			if n := len(c.plug.opened()); n < 3 {
				t.Errorf("%s: it was tried %d times in five seconds", name, n)
			}
			hunt(t, name, state)
		})
	}
}

// TestSocketEnds: at whatever it is, it ends at once and leaves nothing.
func TestSocketEnds(t *testing.T) {
	for name, c := range map[string]struct {
		plug   *plug
		handle func(context.Context, Envelope) json.RawMessage
	}{
		"asking for an address": {&plug{open: func(_ int, w http.ResponseWriter, r *http.Request) { hang(w, r) }}, silent},
		"at the door": {&plug{open: func(_ int, w http.ResponseWriter, r *http.Request) {
			says(`{"ok":true,"url":"ws://slack.test/hang?ticket=`+testTicket+`"}`)(w, r)
		}}, silent},
		"waiting for hello": {&plug{link: func(_ int, e *end) { <-e.gone }}, silent},
		"connected":         {&plug{link: func(_ int, e *end) { e.hello(); e.stay() }}, silent},
		"warned":            {&plug{link: func(_ int, e *end) { e.hello(); e.send(`{"type":"disconnect","reason":"warning"}`); e.stay() }}, silent},
		"waiting":           {&plug{open: func(_ int, w http.ResponseWriter, r *http.Request) { status(429, "Retry-After", "60")(w, r) }}, silent},
		"handling": {&plug{link: func(_ int, e *end) {
			e.hello()
			e.send(interactive("e1", "1"))
			<-e.gone
			if len(e.acks) > 0 {
				t.Error("what was cut off was acknowledged")
			}
		}}, func(ctx context.Context, _ Envelope) json.RawMessage { <-ctx.Done(); return nil }},
		"swamped": {&plug{link: func(_ int, e *end) {
			e.hello()
			for n := range maxHandling + 5 {
				e.send(interactive(fmt.Sprint(n), "1"))
			}
			<-e.gone
		}}, func(ctx context.Context, _ Envelope) json.RawMessage { <-ctx.Done(); return nil }},
	} {
		play(t, c.plug, c.handle, func(s *Socket, log *notes) {
			pass(time.Second)
			if t.Failed() {
				t.Log(name)
			}
		})
	}
}

// TestSocketStorm: connections that break every few milliseconds, envelopes
// that come twice and in no order, slow handlers; none is lost that Slack
// sends until it is acknowledged.
func TestSocketStorm(t *testing.T) {
	const envelopes = 200
	var mu sync.Mutex
	waiting, handled := map[string]bool{}, map[string]int{}
	for n := range envelopes {
		waiting[fmt.Sprint("e", n)] = true
	}
	p := &plug{link: func(n int, e *end) {
		e.hello()
		mu.Lock()
		var some []string
		for id := range waiting { // in no order
			some = append(some, id, id)
		}
		mu.Unlock()
		over := time.After(time.Duration(2+n%7) * time.Millisecond)
		for _, id := range some[:min(len(some), 40)] {
			e.send(interactive(id, `{"type":"block_actions"}`))
		}
		for {
			select {
			case a := <-e.acks:
				mu.Lock()
				delete(waiting, a.ID)
				mu.Unlock()
			case <-e.gone:
				return
			case <-over:
				if n < 60 {
					return
				}
			}
		}
	}}
	handle := func(ctx context.Context, e Envelope) json.RawMessage {
		mu.Lock()
		handled[e.ID]++
		times := handled[e.ID]
		mu.Unlock()
		if times%3 == 1 {
			time.Sleep(time.Duration(len(e.ID)) * time.Millisecond)
		}
		return nil
	}
	play(t, p, handle, func(s *Socket, log *notes) {
		pass(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if len(waiting) > 0 || len(handled) != envelopes {
			t.Errorf("%d of %d are not acknowledged, %d were handled", len(waiting), envelopes, len(handled))
		}
	})
}

// TestSocketOverTLS is the same over a real network: wss, certificates and
// all, and nothing is left when it ends.
func TestSocketOverTLS(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	acks := make(chan ack, 1)
	p := &plug{link: func(n int, e *end) {
		e.hello()
		if n == 1 {
			return
		}
		e.send(interactive("e1", buttonPress))
		acks <- <-e.acks
		<-e.gone
	}}
	server := httptest.NewUnstartedServer(p)
	server.EnableHTTP2 = true // for the calls; a WebSocket must not be offered it
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	p.ws = "wss" + strings.TrimPrefix(server.URL, "https")
	hc := NewHTTPClient(nil)
	hc.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	ctx, cancel := context.WithCancel(t.Context())
	log, pressed := &notes{}, make(chan Press, 1)
	s := NewSocket(server.URL, testAppToken, hc, log.logger(), time.Now)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(ctx, func(_ context.Context, e Envelope) json.RawMessage {
			press, err := ReadPress(e.Payload)
			if err != nil {
				t.Error(err)
			}
			pressed <- press
			return json.RawMessage(`{"response_action":"clear"}`)
		})
	}()
	if a := <-acks; a.ID != "e1" || string(a.Payload) != `{"response_action":"clear"}` {
		t.Errorf("%+v", a)
	}
	if press := <-pressed; press.ActionID != "snooze" {
		t.Errorf("%+v", press)
	}
	if state := s.State(); !state.Connected || state.AppID != "A1" {
		t.Errorf("%+v", state)
	}
	cancel()
	<-ended
	server.Close()
	hc.CloseIdleConnections()
	hunt(t, "the log", log.String(), s)

	// A Slack that is spoken to in private does not hand us to ws://.
	plain := serve(t, says(`{"ok":true,"url":"ws://127.0.0.1:1/link?ticket=`+testTicket+`"}`))
	private := NewSocket(strings.Replace(plain.URL, "http:", "https:", 1), testAppToken, &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
		r.URL.Scheme = "http"
		return hc.Transport.RoundTrip(r)
	})}, log.logger(), time.Now)
	if _, err := private.dial(t.Context()); err == nil || !strings.Contains(err.Error(), "wss://") {
		t.Error(err)
	}
	plain.Close()
	hc.CloseIdleConnections()
}
