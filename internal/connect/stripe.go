package connect

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// Stripe keeps the connections of workspaces to their Stripe accounts: by
// OAuth where this server has an app at Stripe, or by a restricted key. What
// is read there and what Stripe sends are not its business.
type Stripe struct{ StripeOptions }

// StripeOptions say how to build it.
type StripeOptions struct {
	Store      *store.Store
	HTTP       *http.Client
	URL        string        // https://api.stripe.com
	ConnectURL string        // https://connect.stripe.com
	ClientID   string        // of the app; "": only keys can be used
	Secret     stanna.Secret // the platform's secret key, for OAuth
	AppSigning stanna.Secret // of the app's webhook endpoint; "": each account has one of its own
	PublicURL  string
	Now        func() time.Time

	// AfterConnect is called once an account is connected: it begins the first
	// sync.
	AfterConnect func(ctx context.Context, workspace, actor string) error
}

// NewStripe builds it.
func NewStripe(o StripeOptions) *Stripe {
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	return &Stripe{o}
}

const stripeProvider = "stripe"

// The addresses that Stripe is told of.
const (
	StripeCallbackPath = "/api/integrations/stripe/callback"
	stripeWebhookPath  = "/api/integrations/stripe/webhook/"
)

// WebhookURL is where Stripe sends a workspace's events.
func (s *Stripe) WebhookURL(workspace string) string {
	return s.PublicURL + stripeWebhookPath + url.PathEscape(workspace)
}

// API is how the account of a connection is asked.
func (s *Stripe) API(a stanna.StripeAccount) stripe.API {
	return stripe.API{Base: s.URL, HTTP: s.HTTP, Key: a.Key}
}

func (s *Stripe) oauth() stripe.OAuth {
	return stripe.OAuth{Base: s.ConnectURL, HTTP: s.HTTP, ClientID: s.ClientID, Key: s.Secret}
}

// HasApp says whether this server has an app at Stripe, so that accounts can
// be connected without a key.
func (s *Stripe) HasApp() bool { return s.ClientID != "" && s.Secret != "" }

// Signing are the secrets that events of an account may be signed with: its
// own endpoint's, and the app's.
func (s *Stripe) Signing(a stanna.StripeAccount) []stanna.Secret {
	if s.AppSigning == "" {
		return a.Signing
	}
	return append([]stanna.Secret{s.AppSigning}, a.Signing...)
}

// Start begins a connection by OAuth: where to send the browser, and the value
// of a cookie that must come back with it.
func (s *Stripe) Start(ctx context.Context, workspace, actor, returnTo string) (authorizeURL, browserToken string, err error) {
	switch {
	case !s.HasApp():
		return "", "", ofStripe(NotConfigured, stanna.Conflict, "This server has no app at Stripe. Set STANNA_STRIPE_CLIENT_ID and STANNA_STRIPE_CLIENT_SECRET, "+
			"or connect by a restricted key, which needs neither.", nil)
	case !ownPage(returnTo):
		return "", "", stanna.InvalidField("returnTo", "must be a page of this server, such as /integrations/stripe")
	}
	state, browser := randomToken(), randomToken()
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Workspace(workspace); err != nil {
			return err
		}
		return tx.AddOAuthState(stanna.Secret(state), store.OAuthState{Workspace: workspace, Provider: stripeProvider, UserID: actor, Browser: digest(browser),
			ReturnTo: returnTo, ExpiresAt: s.Now().Add(stateLife)})
	})
	if err != nil {
		return "", "", err
	}
	return s.oauth().AuthorizeURL(state, s.PublicURL+StripeCallbackPath), browser, nil
}

