package store

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const stripeColumns = `workspace, account_id, name, livemode, access_key, oauth, scope, endpoint_id, signing, connected_at, connected_by,
	checked_at, heard_at, health, repair, sync`

func (tx *Tx) scanStripe(s scanner) (a stanna.StripeAccount, err error) {
	var key, signing []byte
	var sync string
	var connected, checked, heard int64
	if err := s.Scan(&a.Workspace, &a.AccountID, &a.Name, &a.Livemode, &key, &a.OAuth, &a.Scope, &a.EndpointID, &signing, &connected, &a.ConnectedBy,
		&checked, &heard, &a.Health, &a.Repair, &sync); err != nil {
		return a, err
	}
	a.ConnectedAt, a.CheckedAt, a.HeardAt = fromMicros(connected), fromMicros(checked), fromMicros(heard)
	if sync != "" {
		if err := json.Unmarshal([]byte(sync), &a.Sync); err != nil {
			return a, err
		}
	}
	var secrets stanna.Secret
	if err := tx.unsealAll(a.Workspace, sealed{"stripe.key", key, &a.Key}, sealed{"stripe.signing", signing, &secrets}); err != nil {
		return a, err
	}
	for text := range strings.FieldsSeq(secrets.Reveal()) {
		a.Signing = append(a.Signing, stanna.Secret(text))
	}
	return a, nil
}

// Stripe is the workspace's connection to Stripe; ok is false without one.
func (tx *Tx) Stripe(workspace string) (a stanna.StripeAccount, ok bool, err error) {
	return one(tx, tx.scanStripe, `select `+stripeColumns+` from stripe_account where workspace = $1`, workspace)
}

// LockStripe is Stripe, held until the transaction ends.
func (tx *Tx) LockStripe(workspace string) (a stanna.StripeAccount, ok bool, err error) {
	return one(tx, tx.scanStripe, `select `+stripeColumns+` from stripe_account where workspace = $1 `+tx.dialect.forUpdate, workspace)
}

// EachStripe lists the connections to Stripe of all workspaces.
func (tx *Tx) EachStripe() ([]stanna.StripeAccount, error) {
	return collect(tx, tx.scanStripe, `select `+stripeColumns+` from stripe_account order by workspace`)
}

// PutStripe stores a connection to Stripe. An account that another workspace
// has is a conflict.
func (tx *Tx) PutStripe(a stanna.StripeAccount) error {
	sync, err := json.Marshal(a.Sync)
	if err != nil {
		return err
	}
	texts := make([]string, len(a.Signing))
	for i, s := range a.Signing {
		texts[i] = s.Reveal()
	}
	signing := stanna.Secret(strings.Join(texts, " "))
	boxes, err := tx.sealAll(a.Workspace, sealed{name: "stripe.key", secret: &a.Key}, sealed{name: "stripe.signing", secret: &signing})
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into stripe_account (`+stripeColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (workspace) do update set account_id = excluded.account_id, name = excluded.name, livemode = excluded.livemode,
		access_key = excluded.access_key, oauth = excluded.oauth, scope = excluded.scope, endpoint_id = excluded.endpoint_id, signing = excluded.signing,
		connected_at = excluded.connected_at, connected_by = excluded.connected_by, checked_at = excluded.checked_at,
		health = excluded.health, repair = excluded.repair, sync = excluded.sync`,
		a.Workspace, a.AccountID, a.Name, a.Livemode, boxes[0], a.OAuth, a.Scope, a.EndpointID, boxes[1], micros(a.ConnectedAt), a.ConnectedBy,
		micros(a.CheckedAt), micros(a.HeardAt), a.Health, a.Repair, string(sync))
	if isUnique(err) {
		return &stanna.Error{Code: stanna.Conflict, Message: "this Stripe account is connected to another workspace of this server; disconnect it there first", Err: err}
	}
	return err
}

// PutStripeSync writes down how far a sync has come.
func (tx *Tx) PutStripeSync(workspace string, s stanna.StripeSync) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = tx.exec(`update stripe_account set sync = $2 where workspace = $1`, workspace, string(text))
	return err
}

// RemoveStripe forgets the connection, and what was known of its customers
// but for what people said of them.
func (tx *Tx) RemoveStripe(workspace string) error {
	for _, statement := range []string{
		`delete from stripe_account where workspace = $1`,
		`delete from stripe_subscription where workspace = $1`,
		`delete from stripe_customer where workspace = $1 and matched not in ('hand', 'left_out')`,
		`delete from parcel where workspace = $1 and source_id = 'stripe'`,
	} {
		if _, err := tx.exec(statement, workspace); err != nil {
			return err
		}
	}
	_, err := tx.exec(`delete from job where lane = $1 and state = 'waiting'`, stanna.SourceLane(workspace, stanna.StripeSource))
	return err
}

const customerColumns = `workspace, id, client_id, matched, name, email, deleted, ever_paid, seen_at`

func scanCustomer(s scanner) (c stanna.StripeCustomer, err error) {
	var seen int64
	err = s.Scan(&c.Workspace, &c.ID, &c.ClientID, &c.Match, &c.Name, &c.Email, &c.Deleted, &c.EverPaid, &seen)
	c.SeenAt = fromMicros(seen)
	return c, err
}

// StripeCustomer is the customer of that id, if it was heard of.
func (tx *Tx) StripeCustomer(workspace, id string) (c stanna.StripeCustomer, ok bool, err error) {
	return one(tx, scanCustomer, `select `+customerColumns+` from stripe_customer where workspace = $1 and id = $2`, workspace, id)
}

