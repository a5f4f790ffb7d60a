// Package stripetest is a Stripe of our own, for tests, stories and
// benchmarks: accounts, the lists that are read from Stripe, OAuth, webhook
// endpoints, and events that are signed and sent to them as Stripe does. It
// keeps what it is given and invents nothing: objects are whatever JSON they
// were put in as.
//
// It deliberately knows nothing of Stanna, so that it cannot agree with its
// mistakes. stripe-mock, Stripe's own, knows more about Stripe's forms and
// remembers nothing.
package stripetest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Key is the key that the fake takes; OAuth gives another one.
const (
	Key      = "rk_live_fake"
	ClientID = "ca_fake"
	Secret   = "sk_live_platform"
	granted  = "sk_live_granted"
)

// Fake is a Stripe with one account.
type Fake struct {
	Account string // acct_fake by default

	mu        sync.Mutex
	lists     map[string][]json.RawMessage // by kind, newest first
	endpoints map[string]Endpoint
	keys      map[string]bool
	calls     []string
	failures  []int
	slow      time.Duration
	made      int
	mux       *http.ServeMux
}

// Endpoint is where events are sent.
type Endpoint struct {
	ID, URL, Secret string
	Events          []string
}

// New makes a fake without customers.
func New() *Fake {
	f := &Fake{Account: "acct_fake", lists: map[string][]json.RawMessage{}, endpoints: map[string]Endpoint{}, keys: map[string]bool{Key: true, Secret: true}, mux: http.NewServeMux()}
	for _, kind := range []string{"customers", "subscriptions", "invoices", "disputes", "charges"} {
		f.mux.HandleFunc("GET /v1/"+kind, func(w http.ResponseWriter, r *http.Request) { f.list(w, r, kind) })
		f.mux.HandleFunc("GET /v1/"+kind+"/{id}", func(w http.ResponseWriter, r *http.Request) { f.get(w, kind, r.PathValue("id")) })
	}
	f.mux.HandleFunc("GET /v1/account", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"id": f.Account, "object": "account", "settings": map[string]any{"dashboard": map[string]any{"display_name": "Acme Billing"}},
			"business_profile": map[string]any{"name": "Acme Billing"}})
	})
	f.mux.HandleFunc("POST /v1/webhook_endpoints", f.addEndpoint)
	f.mux.HandleFunc("DELETE /v1/webhook_endpoints/{id}", f.deleteEndpoint)
	f.mux.HandleFunc("GET /oauth/authorize", f.consent)
	f.mux.HandleFunc("POST /oauth/token", f.token)
	f.mux.HandleFunc("POST /oauth/deauthorize", f.deauthorize)
	return f
}

// ServeHTTP answers as Stripe's API, and its consent page, do.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.calls = append(f.calls, r.Method+" "+r.URL.RequestURI())
	slow, status := f.slow, 0
	if len(f.failures) > 0 {
		status, f.failures = f.failures[0], f.failures[1:]
	}
	key, _, _ := r.BasicAuth()
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		key = bearer
	}
	known := f.keys[key] || strings.HasPrefix(r.URL.Path, "/oauth/")
	f.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
		refuse(w, status, "rate_limit", "Too many requests")
	case status != 0:
		refuse(w, status, "api_error", "An error of the fake")
	case !known:
		refuse(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
	default:
		f.mux.ServeHTTP(w, r)
	}
}

// Put adds an object to a list (customers, subscriptions, invoices, disputes,
// charges), or replaces the one that has its id.
func (f *Fake) Put(kind string, object json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.lists[kind]
	if i := slices.IndexFunc(list, func(x json.RawMessage) bool { return field(x, "id") == field(object, "id") }); i >= 0 {
		list[i] = object
		return
	}
	f.lists[kind] = append([]json.RawMessage{object}, list...)
}

// Fail answers the next calls with these statuses.
func (f *Fake) Fail(statuses ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, statuses...)
}

// Slow makes every call take so long.
func (f *Fake) Slow(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slow = d
}

// Revoke makes a key worth nothing.
func (f *Fake) Revoke(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.keys, key)
}

