package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

const (
	stripePage   = "/integrations/stripe" // the page of the connection
	stripeCookie = "stanna_stripe"        // binds the way back from Stripe to the browser that left
)

// stripeStart sends a browser to Stripe's consent page.
func (a *api) stripeStart(v *visit, r *http.Request) error {
	who, ok, err := a.personOrKey(r)
	if err != nil {
		return err
	}
	if !ok {
		return a.see(v, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	v.caller = who
	if err = who.Require(auth.Connect); err == nil {
		err = who.In(r.URL.Query().Get("workspaceId"))
	}
	consent, token := "", ""
	if err == nil {
		consent, token, err = a.Stripe.Start(r.Context(), who.Workspace, who.Actor(), stripePage)
	}
	if err != nil {
		return a.back(v, r, stripePage, err, "")
	}
	a.setCookie(v, stripeCookie, connect.StripeCallbackPath, token, stateLife)
	http.Redirect(v, r, consent, http.StatusSeeOther)
	return nil
}

// stripeCallback is where Stripe sends the browser back to.
func (a *api) stripeCallback(v *visit, r *http.Request) error {
	who, ok, err := a.personOrKey(r)
	if err != nil {
		return err
	}
	actor := ""
	if ok {
		v.caller, actor = who, who.Actor()
	}
	token := ""
	if cookie, err := r.Cookie(stripeCookie); err == nil {
		token = cookie.Value
	}
	account, to, err := a.Stripe.Callback(r.Context(), r.URL.Query(), token, actor)
	a.setCookie(v, stripeCookie, connect.StripeCallbackPath, "", -1)
	if to == "" {
		to = stripePage
	}
	return a.back(v, r, to, err, "Connected to the Stripe account "+account.Name+". It is being read.")
}

// setCookie sets or, with a negative life, removes a cookie that comes back
// from another's page.
func (a *api) setCookie(v *visit, name, path, value string, life int) {
	http.SetCookie(v, &http.Cookie{Name: name, Value: value, Path: a.prefix() + path, MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(strings.ToLower(a.PublicURL), "https://")})
}

// maxStripeEvent bounds an event; Stripe's own are far smaller.
const maxStripeEvent = 512 << 10

// stripeWebhook takes Stripe's events of a workspace.
func (a *api) stripeWebhook(v *visit, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(v, r.Body, maxStripeEvent))
	if err != nil {
		return brokenOff(err)
	}
	p, err := a.Sources.ReceiveStripe(r.Context(), r.PathValue("workspace"), r.Header, body)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if p.State == stanna.ParcelWaiting {
		status = http.StatusAccepted
	}
	writeJSON(v, status, viewParcel(p))
	return nil
}

func describeStripeStart(_ huma.Registry, op *huma.Operation) {
	op.Description = "For a browser: leads an admin who is signed in to Stripe's consent page. Needs an app of this server's at Stripe; a restricted key needs none."
	op.Parameters = []*huma.Param{{Name: "workspaceId", In: "query", Schema: &huma.Schema{Type: huma.TypeString}}}
	op.Responses["303"] = &huma.Response{Description: "To Stripe, to the sign-in page, or to " + stripePage + "?result=…"}
}

func describeStripeCallback(_ huma.Registry, op *huma.Operation) {
	op.Description = "For a browser that comes back from Stripe."
	for _, name := range []string{"code", "state", "error"} {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.Responses["303"] = &huma.Response{Description: "To our page, with result=connected, cancelled, denied, stale_state, other_browser, other_user, exchange_failed, ..."}
}

func describeStripeWebhook(registry huma.Registry, op *huma.Operation) {
	op.Parameters = []*huma.Param{{Name: "workspace", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "The workspace whose account it is"}}
	op.Description = "For Stripe only: signed with Stripe-Signature over the raw body, not older than five minutes; events of any API version. Repeats and events out of order are harmless. " +
		"200: opened, or kept until somebody matches the customer; 202: stored."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("application/json", &huma.Schema{Type: huma.TypeObject})}
	view := content("application/json", schemaOf[ParcelView](registry))
	op.Responses["200"] = &huma.Response{Description: "Taken", Content: view}
	op.Responses["202"] = &huma.Response{Description: "Stored", Content: view}
}

// stripeStatus is the connection in short; the documented fields first.
type stripeStatus struct {
	Connected     bool           `json:"connected"`
	Provider      string         `json:"provider"`
	WorkspaceID   string         `json:"workspaceId"`
	Email         *string        `json:"email"`
	ExpiresAt     *time.Time     `json:"expiresAt"`
	HasRefresh    bool           `json:"hasRefresh"`
	LastSyncAt    *time.Time     `json:"lastSyncAt" doc:"When everything was read from Stripe last"`
	Scope         string         `json:"scope"`
	AccountID     string         `json:"accountId,omitempty"`
	AccountName   string         `json:"accountName,omitempty"`
	Livemode      bool           `json:"livemode"`
	Health        stanna.Health  `json:"health,omitempty"`
	Repair        string         `json:"repair,omitempty"`
	WebhookURL    string         `json:"webhookUrl" doc:"Where Stripe is to send its events"`
	WebhookSigned bool           `json:"webhookSigned" doc:"A signing secret is known, so events can be taken"`
	LastEventAt   *time.Time     `json:"lastEventAt"`
	PaymentAlerts bool           `json:"paymentAlerts" doc:"Stripe is connected, so that failed payments are heard of. Without it only your own payment signals are"`
	Note          string         `json:"note" doc:"In a sentence"`
	Sync          stripeSyncView `json:"sync"`
	Customers     struct {
		Matched   int `json:"matched"`
		Unmatched int `json:"unmatched"`
		Ambiguous int `json:"ambiguous" doc:"Of those that are not matched: two clients have a claim on them"`
		LeftOut   int `json:"leftOut"`
	} `json:"customerMatching"`
}

type stripeSyncView struct {
	SyncID        string     `json:"syncId,omitempty"`
	Running       bool       `json:"running"`
	Stage         string     `json:"stage,omitempty" doc:"customers, subscriptions, invoices or disputes"`
	StartedAt     *time.Time `json:"startedAt"`
	FinishedAt    *time.Time `json:"finishedAt"`
	Pages         int        `json:"pages"`
	Customers     int        `json:"customers"`
	Subscriptions int        `json:"subscriptions"`
	Invoices      int        `json:"invoices"`
	Disputes      int        `json:"disputes"`
	Signals       int        `json:"signals"`
	Trouble       string     `json:"trouble,omitempty" doc:"Why it waits, while it does"`
}

func viewSync(s stanna.StripeSync) stripeSyncView {
	return stripeSyncView{s.ID, s.Running(), s.Stage, moment(s.StartedAt), moment(s.FinishedAt), s.Pages, s.Customers, s.Subscriptions, s.Invoices, s.Disputes, s.Signals, s.Trouble}
}

type stripeStatusOutput struct{ Body stripeStatus }

func (a *api) stripeStatus(ctx context.Context, who auth.Caller, _ *struct{}) (*stripeStatusOutput, error) {
	out := &stripeStatusOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = a.readStripe(tx, who.Workspace)
		return err
	})
}

