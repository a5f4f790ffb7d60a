package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
)

func (h *house) settings() stanna.Settings {
	h.Helper()
	var w stanna.Workspace
	h.view(func(tx *store.Tx) (err error) { w, err = tx.Workspace(acme); return err })
	return w.Settings
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestHowMessagesLook(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	before := h.settings()
	b.post("/settings/messages", h.formOf(b, "/settings/messages")).ok("Saved. What is told from now on")
	if after := h.settings(); after.SharedChannels != "" || after.Branding != (stanna.Branding{}) || after.Locale != before.Locale || len(after.Channels) != 0 {
		t.Errorf("saving what stands changed it: %+v", after)
	}

	// It can be seen before it is saved.
	form := with(h.formOf(b, "/settings/messages"), "branding.name", "Acme <CS>", "branding.footer", "Questions: #cs-ops", "branding.hasAccent", "yes", "branding.accent", "#1a7f5a", "locale", "es")
	form.Set("do", "preview")
	p := b.post("/settings/messages", form).ok("Nothing is saved yet", "Acme &lt;CS&gt; · Questions", `fill="#1a7f5a"`, "Último contacto")
	p.without("TemplFailed", "<script", "style=")
	if h.settings().Branding.Name != "" {
		t.Error("it was saved")
	}
	form.Del("do")
	b.post("/settings/messages", form).ok("Saved.", "An alert looks like this", `value="#1a7f5a"`, "Acme &lt;CS&gt;")
	if s := h.settings(); s.Branding != (stanna.Branding{Name: "Acme <CS>", Footer: "Questions: #cs-ops", Accent: "#1a7f5a"}) || s.Locale != "es" {
		t.Errorf("stored %+v", s)
	}
	b.post("/settings/messages", form).is(http.StatusBadRequest, "Somebody else has saved meanwhile")

	// What is wrong is said where it is, and nothing is saved.
	for name, c := range map[string]struct {
		pairs []string
		says  string
	}{
		"a logo inside":       {[]string{"branding.logoUrl", "https://192.168.1.7/logo.png"}, "is a private address"},
		"a logo inside, name": {[]string{"branding.logoUrl", "https://logo.internal/logo.png"}, "is a private address"},
		"no colour":           {[]string{"branding.accent", "green"}, "is no colour"},
		"no language":         {[]string{"locale.tag", "español"}, "is no language tag"},
		"no number":           {[]string{"budget.channel", "some"}, "Is no number of messages"},
		"too many":            {[]string{"budget.person", "10001"}, "between 0 (no limit) and 10,000"},
		"half a channel":      {[]string{"channels.add", "C0ALERTS01"}, "Choose its language or its number"},
		"a channel's tag":     {[]string{"channels.add", "C0ALERTS01", "channels.add.locale.tag", "x_y_z!"}, "is no language tag"},
		"an unknown channel":  {[]string{"channels.add", "C0NOTHERE1", "channels.add.budget", "3"}, "is no channel that is known"},
	} {
		p := b.post("/settings/messages", with(h.formOf(b, "/settings/messages"), c.pairs...)).is(http.StatusBadRequest, c.says, "Nothing was saved")
		p.without("TemplFailed")
		if s := h.settings(); s.Branding.LogoURL != "" || len(s.Channels) != 0 || s.Locale != "es" || s.Budget != (stanna.Budget{}) {
			t.Errorf("%s: stored %+v", name, s)
		}
	}

	// A limit, a channel of its own, and what it comes to today.
	b.post("/settings/messages", with(h.formOf(b, "/settings/messages"), "budget.channel", "1", "channels.add", "C0ALERTS01", "channels.add.locale.tag", "en-GB", "channels.add.budget", "0", "sharedChannels", "redact")).
		ok("English (en-GB)", `name="channels.C0ALERTS01.budget"`)
	own := 0
	if s := h.settings(); s.Budget.Channel != 1 || s.SharedChannels != stanna.RedactShared || s.Channels["C0ALERTS01"].Locale != "en-GB" || *s.Channels["C0ALERTS01"].Budget != own {
		t.Errorf("stored %+v", s)
	}
	h.update(func(tx *store.Tx) error {
		today := time.Now().UTC().Format(time.DateOnly)
		return tx.AddAttention(acme, []store.Attention{{Destination: stanna.SlackChannel(h.team, "C0HEALTH01"), Date: today, Told: 1, Held: 4},
			{Destination: stanna.SlackChannel(h.team, "C0ALERTS01"), Date: today, Told: 7}, {Destination: stanna.SlackChannel(h.team, "C0ALERTS01"), Date: "2020-01-01", Told: 99}})
	})
	page := b.get("/settings/messages").ok(`id="attention-today"`, "#customer-health", ">7<", "no limit", `<a href="/notifications?status=held">4</a>`)
	page.without(">99<")
	h.as(dora).get("/settings/messages").ok("An admin changes them", "Español", "one message a day", "#customer-health").without("<form method=\"post\" action=\"/settings/messages\"")
	h.as(dora).post("/settings/messages", nil).is(http.StatusForbidden)

	b.post("/settings/messages", with(h.formOf(b, "/settings/messages"), "channels.remove", "C0ALERTS01", "locale.tag", "fr-CA")).ok("the words are English", "English, figures as in fr-CA")
	if s := h.settings(); len(s.Channels) != 0 || s.Locale != "fr-CA" {
		t.Errorf("stored %+v", s)
	}
}

// Only the page whose logo it is may show a picture from elsewhere.
func TestPicturesOfOthers(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	h.update(func(tx *store.Tx) error {
		w, err := tx.Workspace(acme)
		w.Settings.Branding.LogoURL = "https://www.acme.com/logo.png"
		if err == nil {
			err = tx.PutSettings(w)
		}
		return err
	})
	if csp := b.get("/settings/messages").ok(`src="https://www.acme.com/logo.png"`).header.Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'self' https://www.acme.com") {
		t.Errorf("the page's policy is %s", csp)
	}
	if csp := b.get("/settings").header.Get("Content-Security-Policy"); strings.Contains(csp, "acme") {
		t.Errorf("the policy of another page is %s", csp)
	}
	// A logo that stands is not fetched again with each change.
	b.post("/settings/messages", with(h.formOf(b, "/settings/messages"), "branding.name", "Acme")).ok("Saved.")
}