// Calls are the calls so far: method and path.
func (f *Fake) Calls() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Endpoints are the webhook endpoints, the oldest first.
func (f *Fake) Endpoints() (list []Endpoint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.endpoints {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Endpoint) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Event is one event to be sent.
type Event struct {
	ID       string // evt_… of its own without one
	Type     string
	Created  time.Time
	Account  string // "": not a Connect event
	Test     bool   // of test mode
	Object   json.RawMessage
	Previous json.RawMessage
}

// Body is the event as Stripe writes it.
func (f *Fake) Body(e Event) []byte {
	if e.ID == "" {
		f.mu.Lock()
		f.made++
		e.ID = fmt.Sprintf("evt_fake_%d_%d", e.Created.Unix(), f.made)
		f.mu.Unlock()
	}
	data := map[string]any{"object": e.Object}
	if len(e.Previous) > 0 {
		data["previous_attributes"] = e.Previous
	}
	event := map[string]any{"id": e.ID, "object": "event", "type": e.Type, "created": e.Created.Unix(), "livemode": !e.Test, "api_version": "2020-08-27",
		"pending_webhooks": 1, "request": nil, "data": data}
	if e.Account != "" {
		event["account"] = e.Account
	}
	body, err := json.Marshal(event)
	if err != nil {
		panic(err) // the object is no JSON
	}
	return body
}

// Sign is the Stripe-Signature header of a body
// (https://docs.stripe.com/webhooks/signature).
func Sign(secret string, at time.Time, body []byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Send sends an event to every endpoint, signed at a time, and gives what
// each answered.
func (f *Fake) Send(e Event, signedAt time.Time) (statuses []int, bodies []string, err error) {
	body := f.Body(e)
	for _, to := range f.Endpoints() {
		status, text, err := Post(to.URL, Sign(to.Secret, signedAt, body), body)
		if err != nil {
			return statuses, bodies, err
		}
		statuses, bodies = append(statuses, status), append(bodies, text)
	}
	return statuses, bodies, nil
}

// Post posts a body with a signature.
func Post(address, signature string, body []byte) (status int, text string, err error) {
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Stripe-Signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(got), err
}

// list gives a page: limit, starting_after, and status or customer as
// filters.
func (f *Fake) list(w http.ResponseWriter, r *http.Request, kind string) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	if limit <= 0 || limit > 100 {
		limit = 10
	}
	f.mu.Lock()
	var found []json.RawMessage
	for _, x := range f.lists[kind] {
		status := q.Get("status")
		if status != "" && status != "all" && status != field(x, "status") || q.Get("customer") != "" && q.Get("customer") != field(x, "customer") {
			continue
		}
		found = append(found, x)
	}
	f.mu.Unlock()
	if after := q.Get("starting_after"); after != "" {
		i := slices.IndexFunc(found, func(x json.RawMessage) bool { return field(x, "id") == after })
		if i < 0 {
			refuse(w, http.StatusBadRequest, "invalid_request_error", "No such object: "+after)
			return
		}
		found = found[i+1:]
	}
	more := len(found) > limit
	if more {
		found = found[:limit]
	}
	if found == nil {
		found = []json.RawMessage{}
	}
	answer(w, map[string]any{"object": "list", "url": "/v1/" + kind, "has_more": more, "data": found})
}

func (f *Fake) get(w http.ResponseWriter, kind, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.lists[kind] {
		if field(x, "id") == id {
			answer(w, x)
			return
		}
	}
	refuse(w, http.StatusNotFound, "invalid_request_error", "No such object: "+id)
}

func (f *Fake) addEndpoint(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Form.Get("url") == "" {
		refuse(w, http.StatusBadRequest, "invalid_request_error", "Missing required param: url.")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	e := Endpoint{ID: fmt.Sprintf("we_fake_%d", f.made), URL: r.Form.Get("url"), Secret: fmt.Sprintf("whsec_fake_%d", f.made)}
	for key, values := range r.Form {
		if strings.HasPrefix(key, "enabled_events") {
			e.Events = append(e.Events, values...)
		}
	}
	f.endpoints[e.ID] = e
	answer(w, map[string]any{"id": e.ID, "object": "webhook_endpoint", "url": e.URL, "secret": e.Secret, "status": "enabled", "enabled_events": e.Events})
}

func (f *Fake) deleteEndpoint(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.endpoints, r.PathValue("id"))
	answer(w, map[string]any{"id": r.PathValue("id"), "object": "webhook_endpoint", "deleted": true})
}

// consent is Stripe's page, pressed at once.
func (f *Fake) consent(w http.ResponseWriter, r *http.Request) {
	back, err := url.Parse(r.URL.Query().Get("redirect_uri"))
	if err != nil || r.URL.Query().Get("client_id") != ClientID {
		refuse(w, http.StatusBadRequest, "invalid_request_error", "No application matches the supplied client identifier")
		return
	}
	back.RawQuery = url.Values{"code": {"ac_fake"}, "state": {r.URL.Query().Get("state")}, "scope": {"read_only"}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (f *Fake) token(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("code") != "ac_fake" {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"error": "invalid_grant", "error_description": "Authorization code does not exist"})
		return
	}
	f.mu.Lock()
	f.keys[granted] = true
	f.mu.Unlock()
	answer(w, map[string]any{"access_token": granted, "refresh_token": "rt_fake", "token_type": "bearer", "scope": "read_only", "livemode": true,
		"stripe_user_id": f.Account, "stripe_publishable_key": "pk_live_fake"})
}

func (f *Fake) deauthorize(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	delete(f.keys, granted)
	f.mu.Unlock()
	answer(w, map[string]any{"stripe_user_id": r.FormValue("stripe_user_id")})
}

func field(object json.RawMessage, name string) string {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(object, &fields) // what is no object has no fields
	var text string
	_ = json.Unmarshal(fields[name], &text)
	return text
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"type": kind, "message": message}})
}
