package web

import (
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// stripePath is the page of the connection to Stripe.
const stripePath = "/integrations/stripe"

// stripeView is the connection to Stripe, and all that can be done about it.
type stripeView struct {
	Connected, Manages bool
	Admins             []string
	Result             *resultView
	Mark               mark
	Name, AccountID    string
	Test               bool // of test mode
	Repair, Warning    string
	OAuth              bool
	ConnectedAt        stamp
	Checked, Heard     stamp
	HasApp             bool
	Reads              []scopeRow
	MakeKey            string // where such a key is made
	Hook               hookView
	Sync               syncView
	Counts             *customerCounts // nil for who sees their own accounts only
	Events             []parcelRow
	Failed             int
	Back               string
	Trail              []deedRow
	Wrong              wrongs
}

// hookView is how Stripe's events come to us.
type hookView struct {
	Address string
	Mark    mark
	Signed  bool
	Made    bool // by us
	ByApp   bool // through the app of this server
}

// customerCounts are how many customers were matched to clients.
type customerCounts struct{ Matched, Unmatched, Ambiguous, LeftOut int }

// syncView is how far reading what Stripe has has come.
type syncView struct {
	Begun, Running            bool
	Stages                    []stageRow
	Started, Finished, Before stamp
	Pages, Signals            string
	Trouble                   string
	Manages, Signed           bool // Signed: events come by themselves
}

type stageRow struct {
	Mark         mark
	Label, Count string
}

// shownEvents is how many events of Stripe's the page shows.
const shownEvents = 8

// stripeReads is what a restricted key must be allowed, as Stripe's page of
// the key calls it, and what for.
var stripeReads = []scopeRow{{"Customers: read", "whom a payment is of"}, {"Subscriptions: read", "MRR, and how it moves"}, {"Invoices: read", "what failed, and is owed"},
	{"Charges: read", "why a card was declined"}, {"PaymentIntents: read", "whether the customer has to do something"}, {"Disputes: read", "payments that are taken back"},
	{"Coupons: read", "discounts, which make MRR smaller"}, {"Webhook Endpoints: write", "be told of changes at once; without it you make the endpoint by hand"}}

// makeKey is Stripe's page on which a restricted key is made, with these
// permissions chosen already.
func makeStripeKey() string {
	q := url.Values{"name": {"Stanna"}}
	for _, p := range []string{"customer_read", "subscription_read", "invoice_read", "charge_read", "payment_intent_read", "dispute_read", "coupon_read", "webhook_write"} {
		q.Add("permissions[]", "rak_"+p)
	}
	return "https://dashboard.stripe.com/apikeys/create?" + q.Encode()
}

func (s *site) stripePage(v *visit) (answer, error) { return s.stripeAnswer(v, nil) }

func (s *site) stripeAnswer(v *visit, w wrongs) (answer, error) {
	view := stripeView{Manages: v.caller.May(auth.Connect), HasApp: s.stripe.HasApp(), Reads: stripeReads, MakeKey: makeStripeKey(), Wrong: w, Back: stripePath}
	if sessions := s.auth.Sessions(); !sessions.Exists(v.ctx, flashGood) && !sessions.Exists(v.ctx, flashBad) {
		view.Result = stripeResultOf(v.asked("result"))
	}
	if !view.Manages {
		view.Admins = s.admins(v)
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		a, ok, err := tx.Stripe(v.workspace())
		if err != nil {
			return err
		}
		view.Mark = stripeMark(a, ok)
		if !ok {
			return nil
		}
		s.describeStripe(v, &view, a)
		if !v.caller.OwnAccountsOnly() {
			if view.Counts, err = customerCountsOf(tx, v.workspace()); err != nil {
				return err
			}
		}
		if !view.Manages {
			return nil
		}
		if view.Trail, err = v.trailOf(tx, a.AccountID, a.Sync.ID); err != nil {
			return err
		}
		return v.stripeEvents(tx, &view)
	})
	a := answer{title: "Stripe", body: stripeBody(view), script: view.Sync.Running}
	if a.script {
		allowScript(v)
	}
	if len(w) > 0 {
		a.status = 400
	}
	return a, err
}

// stripeMark is how the connection is, in a word.
func stripeMark(a stanna.StripeAccount, connected bool) mark {
	switch {
	case !connected:
		return mark{"waiting", "circle", "Not connected"}
	case a.Health == stanna.Broken:
		return mark{"dead", "warning", "Needs you"}
	case a.Repair != "":
		return mark{"warning", "warning", "Look at this"}
	}
	return mark{"delivered", "check", "Connected"}
}

func (s *site) describeStripe(v *visit, view *stripeView, a stanna.StripeAccount) {
	view.Connected, view.Name, view.AccountID, view.Test, view.Repair, view.OAuth = true, a.Name, a.AccountID, !a.Livemode, a.Repair, a.OAuth
	view.ConnectedAt, view.Checked, view.Heard = stampOf(v.road, a.ConnectedAt), stampOf(v.road, a.CheckedAt), stampOf(v.road, a.HeardAt)
	if !a.OAuth {
		view.Warning = stripe.KeyWarning(a.Key)
	}
	h := hookView{Address: s.stripe.WebhookURL(v.workspace()), Signed: len(s.stripe.Signing(a)) > 0, Made: a.EndpointID != "", Mark: mark{"delivered", "check", "Made by Stanna"}}
	h.ByApp = h.Signed && !h.Made && len(a.Signing) == 0
	switch {
	case !h.Signed:
		h.Mark = mark{"warning", "warning", "To be made by hand"}
	case h.ByApp:
		h.Mark = mark{"delivered", "check", "Through this server's app"}
	case !h.Made:
		h.Mark = mark{"delivered", "check", "Made by hand"}
	}
	view.Hook = h
	view.Sync = syncOf(v, a.Sync)
	view.Sync.Signed = h.Signed
}

