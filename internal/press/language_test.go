package press

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// A reply speaks the language of who pressed, else that of the channel, else
// the workspace's, also before it is known who they are.
func TestLanguageOfReplies(t *testing.T) {
	each(t, func(r *room) {
		habits := func(email, slackID, locale string) {
			r.update(func(tx *store.Tx) error {
				if err := tx.PutPerson(stanna.Person{Workspace: acme, Email: email, SlackID: slackID}); err != nil {
					return err
				}
				return tx.PutHabits(acme, email, stanna.Habits{Locale: locale})
			})
		}
		speak := func(locale, channel string) {
			r.update(func(tx *store.Tx) error {
				return tx.PutSettings(stanna.Workspace{ID: acme, Settings: stanna.Settings{Buttons: true, Locale: locale,
					Channels: map[string]stanna.ChannelHabits{"Ca": {Locale: channel}}}})
			})
		}
		useful := message.Mark{Deed: message.DeedOf(stanna.VerdictUseful), Alert: "alr_b", Message: "msg_a"} // which is stale
		said := func(change func(*slack.Press)) string {
			p := r.press("a", useful)
			change(&p)
			return r.serve(context.Background(), p, new(atomic.Pointer[stanna.Settings])).private
		}
		same := func(*slack.Press) {}
		check := func(who, said, want string) {
			r.Helper()
			if !strings.Contains(said, want) {
				r.Errorf("%s: %q", who, said)
			}
		}
		const spanish, english = "No se ha cambiado nada", "Nothing was changed"
		check("in English", said(same), english)
		speak("es", "")
		check("by the workspace", said(same), spanish)
		speak("es", "en-GB")
		check("by the channel", said(same), english)
		speak("en", "es")
		check("by the channel", said(same), spanish)
		speak("en", "")
		habits("ana.silva@example.com", "U0ANASILVA", "es-MX")
		check("by the person", said(same), spanish)
		check("another person", said(func(p *slack.Press) { p.UserID = "U0OTHER" }), english)
		speak("es", "en")
		check("of another app, by the channel", said(func(p *slack.Press) { p.AppID, p.UserID = "A0OTHER", "U0OTHER" }), english)
		check("of another app, by the person", said(func(p *slack.Press) { p.AppID = "A0OTHER" }), spanish)
		check("of a team that nobody knows, among two workspaces", said(func(p *slack.Press) { p.TeamID = "T0NOBODY" }), english)
	})
}

// Who does not wait for the end hears that in their language too.
func TestLanguageOfWhoIsSlow(t *testing.T) {
	each(t, func(r *room) {
		r.update(func(tx *store.Tx) error {
			return tx.PutSettings(stanna.Workspace{ID: acme, Settings: stanna.Settings{Buttons: true, Channels: map[string]stanna.ChannelHabits{"Ca": {Locale: "es"}}}})
		})
		mark := message.Mark{Deed: message.DeedResolve, Alert: "alr_a", Message: "msg_a"}
		form := r.press("a", mark) // which says nothing of where it was opened
		form.Kind, form.Form, form.Meta, form.ChannelID = slack.PressForm, string(mark.Deed), mark.String(), ""
		reader := new(atomic.Pointer[stanna.Settings])
		r.serve(context.Background(), form, reader)
		if known := reader.Load(); known == nil || known.Locale != "es" {
			r.Errorf("%+v", known)
		}
	})
}
