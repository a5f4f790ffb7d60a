package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const appToken = "xapp-1-sandbox"

// withSockets is a stage in Socket Mode whose app must answer within 200 ms.
func withSockets(t *testing.T) *stage {
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes, cfg.PostsPerSecond = pasted, allScopes(), 0
	cfg.App.Interactivity, cfg.App.SocketMode = true, true
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	s := New(cfg, Options{Now: c.now, EventRetries: []time.Duration{0}, AnswerWithin: 200 * time.Millisecond, PingEvery: 5 * time.Millisecond})
	st := stageOf(t, s, c)
	t.Cleanup(s.Close) // before the server's, which waits for connections
	return st
}

// line is the app's end of a WebSocket.
type line struct {
	conn  *websocket.Conn
	hello map[string]any
	got   chan map[string]any // envelopes and farewells; closed at the end
	pings chan struct{}
}

// connect opens a connection; ack says what each envelope is acknowledged with, false is not at all.
func (st *stage) connect(ack func(envelope map[string]any) (payload any, ok bool)) *line {
	st.t.Helper()
	r := st.callAs(appToken, "apps.connections.open", nil)
	st.want(r, "ok")
	conn, resp, err := websocket.DefaultDialer.DialContext(st.t.Context(), r.str("url"), nil)
	if err != nil {
		st.t.Fatal(err, resp)
	}
	l := &line{conn: conn, got: make(chan map[string]any, 100), pings: make(chan struct{}, 100)}
	st.t.Cleanup(func() { conn.Close() })
	conn.SetPingHandler(func(string) error {
		select {
		case l.pings <- struct{}{}:
		default:
		}
		return nil
	})
	if err := conn.ReadJSON(&l.hello); err != nil {
		st.t.Fatal(err)
	}
	go func() {
		defer close(l.got)
		for {
			var e map[string]any
			if conn.ReadJSON(&e) != nil {
				return
			}
			l.got <- e
			if id, _ := e["envelope_id"].(string); id != "" && ack != nil {
				if payload, ok := ack(e); ok {
					_ = conn.WriteJSON(map[string]any{"envelope_id": id, "payload": payload})
				}
			}
		}
	}()
	return l
}

func always(map[string]any) (any, bool) { return map[string]any{}, true }

// ended waits until the connection is gone and returns what came before.
func (l *line) ended(t *testing.T) (all []map[string]any) {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e, open := <-l.got:
			if !open {
				return all
			}
			all = append(all, e)
		case <-late:
			t.Fatal("the connection did not end")
		}
	}
}

