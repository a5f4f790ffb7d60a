package source

import (
	"context"
	"net/http"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// A client without a domain is not the one of everybody who names none.
func TestNobodyIsFoundByNothing(t *testing.T) {
	each(t, func(r *room) {
		r.client("plain", "")
		r.update(func(tx *store.Tx) error {
			for _, ref := range []mapping.Ref{{Email: "pat@unknown.example"}, {Email: "pat@gmail.com"}, {ID: "other"}, {Custom: "crm_id", Value: "7"}} {
				if id, err := find(tx, acme, ref); id != "" || err != nil {
					t.Errorf("%s is %q, %v", ref.Words(), id, err)
				}
			}
			return nil
		})
	})
}

// A source that begins paused keeps what comes from the first body on, until
// somebody resumes it.
func TestSourceThatBeginsPaused(t *testing.T) {
	each(t, func(r *room) {
		ctx := context.Background()
		x, err := r.Add(ctx, acme, "user:usr_ana", stanna.Source{Name: "Desk", Scheme: "token", Secret: "a-token-of-16-or-more", Paused: true,
			Mapping: stanna.Mapping{Client: stanna.ClientMapping{ID: "item.client"}, Fields: map[string]string{"tier": "item.tier"}}})
		if err != nil {
			t.Fatal(err)
		}
		r.client("plain", "")
		p, err := r.Receive(ctx, x.ID, webhook.Request{Method: http.MethodPost, Header: http.Header{"Authorization": {"Bearer a-token-of-16-or-more"}}, Body: []byte(`{"client":"plain","tier":"gold"}`)})
		if err != nil || p.State != stanna.ParcelWaiting {
			t.Fatalf("%s, %v", p.State, err)
		}
		if _, err := r.Change(ctx, acme, "user:usr_ana", x.ID, 0, func(x *stanna.Source) error { x.Paused = false; return nil }); err != nil {
			t.Fatal(err)
		}
		if p = r.opened(p); p.State != stanna.ParcelDone {
			t.Errorf("%s %+v", p.State, p.Result)
		}
	})
}