func TestHowAPersonIsTold(t *testing.T) {
	h := newHouse(t)
	c := h.as(carl)
	habits := func() stanna.Habits {
		var p stanna.Person
		h.view(func(tx *store.Tx) (err error) { p, _, err = tx.Person(acme, carl); return err })
		return p.Habits
	}
	c.post("/me", h.formOf(c, "/me")).ok("Saved.")
	if (habits() != stanna.Habits{}) {
		t.Errorf("saving what stands changed it: %+v", habits())
	}
	form := with(h.formOf(c, "/me"), "locale.tag", "es-MX", "timezone", "America/Mexico_City", "budget", "5", "digest.own", "yes", "digest.at", "07:30", "digest.weeklyOn", "fri")
	form["digest.days"] = []string{"mon", "wed"}
	c.post("/me", form).ok("Saved.", `value="America/Mexico_City"`, "Español (es-MX)", `value="07:30"`)
	if h := habits(); h.Locale != "es-MX" || h.Timezone != "America/Mexico_City" || *h.Budget != 5 || h.Digest.At != "07:30" || len(h.Digest.Days) != 2 || h.Digest.WeeklyOn != "fri" {
		t.Errorf("stored %+v", h)
	}
	b := h.as(ana)
	b.get("/settings/people").ok("Español (es-MX) · America/Mexico_City · 5 messages a day · digest at 07:30 on Mon, Wed")
	for says, pairs := range map[string][]string{
		"is no time zone":         {"timezone", "Mexico"},
		"is no language tag":      {"locale.tag", "mexican"},
		"Is no number":            {"budget", "few"},
		"between 0 (no limit)":    {"budget", "-3"},
		"is no time of day":       {"digest.at", "25:00"},
		"Choose at least one day": {"digest.days", ""},
	} {
		form := with(h.formOf(b, "/settings/people/"+carl), pairs...)
		if says == "Choose at least one day" {
			form.Del("digest.days")
		}
		b.post("/settings/people/"+carl, form).is(http.StatusBadRequest, says)
	}
	b.post("/settings/people/"+carl, with(h.formOf(b, "/settings/people/"+carl), "locale", "", "timezone", "", "budget", "", "digest.own", "")).ok()
	if (habits() != stanna.Habits{}) {
		t.Errorf("it did not go back: %+v", habits())
	}
}

func TestChannelsThatOthersRead(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	yes, name := true, "with-globex"
	ch, err := h.sandbox.SetChannel(sandbox.ChannelChange{Name: &name, IsMember: &yes, IsExtShared: &yes})
	h.must(err)
	b.post("/integrations/slack/settings", url.Values{"default-typed": {ch.ID}}).ok("nothing can be told in #with-globex yet", "shared with another company")
	to := string(stanna.SlackChannel(h.team, ch.ID))
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "to.typed": {ch.ID}}).is(http.StatusBadRequest, "#with-globex cannot be chosen", "shared with another company")

	// The list was read before a channel was shared: it is asked for anew.
	ours := string(stanna.SlackChannel(h.team, "C0ALERTS01"))
	_, err = h.sandbox.SetChannel(sandbox.ChannelChange{ID: "C0ALERTS01", IsExtShared: &yes})
	h.must(err)
	h.update(func(tx *store.Tx) error {
		c, _, err := tx.Channel(acme, "T0SANDBOX1", "C0ALERTS01")
		if err == nil { // the time at which one was seen never goes back
			err = tx.ForgetChannels(acme, "T0SANDBOX1", time.Now().Add(time.Hour))
		}
		if c.SeenAt = time.Now().Add(-time.Hour); err == nil {
			err = tx.PutChannels(c)
		}
		return err
	})
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "to.add": {ours}}).is(http.StatusBadRequest, "#cs-alerts cannot be chosen")

	b.get("/settings/messages").ok("Shared now: <bdi>#cs-alerts, #with-globex")
	b.post("/settings/messages", with(h.formOf(b, "/settings/messages"), "sharedChannels", "redact")).ok("Saved.", "name no client and no figure")
	b.post("/routes/line", url.Values{"n": {"0"}, "version": {"0"}, "to": {to}}).ok("The routing table is saved", "#with-globex is shared with another company: messages there name no client")
	b.post("/integrations/slack/settings", url.Values{"default-typed": {ch.ID}}).ok("The channels are saved", "#with-globex is shared with another company")
}
