package web

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gostanna/stanna"
)

func TestGapsOfClients(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	b.get("/integrations/sources/gaps").ok("No clients yet")
	h.client(stanna.Client{ID: "rich", Name: "Rich <b>", MRR: stanna.MoneyOf(9000, "USD"), CSMOwner: carl, Contacts: []stanna.Contact{{Email: "a@rich.example"}}})
	for i := range 30 {
		h.client(stanna.Client{ID: fmt.Sprintf("poor%02d", i), Name: fmt.Sprintf("Poor %02d", i), MRR: stanna.MoneyOf(float64(100-i), "USD")})
	}
	h.client(stanna.Client{ID: "out", Name: "Excluded", IsExcluded: true})
	p := b.get("/integrations/sources/gaps").ok("Health score", "31 <span", `id="gap-mrr"`, "none", "Connect Stripe, and match its customers", `href="/integrations/stripe"`, "lacks=csmOwner#lacking")
	p.without(`id="lacking"`, "lacks=mrr")
	list := b.get("/integrations/sources/gaps?lacks=health").ok(`id="lacking"`, "Rich &lt;b&gt;", "$9,000", "1–25 of 31 clients", `href="/clients/rich"`)
	list.without("Excluded", "<b>")
	if first, second := index(list.body, "Rich"), index(list.body, "Poor 00"); first > second {
		t.Error("what is worth less comes first")
	}
	b.get("/integrations/sources/gaps?lacks=health&page=2").ok("26–31 of 31 clients", "Poor 29").without("Rich")
	b.get("/integrations/sources/gaps?lacks=mrr").ok("None: it is known of every client")
	b.get("/integrations/sources/gaps?lacks=csmOwner").ok("Poor 00").without("Rich")

	mine := h.as(carl).get("/integrations/sources/gaps?lacks=health").ok("Of your own accounts", "Rich &lt;b&gt;", "of 1 clients")
	mine.without("Poor", `href="/integrations/keys"`)
	h.as(dora).get("/integrations/sources/gaps?lacks=domain").ok("Poor 00", "Rich")
	h.as(lea).get("/integrations/sources/gaps").is(http.StatusForbidden)
}

func TestIntegrationsInShort(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	b.get("/integrations").ok("so no payment alert exists", "Connect Stripe", "Ready for HubSpot", "when Slack itself is the trouble", "/api/signals")
	h.customer("cus_1", "Nobody", "", 900)
	h.charged()
	id := b.tool("Desk <b>")
	b.hook(h.receiver())
	b.get("/integrations").ok("Acme Billing", "1 customer not matched to any client", "Desk &lt;b&gt;", "/integrations/sources/"+id, "Paused", "Warehouse &lt;b&gt;", "Nothing sent yet")
	h.as(dora).get("/integrations").ok("Desk &lt;b&gt;", "1 customer not matched").without(`id="integration-webhooks"`, "Warehouse", "Connect Stripe")
	h.as(carl).get("/integrations").ok("Desk &lt;b&gt;").without("not matched", `id="integration-webhooks"`)
}
