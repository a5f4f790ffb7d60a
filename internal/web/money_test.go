package web

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// A client's page shows all that is owed and the last movement of its MRR,
// and what a signal of either did.
func TestClientPageOfMoney(t *testing.T) {
	h := newHouse(t)
	h.rules()
	h.client(stanna.Client{ID: "globex", Name: "Globex", MRR: stanna.MoneyOf(500, "USD"), CSMOwner: carl})
	b := h.as(ana)
	b.get("/clients/globex").ok("no failure is open", "none known")
	at := time.Now().Add(-time.Hour)
	opened := h.signal("p1", "globex", stanna.PaymentFailedType, at, `{"amount":1200,"currency":"USD","attempt":3,"status":"past_due","invoice":"INV-1"}`)
	h.signal("p2", "globex", stanna.PaymentFailedType, at.Add(time.Minute), `{"amount":300,"currency":"USD","status":"disputed","invoice":"dp_2","respondBy":"2027-01-04T12:00:00Z"}`)
	h.signal("m1", "globex", stanna.SubscriptionChangedType, at, `{"movement":"contraction","previousMrr":500,"mrr":300,"currency":"USD","plan":"Gold <b>","url":"https://dashboard.stripe.com/subscriptions/sub_1"}`)
	h.signal("m2", "globex", stanna.SubscriptionChangedType, at.Add(-time.Minute), `{"movement":"new","mrr":500,"currency":"USD","url":"javascript:alert(1)"}`)
	b.get("/clients/globex").ok("$300 disputed", "answer by ", "dp_2", "$1,200 past due", "INV-1", "$1,500 in all", "Contraction: $500 → $300 · Gold &lt;b&gt;",
		`href="https://dashboard.stripe.com/subscriptions/sub_1"`, "New: $0 → $500").without("javascript:alert", "no failure is open")
	if len(opened.Alerts) != 1 {
		t.Fatalf("%+v", opened)
	}
	h.signal("r2", "globex", stanna.PaymentRecoveredType, at.Add(2*time.Minute), `{"invoice":"dp_2"}`)
	b.get("/clients/globex").ok("$1,200 past due", "Eased an alert").without("disputed, ", "in all")
	b.get("/alerts/"+opened.Alerts[0].ID).ok("$1,200 past due", "Got better in part", "INV-1").without("dp_2")
	h.signal("r1", "globex", stanna.PaymentRecoveredType, at.Add(3*time.Minute), `{}`)
	b.get("/clients/globex").ok("no failure is open", "All that was owed")
}