func (a *api) readStripe(tx *store.Tx, workspace string) (s stripeStatus, err error) {
	s.Provider, s.WorkspaceID, s.WebhookURL = "stripe", workspace, a.Stripe.WebhookURL(workspace)
	account, ok, err := tx.Stripe(workspace)
	if err != nil || !ok {
		s.Note = "Stripe is not connected, so that failed payments and MRR are not heard of from there. Payment alerts come only of payment signals that you send yourself."
		return s, err
	}
	s.Connected, s.AccountID, s.AccountName, s.Livemode, s.Scope = true, account.AccountID, account.Name, account.Livemode, account.Scope
	s.LastSyncAt, s.LastEventAt, s.Health, s.Repair = moment(account.Sync.Done), moment(account.HeardAt), account.Health, account.Repair
	s.WebhookSigned, s.PaymentAlerts = len(a.Stripe.Signing(account)) > 0, account.Health == stanna.Healthy
	s.Sync = viewSync(account.Sync)
	s.Note = "Failed payments and MRR are taken from Stripe."
	if account.Repair != "" {
		s.Note = account.Repair
	}
	counts, err := tx.StripeCounts(workspace)
	for match, n := range counts {
		switch match {
		case stanna.NotMatched, stanna.Ambiguous:
			s.Customers.Unmatched += n
		case stanna.LeftOut:
			s.Customers.LeftOut += n
		default:
			s.Customers.Matched += n
		}
	}
	s.Customers.Ambiguous = counts[stanna.Ambiguous]
	return s, err
}

type connectStripeInput struct {
	Body struct {
		Key           stanna.Secret `json:"key,omitempty" doc:"A restricted key (rk_…) that may read customers, subscriptions, invoices, charges and disputes, and write webhook endpoints"`
		SigningSecret stanna.Secret `json:"signingSecret,omitempty" doc:"Of a webhook endpoint that you made yourself (whsec_…); alone, it is added to the connection that there is"`
	}
}

