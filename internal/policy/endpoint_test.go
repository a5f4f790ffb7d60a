package policy_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func hook(edits ...func(*stanna.Endpoint)) stanna.Endpoint {
	e := stanna.Endpoint{Name: " Warehouse ", Address: " https://hooks.acme.com/in/T0Psecret?token=abcdef ", Types: []stanna.EventType{stanna.AlertClosed, stanna.AlertOpened, stanna.AlertOpened}}
	for _, edit := range edits {
		edit(&e)
	}
	return e
}

func (h *house) endpoint(edits ...func(*stanna.Endpoint)) stanna.Endpoint {
	h.Helper()
	e, err := h.AddEndpoint(h.ctx, acme, ana, hook(edits...))
	if err != nil {
		h.Fatal(err)
	}
	return e
}

func (h *house) stored(id string) (e stanna.Endpoint) {
	h.Helper()
	h.change(func(tx *store.Tx) (err error) { e, err = tx.Endpoint(acme, id); return err })
	return e
}

func TestEndpoints(t *testing.T) {
	each(t, func(h *house) {
		e := h.endpoint()
		if got := h.stored(e.ID); got.Name != "Warehouse" || got.Place() != "https://hooks.acme.com/in/T0Psecret" || !strings.HasPrefix(got.Secret.Reveal(), "whsec_") ||
			got.Secret != e.Secret || fmt.Sprint(got.Types) != "[alert.opened alert.closed]" || got.Version != 1 {
			h.Errorf("%+v %s", got, got.Secret.Reveal())
		}
		// As it was shown, its address is not another.
		version := 1
		changed, err := h.ChangeEndpoint(h.ctx, acme, ana, stanna.Endpoint{ID: e.ID, Name: "Lake", Address: stanna.Secret(e.Place()), Types: e.Types}, &version)
		if err != nil || changed.Version != 2 || h.stored(e.ID).Address.Reveal() != "https://hooks.acme.com/in/T0Psecret?token=abcdef" || h.stored(e.ID).Name != "Lake" {
			h.Errorf("%+v %v", changed, err)
		}
		if _, err := h.ChangeEndpoint(h.ctx, acme, ana, stanna.Endpoint{ID: e.ID, Name: "Late", Address: e.Address, Types: e.Types}, &version); !errors.Is(err, policy.Moved) || h.stored(e.ID).Name != "Lake" {
			h.Errorf("a stale save: %v", err)
		}
		same, err := h.ChangeEndpoint(h.ctx, acme, ana, stanna.Endpoint{ID: e.ID, Name: "Lake", Address: stanna.Secret(e.Place()), Types: e.Types}, nil)
		if err != nil || same.Version != 2 {
			h.Errorf("nothing changed: %+v %v", same, err)
		}
		if _, err := h.ChangeEndpoint(h.ctx, "other.com", ana, stanna.Endpoint{ID: e.ID}, nil); err == nil {
			h.Error("another workspace changed it")
		}
		h.change(func(tx *store.Tx) error {
			trail, err := tx.AuditOf(acme, e.ID, 10)
			if len(trail) != 2 || trail[0].Action != "webhook.created" || trail[0].Details["host"] != "hooks.acme.com" || strings.Contains(fmt.Sprint(trail), "T0Psecret") || strings.Contains(fmt.Sprint(trail), "whsec") {
				h.Errorf("%+v", trail)
			}
			return err
		})
		if err := h.DeleteEndpoint(h.ctx, acme, ana, e.ID, nil); err != nil {
			h.Error(err)
		}
		if _, err := h.PauseEndpoint(h.ctx, acme, ana, e.ID); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
	})
}

func TestEndpointsThatAreRefused(t *testing.T) {
	each(t, func(h *house) {
		h.Allowed = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
		address := func(a string) func(*stanna.Endpoint) {
			return func(e *stanna.Endpoint) { e.Address = stanna.Secret(a) }
		}
		types := func(list ...stanna.EventType) func(*stanna.Endpoint) {
			return func(e *stanna.Endpoint) { e.Types = list }
		}
		for field, list := range map[string][]stanna.Endpoint{
			"address": {hook(address("http://hooks.acme.com")), hook(address("https://127.0.0.1/")), hook(address("https://169.254.169.254/latest")), hook(address("hooks.acme.com")),
				hook(address("https://u:p@hooks.acme.com")), hook(address("mailto:nobody"), types(stanna.ConnectionBroken)), hook(address("https://10.2.0.1/"))},
			"types": {hook(types()), hook(types("alert.exploded")), hook(address("mailto:ops@acme.com"))},
			"name":  {hook(func(e *stanna.Endpoint) { e.Name = strings.Repeat("n", 61) })},
		} {
			for _, draft := range list {
				_, err := h.AddEndpoint(h.ctx, acme, ana, draft)
				var e *stanna.Error
				if !errors.As(err, &e) || e.Fields[field] == "" {
					h.Errorf("%s %v: %v", draft.Address.Reveal(), draft.Types, err)
				}
			}
		}
		h.endpoint(address("http://10.1.2.3:8080/in"))
		box := h.endpoint(address("mailto:ops@acme.com"), types(stanna.ConnectionBroken))
		if box.Secret != "" {
			h.Error("a mailbox has a secret")
		}
		if _, err := h.ChangeEndpoint(h.ctx, acme, ana, stanna.Endpoint{ID: box.ID, Address: "https://hooks.acme.com", Types: box.Types}, nil); err == nil {
			h.Error("a mailbox became a web address")
		}
		if _, err := h.RotateEndpoint(h.ctx, acme, ana, box.ID, time.Hour, nil); err == nil {
			h.Error("its secret was rotated")
		}
		for range stanna.MaxEndpoints - 2 {
			h.endpoint()
		}
		if _, err := h.AddEndpoint(h.ctx, acme, ana, hook()); stanna.CodeOf(err) != stanna.Conflict {
			h.Errorf("one too many: %v", err)
		}
	})
}

