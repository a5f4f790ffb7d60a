package slack

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestAuthTest(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "chat:write,channels:read")
		says(`{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"stanna","team_id":"T1","user_id":"U1","bot_id":"B1","enterprise_id":"E1"}`)(w, r)
	})
	got, err := client(t, f.URL).AuthTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Identity{"T1", "Acme", "https://acme.slack.com/", "E1", "U1", "B1", []string{"chat:write", "channels:read"}}, got); d != "" {
		t.Error(d)
	}
}

func TestChannels(t *testing.T) {
	pages := []string{
		`{"ok":true,"channels":[],"response_metadata":{"next_cursor":"dGVhbTpD="}}`,
		string(shared(t, "data/slack-payloads/conversations_list_response.json")),
	}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.PostForm.Get("cursor") == "" {
			says(pages[0])(w, r)
			return
		}
		says(pages[1])(w, r)
	})
	c := client(t, f.URL)
	page, next, err := c.Channels(t.Context(), PublicChannels, "T1", "")
	if err != nil || len(page) != 0 || next != "dGVhbTpD=" {
		t.Fatal(page, next, err)
	}
	_, form := f.last(t)
	if form.Get("types") != "public_channel" || form.Get("team_id") != "T1" || form.Get("exclude_archived") != "true" || form.Get("limit") != "500" {
		t.Error(form)
	}
	page, next, err = c.Channels(t.Context(), PublicChannels, "T1", next)
	if err != nil || next != "" {
		t.Fatal(next, err)
	}
	if d := cmp.Diff([]stanna.Channel{{TeamID: "T1", ID: "C111", Name: "general", Member: true}, {TeamID: "T1", ID: "C222", Name: "random", Member: true}}, page); d != "" {
		t.Error(d)
	}
	if _, form := f.last(t); form.Get("cursor") != "dGVhbTpD=" {
		t.Error(form)
	}
}

func TestChannelAndJoinAndDM(t *testing.T) {
	private := `{"ok":true,"channel":{"id":"G1","name":"deals","is_private":true,"is_archived":true,"is_ext_shared":true,"context_team_id":"T1"}}`
	want := stanna.Channel{TeamID: "T1", ID: "G1", Name: "deals", Private: true, Archived: true, Shared: true}
	f := serve(t, says(private))
	c := client(t, f.URL)
	got, err := c.Channel(t.Context(), "G1")
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if path, form := f.last(t); path != "/api/conversations.info" || form.Get("channel") != "G1" {
		t.Error(path, form)
	}
	got, err = c.Join(t.Context(), "G1")
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if path, form := f.last(t); path != "/api/conversations.join" || form.Get("channel") != "G1" {
		t.Error(path, form)
	}
	id, err := client(t, serve(t, says(`{"ok":true,"channel":{"id":"D069C7QFK"}}`)).URL).OpenDM(t.Context(), "U1")
	if err != nil || id != "D069C7QFK" {
		t.Error(id, err)
	}
	if _, err := c.Channel(t.Context(), ""); err == nil {
		t.Error("a channel without an id was asked about")
	}
}

// TestShared: a channel is shared from the moment that another organisation
// may come in; the workspaces of one organisation are among themselves.
func TestShared(t *testing.T) {
	for said, want := range map[string]bool{
		`"is_ext_shared":true`:                                 true,
		`"is_pending_ext_shared":true`:                         true,
		`"pending_shared":["T9"]`:                              true,
		`"is_org_shared":true,"is_shared":true`:                false,
		`"is_pending_ext_shared":false,"pending_shared":[]`:    false,
		`"is_global_shared":true,"shared_team_ids":["T1","T"]`: false,
	} {
		got, err := client(t, serve(t, says(`{"ok":true,"channel":{"id":"C1",`+said+`}}`)).URL).Channel(t.Context(), "C1")
		if err != nil || got.Shared != want {
			t.Errorf("%s: %v %v", said, got.Shared, err)
		}
	}
}

// TestOkWithoutContent: ok:true alone is no answer to a question.
func TestOkWithoutContent(t *testing.T) {
	for _, answer := range []string{`{"ok":true}`, `{"ok":true,"channel":{},"user":{}}`, `{"ok":true,"channel":null}`,
		`{"ok":true,"channel":"C1","user":"U1","user_id":{},"channels":"no"}`} {
		c := client(t, serve(t, says(answer)).URL)
		_, e1 := c.AuthTest(t.Context())
		_, e2 := c.Channel(t.Context(), "C1")
		_, e3 := c.Join(t.Context(), "C1")
		_, e4 := c.OpenDM(t.Context(), "U1")
		_, e5 := c.LookupEmail(t.Context(), "a@b.c")
		_, e6 := c.User(t.Context(), "U1")
		for i, err := range []error{e1, e2, e3, e4, e5, e6} {
			o, ok := OutcomeOf(err)
			if !ok || o.Kind != Retry || o.Code != "bad_answer" || stanna.CodeOf(err) != stanna.Unavailable {
				t.Errorf("%s, call %d: %+v %v", answer, i, o, err)
			}
		}
	}
}
