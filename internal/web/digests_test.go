package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestDigests(t *testing.T) {
	h := newHouse(t)
	h.as(ana).get("/digests").ok("Nobody has a digest yet", `id="new-digest"`, "at 09:00 on ")
	b := h.connected()
	h.book()
	room := string(stanna.SlackChannel(h.team, "C0HEALTH01"))
	plans := func() (list []stanna.DigestPlan) {
		h.view(func(tx *store.Tx) error {
			w, err := tx.Workspace(acme)
			list = w.Settings.Digests
			return err
		})
		return list
	}
	b.post("/digests/plan", url.Values{"daily": {"yes"}}).is(http.StatusBadRequest, "Nothing was saved", "Is required: a channel, an e-mail address, or owner")
	b.post("/digests/plan", url.Values{"to": {room}, "owner": {carl}, "empty": {"say"}}).is(http.StatusBadRequest, "Choose daily, weekly, or both", `<option value="`+room+`" selected`, `value="say" selected`)
	b.post("/digests/plan", url.Values{"to.typed": {"#nowhere-at-all"}, "daily": {"yes"}}).is(http.StatusBadRequest, "Nothing was saved", "#nowhere-at-all")
	b.post("/digests/plan", url.Values{"to": {room}, "daily": {"yes"}, "weekly": {"yes"}, "empty": {"say"}}).ok("The digest is saved", "#customer-health", "Daily, with the weekly summary on its day", "Says so when there is nothing")
	b.post("/digests/plan", url.Values{"to": {room}, "daily": {"yes"}}).is(http.StatusBadRequest, "Is named twice")
	b.post("/digests/plan", url.Values{"to": {"owner"}, "weekly": {"yes"}, "owner": {carl}}).ok("Every owner of accounts", "The accounts that each owns")
	saved := h.formOf(b, "/digests/plan?to="+url.QueryEscape(room))
	if saved.Get("was") != room || saved.Get("daily") != "yes" || saved.Get("empty") != "say" {
		t.Fatalf("%+v", saved)
	}
	saved.Set("edition", "leadership")
	b.post("/digests/plan", saved).ok("The digest is saved", "figures, without any client&#39;s details")
	if list := plans(); len(list) != 2 || list[0].Edition != stanna.LeadershipEdition || list[1].To != stanna.ToOwner || list[1].Owner != "" {
		t.Fatalf("%+v", list)
	}
	b.post("/digests/plan", saved).is(http.StatusBadRequest, "Somebody else has saved meanwhile")

	before := len(h.sandbox.Messages())
	// A preview draws it and asks; only the answer sends it.
	shown := b.get("/digests/preview?weekly=yes&to="+url.QueryEscape(room)).ok("Weekly summary", `id="send-now"`, "MRR at risk", "Zones")
	shown.without("TemplFailed", "sent by "+ana)
	b.get("/digests/preview?weekly=yes&to=owner").ok(`id="whose"`, carl+`" selected`)
	if n := len(h.sandbox.Messages()); n != before {
		t.Fatalf("%d messages were sent by looking", n-before)
	}
	b.post("/digests/send", h.formOf(b, "/digests/preview?weekly=yes&to="+url.QueryEscape(room))).ok("1 digest on the way", `id="log"`, "By hand, by "+ana)
	h.until("the digest", func() bool { return len(h.sandbox.Messages()) == before+1 })
	if m := h.sandbox.Messages()[before]; !strings.Contains(m.Text, "Weekly summary") {
		t.Errorf("%+v", m)
	}
	b.get("/notifications").ok("A digest")

	b.get("/digests/remove?to=owner").ok("Remove this digest?", "every owner of accounts")
	b.post("/digests/remove", h.formOf(b, "/digests/remove?to=owner")).ok("The digest is removed")
	if list := plans(); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	b.get("/digests/remove?to=owner").ok("There is no such digest any more")
	h.as(carl).get("/digests").is(http.StatusForbidden)
}
