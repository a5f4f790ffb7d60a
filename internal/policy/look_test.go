package policy_test

import (
	"slices"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// A change has those messages looked at again that it can be seen in, and no
// others.
func TestWhatLooksOtherwise(t *testing.T) {
	each(t, func(h *house) {
		check := func(what string, err error, want ...store.Look) {
			h.Helper()
			if err != nil || !slices.Equal(h.redrawn, want) {
				h.Errorf("%s: %v, not %v; %v", what, h.redrawn, want, err)
			}
			h.redrawn = nil
		}
		set := func(what string, change func(*stanna.Settings), want ...store.Look) {
			h.Helper()
			_, _, err := h.SaveSettings(h.ctx, acme, ana, "", func(k *policy.Kept) error { change(&k.Workspace.Settings); return nil })
			check(what, err, want...)
		}
		everywhere := store.Look{}
		for what, change := range map[string]func(*stanna.Settings){
			"buttons":        func(s *stanna.Settings) { s.Buttons = true },
			"name":           func(s *stanna.Settings) { s.Branding.Name = "Acme CS" },
			"accent":         func(s *stanna.Settings) { s.Branding.Accent = "#1a7f5a" },
			"footer":         func(s *stanna.Settings) { s.Branding.Footer = "Questions: #cs-ops" },
			"time zone":      func(s *stanna.Settings) { s.Timezone = "America/New_York" },
			"currency":       func(s *stanna.Settings) { s.Currency = "EUR" },
			"zones":          func(s *stanna.Settings) { s.HealthyAbove = 80 },
			"links":          func(s *stanna.Settings) { s.ClientURLTemplate = "https://crm.example.com/{id}" },
			"shared":         func(s *stanna.Settings) { s.SharedChannels = stanna.RedactShared },
			"business hours": func(s *stanna.Settings) { s.BusinessHours.Holidays = []string{"2026-12-24"} },
		} {
			set(what, change, everywhere)
			set(what+" again", change)
		}
		set("the language of one channel", func(s *stanna.Settings) {
			s.Channels = map[string]stanna.ChannelHabits{"C0VIPS001": {Locale: "es"}}
		}, store.Look{Place: "C0VIPS001"})
		set("the language, and that of a channel", func(s *stanna.Settings) {
			s.Locale, s.Channels = "es", map[string]stanna.ChannelHabits{"C0VIPS001": {Locale: "en"}}
		}, everywhere)
		set("a channel's own language is gone", func(s *stanna.Settings) { s.Channels = nil }, store.Look{Place: "C0VIPS001"})
		budget := 5
		set("what cannot be seen", func(s *stanna.Settings) {
			s.DigestOnly, s.DefaultChannel, s.Channels = true, "C0ALERTS1", map[string]stanna.ChannelHabits{"C0ALERTS1": {Budget: &budget}}
		})

		habits := func(what, email string, change func(*stanna.Habits), want ...store.Look) {
			h.Helper()
			_, _, err := h.SetHabits(h.ctx, acme, ana, email, func(x *stanna.Habits) error { change(x); return nil })
			check(what, err, want...)
		}
		theirs := store.Look{Place: "U0BO"}
		habits("a person's language", "bo@acme.com", func(x *stanna.Habits) { x.Locale = "en" }, theirs)
		habits("a person's time zone", "bo@acme.com", func(x *stanna.Habits) { x.Timezone = "Europe/Madrid" }, theirs)
		habits("a person's budget", "bo@acme.com", func(x *stanna.Habits) { x.Budget = &budget })
		habits("somebody who is not in Slack", "cy@acme.com", func(x *stanna.Habits) { x.Locale = "en" })

		save := func(what string, draft stanna.Template, want ...store.Look) {
			h.Helper()
			_, err := h.SaveTemplate(h.ctx, acme, ana, draft, nil)
			check(what, err, want...)
		}
		said := stanna.Template{Type: stanna.HealthDrop, Wording: stanna.Wording{Subject: "{{ client.name }}", Body: "Call them."}}
		save("a template", said, store.Look{Type: stanna.HealthDrop})
		save("the same template", said)
		said.Channel = "C0VIPS001"
		save("a channel's template", said, store.Look{Place: "C0VIPS001", Type: stanna.HealthDrop})
		said.Subject = "{{ client.id }}"
		save("another one", said, store.Look{Place: "C0VIPS001", Type: stanna.HealthDrop})
		_, err := h.RestoreTemplate(h.ctx, acme, ana, stanna.HealthDrop, "C0VIPS001", 1, nil)
		check("the first one again", err, store.Look{Place: "C0VIPS001", Type: stanna.HealthDrop})
		check("none", h.DeleteTemplate(h.ctx, acme, ana, stanna.HealthDrop, "C0VIPS001", nil), store.Look{Place: "C0VIPS001", Type: stanna.HealthDrop})
	})
}
