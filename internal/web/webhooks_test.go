package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// receiver is another program that takes webhooks.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	answer string
	got    []string
}

func (h *house) receiver() *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, string(body))
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.answer)
	}))
	h.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.answer = status, text
}

// hook adds an endpoint at the receiver by the pages, and gives its id.
func (b *browser) hook(to *receiver, more ...string) (id, secret string) {
	b.Helper()
	form := url.Values{"address": {to.URL + "/hook?token=hidden"}, "name": {"Warehouse <b>"}, "types": append([]string{"alert.opened", "alert.closed"}, more...)}
	p := b.post("/integrations/webhooks", form).ok("Warehouse &lt;b&gt; is made", "Copy the secret now", "whsec_")
	return regexp.MustCompile(`ep_[0-9A-Za-z]+`).FindString(p.body), regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(p.body)[1]
}

func (h *house) deliveries(endpoint string, state stanna.DeliveryState) (list []stanna.Delivery) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) {
		list, err = tx.Deliveries(acme, store.DeliveryQuery{Endpoint: endpoint, State: state, Limit: 100})
		return err
	})
	return list
}

func TestAddingAnEndpoint(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	b.get("/integrations/webhooks").ok("Nobody is told yet", "Set by the server", "--smtp-url", "--heartbeat-url", "--event-log")
	b.get("/integrations/webhooks/new").ok("Alert opened", `value="alert.opened" checked`, `value="lane.paused"`, "What happens to clients")
	b.get("/integrations/webhooks/new?kind=mail").ok("E-mail address", `value="lane.paused" checked`, `id="no-mail"`).without("alert.opened")

	for _, c := range []struct {
		address, types, says, at string
	}{
		{"", "alert.opened", "is required", "address"}, {"http://hooks.example.com/", "alert.opened", "must begin with https", "address"}, {"https://10.0.0.1/<b>", "alert.opened", "may not be called", "address"},
		{"https://hooks.example.com/", "", "choose at least one", "types"}, {"https://hooks.example.com/", "alert.<b>", "is none", "types"},
	} {
		b.post("/integrations/webhooks", url.Values{"address": {c.address}, "types": strings.Fields(c.types), "name": {"<i>"}}).is(http.StatusBadRequest, "Nothing was saved", c.says, `href="#f-`+c.at+`"`, "&lt;i&gt;").without("<b>")
	}
	b.post("/integrations/webhooks", url.Values{"kind": {"mail"}, "address": {"nobody"}, "types": {"lane.paused"}}).is(http.StatusBadRequest, "is no e-mail address", `value="nobody"`)

	to := h.receiver()
	id, secret := b.hook(to, "lane.paused")
	list := b.get("/integrations/webhooks").ok("Warehouse &lt;b&gt;", to.URL+"/hook", "Nothing sent yet", "Alert opened, alert closed, lane paused")
	list.without("token=hidden", secret)
	one := b.get("/integrations/webhooks/"+id).ok(to.URL+"/hook", "Nothing was sent yet", "&#34;type&#34;: &#34;alert.opened&#34;", "Endpoint made", "Alert closed")
	one.without("token=hidden", secret)

	p := b.post("/integrations/webhooks", url.Values{"kind": {"mail"}, "address": {"ops@acme.com"}, "types": {"lane.paused", "connection.broken"}}).ok("The mailbox is kept", "ops@acme.com", `id="no-mail"`)
	p.without(`id="rotate"`, `id="looks"`)
	b.get(p.path+"/rotate").ok("A mailbox has no secret", `id="flash-bad"`)
	b.get("/integrations/webhooks/ep_none").is(http.StatusNotFound)
}

