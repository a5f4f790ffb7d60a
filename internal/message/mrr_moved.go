package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// mrrMoved tells a movement of what an account pays each month.
func (c chapter) mrrMoved(t *telling, x stanna.Subscription) {
	fill := with{"was": c.money(x.Before), "is": c.money(x.MRR)}
	switch x.Movement {
	case stanna.MRRNew:
		t.change = c.phrase("MRR begins with {is}", fill)
	case stanna.MRRReactivation:
		t.change = c.phrase("MRR is back with {is}", fill)
	case stanna.MRRChurn:
		t.change = c.phrase("MRR fell from {was} to nothing", fill)
	case stanna.MRRContraction:
		t.change = c.phrase("MRR fell from {was} to {is}", fill)
	case stanna.MRRExpansion:
		t.change = c.phrase("MRR rose from {was} to {is}", fill)
	default:
		t.change = c.phrase("MRR moved from {was} to {is}", fill)
	}
	t.apart = false
	if x.Movement == stanna.MRRContraction || x.Movement == stanna.MRRExpansion {
		t.since = say(words("(" + c.signed(x.Change()) + ")"))
	}
	t.told, t.four = []string{mrrField}, []string{renewalField, healthField, engagementField, contactField}
	var plan, status phrase
	if name := outside(x.Plan, 80); name != nil {
		plan = c.phrase("Plan: {plan}", with{"plan": name})
	}
	if word := outside(strings.ReplaceAll(x.Status, "_", " "), 60); word != nil {
		status = c.phrase("Subscription: {status}", with{"status": word})
	}
	t.why = c.listed(plan, status)
	t.why.spare = true
	label := c.Text("Open subscription")
	if inStripe(x.URL) {
		label = c.Text("Open in Stripe")
	}
	t.links = oneLine(link(x.URL, label))
	if x.Movement == stanna.MRRChurn || x.Movement == stanna.MRRContraction {
		t.lead, t.steps = c.reaching("ask {contact} what is behind it", "find out what is behind it"), c.byCause()
		return
	}
	t.good = true
	t.lead = c.phrase("nothing is asked; good to know when you next speak")
}