// Callback is the way back from Stripe's consent page.
func (s *Stripe) Callback(ctx context.Context, query url.Values, browserCookie, actor string) (a stanna.StripeAccount, returnTo string, err error) {
	var o store.OAuthState
	known := false
	if state := query.Get("state"); state != "" {
		err := s.Store.Update(ctx, func(tx *store.Tx) (err error) {
			o, known, err = tx.TakeOAuthState(stanna.Secret(state), stripeProvider, s.Now())
			return err
		})
		if err != nil {
			return a, "", err
		}
	}
	const again = "Begin again with Connect on the page of Stripe; nothing was changed."
	switch {
	case query.Get("error") == "access_denied":
		return a, o.ReturnTo, ofStripe(Cancelled, stanna.Conflict, "Stripe was not connected: it was cancelled on Stripe's page. "+again, nil)
	case query.Has("error"):
		return a, o.ReturnTo, ofStripe(Denied, stanna.Conflict, "Stripe did not let the account be connected. "+again, nil)
	case !known:
		return a, "", ofStripe(StaleState, stanna.Invalid, "This way back from Stripe was used before, is older than ten minutes, or is not ours. "+again, nil)
	case subtle.ConstantTimeCompare([]byte(digest(browserCookie)), []byte(o.Browser)) != 1:
		return a, o.ReturnTo, ofStripe(OtherBrowser, stanna.Forbidden, "This was begun in another browser, or its cookie was lost. "+again, nil)
	case actor != o.UserID:
		return a, o.ReturnTo, ofStripe(OtherUser, stanna.Forbidden, "Somebody else began this. Sign in as them, or begin again yourself.", nil)
	case query.Get("code") == "":
		return a, o.ReturnTo, ofStripe(NoCode, stanna.Invalid, "Stripe sent neither a code nor an error. "+again, nil)
	}
	ctx = context.WithoutCancel(ctx) // the code is good once
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	grant, err := s.oauth().Exchange(call, query.Get("code"))
	if err != nil {
		return a, o.ReturnTo, ofStripe(ExchangeFailed, stanna.Conflict, "Stripe did not give access for the code. "+again, err)
	}
	a, err = s.install(ctx, stanna.StripeAccount{Workspace: o.Workspace, AccountID: grant.Account, Key: grant.AccessToken, OAuth: true, Scope: grant.Scope, Livemode: grant.Livemode}, actor)
	return a, o.ReturnTo, err
}

// ConnectKey connects by a key. The signing secret may be given with it, where
// the webhook endpoint was made by hand; without one an endpoint is made, if
// the key may.
func (s *Stripe) ConnectKey(ctx context.Context, workspace, actor string, key, signing stanna.Secret) (stanna.StripeAccount, error) {
	key = stanna.Secret(strings.TrimSpace(key.Reveal()))
	if err := stripe.CheckKey(key); err != nil {
		return stanna.StripeAccount{}, err
	}
	a := stanna.StripeAccount{Workspace: workspace, Key: key, Livemode: stripe.Livemode(key)}
	if signing = stanna.Secret(strings.TrimSpace(signing.Reveal())); signing != "" {
		if !strings.HasPrefix(signing.Reveal(), "whsec_") {
			return a, stanna.InvalidField("signingSecret", "must begin with whsec_; Stripe shows it on the page of the webhook endpoint, under Signing secret")
		}
		a.Signing = []stanna.Secret{signing}
	}
	return s.install(ctx, a, actor)
}

// install looks at the account, makes the webhook endpoint and stores the
// connection.
func (s *Stripe) install(ctx context.Context, a stanna.StripeAccount, actor string) (stanna.StripeAccount, error) {
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	seen, err := s.API(a).Owner(call)
	if err != nil {
		return a, stripeTrouble(err)
	}
	if a.AccountID != "" && a.AccountID != seen.ID {
		return a, ofStripe(ExchangeFailed, stanna.Conflict, "Stripe gave access to another account than the one that was chosen. Begin again.", nil)
	}
	now := s.Now()
	a.AccountID, a.Name, a.Health, a.Repair = seen.ID, seen.Name, stanna.Healthy, ""
	a.ConnectedAt, a.ConnectedBy, a.CheckedAt = now, actor, now
	before, had, err := s.of(ctx, a.Workspace)
	if err != nil {
		return a, err
	}
	if had && before.AccountID == a.AccountID { // connected anew: what is known of it goes on
		a.Sync, a.HeardAt = before.Sync, before.HeardAt
		if len(a.Signing) == 0 {
			a.Signing, a.EndpointID = before.Signing, before.EndpointID
		}
	}
	if len(a.Signing) == 0 && s.AppSigning == "" {
		id, secret, err := s.API(a).CreateEndpoint(call, s.WebhookURL(a.Workspace), stripe.EventTypes())
		switch {
		case err == nil:
			a.EndpointID, a.Signing = id, []stanna.Secret{secret}
		default: // Stripe wants https and the permission; the page says what to do by hand
			a.Repair = "Stripe did not let a webhook endpoint be made: " + err.Error() + ". Make one in Stripe (Developers, Webhooks) for " +
				s.WebhookURL(a.Workspace) + " and paste its signing secret here. Until then changes are found by the hourly sync."
		}
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		if had && before.AccountID != a.AccountID {
			if err := tx.RemoveStripe(a.Workspace); err != nil {
				return err
			}
		}
		if err := tx.PutStripe(a); err != nil {
			return err
		}
		return tx.Audit(entry(a.Workspace, now, actor, "stripe.connected", a.AccountID, map[string]string{"livemode": yes(a.Livemode), "oauth": yes(a.OAuth)}))
	})
	if err != nil {
		return a, err
	}
	return a, s.AfterConnect(ctx, a.Workspace, actor)
}

