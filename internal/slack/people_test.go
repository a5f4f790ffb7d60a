package slack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestUser(t *testing.T) {
	f := serve(t, says(`{"ok":true,"user":{"id":"U1","team_id":"T1","name":"ana","real_name":"","tz":"Europe/Lisbon","tz_offset":0,
		"locale":"pt-PT","is_email_confirmed":true,"is_restricted":true,"updated":1700000000,"profile":{"email":"ana@acme.com"}}}`))
	got, err := client(t, f.URL).User(t.Context(), "U1")
	if d := cmp.Diff(User{ID: "U1", TeamID: "T1", Name: "ana", Email: "ana@acme.com", TZ: "Europe/Lisbon", Locale: "pt-PT", IsGuest: true}, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if path, form := f.last(t); path != "/api/users.info" || form.Get("user") != "U1" || form.Get("include_locale") != "true" {
		t.Error(path, form)
	}
	_, err = client(t, serve(t, says(`{"ok":false,"error":"user_not_found"}`)).URL).User(t.Context(), "U1")
	if o, _ := OutcomeOf(err); o.Class != ClassDestination {
		t.Errorf("%+v", o)
	}
}

// TestConfirmed: only Slack's no is a no.
func TestConfirmed(t *testing.T) {
	for said, unconfirmed := range map[string]bool{`,"is_email_confirmed":false`: true, `,"is_email_confirmed":true`: false, ``: false, `,"is_email_confirmed":null`: false} {
		got, err := client(t, serve(t, says(`{"ok":true,"user":{"id":"U1"`+said+`}}`)).URL).User(t.Context(), "U1")
		if err != nil || got.Unconfirmed != unconfirmed {
			t.Errorf("%q: %v %v", said, got.Unconfirmed, err)
		}
	}
}

func TestLookupEmail(t *testing.T) {
	f := serve(t, says(`{"ok":true,"user":{"id":"U1","team_id":"T2","name":"ana","real_name":"Ana Lima","deleted":true,"is_ultra_restricted":true,"is_stranger":true,"profile":{"email":"ana@acme.com"}}}`))
	got, err := client(t, f.URL).LookupEmail(t.Context(), "ana+1@acme.com")
	if d := cmp.Diff(User{ID: "U1", TeamID: "T2", Name: "Ana Lima", Email: "ana@acme.com", Deleted: true, IsGuest: true, Stranger: true}, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if _, form := f.last(t); form.Get("email") != "ana+1@acme.com" {
		t.Error(form)
	}
	_, err = client(t, serve(t, says(`{"ok":false,"error":"users_not_found"}`)).URL).LookupEmail(t.Context(), "x@y.z")
	if o, _ := OutcomeOf(err); o.Class != ClassDestination || stanna.CodeOf(err) != stanna.Conflict || !strings.Contains(err.Error(), "Nobody in Slack") {
		t.Errorf("%+v", o)
	}
}
