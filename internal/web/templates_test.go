package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestTemplatePages(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.book()
	const page = "/templates/health_drop"
	b.get("/rules").ok(`href="/templates"`)
	b.get("/templates").ok("Health drop", "the standard form", `value="C0ALERTS01"`).without("Failed lately")
	b.get(page).ok("not saved yet", "{{ client.name }}: health fell", "What may be written", "money(amount)", "client.mrr", "Acme Corp: health fell 23 points to 38 (red)", `class="slack-message"`)

	form := h.formOf(b, page)
	with := func(pairs ...string) url.Values {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	b.post(page, with("subject", "{{ client.nmae }}", "fields[0].value", "{{ money( }}")).is(http.StatusBadRequest, "Nothing was saved", "did you mean name?", `href="#f-subject"`,
		"Headline", `id="f-fields-0-value"`, "Field 1, value", "{{ client.nmae }}\n          ^")
	b.post(page+"/preview", with("subject", "Seen by {{ client.name }}", "body", "*loud* <!channel>")).ok("Seen by Acme Corp", "<b>loud</b>", "&lt;!channel&gt;")
	b.post(page+"/preview", with("subject", "Seen by {{ client.name }}", "client", "mine")).ok("Seen by Carls Globex", "This client")
	b.post(page+"/preview", with("client", "nobody")).ok("There is no such client")
	b.post(page+"/send", with("subject", "Tried: {{ client.name }}", "sample", "worsened", "to", "C0ALERTS01")).ok("A test is on its way")
	h.until("the test", func() bool {
		for _, m := range h.sandbox.Messages() {
			if strings.Contains(m.Text, "A test of a template") && strings.Contains(m.Text, "Tried: Acme Corp") {
				return true
			}
		}
		return false
	})
	b.post(page+"/send", with("to", "C0NOWHERE")).is(http.StatusBadRequest, "Choose a channel")
	b.get("/templates").ok("the standard form").without("Own words<")

	b.post(page, with("subject", "First of {{ client.name }}")).ok("The template is saved, as version 1", "First of Acme Corp")
	b.post(page, with("subject", "Lost")).is(http.StatusBadRequest, "Somebody else has saved meanwhile", `name="version" value="1"`)
	b.post(page, with("subject", "Second <i>", "version", "1", "body", "Call them")).ok("as version 2", "Second &lt;i&gt;")
	b.get("/templates/new?type=health_drop&channel=C0ALERTS01").ok("#cs-alerts", "not saved yet")
	b.get(page+"?channel=C0ALERTS01").ok("#cs-alerts", "Second &lt;i&gt;", "not saved yet")
	b.post(page+"?channel=C0ALERTS01", with("subject", "Of alerts")).ok("as version 1")
	b.get("/templates").ok("Own words", "Second &lt;i&gt;", "#cs-alerts", "Of alerts")
	b.get(page+"/history").ok("Version 2", "The headline is: Second &lt;i&gt;", "The body is another.", ana)
	b.get(page + "/restore?version=1").ok("Go back to version 1?")
	b.post(page+"/restore", url.Values{"restore": {"1"}, "version": {"1"}}).ok("was changed meanwhile")
	b.post(page+"/restore", url.Values{"restore": {"1"}, "version": {"2"}}).ok("Version 1 is in force again, as version 3", "First of")

	h.update(func(tx *store.Tx) error {
		_, err := tx.TemplateFailed(stanna.Template{Workspace: acme, Type: stanna.HealthDrop, Version: 3}, stanna.TemplateFailure{At: time.Now(), AlertID: "alr_9", Why: "body: line 1, column 4: trouble"})
		return err
	})
	b.get("/templates").ok("Failed lately")
	b.get(page).ok(`id="failed"`, `href="/alerts/alr_9"`, "body: line 1, column 4: trouble")

	c := h.as(carl) // reads
	c.get(page).ok("First of Acme Corp", "disabled").without("save-template", "Delete…", "send-template")
	c.post(page, with("subject", "mine")).is(http.StatusForbidden)
	c.post(page+"/delete", nil).is(http.StatusForbidden)
	h.as(lea).get(page).is(http.StatusForbidden)

	b.get(page+"/delete").ok("Delete this template?", "Its history stays")
	b.post(page+"/delete", url.Values{"version": {"3"}}).ok("The template is deleted", "the standard form")
	b.get("/templates/weather").is(http.StatusNotFound)
	b.get(page + "/delete").is(http.StatusNotFound)
}