// StripeCustomersByID gives the customers of those ids that were heard of.
func (tx *Tx) StripeCustomersByID(workspace string, ids []string) (map[string]stanna.StripeCustomer, error) {
	list, args := inList(tx, 2, ids)
	all, err := collect(tx, scanCustomer, `select `+customerColumns+` from stripe_customer where workspace = $1 and id in `+list, append([]any{workspace}, args...)...)
	found := make(map[string]stanna.StripeCustomer, len(all))
	for _, c := range all {
		found[c.ID] = c
	}
	return found, err
}

// StripeCustomersOf lists the customers that are a client.
func (tx *Tx) StripeCustomersOf(workspace, client string) ([]stanna.StripeCustomer, error) {
	return collect(tx, scanCustomer, `select `+customerColumns+` from stripe_customer where workspace = $1 and client_id = $2 order by id`, workspace, client)
}

// PutStripeCustomers stores customers.
func (tx *Tx) PutStripeCustomers(list ...stanna.StripeCustomer) error {
	args := make([]any, 0, 9*len(list))
	for _, c := range list {
		args = append(args, c.Workspace, c.ID, c.ClientID, c.Match, c.Name, c.Email, c.Deleted, c.EverPaid, micros(c.SeenAt))
	}
	return tx.insert(`insert into stripe_customer (`+customerColumns+`)`, `on conflict (workspace, id) do update set client_id = excluded.client_id,
		matched = excluded.matched, name = excluded.name, email = excluded.email, deleted = excluded.deleted, ever_paid = excluded.ever_paid,
		seen_at = excluded.seen_at`, 9, args)
}

// StripeCustomerQuery narrows a list of customers.
type StripeCustomerQuery struct {
	Matched bool // those that are a client; else those that are none and were not left out
	LeftOut bool // those that a person left out
	Search  string
	After   string // id of the last one seen
	Limit   int
}

// StripeCustomers lists customers by id, with what they are worth a month.
func (tx *Tx) StripeCustomers(workspace string, q StripeCustomerQuery) ([]stanna.StripeCustomer, error) {
	return collect(tx, scanCustomer, `select `+customerColumns+` from stripe_customer where workspace = $1 and not deleted
		and (client_id <> '') = $2 and (matched = 'left_out') = $3 and ($4 = '' or lower(name || ' ' || email || ' ' || id) like lower($5) escape '\')
		and id > $6 order by id limit $7`, workspace, q.Matched, q.LeftOut, q.Search, "%"+likeEscaper.Replace(q.Search)+"%", q.After, q.Limit)
}

// StripeCounts is how many customers there are, and how they were matched.
func (tx *Tx) StripeCounts(workspace string) (map[stanna.StripeMatch]int, error) {
	type row struct {
		match stanna.StripeMatch
		n     int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.match, &r.n) },
		`select matched, count(*) from stripe_customer where workspace = $1 and not deleted group by matched`, workspace)
	counts := make(map[stanna.StripeMatch]int, len(rows))
	for _, r := range rows {
		counts[r.match] = r.n
	}
	return counts, err
}

const subscriptionColumns = `s.workspace, s.id, s.customer_id, s.status, s.micros, s.currency, s.why, s.plan, s.seen_at`

func scanSubscription(s scanner) (x stanna.StripeSubscription, err error) {
	var seen int64
	err = s.Scan(&x.Workspace, &x.ID, &x.CustomerID, &x.Status, &x.Micros, &x.Currency, &x.Why, &x.Plan, &seen)
	x.SeenAt = fromMicros(seen)
	return x, err
}

// StripeSubscriptionsOf lists the subscriptions of all customers that are a
// client.
func (tx *Tx) StripeSubscriptionsOf(workspace, client string) ([]stanna.StripeSubscription, error) {
	return collect(tx, scanSubscription, `select `+subscriptionColumns+` from stripe_subscription s
		join stripe_customer c on c.workspace = s.workspace and c.id = s.customer_id where s.workspace = $1 and c.client_id = $2 order by s.id`, workspace, client)
}

// StripeSubscriptions lists the subscriptions of customers.
func (tx *Tx) StripeSubscriptions(workspace string, customers []string) ([]stanna.StripeSubscription, error) {
	list, args := inList(tx, 2, customers)
	return collect(tx, scanSubscription, `select `+subscriptionColumns+` from stripe_subscription s where s.workspace = $1 and s.customer_id in `+list+` order by s.id`,
		append([]any{workspace}, args...)...)
}

// StripeSubscription is the subscription of that id, if it was heard of.
func (tx *Tx) StripeSubscription(workspace, id string) (x stanna.StripeSubscription, ok bool, err error) {
	return one(tx, scanSubscription, `select `+subscriptionColumns+` from stripe_subscription s where s.workspace = $1 and s.id = $2`, workspace, id)
}

// PutStripeSubscriptions stores subscriptions.
func (tx *Tx) PutStripeSubscriptions(list ...stanna.StripeSubscription) error {
	args := make([]any, 0, 9*len(list))
	for _, x := range list {
		args = append(args, x.Workspace, x.ID, x.CustomerID, x.Status, x.Micros, x.Currency, x.Why, x.Plan, micros(x.SeenAt))
	}
	return tx.insert(`insert into stripe_subscription (workspace, id, customer_id, status, micros, currency, why, plan, seen_at)`,
		`on conflict (workspace, id) do update set customer_id = excluded.customer_id, status = excluded.status, micros = excluded.micros,
		currency = excluded.currency, why = excluded.why, plan = excluded.plan, seen_at = excluded.seen_at`, 9, args)
}

// NoteStripe writes down how the connection fares.
func (tx *Tx) NoteStripe(workspace string, health stanna.Health, repair string, now time.Time) error {
	_, err := tx.exec(`update stripe_account set health = $2, repair = $3, checked_at = $4 where workspace = $1`, workspace, health, repair, micros(now))
	return err
}
