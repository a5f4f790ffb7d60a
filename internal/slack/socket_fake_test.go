package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// plug is a Slack with Socket Mode. link plays its n-th connection, from 1,
// which is closed when link returns; open, if there, answers the n-th
// apps.connections.open.
type plug struct {
	ws   string // its address for WebSockets
	open func(n int, w http.ResponseWriter, r *http.Request)
	link func(n int, e *end)

	mu      sync.Mutex
	opens   []time.Time
	links   int
	playing sync.WaitGroup
}

// end is Slack's end of a connection.
type end struct {
	*websocket.Conn
	acks chan ack      // what came, in order
	gone chan struct{} // closed when the other end is
}

type ack struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

func (p *plug) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.playing.Add(1)
	defer p.playing.Done()
	p.mu.Lock()
	if r.URL.Path == "/link" {
		p.links++
	} else {
		p.opens = append(p.opens, time.Now())
	}
	opens, links := len(p.opens), p.links
	p.mu.Unlock()
	switch {
	case r.URL.Path == "/api/apps.connections.open" && p.open != nil:
		p.open(opens, w, r)
	case r.URL.Path == "/api/apps.connections.open" && r.Header.Get("Authorization") == "Bearer "+testAppToken.Reveal():
		p.address(w, r)
	case r.URL.Path == "/link" && r.URL.Query().Get("ticket") == testTicket:
		conn, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		e := &end{Conn: conn, acks: make(chan ack, 1000), gone: make(chan struct{})}
		go func() {
			defer close(e.gone)
			for {
				var a ack
				if e.ReadJSON(&a) != nil {
					return
				}
				e.acks <- a
			}
		}()
		p.link(links, e)
		_ = conn.Close()
		<-e.gone
	case r.URL.Path == "/hang":
		hang(w, r)
	default:
		http.NotFound(w, r)
	}
}

// address is the honest answer to apps.connections.open.
func (p *plug) address(w http.ResponseWriter, r *http.Request) {
	says(`{"ok":true,"url":"`+p.ws+`/link?ticket=`+testTicket+`&app_id=A1"}`)(w, r)
}

func (p *plug) opened() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.opens...)
}

func (e *end) send(text string) { _ = e.WriteMessage(websocket.TextMessage, []byte(text)) }

func (e *end) hello() {
	e.send(`{"type":"hello","num_connections":1,"debug_info":{"host":"applink-1"},"connection_info":{"app_id":"A1"}}`)
}

func (e *end) ping() { _ = e.WriteControl(websocket.PingMessage, []byte("Ping"), time.Time{}) }

// stay keeps the connection alive until the other end has gone.
func (e *end) stay() {
	for tick := time.NewTicker(10 * time.Second); ; {
		select {
		case <-tick.C:
			e.ping()
		case <-e.gone:
			tick.Stop()
			return
		}
	}
}

func interactive(id, payload string) string {
	return `{"type":"interactive","envelope_id":"` + id + `","accepts_response_payload":true,"payload":` + payload + `}`
}

// notes is a log that can be read while it is written.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func (n *notes) logger() *slog.Logger { return slog.New(slog.NewTextHandler(n, nil)) }

// pipes is a network without a wire, so that time can be played.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// play runs a Socket against p in played time while during runs, then ends
// it. Every goroutine must have ended by then, or synctest complains.
func play(t *testing.T, p *plug, handle func(context.Context, Envelope) json.RawMessage, during func(s *Socket, log *notes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p.ws = "ws://slack.test"
		net := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: p, ErrorLog: quiet()}
		go func() { _ = server.Serve(net) }()
		transport := &http.Transport{DialContext: net.dial}
		log := &notes{}
		s := NewSocket("http://slack.test", testAppToken, &http.Client{Transport: transport}, log.logger(), time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Run(ctx, handle)
		}()
		during(s, log)
		cancel()
		before := time.Now()
		<-ended
		if took := time.Since(before); took > 0 {
			t.Errorf("it took %s to end", took)
		}
		if s.State().Connected {
			t.Error("it ended and says that it is connected")
		}
		transport.CloseIdleConnections()
		_ = net.Close()
		_ = server.Close()
		p.playing.Wait()
		hunt(t, "the log of a socket", log.String(), s.State(), s.State().Error)
	})
}

// pass lets played time go by, and all that it brings be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// silent takes what comes and says nothing.
func silent(context.Context, Envelope) json.RawMessage { return nil }

// hang answers nothing until the other end gives up.
func hang(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}
