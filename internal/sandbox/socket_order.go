package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// SocketOrder makes Socket Mode go wrong. Each field that is set is done; times are in milliseconds of real time, but
// for RefuseForMS, which goes by the sandbox's clock.
type SocketOrder struct {
	Drop        bool `json:"drop,omitempty"`          // cut every connection now, without a word
	DropEveryMS *int `json:"drop_every_ms,omitempty"` // and again and again; 0 ends it
	RefuseForMS int  `json:"refuse_for_ms,omitempty"` // answer 503 to whoever connects
	Twice       int  `json:"twice,omitempty"`         // send each of the next so many envelopes twice
	// Disconnect says that the connections will end, and why: warning, refresh_requested or link_disabled. They still
	// work for GraceMS; nil is ten seconds, which is what Slack's warning gives.
	Disconnect string `json:"disconnect,omitempty"`
	GraceMS    *int   `json:"grace_ms,omitempty"`
}

// Connection is an open WebSocket.
type Connection struct {
	ID    int       `json:"id"`
	Since time.Time `json:"since"`
	Sent  int       `json:"sent"`
	Acked int       `json:"acked"`
}

// Connections returns the WebSockets that are open, oldest first.
func (s *Sandbox) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Connection{}
	for _, sock := range s.sockets.open {
		out = append(out, Connection{sock.id, sock.since, sock.sent, sock.acked})
	}
	return out
}

// OrderSockets does as ordered.
func (s *Sandbox) OrderSockets(order SocketOrder) error {
	if order.RefuseForMS < 0 || order.Twice < 0 || order.DropEveryMS != nil && *order.DropEveryMS < 0 || order.GraceMS != nil && *order.GraceMS < 0 {
		return errors.New("drop_every_ms, refuse_for_ms, twice and grace_ms must not be negative")
	}
	if !slices.Contains([]string{"", "warning", "refresh_requested", "link_disabled"}, order.Disconnect) {
		return fmt.Errorf("disconnect %q is unknown; it is one of warning, refresh_requested, link_disabled", order.Disconnect)
	}
	s.mu.Lock()
	if order.Twice > 0 {
		s.sockets.orders.twice = order.Twice
	}
	if order.RefuseForMS > 0 {
		s.sockets.orders.refuseUntil = s.now().Add(time.Duration(order.RefuseForMS) * time.Millisecond)
	}
	if order.DropEveryMS != nil {
		s.dropEvery(time.Duration(*order.DropEveryMS) * time.Millisecond)
	}
	if order.Drop {
		s.cutSockets()
	}
	s.notify()
	s.mu.Unlock()
	if order.Disconnect != "" {
		grace := closeGrace
		if order.GraceMS != nil {
			grace = time.Duration(*order.GraceMS) * time.Millisecond
		}
		s.disconnect(order.Disconnect, grace)
	}
	return nil
}

// dropEvery begins to cut all connections each interval, or ends it. The caller holds mu.
func (s *Sandbox) dropEvery(interval time.Duration) {
	if s.sockets.orders.stopDrops != nil {
		s.sockets.orders.stopDrops()
		s.sockets.orders.stopDrops = nil
	}
	if interval == 0 || s.eventsCtx.Err() != nil {
		return
	}
	stop := make(chan struct{})
	s.sockets.orders.stopDrops = func() { close(stop) }
	s.eventsDone.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-s.eventsCtx.Done():
				return
			case <-tick.C:
				s.mu.Lock()
				s.cutSockets()
				s.mu.Unlock()
			}
		}
	})
}

// disconnect tells every connection that it will end, and ends it after the grace.
func (s *Sandbox) disconnect(reason string, grace time.Duration) {
	s.mu.Lock()
	all := slices.Clone(s.sockets.open)
	closed := s.eventsCtx.Err() != nil
	s.mu.Unlock()
	if len(all) == 0 || closed {
		return
	}
	for _, sock := range all {
		_ = sock.write(farewell(reason)) // one that is gone needs no farewell
	}
	s.eventsDone.Go(func() {
		wait := time.NewTimer(grace)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-s.eventsCtx.Done():
		}
		for _, sock := range all {
			_ = sock.conn.Close()
		}
	})
}

func (s *Sandbox) controlSockets(r *http.Request) (any, error) {
	var order SocketOrder
	if err := readControl(r, &order); err != nil {
		return nil, err
	}
	if err := s.OrderSockets(order); err != nil {
		return nil, err
	}
	return s.Connections(), nil
}
