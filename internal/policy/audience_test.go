package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func TestLocales(t *testing.T) {
	for tag, fine := range map[string]bool{"": true, "en": true, "es-MX": true, "es-419": true, "de-CH": true, "es_MX": true, "zh-Hant-TW": true,
		"und": false, "und-MX": false, "spanish": false, "e": false, "es-": false, "xx-YY": false, "en-US-u-ca-gregory-co-standard-hc-h23": false, "../en": false} {
		if err := policy.ValidLocale("locale", tag); (err == nil) != fine {
			t.Errorf("%q: %v", tag, err)
		}
	}
}

// shared has a channel that people of another company read.
func (h *house) shared() {
	h.change(func(tx *store.Tx) error {
		return tx.PutChannels(stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0SHARED1", Name: "with-globex", Member: true, Shared: true, Health: stanna.Healthy})
	})
}

func TestAudience(t *testing.T) {
	each(t, func(h *house) {
		h.shared()
		save := func(change func(*stanna.Settings)) ([]policy.Warning, error) {
			_, warnings, err := h.SaveSettings(h.ctx, acme, ana, "", func(k *policy.Kept) error { change(&k.Workspace.Settings); return nil })
			return warnings, err
		}
		said := func(what string, change func(*stanna.Settings), field, text string) {
			h.Helper()
			warnings, err := save(change)
			if err != nil {
				h.Errorf("%s: %v", what, err)
			}
			for _, w := range warnings {
				if w.Field == field && strings.Contains(w.Message, text) {
					return
				}
			}
			if len(warnings) > 0 || field != "" {
				h.Errorf("%s: warned of %+v, want %s: %s", what, warnings, field, text)
			}
		}
		habits := func(id string, c stanna.ChannelHabits) func(*stanna.Settings) {
			return func(s *stanna.Settings) { s.Channels = map[string]stanna.ChannelHabits{id: c} }
		}
		three := 3
		for field, change := range map[string]func(*stanna.Settings){
			"locale":                    func(s *stanna.Settings) { s.Locale = "martian" },
			"channels.C0NOWHERE":        habits("C0NOWHERE", stanna.ChannelHabits{Budget: &three}),
			"channels.C0VIPS001.locale": habits("C0VIPS001", stanna.ChannelHabits{Locale: "martian"}),
			"channels": func(s *stanna.Settings) {
				s.Channels = map[string]stanna.ChannelHabits{}
				for i := range 501 {
					s.Channels[fmt.Sprint("C", i)] = stanna.ChannelHabits{Budget: &three}
				}
			},
		} {
			before := h.version()
			_, err := save(change)
			h.refused(err, field, before)
		}
		said("Spanish", func(s *stanna.Settings) { s.Locale = "es-MX" }, "", "")
		said("Norwegian", func(s *stanna.Settings) { s.Locale = "nb" }, "locale", "the words are English")
		said("something else", func(s *stanna.Settings) { s.Currency = "EUR" }, "", "")
		said("a channel", habits("C0VIPS001", stanna.ChannelHabits{Locale: "fr", Budget: &three}), "channels.C0VIPS001.locale", "follow fr")
		// A channel that is gone is no reason to refuse what stands.
		h.change(func(tx *store.Tx) error { return tx.ForgetChannels(acme, "T1", monday.AddDate(1, 0, 0)) })
		said("the rest", func(s *stanna.Settings) { s.Currency = "GBP" }, "", "")
		h.shared()
		said("nothing of its own", habits("C0SHARED1", stanna.ChannelHabits{}), "", "")
		if kept, err := h.Settings(h.ctx, acme); err != nil || len(kept.Workspace.Settings.Channels) != 0 {
			h.Errorf("%+v %v", kept.Workspace.Settings.Channels, err)
		}

		// A shared channel is refused where it is chosen, and warned of where
		// it is allowed.
		shared := stanna.SlackChannel("T1", "C0SHARED1")
		before := h.version()
		_, err := h.SaveRoutes(h.ctx, acme, ana, []stanna.RouteLine{{To: []stanna.Destination{shared}}}, nil)
		h.refused(err, "routes[0].to[0]", before)
		_, err = h.SaveRule(h.ctx, acme, ana, draft(func(r *stanna.Rule) { r.Destinations = []stanna.Destination{shared} }), nil)
		h.refused(err, "destinations[0]", before)
		_, _, err = h.SaveSettings(h.ctx, acme, ana, "", func(k *policy.Kept) error {
			k.Workspace.Settings.Digests = []stanna.DigestPlan{{To: shared, Weekly: true}}
			return nil
		})
		h.refused(err, "digests[0].to", before)
		said("as the fallback", func(s *stanna.Settings) { s.FallbackChannel = "C0SHARED1" }, "fallbackChannel", "nothing can be told in #with-globex now")
		said("allowed", func(s *stanna.Settings) { s.SharedChannels = stanna.RedactShared }, "fallbackChannel", "name no client and no figure")
		routes, err := h.SaveRoutes(h.ctx, acme, ana, []stanna.RouteLine{{To: []stanna.Destination{shared}}}, nil)
		if err != nil || len(routes.Warnings) != 1 || !strings.Contains(routes.Warnings[0].Message, "name no client") {
			h.Errorf("%+v %v", routes.Warnings, err)
		}
		said("a digest where it is allowed", func(s *stanna.Settings) { s.Digests = []stanna.DigestPlan{{To: shared, Weekly: true}} }, "digests[0].to", "name no client and no figure")
		said("no digest", func(s *stanna.Settings) { s.Digests = nil }, "", "")
		said("refused again", func(s *stanna.Settings) { s.SharedChannels = "" }, "fallbackChannel", "nothing can be told")
		// What was chosen before does not keep the rest from being changed.
		again := []stanna.RouteLine{{Name: "Partners", To: []stanna.Destination{shared}}}
		if routes, err = h.SaveRoutes(h.ctx, acme, ana, again, nil); err != nil || len(routes.Warnings) != 1 || !strings.Contains(routes.Warnings[0].Message, "nothing can be told") {
			h.Errorf("%+v %v", routes.Warnings, err)
		}
	})
}

func TestHowAPersonIsTold(t *testing.T) {
	each(t, func(h *house) {
		set := func(change func(*stanna.Habits)) ([]policy.Warning, error) {
			_, warnings, err := h.SetHabits(h.ctx, acme, ana, "bo@acme.com", func(x *stanna.Habits) error { change(x); return nil })
			return warnings, err
		}
		minus, many, none := -1, 10_001, 0
		for _, c := range []struct {
			field  string
			change func(*stanna.Habits)
		}{
			{"timezone", func(x *stanna.Habits) { x.Timezone = "Local" }},
			{"timezone", func(x *stanna.Habits) { x.Timezone = "Mars/Base" }},
			{"timezone", func(x *stanna.Habits) { x.Timezone = "../../etc/passwd" }},
			{"locale", func(x *stanna.Habits) { x.Locale = "martian" }},
			{"budget", func(x *stanna.Habits) { x.Budget = &minus }},
			{"budget", func(x *stanna.Habits) { x.Budget = &many }},
			{"digest.at", func(x *stanna.Habits) { x.Digest = &stanna.DigestTime{At: "24:00"} }},
			{"digest.days[0]", func(x *stanna.Habits) { x.Digest = &stanna.DigestTime{Days: []string{"noday"}} }},
			// Hours that are right do not hide what is wrong beside them.
			{"locale", func(x *stanna.Habits) { x.Hours, x.Locale = &stanna.Hours{Timezone: "Europe/Lisbon"}, "martian" }},
		} {
			before := h.version()
			_, err := set(c.change)
			h.refused(err, c.field, before)
		}
		warnings, err := set(func(x *stanna.Habits) {
			x.Timezone, x.Locale, x.Budget, x.Digest = "America/Mexico_City", "pt-BR", &none, &stanna.DigestTime{At: "07:30"}
		})
		if err != nil || len(warnings) != 1 || warnings[0].Field != "locale" || !strings.Contains(warnings[0].Message, "the words are English") {
			h.Errorf("%+v %v", warnings, err)
		}
		p, err := h.Person(h.ctx, acme, "bo@acme.com")
		if err != nil || p.Timezone != "America/Mexico_City" || p.Locale != "pt-BR" || *p.Budget != 0 || p.Digest.At != "07:30" {
			h.Errorf("%+v %v", p.Habits, err)
		}
		if warnings, err = set(func(x *stanna.Habits) { x.Locale = "es" }); err != nil || len(warnings) != 0 {
			h.Errorf("%+v %v", warnings, err)
		}
	})
}

// The team of the default channel is the home; the fallback channel is in it.
func TestTheDefaultChannelChoosesTheHome(t *testing.T) {
	each(t, func(h *house) {
		h.change(func(tx *store.Tx) error {
			if err := tx.PutConnection(stanna.Connection{Workspace: acme, TeamID: "T2", TeamName: "Globex", Health: stanna.Healthy, InstalledAt: monday.Add(time.Hour)}); err != nil {
				return err
			}
			return tx.PutChannels(stanna.Channel{Workspace: acme, TeamID: "T2", ID: "C0GLOBEX1", Name: "globex", Member: true, Health: stanna.Healthy},
				stanna.Channel{Workspace: acme, TeamID: "T2", ID: "C0SPARE01", Name: "spare", Member: true, Health: stanna.Healthy})
		})
		save := func(main, fallback string) error {
			_, _, err := h.SaveSettings(h.ctx, acme, ana, "", func(k *policy.Kept) error {
				k.Workspace.Settings.DefaultChannel, k.Workspace.Settings.FallbackChannel = main, fallback
				return nil
			})
			return err
		}
		home := func() (team string) {
			h.change(func(tx *store.Tx) error {
				c, _, err := tx.Connection(acme)
				team = c.TeamID
				return err
			})
			return team
		}
		if err := save("C0ALERTS1", "C0SPARE01"); stanna.CodeOf(err) != stanna.Invalid || home() != "T1" {
			h.Errorf("a fallback channel elsewhere: %v, home %s", err, home())
		}
		if err := save("C0GLOBEX1", "C0SPARE01"); err != nil || home() != "T2" {
			h.Errorf("both in the other team: %v, home %s", err, home())
		}
		if err := save("", ""); err != nil || home() != "T2" {
			h.Errorf("none: %v, home %s", err, home())
		}
	})
}
