package relay

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// mute is how long nothing may arrive at an endpoint, though it is tried,
// before it is paused.
const mute = 3 * 24 * time.Hour

// settled is what a step did to an endpoint.
type settled struct {
	endpoint        stanna.Endpoint
	probed          bool // nothing had arrived for a while
	arrived, failed int
	gone            bool              // it wants nothing any more
	asked           time.Duration     // to be left alone so long
	lost            []stanna.Delivery // for good
}

// draw draws the consequences of a step: how the endpoint fares, whether it
// is paused, and who is told.
func (r *Relay) draw(tx *store.Tx, lane *stanna.Lane, s settled, now time.Time) error {
	e := s.endpoint
	switch {
	case s.arrived > 0 && !e.FailingSince.IsZero():
		if err := tx.NoteEndpoint(e.Workspace, e.ID, time.Time{}); err != nil {
			return err
		}
	case s.arrived == 0 && e.FailingSince.IsZero():
		if err := tx.NoteEndpoint(e.Workspace, e.ID, now); err != nil {
			return err
		}
	}
	if s.arrived > 0 && s.probed { // what failed in the outage need not wait for its own time
		if err := tx.HurryDeliveries(e, now); err != nil {
			return err
		}
	}
	if err := r.tellLost(tx, e, s.lost, now); err != nil {
		return err
	}
	switch {
	case s.gone:
		return r.pause(tx, lane, e, stanna.ReasonEndpointGone, now)
	case s.arrived == 0 && !e.FailingSince.IsZero() && now.Sub(e.FailingSince) >= mute:
		return r.pause(tx, lane, e, stanna.ReasonEndpointMute, now)
	}
	return nil
}

// tellLost tells the other endpoints that deliveries to this one failed for
// good. Of one that itself told of a failed delivery nobody is told: two
// endpoints that are both gone would tell of each other for ever.
func (r *Relay) tellLost(tx *store.Tx, e stanna.Endpoint, lost []stanna.Delivery, now time.Time) error {
	var ids []string
	var last stanna.Delivery
	for _, d := range lost {
		if d.Event.Type != stanna.DeliveryFailed {
			ids, last = append(ids, d.ID), d
		}
	}
	if len(ids) == 0 {
		return nil
	}
	t := stanna.Trouble{About: e.Road(), Name: e.Title(), Since: stanna.SinceTime(last.CreatedAt), DeliveryIDs: ids, Code: codeOf(last), Repair: errorOf(last)}
	sentence := fmt.Sprintf("%s could not be delivered to %s; it was tried until the end of the schedule.", count(len(ids), "event"), e.Title())
	told, err := t.Notice(e.Workspace, stanna.DeliveryFailed, now, sentence)
	return r.tell(tx, told, err)
}

// pause closes the road to an endpoint by itself. What is for it waits; the
// others are told.
func (r *Relay) pause(tx *store.Tx, lane *stanna.Lane, e stanna.Endpoint, why stanna.Reason, now time.Time) error {
	lane.Paused, lane.NotBefore, lane.Failures = why, time.Time{}, 0
	if err := tx.PauseEndpoint(e.Workspace, e.ID, why, now); err != nil {
		return err
	}
	if err := tx.Audit(stanna.AuditEntry{Workspace: e.Workspace, At: now, Actor: stanna.ActorSystem, Action: "webhook.paused", Subject: e.ID, Reason: why}); err != nil {
		return err
	}
	told, err := e.PausedNotice(why, now)
	return r.tell(tx, told, err)
}

// codeOf is the last answer to a delivery in figures.
func codeOf(d stanna.Delivery) string {
	if n := len(d.Attempts); n > 0 && d.Attempts[n-1].Status > 0 {
		return strconv.Itoa(d.Attempts[n-1].Status)
	}
	return ""
}

// errorOf says what was wrong with the last try of a delivery.
func errorOf(d stanna.Delivery) string {
	if n := len(d.Attempts); n > 0 {
		return d.Attempts[n-1].Error
	}
	return ""
}

func count(n int, what string) string {
	if n == 1 {
		return "One " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
