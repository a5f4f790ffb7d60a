// Package source is WHERE IT COMES FROM: what other tools send by themselves
// (bodies at an address of their own, by a mapping) and what is read from
// Stripe. What comes is stored as it came before the sender is answered, and
// opened on its source's lane, one after the other: so nothing is lost for
// want of a mapping, and order, repetition and takeover by another replica
// are the queue's.
//
// It is entered by the doors ([Desk.Receive], [Desk.ReceiveStripe]) and by
// the queue. It makes signals, changes of clients and acts of people, and
// hands them to intake; what they mean for anybody it does not know.
package source

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
)

// Desk takes in what sources send.
type Desk struct {
	Options

	mu       sync.Mutex
	compiled map[string]compiled               // by source
	waiting  map[string][]chan<- stanna.Parcel // for a parcel to be opened, by its id
}

// Options say how to build a desk.
type Options struct {
	Store     *store.Store
	Intake    *intake.Intake
	Auth      *auth.Auth
	Clock     *stanna.Clock
	Wake      func(lanes ...string)
	Count     func(source string, state stanna.ParcelState) // counts what was opened
	Log       *slog.Logger
	HTTP      *http.Client                               // for Stripe
	StripeURL string                                     // https://api.stripe.com
	Signing   func(stanna.StripeAccount) []stanna.Secret // that Stripe's events may be signed with
	PublicURL string
}

// New builds a desk.
func New(o Options) *Desk {
	return &Desk{Options: o, compiled: map[string]compiled{}, waiting: map[string][]chan<- stanna.Parcel{}}
}

var _ queue.Handler = (*Desk)(nil)

// compiled is a source's mapping at one version.
type compiled struct {
	version int64
	mapping *mapping.Compiled
}

// mappingOf is the source's mapping, compiled once for each version.
func (d *Desk) mappingOf(x stanna.Source) (*mapping.Compiled, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.compiled[x.ID]; ok && c.version == x.Version {
		return c.mapping, nil
	}
	m, err := mapping.Compile(x.Mapping)
	if err == nil {
		d.compiled[x.ID] = compiled{x.Version, m}
	}
	return m, err
}

// patience is how long a sender is made to wait for what becomes of its body.
// Then it is told that the body was stored, which is true as well.
const patience = 2 * time.Second

// await gives a parcel when it has been opened here, or as it is when
// patience ends.
func (d *Desk) await(ctx context.Context, p stanna.Parcel, opened <-chan stanna.Parcel) stanna.Parcel {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case p = <-opened:
	case <-ctx.Done():
	}
	return p
}

// expect gives the channel on which the parcel comes when it has been opened.
func (d *Desk) expect(id string) <-chan stanna.Parcel {
	ch := make(chan stanna.Parcel, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[id] = append(d.waiting[id], ch)
	return ch
}

// forget ends an expectation.
func (d *Desk) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, id)
}

// opened tells whoever expects the parcel.
func (d *Desk) opened(p stanna.Parcel) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ch := range d.waiting[p.ID] {
		select {
		case ch <- p:
		default:
		}
	}
	delete(d.waiting, p.ID)
}
