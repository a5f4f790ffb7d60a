package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

// stripe start: a Stripe of our own, to which the servers that are started
// afterwards speak.
// stripe put KIND JSON: a customer, subscription, invoice, dispute or charge.
// stripe event [-id=ID] [-ago=DURATION] [-old] [-wrong] [-previous=JSON] TYPE JSON:
// sends an event that happened so long ago, and shows what was answered. It
// may be signed too long ago, or with another endpoint's secret.
// stripe fail STATUS...: the next calls are answered so.
// stripe calls: what it was asked, a line each.
// stripe revoke KEY: the key is worth nothing any more.
func cmdStripe(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if args[0] == "start" {
		s.stripe = stripetest.New()
		server := httptest.NewServer(s.stripe)
		s.env.Defer(server.Close)
		ts.Setenv("STANNA_STRIPE_URL", server.URL)
		ts.Setenv("STANNA_STRIPE_CONNECT_URL", server.URL)
		ts.Setenv("STRIPE_KEY", stripetest.Key)
		return
	}
	if s.stripe == nil {
		ts.Fatalf("stripe start comes first")
	}
	switch args[0] {
	case "put":
		if !json.Valid([]byte(args[2])) {
			ts.Fatalf("%s is no JSON", args[2])
		}
		s.stripe.Put(args[1], json.RawMessage(args[2]))
	case "event":
		sendEvent(ts, s.stripe, args[1:])
	case "fail":
		for _, a := range args[1:] {
			status, err := strconv.Atoi(a)
			ts.Check(err)
			s.stripe.Fail(status)
		}
	case "calls":
		fmt.Fprintln(ts.Stdout(), strings.Join(s.stripe.Calls(), "\n"))
	case "revoke":
		s.stripe.Revoke(args[1])
	default:
		ts.Fatalf("stripe knows no %s", args[0])
	}
}

func sendEvent(ts *testscript.TestScript, fake *stripetest.Fake, args []string) {
	now := time.Now()
	e, signed, wrong := stripetest.Event{Created: now}, now, false
	for ; strings.HasPrefix(args[0], "-"); args = args[1:] {
		name, value, _ := strings.Cut(args[0], "=")
		switch name {
		case "-id":
			e.ID = value
		case "-ago":
			ago, err := time.ParseDuration(value)
			ts.Check(err)
			e.Created = now.Add(-ago)
		case "-old":
			signed = now.Add(-6 * time.Minute)
		case "-wrong":
			wrong = true
		case "-test":
			e.Test = true
		case "-account":
			e.Account = value
		case "-previous":
			e.Previous = json.RawMessage(value)
		default:
			ts.Fatalf("stripe event knows no %s", name)
		}
	}
	e.Type, e.Object = args[0], json.RawMessage(args[1])
	if !json.Valid(e.Object) {
		ts.Fatalf("%s is no JSON", e.Object)
	}
	if len(fake.Endpoints()) == 0 {
		ts.Fatalf("no webhook endpoint was made at Stripe")
	}
	if wrong {
		body := fake.Body(e)
		status, text, err := stripetest.Post(fake.Endpoints()[0].URL, stripetest.Sign("whsec_of_another", signed, body), body)
		ts.Check(err)
		fmt.Fprintln(ts.Stdout(), status, text)
		return
	}
	statuses, bodies, err := fake.Send(e, signed)
	ts.Check(err)
	for i, status := range statuses {
		fmt.Fprintln(ts.Stdout(), status, bodies[i])
	}
}