func TestWhatAnEndpointWasSent(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex"})
	b := h.as(ana)
	to := h.receiver()
	id, _ := b.hook(to)
	path := "/integrations/webhooks/" + id
	to.answers(http.StatusInternalServerError, "<script>alert(1)</script> no")
	h.fall("globex", 60, 30)
	h.until("a try", func() bool { l := h.deliveries(id, ""); return len(l) == 1 && len(l[0].Attempts) > 0 })
	d := h.deliveries(id, "")[0]
	b.get(path).ok("Nothing arrives", "Waiting", "500", "Alert opened", "next try", "/alerts/"+d.Event.Subject)
	b.get("/integrations/webhooks").ok("Nothing arrives", "since")
	one := b.get("/integrations/deliveries/"+d.ID).ok("Every try", "500, after", "It answered:", "&lt;script&gt;alert(1)", "Webhook-Id", d.Event.ID, "&#34;globex&#34;", `id="resend"`, "Try it now")
	one.without("<script>", "whsec_")

	to.answers(http.StatusNoContent, "")
	b.post("/integrations/deliveries/"+d.ID+"/resend", nil).ok("It is sent again")
	h.until("it arrives", func() bool { return len(h.deliveries(id, stanna.DeliveryArrived)) == 1 })
	b.get("/integrations/deliveries/"+d.ID).ok("Arrived", "204, after", "Send again")
	b.get(path).ok("Works", "1 arrived, 0 failed")
	b.get(path + "?state=delivered&type=alert.opened").ok(d.ID)
	b.get(path + "?state=delivered&type=alert.closed").without(d.ID)
	b.get(path + "?state=failed").ok("Nothing has failed")
	b.get("/integrations/deliveries").ok(d.ID, "Warehouse &lt;b&gt;")
	b.get("/integrations/deliveries?state=waiting").ok("Nothing is waiting").without(d.ID)
	b.get("/integrations/deliveries/dlv_none").is(http.StatusNotFound)
	b.post("/integrations/deliveries/dlv_none/resend", url.Values{"back": {path}}).ok("Delivery not found")
}

func TestTestOfAnEndpoint(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	to := h.receiver()
	id, _ := b.hook(to)
	path := "/integrations/webhooks/" + id
	to.answers(http.StatusOK, "thanks <b>")
	b.post(path+"/test", nil).ok("The test arrived.", "thanks &lt;b&gt;", "Arrived", "200, after").without(`id="resend"`)
	to.answers(http.StatusUnauthorized, "")
	p := b.post(path+"/test", nil).ok("The test did not arrive.", "compare the secret there")
	b.get(path).ok("Tested: it did not arrive", "Tested: it arrived")
	b.post(strings.Split(p.path, "?")[0]+"/resend", nil).ok("which is tried once")
	b.post("/integrations/webhooks/ep_none/test", nil).is(http.StatusNotFound)
}

func TestChangingAnEndpoint(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	to := h.receiver()
	id, secret := b.hook(to)
	path := "/integrations/webhooks/" + id
	b.get(path+"/change").ok(`value="`+to.URL+`/hook"`, "kept and not shown", `value="alert.closed" checked`).without("token=hidden")
	b.post(path+"/change", url.Values{"address": {to.URL + "/hook"}, "name": {"Renamed"}, "types": {"digest.sent"}, "version": {"1"}}).ok("Saved.", "Renamed", "Digest sent")
	h.view(func(tx *store.Tx) error {
		e, err := tx.Endpoint(acme, id)
		if !strings.Contains(e.Address.Reveal(), "token=hidden") {
			t.Error("the query of the address is gone")
		}
		return err
	})
	b.post(path+"/change", url.Values{"address": {to.URL + "/hook"}, "name": {"Mine"}, "types": {"digest.sent"}, "version": {"1"}}).is(http.StatusBadRequest, "Somebody else has saved meanwhile", `value="Mine"`)
	b.post(path+"/change", url.Values{"address": {"https://10.0.0.1"}, "types": {"digest.sent"}}).is(http.StatusBadRequest, "may not be called")

	b.get(path + "/rotate").ok("A new secret for Renamed").without(`name="secret"`)
	b.post(path+"/rotate", url.Values{"overlap": {"10000"}}).is(http.StatusBadRequest, "from 0 to 720 hours")
	p := b.post(path+"/rotate", url.Values{"overlap": {"1"}}).ok("signed by both until", "whsec_")
	p.without(secret)
	b.get(path).ok("signs as well until", "New secret")

	b.post(path+"/pause", url.Values{"paused": {"yes"}}).ok("Paused: what happens is kept", "Somebody paused it", `id="resume"`)
	b.get("/integrations/webhooks").ok("Paused")
	b.post(path+"/pause", url.Values{"paused": {"no"}}).ok("Resumed: what waited is being sent", `id="pause"`)
	b.get(path+"/delete").ok("Delete Renamed?", to.URL+"/hook").without("token=hidden")
	b.post(path+"/delete", nil).ok("The endpoint is deleted", "Nobody is told yet")
	b.post(path+"/pause", url.Values{"paused": {"no"}}).ok("Endpoint not found")
}

