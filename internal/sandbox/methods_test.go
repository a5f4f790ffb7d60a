package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestEveryMethodAsksForItsScope(t *testing.T) {
	for _, test := range []struct {
		method string
		args   map[string]string
		scope  string
	}{
		{"team.info", nil, "team:read"},
		{"conversations.list", nil, "channels:read"},
		{"conversations.list", map[string]string{"types": "private_channel"}, "groups:read"},
		{"conversations.info", map[string]string{"channel": "C0HEALTH01"}, "channels:read"},
		{"conversations.info", map[string]string{"channel": "C0PRIVATE1"}, "groups:read"},
		{"conversations.open", map[string]string{"users": "U0ANASILVA"}, "im:write"},
		{"conversations.join", map[string]string{"channel": "C0GENERAL1"}, "channels:join"},
		{"users.conversations", nil, "channels:read"},
		{"users.lookupByEmail", map[string]string{"email": "ana.silva@example.com"}, "users:read.email"},
		{"users.info", map[string]string{"user": "U0ANASILVA"}, "users:read"},
		{"chat.postMessage", map[string]string{"channel": "C0HEALTH01", "text": "x"}, "chat:write"},
		{"chat.update", map[string]string{"channel": "C0HEALTH01", "ts": "1.000001", "text": "x"}, "chat:write"},
		{"chat.delete", map[string]string{"channel": "C0HEALTH01", "ts": "1.000001"}, "chat:write"},
	} {
		t.Run(test.method+" "+test.scope, func(t *testing.T) {
			without := slices.DeleteFunc(allScopes(), func(s string) bool { return s == test.scope })
			st := newStage(t, func(cfg *Config) { cfg.Scopes = without })
			r := st.call(test.method, test.args)
			slices.Sort(without)
			diff(t, "refusal", []any{r.error(), r.body["needed"], r.body["provided"], r.status},
				[]any{"missing_scope", test.scope, strings.Join(without, ","), 200})
			diff(t, "x-oauth-scopes", r.header.Get("X-OAuth-Scopes"), strings.Join(without, ","))
			if accepted := r.header.Get("X-Accepted-OAuth-Scopes"); !slices.Contains(strings.Split(accepted, ","), test.scope) {
				t.Errorf("x-accepted-oauth-scopes %q does not name %s", accepted, test.scope)
			}
			// With the scope the call gets past that door.
			if r := newStage(t, nil).call(test.method, test.args); r.error() == "missing_scope" {
				t.Errorf("with every scope: %v", r.body)
			}
		})
	}
}

func TestTokensAreRead(t *testing.T) {
	st := newStage(t, nil)
	st.want(st.callAs("", "auth.test", nil), "not_authed")
	st.want(st.callAs("xoxb-nobody", "auth.test", nil), "invalid_auth")
	st.want(st.callAs("", "auth.test", map[string]string{"token": pasted}), "ok")
	st.want(st.callAs("", "nothing.here", nil), "unknown_method")

	r := st.call("auth.test", nil)
	diff(t, "auth.test", r.body, map[string]any{"ok": true, "url": "https://acme-sandbox.slack.com/", "team": "Acme Sandbox",
		"team_id": "T0SANDBOX1", "user": "stanna", "user_id": "U0SANDBOT1", "bot_id": "B0SANDBOT1", "is_enterprise_install": false})
}

func TestBodiesAreReadAsSlackReadsThem(t *testing.T) {
	st := newStage(t, nil)
	send := func(method, path, contentType, body string, bearer bool) result {
		t.Helper()
		req, err := http.NewRequest(method, st.url+"/api/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		if bearer {
			req.Header.Set("Authorization", "Bearer "+pasted)
		}
		return st.do(req)
	}
	const utf8JSON = "application/json; charset=utf-8"
	post := `{"channel":"C0HEALTH01","text":"hello","blocks":[{"type":"divider"}],"unfurl_links":false}`
	st.want(send("POST", "chat.postMessage", utf8JSON, post, true), "ok")
	st.want(send("POST", "chat.postMessage", utf8JSON, `{"token":"`+pasted+`",`+post[1:], false), "not_authed")
	st.want(send("POST", "chat.postMessage", utf8JSON, `{"channel":`, true), "invalid_json")
	st.want(send("POST", "chat.postMessage", utf8JSON, `[1]`, true), "json_not_object")
	st.want(send("POST", "chat.postMessage", "text/plain", `hello`, true), "invalid_post_type")
	st.want(send("POST", "chat.postMessage", "", `hello`, true), "missing_post_type")
	st.want(send("GET", "conversations.info?channel=C0HEALTH01", "", "", true), "ok")
	st.want(send("GET", "auth.test?token="+pasted, "", "", false), "ok")
	st.want(send("POST", "conversations.info", utf8JSON, `{"channel":"C0HEALTH01"}`, true), "channel_not_found") // takes forms only

	warned := send("POST", "chat.postMessage", "application/json", post, true)
	diff(t, "warning", []any{warned.body["warning"], warned.body["response_metadata"]},
		[]any{"missing_charset", map[string]any{"warnings": []any{"missing_charset"}}})
	got := st.Messages()[0]
	diff(t, "message from JSON", []string{got.Text, string(got.Blocks)}, []string{"hello", `[{"type":"divider"}]`})
}

func TestAPITest(t *testing.T) {
	st := newStage(t, nil)
	diff(t, "api.test", st.callAs("", "api.test", map[string]string{"foo": "bar"}).body, map[string]any{"ok": true, "args": map[string]any{"foo": "bar"}})
	st.want(st.callAs("", "api.test", map[string]string{"error": "my_error"}), "my_error")
}

func TestPeople(t *testing.T) {
	st := newStage(t, nil)
	found := st.call("users.lookupByEmail", map[string]string{"email": "Chloe.Martin@example.com"})
	user, _ := found.body["user"].(map[string]any)
	diff(t, "lookupByEmail", []any{user["id"], user["real_name"]}, []any{"U0CHLOEMAR", "Chloe Martin"})
	st.want(st.call("users.lookupByEmail", map[string]string{"email": "nobody@example.com"}), "users_not_found")
	st.want(st.call("users.lookupByEmail", map[string]string{"email": "former.colleague@example.com"}), "users_not_found")
	st.want(st.call("users.info", map[string]string{"user": "U0NOBODY"}), "user_not_found")

	email := func(st *stage) any {
		user, _ := st.call("users.info", map[string]string{"user": "U0ANASILVA"}).body["user"].(map[string]any)
		profile, _ := user["profile"].(map[string]any)
		return profile["email"]
	}
	diff(t, "email with its scope", email(st), any("ana.silva@example.com"))
	diff(t, "email without", email(newStage(t, func(cfg *Config) { cfg.Scopes = []string{"users:read"} })), any(nil))
}
