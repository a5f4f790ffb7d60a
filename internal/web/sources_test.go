package web

import (
	"fmt"
	stdhtml "html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// tool makes a source that takes a token, by the pages, and gives its id.
func (b *browser) tool(name string) (id string) {
	b.Helper()
	p := b.post("/integrations/sources", url.Values{"kind": {"own"}, "name": {name}, "scheme": {"token"}, "secret": {"a-token-of-16-or-more"}, "quietFor": {"24h0m0s"}}).ok("Address")
	return regexp.MustCompile(`src_[0-9A-Za-z]+`).FindString(p.body)
}

// posts has the tool send a body, and gives it when it was opened, or as it
// waits where the source is paused.
func (h *house) posts(id, body string) (p stanna.Parcel) {
	h.Helper()
	p, err := h.sources.Receive(h.Context(), id, webhook.Request{Method: "POST", URL: "/api/in/" + id, Body: []byte(body),
		Header: http.Header{"Authorization": {"Bearer a-token-of-16-or-more"}, "Content-Type": {"application/json"}, "X-Tool": {"<b>tool</b>"}}})
	h.must(err)
	return p
}

// means is a mapping in the form, by which a body says how satisfied somebody
// is.
func means(more ...string) url.Values {
	form := url.Values{"mapping.each": {"list(body.answers)"}, "mapping.when": {"known(item.score)"}, "mapping.client.id": {"optional(item.account)"}, "mapping.client.email": {"optional(item.email)"},
		"mapping.fields[0].name": {"custom.nps"}, "mapping.fields[0].value": {"number(item.score)"},
		"mapping.signals[0].type": {"sentiment.detected"}, "mapping.signals[0].id": {"text(item.id)"}, "mapping.signals[0].data[0].name": {"score"}, "mapping.signals[0].data[0].value": {"scale(number(item.score), 0, 10, -2, 2)"},
		"mapping.signals[0].data[1].name": {"quote"}, "mapping.signals[0].data[1].value": {"optional(item.comment)"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

const answers = `{"answers":[{"id":7,"account":"globex","score":1,"comment":"<script>alert(1)</script>"},{"id":8,"email":"pat@nobody.example","score":9},{"id":9,"account":"globex"}]}`

func TestAddingASource(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	b.get("/integrations/sources").ok("No other tool posts here yet", `id="add-source"`)
	b.get("/integrations/sources/new").ok(`id="kind-hubspot"`, `id="kind-intercom"`, `id="kind-segment"`, `id="kind-form"`, `id="kind-own"`)
	b.get("/integrations/sources/new?kind=hubspot").ok("HubSpot", "client secret", `id="other-way"`, `value="hubspot" checked`)
	b.get("/integrations/sources/new?kind=own").ok("Standard Webhooks", `value="token" checked`, "GitHub")
	b.get("/integrations/sources/new?kind=%3Cb%3E").is(http.StatusNotFound)

	b.post("/integrations/sources", url.Values{"kind": {"hubspot"}, "name": {"HubSpot"}, "quietFor": {"24h0m0s"}}).is(http.StatusBadRequest, "the other tool makes it", `href="#f-secret"`)
	b.post("/integrations/sources", url.Values{"kind": {"own"}, "name": {""}, "scheme": {"token"}, "quietFor": {"24h0m0s"}}).is(http.StatusBadRequest, "people see it", `href="#f-name"`)
	b.post("/integrations/sources", url.Values{"kind": {"own"}, "name": {"X"}, "scheme": {"magic"}, "quietFor": {"24h0m0s"}}).is(http.StatusBadRequest, "none that is known")
	b.post("/integrations/sources", url.Values{"kind": {"own"}, "name": {"X"}, "scheme": {"token"}, "quietFor": {"soon"}}).is(http.StatusBadRequest, "after how long", `value="X"`)

	p := b.post("/integrations/sources", url.Values{"kind": {"form"}, "name": {"Survey <b>"}, "quietFor": {"24h0m0s"}, "scheme": {"token"}}).ok("Copy the secret now", h.server.URL+"/api/in/src_", "Survey &lt;b&gt;")
	secret := regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(p.body)[1]
	id := regexp.MustCompile(`src_[0-9A-Za-z]+`).FindString(p.body)
	list := b.get("/integrations/sources").ok("Survey &lt;b&gt;", "Nothing came yet", "/integrations/sources/"+id)
	list.without(secret)
	b.get("/integrations/sources/"+id).ok(h.server.URL+"/api/in/"+id, "Nothing has come yet", "Source made", ana).without(secret, "Paused")
	b.post("/integrations/sources", url.Values{"kind": {"own"}, "name": {"survey <B>"}, "scheme": {"token"}, "quietFor": {"0s"}}).is(http.StatusBadRequest, "that of another source")

	own := b.tool("NPS")
	b.get("/integrations/sources/"+own).ok("Paused", "What comes is kept and waits", `id="resume"`)
	b.get("/integrations/sources/src_none").is(http.StatusNotFound)
}

func TestWhatASourceSent(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", CSMOwner: carl})
	b := h.as(ana)
	id := b.tool("NPS")
	path := "/integrations/sources/" + id
	waiting := h.posts(id, answers)
	b.get(path).ok("Waiting", waiting.ID)
	b.post(path+"/mapping", means("version", "")).ok("Resume the source, and what waits is opened")
	b.post(path+"/pause", url.Values{"paused": {"no"}}).ok("Resumed")
	p := h.opened(waiting)
	if p.State != stanna.ParcelFailed || p.Result.Signals != 1 {
		t.Fatalf("%s %+v", p.State, p.Result)
	}
	b.get(path).ok("Failed", "1 signal", "pat@nobody.example", "Some failed")
	b.get(path + "?state=done").ok("Nothing was taken in yet")
	b.get(path+"?state=failed").ok(p.ID, `id="open-all"`)
	one := b.get(path+"/bodies/"+p.ID).ok("What is wrong", "pat@nobody.example", "&#34;answers&#34;: [", "&lt;script&gt;alert(1)", "&lt;b&gt;tool&lt;/b&gt;", "x-tool", `id="open-again"`, "/mapping")
	one.without("<script>", "a-token-of-16", "authorization")
	b.get("/clients/globex").ok("NPS")

	h.client(stanna.Client{ID: "nobody", Name: "Nobody", Domain: "nobody.example"})
	b.post(path+"/bodies/open", url.Values{"back": {path + "?state=failed"}}).ok("It is being opened again")
	if p = h.opened(p); p.State != stanna.ParcelDone || p.Result.Duplicates != 1 {
		t.Errorf("%s %+v", p.State, p.Result)
	}
	b.get("/integrations/sources").ok("Works", "NPS")
	b.get(path + "/bodies/in_none").is(http.StatusNotFound)
	other := b.tool("Other")
	b.get("/integrations/sources/" + other + "/bodies/" + p.ID).is(http.StatusNotFound)
	b.post("/integrations/sources/"+other+"/bodies/"+p.ID+"/open", nil).ok("Body not found")

	for i := range 30 {
		h.posts(id, fmt.Sprintf(`{"answers":[{"id":%d}]}`, 100+i))
	}
	first := b.get(path).ok(`id="page-after"`).without(p.ID, "page-first")
	next := regexp.MustCompile(`id="page-after" href="([^"]+)"`).FindStringSubmatch(first.body)
	if next == nil {
		next = regexp.MustCompile(`href="([^"]+before=[^"]+)"`).FindStringSubmatch(first.body)
	}
	b.get(strings.ReplaceAll(next[1], "&amp;", "&")).ok(p.ID, `id="page-first"`).without("page-after")
}

func TestSourceSettings(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	id := b.tool("NPS")
	path := "/integrations/sources/" + id
	b.post(path, url.Values{"name": {"Survey"}, "quietFor": {"6h0m0s"}}).ok("Saved.", `value="Survey"`, `value="6h0m0s" selected`)
	b.post(path, url.Values{"name": {""}, "quietFor": {"6h0m0s"}}).is(http.StatusBadRequest, "people see it", `aria-invalid="true"`)
	b.post(path, url.Values{"name": {"Mine"}, "quietFor": {"6h0m0s"}, "version": {"1"}}).is(http.StatusBadRequest, "omebody has changed the source meanwhile", `value="Mine"`)
	b.post(path, url.Values{"name": {"Mine"}, "quietFor": {"1s"}}).is(http.StatusBadRequest, "5 minutes to 90 days")

	b.get(path+"/rotate").ok("A new secret for Survey", "not at all")
	b.post(path+"/rotate", url.Values{"overlap": {"900"}}).is(http.StatusBadRequest, "0 to 30 days")
	b.post(path+"/rotate", url.Values{"overlap": {"x"}}).is(http.StatusBadRequest, "choose how long")
	b.post(path+"/rotate", url.Values{"overlap": {"24"}, "secret": {"short"}}).is(http.StatusBadRequest, "16 to 500 characters").without("short\"")
	p := b.post(path+"/rotate", url.Values{"overlap": {"24"}}).ok("The one before is taken as well until", "Copy the secret now")
	secret := regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(p.body)[1]
	b.get(path).ok("Old secret", "taken until").without(secret)
	b.post(path+"/rotate", url.Values{"overlap": {"0"}, "secret": {"another-token-of-16"}}).ok("not taken any more", "the one that you pasted").without("another-token")

	b.post(path+"/pause", url.Values{"paused": {"no"}}).ok("Resumed", `id="pause"`)
	b.post(path+"/pause", url.Values{"paused": {"yes"}}).ok("Paused: what comes is taken and kept", "Changed; it is paused")
	b.get(path+"/delete").ok("Delete Survey?", "Signals, clients and alerts that came of it stay")
	b.post(path+"/delete", nil).ok("The source is deleted", "No other tool posts here yet")
	b.post(path+"/delete", nil).is(http.StatusNotFound)
}

func TestMappingIsTriedBeforeItIsSaved(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex <b>"})
	b := h.as(ana)
	id := b.tool("NPS")
	path := "/integrations/sources/" + id + "/mapping"
	b.get(path).ok(`id="mapping-form"`, "since nothing has come yet", "optional(item.clientId)", "domainOf(text)", `id="signal-types"`)
	b.post(path+"/try", means("sample", answers)).ok("The sample", "1 taken in, 1 not taken in, 1 passed over", "Globex &lt;b&gt;", "sentiment.detected", "Not taken in", "no client has", "pat@nobody.example", "Passed over",
		`body.answers[0].comment`, "custom.nps").without("<script>", "Nothing was saved")
	if x, err := h.sources.Get(t.Context(), acme, id); err != nil || x.Mapping.Each != "" {
		t.Errorf("trying has saved %+v, %v", x.Mapping, err)
	}
	b.post(path+"/try", means("sample", answers, "mapping.client.create", "yes", "mapping.client.domain", "domainOf(item.email)", "mapping.fields[1].name", "name", "mapping.fields[1].value", "optional(item.email)")).ok("A client would be made")
	b.post(path+"/try", means("sample", "nonsense {")).ok("The sample", `class="wrong"`)
	b.post(path+"/try", means()).ok("Nothing has come that it could be tried on")

	h.posts(id, answers)
	b.get(path).ok("the last ten bodies", "body.answers[0].account", "What the newest body holds")
	b.post(path+"/try", means()).ok("What came just now", "Globex &lt;b&gt;")

	for _, action := range []string{path, path + "/try"} {
		b.post(action, means("mapping.when", "item.score <")).is(http.StatusBadRequest, "Nothing was saved", "line 1, column", `href="#f-mapping-when"`, `id="f-mapping-when" name="mapping.when" value="item.score &lt;"`)
		b.post(action, means("mapping.signals[0].data[0].value", "nothing(item)")).is(http.StatusBadRequest, "Signal 1, data, score", `href="#f-mapping-signals-0-data-score"`, `id="f-mapping-signals-0-data-score"`, "line 1")
		b.post(action, means("mapping.fields[1].name", "mrr", "mapping.each", "item.")).is(http.StatusBadRequest, "say where its value is found", `id="f-mapping-fields-1-value"`, `href="#f-mapping-each"`)
		b.post(action, means("mapping.fields[1].value", "item.x")).is(http.StatusBadRequest, "has no name")
		b.post(action, means("mapping.fields[1].name", "custom.nps", "mapping.fields[1].value", "1.0")).is(http.StatusBadRequest, "custom.nps is there twice")
		b.post(action, means("mapping.fields[0].name", "colour")).is(http.StatusBadRequest, "is no field of a client", `id="f-mapping-fields-colour"`)
		b.post(action, means("mapping.signals[0].type", "mood")).is(http.StatusBadRequest, "is no type of signal")
		b.post(action, url.Values{}).is(http.StatusBadRequest, "says nothing")
	}
	b.post(path, means("version", "1")).ok("The mapping is saved")
	b.post(path, means("version", "1")).is(http.StatusBadRequest, "omebody has changed the source meanwhile")
	b.get(path).ok(`value="list(body.answers)"`, `value="custom.nps"`, `value="scale(number(item.score), 0, 10, -2, 2)"`, "Signal 1", "sentiment.detected")
}

func TestMappingAsJSON(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	path := "/integrations/sources/" + b.tool("NPS") + "/mapping"
	b.post(path+"/try", means("show", "json")).ok(`name="as" value="json"`, "&#34;each&#34;: &#34;list(body.answers)&#34;", `id="show-form"`).without(`name="mapping.each"`)
	const whole = `{"client":{"id":"item.account"},"signals":[{"type":"custom.thing","data":{"a":"item.a"}}],"act":{"do":"\"take\"","by":"item.by"}}`
	b.post(path+"/try", url.Values{"as": {"json"}, "json": {whole}, "show": {"form"}}).ok(`name="mapping.client.id" value="item.account"`, `value="&#34;take&#34;"`, "custom.thing")
	b.post(path+"/try", url.Values{"as": {"json"}, "json": {whole}, "sample": {`{"account":"x","a":1,"by":"a@b.c"}`}}).ok("no client has the id x")
	for text, says := range map[string]string{"": "ends too early", "{\n  \"when\": x}": "line 2, column", `{"whenn":"true"}`: "unknown field", `{"when":3}`: "must be string", whole + "x": "after its end",
		`{"client":{"id":"item."},"signals":[{"type":"custom.x"}]}`: "Client, id: line 1", `{}`: "says nothing"} {
		b.post(path, url.Values{"as": {"json"}, "json": {text}}).is(http.StatusBadRequest, says, `href="#f-json"`, `id="as-json"`)
	}
	b.post(path, url.Values{"as": {"json"}, "json": {whole}}).ok("The mapping is saved")
	b.get(path + "?as=json").ok("item.account")
}

func TestReadyMappingsCanBeTried(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	for _, kind := range []string{"hubspot", "intercom", "segment", "form", "calls"} {
		p := b.post("/integrations/sources", url.Values{"kind": {kind}, "name": {kind}, "quietFor": {"0s"}, "secret": {"a-secret-of-16-or-more"}}).ok("What to do now")
		path := "/integrations/sources/" + regexp.MustCompile(`src_[0-9A-Za-z]+`).FindString(p.body) + "/mapping"
		b.get(path).ok("What the sample holds", `id="f-sample"`)
		x, err := h.sources.Get(t.Context(), acme, strings.Split(path, "/")[3])
		h.must(err)
		form := b.mappingInForm(path)
		b.post(path, form).ok("The mapping is saved")
		y, err := h.sources.Get(t.Context(), acme, x.ID)
		h.must(err)
		if a, z := fmt.Sprintf("%+v %+v", x.Mapping, x.Mapping.Act), fmt.Sprintf("%+v %+v", y.Mapping, y.Mapping.Act); x.Mapping.Act == nil && a != z || x.Mapping.Act != nil && *x.Mapping.Act != *y.Mapping.Act {
			t.Errorf("%s: the form has changed the mapping:\n%s\n%s", kind, a, z)
		}
	}
}

// mappingInForm is the form of a mapping as a browser would send it.
func (b *browser) mappingInForm(path string) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="(?:text|hidden)"[^>]* name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(b.get(path).body, -1) {
		form.Set(m[1], stdhtml.UnescapeString(m[2]))
	}
	if strings.Contains(b.get(path).body, `name="mapping.client.create" value="yes" checked`) {
		form.Set("mapping.client.create", "yes")
	}
	return form
}

func TestWhoSeesSources(t *testing.T) {
	h := newHouse(t)
	id := h.as(ana).tool("NPS")
	p := h.posts(id, answers)
	path := "/integrations/sources/" + id
	for _, who := range []string{dora, carl} {
		b := h.as(who)
		b.get("/integrations/sources").ok("NPS", "Paused").without(`id="add-source"`)
		b.get(path).ok("An admin looks after this", "In the last 24 hours").without("/api/in/", p.ID, `id="source-form"`, `id="trail"`)
		for _, at := range []string{"/integrations/sources/new", path + "/mapping", path + "/rotate", path + "/delete", path + "/bodies/" + p.ID} {
			b.get(at).is(http.StatusForbidden, ana)
		}
		for _, at := range []string{"/integrations/sources", path, path + "/pause", path + "/rotate", path + "/mapping", path + "/mapping/try", path + "/bodies/open", path + "/bodies/" + p.ID + "/open", path + "/delete"} {
			b.post(at, nil).is(http.StatusForbidden)
		}
	}
	h.as(lea).get("/integrations/sources").is(http.StatusForbidden)
	h.second("beta.com", carl)
	h.update(func(tx *store.Tx) error { return tx.SetRole("beta.com", h.users[dora], stanna.Admin) })
	b := h.as(dora)
	b.post("/workspace", url.Values{"workspace": {"beta.com"}})
	b.get(path).is(http.StatusNotFound)
	b.get(path + "/bodies/" + p.ID).is(http.StatusNotFound)
	b.post(path+"/mapping", means()).is(http.StatusNotFound)
}

func TestSilentSource(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	id := b.tool("NPS")
	b.post("/integrations/sources/"+id+"/pause", url.Values{"paused": {"no"}})
	h.posts(id, answers)
	h.update(func(tx *store.Tx) error {
		x, err := tx.Source(acme, id)
		if err != nil {
			return err
		}
		_, err = tx.NoteSilence(x, time.Now())
		return err
	})
	b.get("/integrations/sources").ok("Silent", "since")
	b.get("/integrations/sources/" + id).ok("Look in the other tool whether it still posts")
}

// What somebody does through another tool is told as such.
func TestDoneThroughAnotherTool(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", CSMOwner: carl})
	alert := h.fall("globex", 60, 30)
	b := h.as(ana)
	id := b.tool("Desk <b>")
	path := "/integrations/sources/" + id
	b.post(path+"/mapping", url.Values{"mapping.client.id": {"item.client"}, "mapping.act.do": {`"take"`}, "mapping.act.by": {"item.by"}}).ok("saved")
	b.post(path+"/pause", url.Values{"paused": {"no"}})
	p := h.opened(h.posts(id, `{"client":"globex","by":"`+carl+`"}`))
	if p.State != stanna.ParcelDone || p.Result.Acts != 1 {
		t.Fatalf("%s %+v", p.State, p.Result)
	}
	b.get(path).ok("1 deed", "1 alert", "Health drop: Globex", alertPath(alert))
	b.get("/alerts/"+alert).ok("Done through another tool: take an alert up", "Desk &lt;b&gt;")
}