func TestSendingAgainAllThatFailed(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	to := h.receiver()
	id, _ := b.hook(to)
	path := "/integrations/webhooks/" + id
	b.get(path).without(`id="resend-form"`)
	b.post(path+"/resend", url.Values{"since": {"7"}}).ok("None has failed since then")
	h.update(func(tx *store.Tx) error {
		for i := range 30 {
			now := time.Now().Add(-time.Duration(i) * time.Minute)
			e := stanna.SampleOf(stanna.AlertOpened, acme, now)
			e.ID, e.Subject = store.NewID("msg"), fmt.Sprint("alr_", i)
			d := stanna.Delivery{Workspace: acme, ID: store.NewID("dlv"), EndpointID: id, Event: e, State: stanna.DeliveryLost, CreatedAt: now, EndedAt: now, Tried: 8,
				Attempts: []stanna.Attempt{{At: now, Status: 503, Took: 1200 * time.Millisecond, Error: "The endpoint answered 503 Service Unavailable"}}}
			if err := tx.AddDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
	first := b.get(path+"?state=failed").ok("503", `id="resend-form"`, `id="page-after"`)
	next := regexp.MustCompile(`href="([^"]+before=[^"]+)"`).FindStringSubmatch(first.body)[1]
	b.get(strings.ReplaceAll(next, "&amp;", "&")).ok("page-first", "state=failed").without("page-after")
	last := h.deliveries(id, stanna.DeliveryLost)[0]
	b.get("/integrations/deliveries/"+last.ID).ok("8.", "503, after 1.2 s")
	b.post(path+"/resend", url.Values{"since": {"7"}}).ok("30 events wait to be sent again")
	h.until("they arrive", func() bool { return len(h.deliveries(id, stanna.DeliveryArrived)) == 30 })
	b.get(path).ok("Sent again: 30 that had failed")
}

func TestPausedByItself(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	id, _ := b.hook(h.receiver())
	h.update(func(tx *store.Tx) error { return tx.PauseEndpoint(acme, id, stanna.ReasonEndpointGone, time.Now()) })
	b.get("/integrations/webhooks/"+id).ok("It answered 410 Gone", "Mend the receiver, send it a test, and resume it", `id="resume"`)
}

func TestWhoSeesWebhooks(t *testing.T) {
	h := newHouse(t)
	id, _ := h.as(ana).hook(h.receiver())
	path := "/integrations/webhooks/" + id
	for _, who := range []string{dora, carl, lea} {
		b := h.as(who)
		for _, at := range []string{"/integrations/webhooks", "/integrations/webhooks/new", path, path + "/change", path + "/rotate", path + "/delete", "/integrations/deliveries", "/integrations/deliveries/dlv_1"} {
			b.get(at).is(http.StatusForbidden, ana).without("Warehouse")
		}
		for _, at := range []string{"/integrations/webhooks", path + "/change", path + "/rotate", path + "/delete", path + "/test", path + "/pause", path + "/resend", "/integrations/deliveries/dlv_1/resend"} {
			b.post(at, nil).is(http.StatusForbidden)
		}
	}
	h.second("beta.com", dora)
	b := h.as(dora)
	b.post("/workspace", url.Values{"workspace": {"beta.com"}})
	b.get(path).is(http.StatusNotFound)
	b.post(path+"/delete", nil).is(http.StatusNotFound)
	if h.view(func(tx *store.Tx) error { _, err := tx.Endpoint(acme, id); return err }); t.Failed() {
		t.Error("another workspace has deleted it")
	}
}