func TestAppsConnectionsOpen(t *testing.T) {
	st := withSockets(t)
	open := func(token string) result { return st.callAs(token, "apps.connections.open", nil) }
	st.want(open(""), "not_authed")
	st.want(open(pasted), "not_allowed_token_type")
	st.want(open("xapp-1-other"), "invalid_auth")
	st.want(st.callAs(appToken, "auth.test", nil), "not_allowed_token_type")
	r := open(appToken)
	st.want(r, "ok")
	if !strings.HasPrefix(r.str("url"), "ws"+strings.TrimPrefix(st.url, "http")+"/socket?") {
		t.Errorf("url %q", r.str("url"))
	}
	l := st.connect(always)
	diff(t, "hello", []any{l.hello["type"], l.hello["num_connections"], field(t, l.hello, "connection_info", "app_id"), field(t, l.hello, "debug_info", "approximate_connection_time")},
		[]any{"hello", 1.0, "A0SANDBOX1", 3600.0})

	dial := func(url string) int {
		conn, resp, err := websocket.DefaultDialer.Dial(url, nil)
		if err == nil {
			conn.Close()
			return 101
		}
		if resp == nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	diff(t, "first use", dial(r.str("url")), 101)
	diff(t, "second use", dial(r.str("url")), http.StatusUnauthorized)
	late := open(appToken).str("url")
	st.clock.forward(ticketLifetime + time.Second)
	diff(t, "expired ticket", dial(late), http.StatusUnauthorized)
	st.SetApp(AppChange{SocketMode: new(false)})
	st.want(open(appToken), "forbidden_team")
}

func TestPressesGoOverTheSocket(t *testing.T) {
	st := withSockets(t)
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	in := st.press(Press{TS: ts, ActionID: "take"})
	diff(t, "without a connection", in.Warning, "This app has no open Socket Mode connection.")
	l := st.connect(always)
	in = st.press(Press{TS: ts, ActionID: "take"})
	e := <-l.got
	diff(t, "envelope", []any{e["type"], e["accepts_response_payload"], field(t, e, "payload", "type"), in.Warning, in.Sent[0].Road, in.Sent[0].Status},
		[]any{"interactive", false, "block_actions", "", "socket", 200})
	trigger, _ := field(t, e, "payload", "trigger_id").(string)
	st.want(st.call("views.open", map[string]string{"trigger_id": trigger, "view": snoozeView}), "ok")
	st.submit(Submit{Values: fill("2026-12-01", "on holiday")})
	e = <-l.got
	diff(t, "submission", []any{e["type"], e["accepts_response_payload"], field(t, e, "payload", "type"), len(st.Views())}, []any{"interactive", true, "view_submission", 0})
	if err := st.WaitFor(t.Context(), func() bool { c := st.Connections(); return len(c) == 1 && c[0].Acked == 2 }); err != nil {
		t.Error(err)
	}
}

func TestAnAcknowledgementCarriesAnAnswer(t *testing.T) {
	st := withSockets(t)
	var opened atomic.Value
	st.connect(func(e map[string]any) (any, bool) {
		payload, _ := e["payload"].(map[string]any)
		if payload["type"] == "view_submission" {
			return map[string]any{"response_action": "errors", "errors": map[string]any{"why": "Too short a reason."}}, true
		}
		opened.Store(payload["trigger_id"])
		return nil, true
	})
	st.press(Press{TS: st.postBlocks("C0HEALTH01", buttonBlocks), ActionID: "take"})
	st.want(st.call("views.open", map[string]string{"trigger_id": opened.Load().(string), "view": snoozeView}), "ok")
	st.submit(Submit{Values: fill("2026-12-01", "on holiday")})
	diff(t, "errors", st.Views()[0].Errors, map[string]string{"why": "Too short a reason."})
}

func TestWhatIsNotAcknowledgedWarns(t *testing.T) {
	st := withSockets(t)
	st.connect(nil)
	in := st.press(Press{TS: st.postBlocks("C0HEALTH01", buttonBlocks), ActionID: "take"})
	diff(t, "warning", in.Warning, "Operation timed out. Apps need to respond within 3 seconds.")
}

func TestEventsGoOverTheSocketAndAreSentAgain(t *testing.T) {
	st := withSockets(t)
	tries := 0
	l := st.connect(func(map[string]any) (any, bool) { tries++; return nil, tries > 1 })
	st.Revoke()
	e := st.settled()[0]
	diff(t, "delivery", []any{e.Attempts, e.Status, e.Error}, []any{2, 200, ""})
	first, second := <-l.got, <-l.got
	diff(t, "envelopes", []any{first["type"], first["retry_attempt"], second["retry_attempt"], second["retry_reason"], field(t, second, "payload", "event", "type"),
		field(t, first, "payload", "event_id") == field(t, second, "payload", "event_id")}, []any{"events_api", nil, 1.0, "http_timeout", "tokens_revoked", true})
}

func TestConnectionsTakeTurnsAndTenIsTheMost(t *testing.T) {
	st := withSockets(t)
	var lines []*line
	for range maxSockets {
		lines = append(lines, st.connect(always))
	}
	diff(t, "hello of the last", lines[maxSockets-1].hello["num_connections"], any(10.0))
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)
	for range maxSockets {
		st.press(Press{TS: ts, ActionID: "take"})
	}
	for i, c := range st.Connections() {
		if c.Sent != 1 {
			t.Errorf("connection %d was sent %d", i, c.Sent)
		}
	}
	eleventh := st.connect(always)
	diff(t, "the eleventh", []any{eleventh.hello["type"], eleventh.hello["reason"]}, []any{"disconnect", "too_many_websockets"})
	eleventh.ended(t)
}

