package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

func TestAudience(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.must(st.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.PutChannels(stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0SPANISH", Name: "clientes", Member: true, Health: stanna.Healthy})
		}))
		put := func(workspace map[string]any) answer {
			st.Helper()
			return st.ask("PUT", "/api/settings", map[string]any{"workspace": workspace})
		}
		settings := func() map[string]any {
			st.Helper()
			return fields(st.ask("GET", "/api/settings", nil).want(200).object()["workspace"])
		}
		w := settings()
		if w["sharedChannels"] != "refuse" || len(fields(w["channels"])) != 0 || fields(w["budget"])["channel"] != 0.0 || fields(w["branding"])["name"] != "" {
			st.Errorf("%v", w)
		}
		put(map[string]any{"branding": map[string]any{"name": " Acme CS ", "accent": "#1a7f5a"}, "budget": map[string]any{"channel": 20}, "sharedChannels": "redact",
			"channels": map[string]any{"C0SPANISH": map[string]any{"locale": "es-MX", "budget": 0}}}).want(200)
		put(map[string]any{"branding": map[string]any{"footer": "Questions?"}, "budget": map[string]any{"person": 5}}).want(200)
		w = settings()
		b, own := fields(w["branding"]), fields(fields(w["channels"])["C0SPANISH"])
		if b["name"] != "Acme CS" || b["accent"] != "#1a7f5a" || b["footer"] != "Questions?" || fields(w["budget"])["channel"] != 20.0 || fields(w["budget"])["person"] != 5.0 ||
			w["sharedChannels"] != "redact" || own["locale"] != "es-MX" || own["budget"] != 0.0 {
			st.Errorf("%v", w)
		}
		tag := st.ask("GET", "/api/settings", nil).header.Get("ETag")
		st.ask("PUT", "/api/settings", st.ask("GET", "/api/settings", nil).object()).want(200)
		if again := st.ask("GET", "/api/settings", nil).header.Get("ETag"); again != tag {
			st.Errorf("what was read and sent back changed something: %v", settings())
		}
		for field, body := range map[string]map[string]any{
			"branding.accent":           {"branding": map[string]any{"accent": "green"}},
			"branding.name":             {"branding": map[string]any{"name": strings.Repeat("A", 41)}},
			"branding.logoUrl":          {"branding": map[string]any{"logoUrl": "https://10.1.2.3/logo.png"}},
			"workspace.branding.colour": {"branding": map[string]any{"colour": "green"}},
			"budget.person":             {"budget": map[string]any{"person": 10001}},
			"workspace.sharedChannels":  {"sharedChannels": "perhaps"},
			"channels.C0NOBODY1":        {"channels": map[string]any{"C0NOBODY1": map[string]any{"budget": 1}}},
			"channels.C0SPANISH.budget": {"channels": map[string]any{"C0SPANISH": map[string]any{"budget": -1}}},
			"channels.C0SPANISH.locale": {"channels": map[string]any{"C0SPANISH": map[string]any{"locale": "castellano"}}},
			"locale":                    {"locale": "english"},
		} {
			if p := put(body).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		var done settingsDone
		if put(map[string]any{"locale": "nl", "channels": map[string]any{}}).want(200, &done); len(done.Warnings) != 1 || done.Warnings[0].Field != "locale" {
			st.Errorf("%+v", done)
		}
		if w := settings(); len(fields(w["channels"])) != 0 || w["locale"] != "nl" {
			st.Errorf("%v", w)
		}
	})
}

func TestPreviewOfSettings(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.ask("PUT", "/api/settings", map[string]any{"workspace": map[string]any{"branding": map[string]any{"name": "Acme", "accent": "#1a7f5a"}}}).want(200)
		var shown struct {
			Text                string
			Blocks, Attachments []json.RawMessage
		}
		st.ask("GET", "/api/settings/preview", nil).want(200, &shown)
		if len(shown.Blocks) < 4 || len(shown.Attachments) != 1 || !strings.Contains(string(shown.Attachments[0]), "#1a7f5a") || !strings.HasSuffix(shown.Text, "Acme") {
			st.Errorf("%+v", shown)
		}
		plain := len(shown.Blocks)
		shown.Attachments = nil
		st.ask("POST", "/api/settings/preview", map[string]any{"branding": map[string]any{"name": "Hooli", "accent": ""}, "locale": "es"}).want(200, &shown)
		if len(shown.Blocks) != plain+1 || shown.Attachments != nil || !strings.HasSuffix(shown.Text, "Hooli") || !strings.Contains(shown.Text, "último contacto") {
			st.Errorf("%+v", shown)
		}
		st.ask("POST", "/api/settings/preview", map[string]any{}).want(200)
		st.ask("GET", "/api/settings/preview?accent=red", nil).problem(400, validationError)
		st.ask("POST", "/api/settings/preview", map[string]any{"locale": "x"}).problem(400, validationError)
		if w := fields(st.ask("GET", "/api/settings", nil).object()["workspace"]); fields(w["branding"])["name"] != "Acme" || w["locale"] != "en" {
			st.Errorf("a preview changed %v", w)
		}
	})
}

func TestHowAPersonIsTold(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		bo := st.member("bo@acme.com", stanna.CSM)
		var out struct{ Person personView }
		st.ask("PUT", "/api/people/bo@acme.com", map[string]any{"timezone": "America/Mexico_City", "locale": "es-MX", "budget": 4, "digest": map[string]any{"at": "07:30"}}, signedIn(bo)).want(200, &out)
		p := out.Person
		if *p.Timezone != "America/Mexico_City" || *p.Locale != "es-MX" || *p.Budget != 4 || p.Digest.At != "07:30" || len(p.Digest.Days) != 5 || p.Digest.WeeklyOn != "mon" {
			st.Errorf("%+v", p)
		}
		// What is not named stays.
		st.ask("PUT", "/api/people/bo@acme.com", map[string]any{"digest": map[string]any{"weeklyOn": "fri"}, "budget": 0}, signedIn(bo)).want(200, &out)
		if p := out.Person; *p.Locale != "es-MX" || *p.Budget != 0 || p.Digest.At != "07:30" || p.Digest.WeeklyOn != "fri" {
			st.Errorf("%+v", p)
		}
		st.ask("PUT", "/api/people/eve@acme.com", map[string]any{"locale": "es"}, signedIn(bo)).problem(403, forbidden)
		for field, body := range map[string]map[string]any{"timezone": {"timezone": "EST5EDT7"}, "locale": {"locale": "mexican"}, "budget": {"budget": -2}, "digest.days[0]": {"digest": map[string]any{"days": []string{"x"}}}} {
			if p := st.ask("PUT", "/api/people/bo@acme.com", body).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		var back struct{ Person personView }
		st.ask("PUT", "/api/people/bo@acme.com", map[string]any{"timezone": "", "locale": "", "budget": -1, "digest": map[string]any{}}).want(200, &back)
		if p := back.Person; p.Timezone != nil || p.Locale != nil || p.Budget != nil || p.Digest != nil {
			st.Errorf("%+v", p)
		}
	})
}
