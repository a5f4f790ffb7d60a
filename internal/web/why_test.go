package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestWhyDidWeHearNothing(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	mine, other := h.book()
	h.client(stanna.Client{ID: "quiet", Name: "Quiet Co", CSMOwner: carl})
	b.get("/clients/quiet").ok(`href="/clients/quiet/why"`)
	b.get("/clients/quiet/why").ok("Why did we hear nothing?", "Quiet Co", "Health drop").without(`id="verdict"`)
	b.get("/clients/quiet/why?rule=rule_health_drop").ok(`id="verdict"`, "Is the client watched?", "Stopped here")
	b.get("/clients/mine/why?rule=rule_health_drop").ok(`id="verdict"`, "Is it what the rule watches for?", "Where it was told", "#customer-health", "Delivered", "Where such an alert goes now", alertPath(mine)).without("C0HEALTH01", "TemplFailed")
	before := time.Now().AddDate(0, 0, -20).Format(localTime)
	b.get("/clients/mine/why?rule=rule_health_drop&at="+before).ok(`id="verdict"`, `value="`+before+`"`)
	b.get("/clients/mine/why?rule=rule_health_drop&at=yesterday").ok("Is no date and time").without(`id="verdict"`)
	b.get("/clients/mine/why?rule=gone").ok("There is no such rule any more")
	b.get("/alerts/"+mine).ok(`id="steps"`, "Every question that the rule asked when it opened", "Does an alert open?")

	c := h.as(carl)
	c.get("/clients/mine/why?rule=rule_health_drop").ok(`id="verdict"`)
	c.get("/clients/other/why?rule=rule_health_drop").is(http.StatusNotFound)
	c.get("/alerts/" + other).is(http.StatusNotFound)
	l := h.as(lea)
	l.get("/clients/mine/why?rule=rule_health_drop").is(http.StatusForbidden)
	l.get("/clients/mine").ok().without(`id="deeds"`)
}

func TestFollowAndSendAClient(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.book()
	followers := func() (list []string) {
		h.view(func(tx *store.Tx) error {
			m, err := tx.Followers(acme, []string{"mine"})
			list = m["mine"]
			return err
		})
		return list
	}
	b.post("/clients/mine/follow", url.Values{"follow": {"yes"}}).ok("You follow this account", `id="unfollow"`, "Followed by "+"<bdi>"+ana)
	if list := followers(); len(list) != 1 || list[0] != ana {
		t.Errorf("followed by %v", list)
	}
	b.get("/me").ok("Carls Globex")
	b.post("/clients/mine/follow", url.Values{"follow": {"no"}}).ok("You follow this account no longer", `id="follow"`)
	if len(followers()) != 0 {
		t.Error("still followed")
	}
	c := h.as(carl)
	c.post("/clients/other/follow", url.Values{"follow": {"yes"}}).is(http.StatusNotFound).without("Initech")
	c.post("/clients/other/notify", url.Values{"to.add": {"slack:" + h.team + ":C0ALERTS01"}}).is(http.StatusNotFound).without("Initech")
	h.as(lea).post("/clients/mine/notify", nil).is(http.StatusForbidden)

	b.post("/clients/mine/notify", nil).ok("Choose where it goes")
	b.post("/clients/mine/notify", url.Values{"to.typed": {"a@"}}).ok("is no e-mail address")
	b.post("/clients/mine/notify", url.Values{"to.add": {"owner"}}).ok("Nobody in Slack has the address " + carl)
	b.post("/clients/mine/notify", url.Values{"to.add": {"slack:T0OTHER:C1"}}).ok("of the connected Slack")
	b.post("/clients/mine/notify", url.Values{"to.typed": {"#cs-alerts"}}).ok("It is on its way to #cs-alerts")
	h.until("the state", func() bool { return h.counts()[stanna.Delivered] == 3 })
	b.get("/notifications").ok("State, sent by hand", "#cs-alerts")
}