// SetSigning stores the signing secret of an endpoint that was made by hand.
// The one before is accepted as well, so that Stripe's own rotation, whose
// overlap is a day at most, loses nothing.
func (s *Stripe) SetSigning(ctx context.Context, workspace, actor string, signing stanna.Secret) error {
	if signing = stanna.Secret(strings.TrimSpace(signing.Reveal())); !strings.HasPrefix(signing.Reveal(), "whsec_") {
		return stanna.InvalidField("signingSecret", "must begin with whsec_; Stripe shows it on the page of the webhook endpoint, under Signing secret")
	}
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		a, ok, err := tx.LockStripe(workspace)
		if err != nil {
			return err
		}
		if !ok {
			return StripeNotConnected()
		}
		a.Signing, a.Repair = append([]stanna.Secret{signing}, a.Signing...), ""
		a.Signing = a.Signing[:min(len(a.Signing), 2)]
		if err := tx.PutStripe(a); err != nil {
			return err
		}
		return tx.Audit(entry(workspace, s.Now(), actor, "stripe.signing_set", a.AccountID, nil))
	})
}

// Disconnect ends the connection: our endpoint at Stripe is deleted, access by
// OAuth is given back, and what was read is forgotten but for what people
// said of customers. Clients keep their MRR and their alerts.
func (s *Stripe) Disconnect(ctx context.Context, workspace, actor string) (left string, err error) {
	ctx = context.WithoutCancel(ctx)
	a, ok, err := s.of(ctx, workspace)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", StripeNotConnected()
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if a.EndpointID != "" {
		if err := s.API(a).DeleteEndpoint(call, a.EndpointID); err != nil {
			left = "The webhook endpoint is left at Stripe: delete it there under Developers, Webhooks."
		}
	}
	if a.OAuth {
		if err := s.oauth().Deauthorize(call, a.AccountID); err != nil {
			left = strings.TrimSpace(left + " Access is left at Stripe: remove it there under Settings, Installed apps.")
		}
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.RemoveStripe(workspace); err != nil {
			return err
		}
		return tx.Audit(entry(workspace, s.Now(), actor, "stripe.disconnected", a.AccountID, nil))
	})
	return left, err
}

func (s *Stripe) of(ctx context.Context, workspace string) (a stanna.StripeAccount, ok bool, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) (err error) { a, ok, err = tx.Stripe(workspace); return err })
	return a, ok, err
}

// StripeNotConnected is the error of a connection that is needed.
func StripeNotConnected() error {
	return ofStripe(NotConnected, stanna.Conflict, "Stripe is not connected. An admin connects it on the Integrations page.", nil)
}

// stripeTrouble is Stripe's refusal of a key, for the person who gave it.
func stripeTrouble(err error) error {
	if stripe.OutcomeOf(err) == stripe.Retry {
		return ofStripe(NotNow, stanna.Unavailable, "Stripe cannot be asked at the moment; try again. "+err.Error(), err)
	}
	return ofStripe(BadToken, stanna.Conflict, "Stripe does not take this key. "+err.Error(), err)
}

// OfStripe says of a refusal that it is about Stripe and not about Slack.
const OfStripe Refusal = "it is about Stripe"

func ofStripe(r Refusal, code stanna.Code, message string, cause error) error {
	return refuse(r, code, message, errors.Join(OfStripe, cause))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
