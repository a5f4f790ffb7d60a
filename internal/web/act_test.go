package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func (h *house) alert(id string) (a stanna.Alert) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { a, err = tx.Alert(acme, id); return err })
	return a
}

// TestLinksAsk holds that a link alone changes nothing: scanners follow links.
func TestLinksAsk(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	mine, _ := h.book()
	for act, texts := range map[string][]string{"take": {"Are you on it?", "I'm on it"}, "assign": {"Whose is it?", carl, dora}, "snooze": {"Put it off?", "Tomorrow morning"}, "resolve": {"Close it?", "Not useful"}} {
		b.get(alertPath(mine) + "/" + act).ok(append(texts, "Carls Globex", `method="post"`)...)
	}
	if a := h.alert(mine); a.Status != stanna.AlertOpen || a.AssignedTo != "" {
		t.Errorf("a link changed the alert: %+v", a.Life)
	}
	b.get(alertPath(mine) + "/whatever").is(http.StatusNotFound)
	b.post(alertPath(mine)+"/whatever", nil).ok("no page at this address")
}

func TestTheLifeOfAnAlert(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	mine, other := h.book()
	path := alertPath(mine)
	b.get(path).ok("Nobody has taken it up yet", `id="take"`)
	b.post(path+"/take", nil).ok("You are on it", ana+" is on it since", "Taken up").without(`id="take"`)
	h.as(dora).get(path).ok(ana+" is on it since", `id="take"`)

	b.post(path+"/assign", url.Values{"to": {"nobody@elsewhere.example"}}).is(http.StatusBadRequest, "Nobody of this workspace has that e-mail address")
	b.post(path+"/assign", url.Values{"to": {carl}}).ok("Given to "+carl, "Nobody has taken it up yet")
	b.get("/alerts").ok("given to " + carl)

	b.post(path+"/snooze", url.Values{"until": {"date"}}).is(http.StatusBadRequest, "Choose a date")
	b.post(path+"/snooze", url.Values{"until": {"date"}, "date": {time.Now().AddDate(0, 0, 200).Format(time.DateOnly)}}).is(http.StatusBadRequest, "within 90 days")
	b.post(path+"/snooze", url.Values{"until": {"tomorrow"}}).ok("It is put off until", "Snoozed by "+ana+" until", "told again then")
	if a := h.alert(mine); a.Status != stanna.AlertSnoozed || time.Until(a.SnoozedUntil) > 48*time.Hour {
		t.Errorf("snoozed until %s", a.SnoozedUntil)
	}
	b.get("/alerts?status=snoozed").ok("Carls Globex").without("Doras Initech")
	b.get("/alerts?status=untaken").ok("Doras Initech").without("Carls Globex")

	b.post(path+"/resolve", url.Values{"note": {"we <b>talked</b>"}}).is(http.StatusBadRequest, "Choose what became of it", "we &lt;b&gt;talked")
	b.post(path+"/resolve", url.Values{"outcome": {"saved"}, "note": {"we <b>talked</b>"}}).ok("Closed by "+ana+" as saved", "we &lt;b&gt;talked", "Saved").without(`id="acts"`)
	b.post(path+"/take", nil).ok("This alert is closed already")
	b.get(path + "/take").ok("It is closed already").without(`id="take"`)

	// A csm acts on their own accounts, leadership on none.
	c := h.as(carl)
	c.post(alertPath(other)+"/take", nil).is(http.StatusNotFound).without("Initech")
	c.get(alertPath(other) + "/take").is(http.StatusNotFound).without("Initech")
	l := h.as(lea)
	l.get(alertPath(other)).ok("Nobody has taken it up yet").without(`id="acts"`)
	l.post(alertPath(other)+"/resolve", url.Values{"outcome": {"lost"}}).is(http.StatusForbidden)
	if a := h.alert(other); a.Status != stanna.AlertOpen {
		t.Error("somebody acted on what is not theirs")
	}
}

func TestJoinedAndEscalatedAreSaid(t *testing.T) {
	h := newHouse(t)
	ids := h.everyType()
	h.update(func(tx *store.Tx) error {
		joined, err := tx.Alert(acme, ids[stanna.PaymentIssue])
		if err != nil {
			return err
		}
		joined.JoinedTo = ids[stanna.ChurnRisk]
		late, err := tx.Alert(acme, ids[stanna.HealthDrop])
		if err != nil {
			return err
		}
		late.Escalated = 1
		r, err := tx.Rule(acme, "rule_health_drop")
		if err != nil {
			return err
		}
		r.Escalation = []stanna.EscalationStep{{After: 120, To: []stanna.Destination{stanna.ToPerson(dora)}}}
		if err := tx.PutRule(r, stanna.ActorSystem, time.Now()); err != nil {
			return err
		}
		return tx.PutAlerts([]stanna.Alert{joined, late})
	})
	b := h.as(ana)
	b.get(alertPath(ids[stanna.PaymentIssue])).ok("Told beside another alert of this client: Churn risk 55 % → 78 %", alertPath(ids[stanna.ChurnRisk]))
	b.get(alertPath(ids[stanna.HealthDrop])).ok("Nobody took it up within 2 hours of working time")
	b.post(alertPath(ids[stanna.RevenueAtRisk])+"/resolve", url.Values{"outcome": {"known"}}).ok("Closed by "+ana+" as already known", "The whole portfolio")
}