// syncOf says how far a sync has come.
func syncOf(v *visit, x stanna.StripeSync) syncView {
	view := syncView{Begun: x.ID != "", Running: x.Running(), Started: stampOf(v.road, x.StartedAt), Finished: stampOf(v.road, x.FinishedAt),
		Pages: v.local.Count(x.Pages, "page"), Signals: v.local.Count(x.Signals, "signal"), Trouble: x.Trouble, Manages: v.caller.May(auth.Connect)}
	if view.Running {
		view.Before = stampOf(v.road, x.Done)
	}
	done := true // the stages before the one under way
	for _, stage := range []struct {
		name, label string
		n           int
	}{{"customers", "Customers", x.Customers}, {"subscriptions", "Subscriptions", x.Subscriptions}, {"invoices", "Open invoices", x.Invoices}, {"disputes", "Disputes", x.Disputes}} {
		row := stageRow{Label: stage.label, Count: v.local.Number(float64(stage.n)), Mark: mark{"delivered", "check", "Read"}}
		if here := view.Running && x.Stage == stage.name; here {
			row.Mark, done = mark{"taken", "clock", "Reading"}, false
			if x.Trouble != "" {
				row.Mark = mark{"warning", "clock", "Waiting"}
			}
		} else if view.Running && !done {
			row.Mark, row.Count = mark{"waiting", "circle", "To come"}, ""
		}
		view.Stages = append(view.Stages, row)
	}
	return view
}

func customerCountsOf(tx *store.Tx, workspace string) (*customerCounts, error) {
	counts, err := tx.StripeCounts(workspace)
	c := &customerCounts{Ambiguous: counts[stanna.Ambiguous], LeftOut: counts[stanna.LeftOut], Unmatched: counts[stanna.NotMatched] + counts[stanna.Ambiguous]}
	for match, n := range counts {
		if match != stanna.NotMatched && match != stanna.Ambiguous && match != stanna.LeftOut {
			c.Matched += n
		}
	}
	return c, err
}

// stripeEvents are the last events, and how many of a day failed.
func (v *visit) stripeEvents(tx *store.Tx, view *stripeView) error {
	list, err := tx.Parcels(v.workspace(), store.ParcelQuery{Source: stanna.StripeSource, Limit: shownEvents})
	if err != nil {
		return err
	}
	if view.Events, err = v.parcelRows(tx, list); err != nil {
		return err
	}
	tallies, err := tx.ParcelTallies(v.workspace(), v.road.Now.AddDate(0, 0, -1))
	view.Failed = tallies[stanna.StripeSource].Failed
	return err
}

// stripeSync is the part of the page that says how far the sync has come: it
// asks for itself again while it runs.
func (s *site) stripeSync(v *visit) (answer, error) {
	var a stanna.StripeAccount
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(v.workspace()); return err })
	if err != nil {
		return answer{}, err
	}
	if v.r.Header.Get("HX-Request") == "" {
		return answer{to: stripePath + "#sync"}, nil
	}
	view := syncOf(v, a.Sync)
	if !view.Running { // the rest of the page has changed too
		v.w.Header().Set("HX-Refresh", "true")
	}
	return answer{fragment: syncCard(view)}, nil
}

// stripeEventsPage lists what Stripe sent.
func (s *site) stripeEventsPage(v *visit) (answer, error) {
	var p parcelList
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) {
		p, err = v.listParcels(tx, stanna.StripeSource, bodiesPath(stanna.StripeSource))
		return err
	})
	return answer{title: "Events of Stripe", body: stripeEventsBody(p)}, err
}

// stripeResultOf says what came of connecting, by the word that the way back
// from Stripe carries.
func stripeResultOf(word string) *resultView {
	switch word {
	case "":
		return nil
	case "connected":
		return &resultView{true, "Stripe is connected, and is being read."}
	}
	known := map[string]string{
		"cancelled":       "Nothing was connected: it was cancelled on Stripe's page.",
		"not_configured":  "This server has no app at Stripe. Connect by a restricted key, which needs none.",
		"denied":          "Stripe did not let the account be connected. Somebody who administers the Stripe account may have to do it.",
		"stale_state":     "This way back from Stripe was used before, or is older than ten minutes. Connect again.",
		"other_browser":   "This was begun in another browser, or its cookie was lost. Connect again.",
		"other_user":      "Somebody else began this. Connect yourself.",
		"exchange_failed": "Stripe did not finish connecting. Connect again.",
	}
	if text, ok := known[word]; ok {
		return &resultView{false, text}
	}
	return &resultView{false, "Stripe was not connected. Connect again."}
}
