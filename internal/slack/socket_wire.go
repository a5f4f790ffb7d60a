package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxReply    = 20 << 10 // of an acknowledgement; Slack drops a larger one in silence
	maxHandling = 64       // envelopes at once; more wait, and are sent again if they wait too long
)

// wire is one connection of a Socket.
type wire struct {
	*websocket.Conn
	socket *Socket
	call   *call       // says what went wrong, without secrets
	unhook func() bool // from the end of the context

	writing  sync.Mutex
	handling chan struct{}
	life     *time.Timer // closes the connection when nothing more is heard of Slack
	settled  *time.Timer // fires when it has stood for a while
	leaving  chan struct{}
	leave    func()

	greeted bool // by hello; only the reader asks
	silent  atomic.Bool
	long    atomic.Bool // it has stood for a while
	parting bool        // Slack said that it will close this one; only the reader asks
	failure error       // why it ended; read after leaving
}

func newWire(s *Socket, k *call, conn *websocket.Conn, unhook func() bool) *wire {
	w := &wire{Conn: conn, socket: s, call: k, unhook: unhook,
		handling: make(chan struct{}, maxHandling), leaving: make(chan struct{})}
	w.leave = sync.OnceFunc(func() { close(w.leaving) })
	w.life = time.AfterFunc(helloWithin, func() {
		w.silent.Store(true)
		_ = w.Close()
	})
	conn.SetReadLimit(maxFrame)
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		w.heard()
		return pong(data)
	})
	return w
}

// stood says whether the connection lasted, so that its end is no failure.
func (w *wire) stood() bool { return w.long.Load() }

// trouble is why the connection ended or will; nil when Slack asked for it.
func (w *wire) trouble() error { return w.failure }

// heard puts off the end of a connection that works. One that Slack is about
// to close is not put off: it ends by itself if Slack forgets.
func (w *wire) heard() {
	if w.greeted && !w.parting {
		w.life.Reset(silentFor)
	}
}

// serve reads until the connection ends. leaving is closed when another
// should be opened: when this one has ended, or when Slack says that it will.
func (w *wire) serve(ctx context.Context, handle func(context.Context, Envelope) json.RawMessage, running *sync.WaitGroup) {
	defer w.leave()
	err := w.read(ctx, handle, running)
	w.unhook()
	w.life.Stop()
	_ = w.Close()
	if w.greeted {
		w.settled.Stop()
		w.socket.ended()
	}
	if w.parting || ctx.Err() != nil {
		return
	}
	switch {
	case w.silent.Load() && w.greeted:
		_ = w.call.fail(noAnswer, fmt.Sprintf("Slack sent nothing over Socket Mode, not even a ping, for %s", silentFor), 0)
	case w.silent.Load():
		_ = w.call.fail(badAnswer, fmt.Sprintf("Slack did not say hello over Socket Mode within %s", helloWithin), 0)
	default:
		_ = w.call.fail(noAnswer, "The connection of Socket Mode broke off: "+err.Error(), 0)
	}
	w.failure = w.call.failure
}

// frame is what Slack sends.
type frame struct {
	Type       string          `json:"type"`
	ID         string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
	TakesReply bool            `json:"accepts_response_payload"`
	Retry      int             `json:"retry_attempt"`
	Reason     string          `json:"reason"` // of a disconnect
	Connection struct {
		AppID string `json:"app_id"`
	} `json:"connection_info"` // of a hello
}

func (w *wire) read(ctx context.Context, handle func(context.Context, Envelope) json.RawMessage, running *sync.WaitGroup) error {
	for {
		_, text, err := w.ReadMessage()
		if err != nil {
			return err
		}
		var f frame
		if err := json.Unmarshal(text, &f); err != nil {
			w.socket.log.Warn("Slack sent something over Socket Mode that is not its JSON; it was left aside", "bytes", len(text))
			continue
		}
		switch {
		case f.Type == "hello":
			w.hello(f.Connection.AppID)
		case f.Type == "disconnect":
			w.part(f.Reason)
		case f.ID != "":
			w.handling <- struct{}{}
			running.Go(func() { w.answer(ctx, f, handle, running) })
		}
		w.heard()
	}
}

// hello is Slack's greeting: from now on envelopes come.
func (w *wire) hello(appID string) {
	if w.greeted {
		return
	}
	w.greeted = true
	w.socket.greeted(appID)
	w.settled = time.AfterFunc(stoodFor, func() {
		w.long.Store(true)
		w.socket.settled()
	})
}

// part has the next connection opened. Slack names its reason: warning and
// refresh_requested come some seconds before it closes this one.
func (w *wire) part(reason string) {
	if w.parting {
		return
	}
	w.parting = true
	w.life.Reset(silentFor)
	if reason == "link_disabled" {
		_ = w.call.fail(reason, "Slack closed Socket Mode: link_disabled", 0)
		w.failure = w.call.failure
	}
	w.leave()
}

// answer has an envelope handled and acknowledges it.
func (w *wire) answer(ctx context.Context, f frame, handle func(context.Context, Envelope) json.RawMessage, running *sync.WaitGroup) {
	log := w.socket.log.With("type", f.Type, "envelope", f.ID)
	reply, failed := make(chan json.RawMessage, 1), make(chan struct{})
	running.Go(func() {
		defer func() {
			<-w.handling
			if p := recover(); p != nil {
				log.Error("panic while handling what came over Socket Mode; it was not acknowledged", "panic", p)
				close(failed)
			}
		}()
		reply <- handle(ctx, Envelope{ID: f.ID, Type: f.Type, Payload: f.Payload, Retry: f.Retry})
	})
	late := time.NewTimer(ackWithin)
	defer late.Stop()
	var with json.RawMessage
	select {
	case with = <-reply:
	case <-late.C:
		log.Warn("what came over Socket Mode is not done after 2.5 s; it was acknowledged without a reply")
	case <-failed:
		return
	case <-ctx.Done():
		return
	}
	if ctx.Err() != nil {
		return // whatever handle gave, it may have been cut off
	}
	if err := w.acknowledge(f, with); err != nil {
		log.Warn("an envelope of Socket Mode could not be acknowledged; Slack may send it again", "error", w.call.clean(err.Error()))
	}
}

// acknowledge tells Slack that an envelope was taken. It goes over the
// connection that the envelope came with.
func (w *wire) acknowledge(f frame, reply json.RawMessage) error {
	if !f.TakesReply {
		reply = nil
	}
	ack := func(reply json.RawMessage) ([]byte, error) {
		return json.Marshal(struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload,omitempty"`
		}{f.ID, reply})
	}
	text, err := ack(reply)
	if err != nil || len(text) >= maxReply {
		w.socket.log.Error("a reply over Socket Mode is too long or is not JSON; it was left out", "type", f.Type, "bytes", len(reply))
		if text, err = ack(nil); err != nil {
			return err
		}
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.WriteMessage(websocket.TextMessage, text)
}
