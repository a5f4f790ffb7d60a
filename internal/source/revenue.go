package source

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// movements makes the signals of clients whose MRR moved.
func (l *ledger) movements(ctx context.Context) error {
	for _, client := range slices.Sorted(maps.Keys(l.changed)) {
		c := l.changed[client]
		before, after, paid, err := l.revenue(ctx, client)
		if err != nil {
			return err
		}
		moved := stanna.MovementOf(before.Minor, after.Minor, paid)
		if c.quiet || moved == "" || before.Currency != after.Currency {
			continue
		}
		data, err := json.Marshal(stanna.SubscriptionChanged{Movement: moved, MRR: after.Amount(), Before: before.Amount(), Currency: after.Currency,
			Status: c.status, Plan: c.plan, URL: c.url})
		if err != nil {
			return err
		}
		l.signals = append(l.signals, stanna.Signal{ID: c.id + ":mrr:" + client, ClientID: client, Type: stanna.SubscriptionChangedType, OccurredAt: c.at,
			Source: sourceOfStripe, Data: data})
	}
	return nil
}

// revenue is what a client paid a month before the ledger and pays after it,
// and whether it ever paid before.
func (l *ledger) revenue(ctx context.Context, client string) (before, after stanna.Money, paid bool, err error) {
	var stored []stanna.StripeSubscription
	var customers []stanna.StripeCustomer
	var settings stanna.Settings
	ws := l.account.Workspace
	err = l.desk.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(ws)
		if err != nil {
			return err
		}
		settings = w.Settings.WithDefaults()
		if customers, err = tx.StripeCustomersOf(ws, client); err != nil {
			return err
		}
		stored, err = tx.StripeSubscriptionsOf(ws, client)
		return err
	})
	if err != nil {
		return before, after, false, err
	}
	is := map[string]bool{} // the customers that are the client, after the ledger
	for _, c := range customers {
		paid = paid || c.EverPaid
		is[c.ID] = true
	}
	for id, c := range l.customers {
		is[id] = c.ClientID == client
	}
	was := map[string]stripe.Worth{}
	for _, s := range stored {
		was[s.ID] = worth(s)
	}
	now := map[string]stripe.Worth{}
	for _, s := range stored {
		if is[s.CustomerID] {
			now[s.ID] = worth(s)
		}
	}
	for id, s := range l.before {
		if is[s.CustomerID] {
			was[id] = worth(s)
			paid = paid || s.Micros > 0
		}
	}
	for id, s := range l.subscriptions {
		if is[s.CustomerID] {
			now[id] = worth(s)
		}
	}
	currency := currencyOf(settings.Currency, was, now)
	return stripe.Sum(values(was), currency), stripe.Sum(values(now), currency), paid, nil
}

func worth(s stanna.StripeSubscription) stripe.Worth {
	return stripe.Worth{Micros: s.Micros, Currency: s.Currency, Why: s.Why}
}

func values(m map[string]stripe.Worth) []stripe.Worth { return slices.Collect(maps.Values(m)) }

// currencyOf is the currency in which a client's MRR is counted: the
// workspace's where any of it is in that, else the one in which most of it
// is. What is in another is left out, since nobody said at which rate.
func currencyOf(preferred string, lists ...map[string]stripe.Worth) string {
	sums := map[string]int64{}
	for _, list := range lists {
		for _, w := range list {
			if w.Micros > 0 {
				sums[w.Currency] += w.Micros
			}
		}
	}
	if sums[preferred] > 0 || len(sums) == 0 {
		return preferred
	}
	best := ""
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		if best == "" || sums[c] > sums[best] {
			best = c
		}
	}
	return best
}

// settle brings the MRR of the clients concerned up to date, once their
// signals are in. A client that never paid by a subscription keeps what
// somebody else says it pays.
func (l *ledger) settle(ctx context.Context) error {
	for _, client := range slices.Sorted(maps.Keys(l.changed)) {
		_, after, paid, err := l.revenue(ctx, client)
		if err != nil {
			return err
		}
		if after.Minor == 0 && !paid {
			continue
		}
		changed, err := l.desk.Intake.ChangeClient(ctx, l.account.Workspace, actorStripe, client, func(c *stanna.Client) error {
			c.MRR = after
			return nil
		})
		if stanna.CodeOf(err) == stanna.NotFound { // deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if changed {
			l.outcome.Clients++
		}
	}
	return nil
}

// actorStripe is how the trail names what Stripe brought.
const actorStripe = "source:stripe"

// send takes the signals in.
func (l *ledger) send(ctx context.Context) error {
	for chunk := range slices.Chunk(l.signals, intake.Slice) {
		became, err := l.desk.Intake.Signals(ctx, l.account.Workspace, chunk, l.read)
		if err != nil {
			return err
		}
		for _, out := range became {
			l.outcome.count(out, "")
		}
	}
	l.signals = nil
	return nil
}

// finish makes of everything that was taken in what follows from it.
func (l *ledger) finish(ctx context.Context) error {
	if err := l.movements(ctx); err != nil {
		return err
	}
	if err := l.send(ctx); err != nil {
		return err
	}
	return l.settle(ctx)
}
