package source

import (
	"context"
	"net/http"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// unknownAddress is the answer at an address that is nobody's, whatever is
// wrong with it: an address is not to be guessed.
var unknownAddress = stanna.Errorf(stanna.NotFound, "there is no source at this address; it may have been deleted")

// Receive takes in a body that came to the address of a source: it is
// checked to be the source's, stored, and opened at once where that is
// possible. The parcel says what became of it; one that is still waiting was
// stored. A repeat gives the first one.
func (d *Desk) Receive(ctx context.Context, id string, r webhook.Request) (p stanna.Parcel, err error) {
	var x stanna.Source
	var known bool
	if err := d.Store.View(ctx, func(tx *store.Tx) (err error) { x, known, err = tx.SourceAt(id); return err }); err != nil {
		return p, err
	}
	if !known {
		return p, unknownAddress
	}
	now := d.Clock.Real()
	if err := webhook.Verify(webhook.Scheme(x.Scheme), x.Header, r, x.Secrets(now), now); err != nil {
		return p, err
	}
	return d.keep(ctx, stanna.Parcel{Workspace: x.Workspace, ID: store.NewID("in"), SourceID: x.ID, Key: keyOf(r.Header), CameAt: now,
		Headers: headersOf(r.Header, x.Header), Body: r.Body}, !x.Paused)
}

// keep stores a parcel, and waits a little for what becomes of it where it is
// opened at once.
func (d *Desk) keep(ctx context.Context, p stanna.Parcel, atOnce bool) (stanna.Parcel, error) {
	opened := d.expect(p.ID)
	defer d.forget(p.ID)
	repeated := false
	err := d.Store.Update(ctx, func(tx *store.Tx) (err error) {
		p.State = stanna.ParcelWaiting
		p, repeated, err = tx.AddParcel(p)
		return err
	})
	if err != nil || repeated || !atOnce {
		return p, err
	}
	d.Wake(stanna.SourceLane(p.Workspace, p.SourceID))
	return d.await(ctx, p, opened), nil
}

// keyHeaders are those in which senders put the id of what they send, by
// which a repeat is known.
var keyHeaders = []string{"Webhook-Id", "Svix-Id", "Idempotency-Key", "X-Github-Delivery", "X-Request-Id"}

func keyOf(h http.Header) string {
	for _, name := range keyHeaders {
		if key := h.Get(name); key != "" && len(key) <= stanna.MaxIDLength {
			return key
		}
	}
	return ""
}

// headersOf are the headers that a mapping may want. Those that authenticate,
// and the one that was chosen for it, are left out: they must not be read on a
// page.
func headersOf(h http.Header, chosen string) map[string]string {
	kept := map[string]string{}
	for name, values := range h {
		lower := strings.ToLower(name)
		if len(values) == 0 || len(values[0]) > 1000 || len(kept) >= 30 || secretHeader(lower) || strings.EqualFold(name, chosen) {
			continue
		}
		kept[lower] = values[0]
	}
	return kept
}

func secretHeader(lower string) bool {
	for _, part := range []string{"authorization", "signature", "cookie", "token", "secret", "password", "api-key", "apikey", "forwarded"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}
