package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
)

// envelope is what goes to the app over a WebSocket. It is acknowledged with its id, and may carry an answer back.
type envelope struct {
	ID                     string          `json:"envelope_id"`
	Type                   string          `json:"type"` // events_api or interactive
	Payload                json.RawMessage `json:"payload"`
	AcceptsResponsePayload bool            `json:"accepts_response_payload"`
	RetryAttempt           int             `json:"retry_attempt,omitempty"`
	RetryReason            string          `json:"retry_reason,omitempty"`
}

const noSocket = "no open Socket Mode connection"

// overSocket sends an envelope over the connection whose turn it is and waits for its acknowledgement, which may come
// over any connection.
func (s *Sandbox) overSocket(ctx context.Context, e envelope) (ack json.RawMessage, err error) {
	e.ID = uuid.NewString()
	answered := make(chan json.RawMessage, 1)
	s.mu.Lock()
	road := s.turns()
	s.sockets.waiting[e.ID] = answered
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.sockets.waiting, e.ID)
		s.mu.Unlock()
	}()
	if len(road) == 0 {
		return nil, errors.New(noSocket)
	}
	for _, sock := range road {
		if err := sock.write(e); err != nil {
			return nil, err
		}
	}
	late := time.NewTimer(s.opts.AnswerWithin)
	defer late.Stop()
	select {
	case ack = <-answered:
		if bytes.Equal(ack, []byte("null")) {
			ack = nil
		}
		return ack, nil
	case <-late.C:
		return nil, errors.New(tooSlow)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.eventsCtx.Done():
		return nil, s.eventsCtx.Err()
	}
}

// turns are the connections that the next envelope goes over: one, or by order two (perhaps the same one twice); none
// if there is none. The caller holds mu.
func (s *Sandbox) turns() []*socket {
	h := &s.sockets
	if len(h.open) == 0 {
		return nil
	}
	times := 1
	if h.orders.twice > 0 {
		h.orders.twice--
		times = 2
	}
	var out []*socket
	for range times {
		sock := h.open[h.next%len(h.open)]
		h.next++
		sock.sent++
		out = append(out, sock)
	}
	return out
}