func (a *api) connectStripe(ctx context.Context, who auth.Caller, in *connectStripeInput) (*stripeStatusOutput, error) {
	var err error
	if in.Body.Key == "" && in.Body.SigningSecret != "" {
		err = a.Stripe.SetSigning(ctx, who.Workspace, who.Actor(), in.Body.SigningSecret)
	} else {
		_, err = a.Stripe.ConnectKey(ctx, who.Workspace, who.Actor(), in.Body.Key, in.Body.SigningSecret)
	}
	if err != nil {
		return nil, err
	}
	return a.stripeStatus(ctx, who, nil)
}

func (a *api) disconnectStripe(ctx context.Context, who auth.Caller, _ *struct{}) (*doneOutput, error) {
	left, err := a.Stripe.Disconnect(ctx, who.Workspace, who.Actor())
	if err != nil {
		return nil, err
	}
	return did(strings.TrimSpace("Stripe is disconnected. Clients keep the MRR that they have. " + left)), nil
}

type syncStripeOutput struct {
	Body struct {
		Success           bool      `json:"success"`
		Message           string    `json:"message"`
		SyncID            string    `json:"syncId"`
		StartedAt         time.Time `json:"startedAt"`
		EstimatedDuration float64   `json:"estimatedDuration" doc:"Seconds, by what was read the last time; 0: not known"`
	}
}

// syncStripe reads everything that Stripe has.
func (a *api) syncStripe(ctx context.Context, who auth.Caller, _ *struct {
	Body struct {
		WorkspaceID string `json:"workspaceId,omitempty"`
	} `required:"false"`
}) (*syncStripeOutput, error) {
	s, err := a.Sources.Sync(ctx, who.Workspace, who.Actor())
	if err != nil {
		return nil, err
	}
	out := &syncStripeOutput{}
	out.Body.Success, out.Body.Message, out.Body.SyncID, out.Body.StartedAt = true, "Stripe is being read; its status says how far it has come", s.ID, s.StartedAt.UTC()
	return out, nil
}

type stripeCustomersInput struct {
	State  string `query:"state" enum:"matched,unmatched,left_out" default:"unmatched"`
	Search string `query:"search" maxLength:"200" doc:"Part of a name, an e-mail or an id"`
	After  string `query:"after" doc:"The id of the last one seen"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type stripeCustomersOutput struct {
	Body struct {
		Customers []stripeCustomerView `json:"customers"`
		Next      string               `json:"next,omitempty" doc:"Give it as after for the next page"`
	}
}

type stripeCustomerView struct {
	ID       string             `json:"id"`
	Name     string             `json:"name"`
	Email    string             `json:"email"`
	ClientID *string            `json:"clientId"`
	Match    stanna.StripeMatch `json:"match" doc:"How it was matched: hand, metadata, custom, id, email, domain; left_out, ambiguous, or empty"`
	MRR      []amountView       `json:"mrr" doc:"What its subscriptions are worth a month, by currency"`
}

type amountView struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

func (a *api) stripeCustomers(ctx context.Context, who auth.Caller, in *stripeCustomersInput) (*stripeCustomersOutput, error) {
	out := &stripeCustomersOutput{}
	list, err := a.Sources.Customers(ctx, who.Workspace, store.StripeCustomerQuery{Matched: in.State == "matched", LeftOut: in.State == "left_out", Search: in.Search, After: in.After, Limit: in.Limit})
	out.Body.Customers = each(list, viewCustomer)
	if len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].ID
	}
	return out, err
}

func viewCustomer(c source.Customer) stripeCustomerView {
	view := stripeCustomerView{c.ID, c.Name, c.Email, known(c.ClientID), c.Match, []amountView{}}
	for _, m := range c.MRR {
		view.MRR = append(view.MRR, amountView{m.Amount(), m.Currency})
	}
	return view
}

type matchCustomerInput struct {
	Customer string `path:"customer" maxLength:"200" doc:"Stripe's id of the customer"`
	Body     struct {
		ClientID string `json:"clientId,omitempty" doc:"The client that it is"`
		Create   bool   `json:"create,omitempty" doc:"Make a client of it"`
		LeaveOut bool   `json:"leaveOut,omitempty" doc:"It is no client"`
		Undo     bool   `json:"undo,omitempty" doc:"Match it as if nobody had said anything"`
	}
}

type matchCustomerOutput struct{ Body stripeCustomerView }

// matchCustomer keeps what a person says of a customer that could not be
// matched, or was wrongly.
func (a *api) matchCustomer(ctx context.Context, who auth.Caller, in *matchCustomerInput) (*matchCustomerOutput, error) {
	c, err := a.Sources.Match(ctx, who.Workspace, who.Actor(), in.Customer,
		source.Choice{ClientID: in.Body.ClientID, Create: in.Body.Create, LeaveOut: in.Body.LeaveOut, Undo: in.Body.Undo})
	return &matchCustomerOutput{viewCustomer(source.Customer{StripeCustomer: c})}, err
}
