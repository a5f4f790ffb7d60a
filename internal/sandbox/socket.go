package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	maxSockets = 10
	// closeGrace is how long a connection still works after Slack has said that it will end.
	closeGrace = 10 * time.Second
	// connectionTime is what hello says about how long the connection will be left open, in seconds.
	connectionTime = 3600
)

// socketHub is every WebSocket of the app, and what has been ordered to go wrong with them. Sandbox.mu guards it.
type socketHub struct {
	tickets map[string]time.Time
	open    []*socket
	seq     int
	next    int                             // whose turn it is
	waiting map[string]chan json.RawMessage // envelope_id → its acknowledgement
	orders  socketOrders
}

// socketOrders are faults in force.
type socketOrders struct {
	twice       int
	refuseUntil time.Time
	stopDrops   func() // ends the dropping every so often
}

// socket is one connection.
type socket struct {
	id      int
	conn    *websocket.Conn
	writing sync.Mutex // one writer at a time
	since   time.Time
	sent    int
	acked   int
}

// standDown forgets tickets and orders; open connections stay. The caller holds Sandbox.mu.
func (h *socketHub) standDown() {
	if h.orders.stopDrops != nil {
		h.orders.stopDrops()
	}
	h.tickets, h.orders = map[string]time.Time{}, socketOrders{}
	if h.waiting == nil {
		h.waiting = map[string]chan json.RawMessage{}
	}
}

// serveSocket is the address that apps.connections.open gave out.
func (s *Sandbox) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	until, known := s.sockets.tickets[r.URL.Query().Get("ticket")]
	delete(s.sockets.tickets, r.URL.Query().Get("ticket")) // single use
	now := s.now()
	refusing := now.Before(s.sockets.orders.refuseUntil)
	s.mu.Unlock()
	switch {
	case refusing:
		http.Error(w, "no connections are taken at the moment, by order of the control API", http.StatusServiceUnavailable)
		return
	case !known || now.After(until):
		http.Error(w, "the ticket is used, expired or unknown; call apps.connections.open again", http.StatusUnauthorized)
		return
	}
	// The ticket is the key. slack-go says that it comes from https://api.slack.com, so the Origin is not looked at.
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer conn.Close()
	sock, count := s.join(conn)
	if sock == nil {
		return
	}
	defer s.leave(sock)
	if count > maxSockets {
		_ = sock.write(farewell("too_many_websockets"))
		return
	}
	hello := map[string]any{
		"type": "hello", "num_connections": count, "connection_info": map[string]any{"app_id": s.cfg.App.ID},
		"debug_info": map[string]any{"host": "sandbox", "started": now.UTC().Format("2006-01-02 15:04:05.000"), "build_number": 1,
			"approximate_connection_time": connectionTime},
	}
	if err := sock.write(hello); err != nil {
		return
	}
	stop := make(chan struct{})
	defer close(stop)
	s.eventsDone.Go(func() { s.ping(sock, stop) })
	s.listen(sock)
}

// join counts a connection in; nil once the sandbox is closed.
func (s *Sandbox) join(conn *websocket.Conn) (sock *socket, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.eventsCtx.Err() != nil {
		return nil, 0
	}
	s.eventsDone.Add(1)
	h := &s.sockets
	h.seq++
	sock = &socket{id: h.seq, conn: conn, since: s.now()}
	h.open = append(h.open, sock)
	s.notify()
	return sock, len(h.open)
}

func (s *Sandbox) leave(sock *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.open = slices.DeleteFunc(s.sockets.open, func(other *socket) bool { return other == sock })
	s.notify()
	s.eventsDone.Done()
}

// listen takes acknowledgements until the connection ends.
func (s *Sandbox) listen(sock *socket) {
	sock.conn.SetReadLimit(maxBody)
	for {
		_, text, err := sock.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if err := json.Unmarshal(text, &ack); err != nil || ack.EnvelopeID == "" {
			continue // Slack ignores what it does not know
		}
		s.mu.Lock()
		sock.acked++
		waiting := s.sockets.waiting[ack.EnvelopeID]
		s.notify()
		s.mu.Unlock()
		select {
		case waiting <- ack.Payload:
		default: // nobody waits any more, or it was acknowledged before
		}
	}
}

// ping lets the app see that the line is alive.
func (s *Sandbox) ping(sock *socket, stop <-chan struct{}) {
	every := time.NewTicker(s.opts.PingEvery)
	defer every.Stop()
	for {
		select {
		case <-stop:
			return
		case <-every.C:
			// No deadline: a stuck connection is cut by Close.
			if err := sock.conn.WriteControl(websocket.PingMessage, []byte("Ping from the sandbox"), time.Time{}); err != nil {
				return
			}
		}
	}
}

// write sends a message and gives up on a connection that takes none for three seconds.
func (sock *socket) write(message any) error {
	sock.writing.Lock()
	defer sock.writing.Unlock()
	stuck := time.AfterFunc(3*time.Second, func() { _ = sock.conn.Close() })
	defer stuck.Stop()
	return sock.conn.WriteJSON(message)
}

// farewell says that a connection will end.
func farewell(reason string) map[string]any {
	return map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "sandbox"}}
}

// cutSockets ends every connection without a word. The caller holds mu.
func (s *Sandbox) cutSockets() {
	for _, sock := range s.sockets.open {
		_ = sock.conn.Close() // its reader notices and leaves
	}
}