func TestSocketsGoWrongByOrder(t *testing.T) {
	st := withSockets(t)
	order := func(body string) {
		t.Helper()
		if status := st.control("POST", "/sandbox/sockets", body, nil); status != 200 {
			t.Errorf("%s: %d", body, status)
		}
	}
	ts := st.postBlocks("C0HEALTH01", buttonBlocks)

	l := st.connect(always)
	if err := st.WaitFor(t.Context(), func() bool { return len(st.Connections()) == 1 }); err != nil {
		t.Fatal(err)
	}
	order(`{"twice":1}`)
	st.press(Press{TS: ts, ActionID: "take"})
	first, second := <-l.got, <-l.got
	diff(t, "twice", first["envelope_id"] == second["envelope_id"], true)
	st.press(Press{TS: ts, ActionID: "take"})
	diff(t, "then once", (<-l.got)["envelope_id"] == first["envelope_id"], false)

	order(`{"drop":true}`)
	diff(t, "dropped without a word", len(l.ended(t)), 0)

	l = st.connect(always)
	order(`{"disconnect":"warning","grace_ms":500}`)
	diff(t, "the farewell", []any{(<-l.got)["reason"], st.press(Press{TS: ts, ActionID: "take"}).Warning}, []any{"warning", ""})
	l.ended(t)

	l = st.connect(always)
	order(`{"drop_every_ms":20}`)
	l.ended(t)
	again, _, err := websocket.DefaultDialer.Dial(st.callAs(appToken, "apps.connections.open", nil).str("url"), nil)
	for err == nil { // dropped as well, before or after its hello
		_, _, err = again.ReadMessage()
	}
	order(`{"drop_every_ms":0}`)

	order(`{"refuse_for_ms":60000}`)
	url := st.callAs(appToken, "apps.connections.open", nil).str("url")
	_, resp, err := websocket.DefaultDialer.Dial(url, nil)
	if !errors.Is(err, websocket.ErrBadHandshake) || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("refusing: %v", err)
	}
	st.clock.forward(time.Minute)
	l = st.connect(always)

	order(`{"disconnect":"refresh_requested","grace_ms":0}`)
	diff(t, "refresh", l.ended(t)[0]["reason"], any("refresh_requested"))
	l = st.connect(always)
	st.SetApp(AppChange{SocketMode: new(false)})
	diff(t, "switched off", l.ended(t)[0]["reason"], any("link_disabled"))
	for _, bad := range []string{`{"disconnect":"because"}`, `{"twice":-1}`, `{"drops":true}`} {
		diff(t, bad, st.control("POST", "/sandbox/sockets", bad, nil), 400)
	}
}

func TestTheLineIsPinged(t *testing.T) {
	st := withSockets(t)
	l := st.connect(always)
	late := time.After(10 * time.Second)
	for range 3 {
		select {
		case <-l.pings:
		case <-late:
			t.Fatal("no pings came")
		}
	}
}

func TestCloseCutsTheLines(t *testing.T) {
	st := withSockets(t)
	l := st.connect(always)
	st.Sandbox.Close()
	l.ended(t)
	diff(t, "open", len(st.Connections()), 0)
	url := st.callAs(appToken, "apps.connections.open", nil).str("url")
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err == nil {
		var hello json.RawMessage
		if conn.ReadJSON(&hello) == nil {
			t.Error("a closed sandbox says hello")
		}
		conn.Close()
	}
}
