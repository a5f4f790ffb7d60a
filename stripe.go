package stanna

import "time"

// StripeAccount is the workspace's connection to Stripe.
type StripeAccount struct {
	Workspace   string
	AccountID   string // acct_…
	Name        string
	Livemode    bool
	Key         Secret   // a restricted key, or the access token of OAuth
	OAuth       bool     // the key came by OAuth, and is given back so
	Scope       string   // read_only, read_write; "" of a key
	EndpointID  string   // Stripe's id of the webhook endpoint that we made; "": a person made it
	Signing     []Secret // secrets of the webhook endpoint; several while it is rotated
	ConnectedAt time.Time
	ConnectedBy string // actor
	CheckedAt   time.Time
	HeardAt     time.Time // of the newest event
	Health      Health
	Repair      string
	Sync        StripeSync
}

// StripeSync is how far reading what Stripe has has come.
type StripeSync struct {
	ID            string    `json:"id,omitempty"` // sync_…; "": never begun
	StartedAt     time.Time `json:"startedAt,omitzero"`
	FinishedAt    time.Time `json:"finishedAt,omitzero"` // zero: under way
	Stage         string    `json:"stage,omitempty"`     // customers, subscriptions, invoices, disputes; "" at the end
	Cursor        string    `json:"cursor,omitempty"`    // the last object that was taken
	Customers     int       `json:"customers"`
	Subscriptions int       `json:"subscriptions"`
	Invoices      int       `json:"invoices"`
	Disputes      int       `json:"disputes"`
	Pages         int       `json:"pages"`
	Signals       int       `json:"signals"`
	Trouble       string    `json:"trouble,omitempty"` // why it waits, while it does
	Done          time.Time `json:"done,omitzero"`     // of the last whole sync before
}

// Running says whether a sync is under way.
func (s StripeSync) Running() bool { return s.ID != "" && s.FinishedAt.IsZero() }

// StripeCustomer is a customer in Stripe, and which client it is.
type StripeCustomer struct {
	Workspace string
	ID        string // cus_…
	ClientID  string // "": not matched
	Match     StripeMatch
	Name      string
	Email     string
	Deleted   bool
	EverPaid  bool      // had MRR once: coming back is a reactivation
	SeenAt    time.Time // of the event or page that told it last
}

// StripeMatch is how a customer was matched to a client, or why it was not.
type StripeMatch string

// The matches, the surest first. What a person chose stays.
const (
	MatchedByHand     StripeMatch = "hand"
	MatchedByMetadata StripeMatch = "metadata" // the customer's metadata names the client: client_id or stanna_client_id
	MatchedByCustom   StripeMatch = "custom"   // a custom field of the client, stripe_customer_id, names the customer
	MatchedByID       StripeMatch = "id"       // the client's id is the customer's
	MatchedByEmail    StripeMatch = "email"    // the customer's e-mail is that of a contact
	MatchedByDomain   StripeMatch = "domain"   // the customer's e-mail is of the client's domain
	NotMatched        StripeMatch = ""
	LeftOut           StripeMatch = "left_out"  // a person said that it is no client
	Ambiguous         StripeMatch = "ambiguous" // two clients have a claim on it
)

// StripeSubscription is what a subscription is worth a month.
type StripeSubscription struct {
	Workspace  string
	ID         string // sub_…
	CustomerID string
	Status     string
	Micros     int64  // millionths of the currency's minor unit a month
	Currency   string //
	Why        string // why it is worth nothing
	Plan       string // for people
	SeenAt     time.Time
}

// SyncJob is the kind of job that reads a page of what Stripe has.
const SyncJob = "sync"