func TestRotationOfAnEndpoint(t *testing.T) {
	each(t, func(h *house) {
		e := h.endpoint()
		rotated, err := h.RotateEndpoint(h.ctx, acme, ana, e.ID, stanna.RotationOverlap, nil)
		got := h.stored(e.ID)
		if err != nil || rotated.Secret == e.Secret || got.Secret != rotated.Secret || len(got.Secrets(monday)) != 2 || got.Secrets(monday)[1] != e.Secret || len(got.Secrets(monday.Add(25*time.Hour))) != 1 {
			h.Errorf("%+v %v", got, err)
		}
		if _, err := h.RotateEndpoint(h.ctx, acme, ana, e.ID, 0, nil); err != nil || len(h.stored(e.ID).Secrets(monday)) != 1 {
			h.Errorf("at once: %v", err)
		}
		if _, err := h.RotateEndpoint(h.ctx, acme, ana, e.ID, 31*24*time.Hour, nil); stanna.CodeOf(err) != stanna.Invalid {
			h.Errorf("for ever: %v", err)
		}
	})
}

// A paused endpoint has its lane paused, and the others are told; resumed, it
// gets what waited. What failed is sent again when somebody asks for it.
func TestPauseResumeAndResend(t *testing.T) {
	each(t, func(h *house) {
		e := h.endpoint(func(e *stanna.Endpoint) { e.Types = append(stanna.Notices(), stanna.AlertOpened) })
		other := h.endpoint(func(e *stanna.Endpoint) { e.Types = stanna.Notices() })
		due := func() (names []string) {
			h.change(func(tx *store.Tx) (err error) { names, err = tx.DueLanes(h.now, 10); return err })
			return names
		}
		deliveries := func(e stanna.Endpoint) (list []stanna.Delivery) {
			h.change(func(tx *store.Tx) (err error) {
				list, err = tx.Deliveries(acme, store.DeliveryQuery{Endpoint: e.ID, Limit: 100})
				return err
			})
			return list
		}
		woken := []string{}
		h.Wake = func(lanes ...string) { woken = append(woken, lanes...) }
		for range 2 {
			if got, err := h.PauseEndpoint(h.ctx, acme, ana, e.ID); err != nil || got.Paused != stanna.ReasonPausedByHand || got.Version != 2 {
				h.Fatalf("%+v %v", got, err)
			}
		}
		h.change(func(tx *store.Tx) error {
			_, err := tx.Tell(h.now, stanna.SampleOf(stanna.AlertOpened, acme, h.now))
			return err
		})
		if got := due(); len(got) != 1 || got[0] != other.Lane() || deliveries(other)[0].Event.Type != stanna.LanePaused || len(deliveries(e)) != 1 {
			h.Errorf("%v", got)
		}
		if got, err := h.ResumeEndpoint(h.ctx, acme, ana, e.ID); err != nil || got.Paused != "" || got.Version != 3 {
			h.Fatalf("%+v %v", got, err)
		}
		if got := due(); len(got) != 2 || deliveries(other)[0].Event.Type != stanna.LaneResumed || !strings.Contains(fmt.Sprint(woken), e.Lane()) {
			h.Errorf("%v %v", got, woken)
		}

		d := deliveries(e)[0]
		fail := func() {
			d.State, d.EndedAt, d.Tried = stanna.DeliveryLost, h.now, 8
			h.change(func(tx *store.Tx) error { return tx.PutDelivery(d) })
		}
		fail()
		if got, err := h.ResendDelivery(h.ctx, acme, ana, d.ID); err != nil || got.State != stanna.DeliveryWaiting || got.Tried != 0 {
			h.Errorf("%+v %v", got, err)
		}
		fail()
		if n, err := h.ResendFailed(h.ctx, acme, ana, e.ID, h.now.Add(time.Second)); err != nil || n != 0 {
			h.Errorf("%d %v", n, err)
		}
		if n, err := h.ResendFailed(h.ctx, acme, ana, e.ID, h.now); err != nil || n != 1 || deliveries(e)[0].State != stanna.DeliveryWaiting {
			h.Errorf("%d %v", n, err)
		}
		if _, err := h.ResendDelivery(h.ctx, "other.com", ana, d.ID); stanna.CodeOf(err) != stanna.NotFound {
			h.Errorf("another workspace resent it: %v", err)
		}
	})
}
