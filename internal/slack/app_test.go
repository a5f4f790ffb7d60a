package slack

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestAuthorizeURL(t *testing.T) {
	a := App{URL: "https://slack-gov.com/", ClientID: "11.22", ClientSecret: testClientSecret}
	u, err := url.Parse(a.AuthorizeURL("st&te", "https://stanna.example.com/cb?x=1", ScopesFor(FeaturePostAnywhere), "T1"))
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme+"://"+u.Host+u.Path != "https://slack-gov.com/oauth/v2/authorize" {
		t.Error(u)
	}
	if d := cmp.Diff(url.Values{"client_id": {"11.22"}, "scope": {"chat:write,channels:read,chat:write.public"},
		"state": {"st&te"}, "redirect_uri": {"https://stanna.example.com/cb?x=1"}, "team": {"T1"}}, u.Query()); d != "" {
		t.Error(d)
	}
	if s := a.AuthorizeURL("s", "", Scopes(), ""); strings.Contains(s, "team=") || strings.Contains(s, "redirect_uri=") {
		t.Error(s)
	}
}

const workspaceInstall = `{"ok":true,"access_token":"xoxb-1","token_type":"bot","scope":"chat:write,channels:read",
 "bot_user_id":"U0BOT","app_id":"A0APP","team":{"id":"T0TEAM","name":"Acme"},"enterprise":null,
 "is_enterprise_install":false,"authed_user":{"id":"U0HUMAN"}}`

func TestExchange(t *testing.T) {
	base := Installation{TeamID: "T0TEAM", TeamName: "Acme", AppID: "A0APP", BotUserID: "U0BOT", AuthedUserID: "U0HUMAN",
		Scopes: []string{"chat:write", "channels:read"}, Tokens: Tokens{AccessToken: "xoxb-1"}}
	inOrg, orgWide, rotated := base, base, base
	inOrg.EnterpriseID, inOrg.EnterpriseName = "E1", "Acme Group"
	orgWide.TeamID, orgWide.TeamName, orgWide.EnterpriseID, orgWide.EnterpriseName = "", "", "E1", "Acme Group"
	orgWide.IsEnterpriseInstall, orgWide.BotUserID = true, "W0BOT"
	rotated.Tokens = Tokens{AccessToken: "xoxe.xoxb-1-a", RefreshToken: "xoxe-1-b", ExpiresIn: 12 * time.Hour}
	enterprise := `"enterprise":{"id":"E1","name":"Acme Group"}`
	for _, c := range []struct {
		name   string
		answer string
		want   Installation
	}{
		{"workspace", workspaceInstall, base},
		{"workspace in an organisation", strings.Replace(workspaceInstall, `"enterprise":null`, enterprise, 1), inOrg},
		{"org-wide", strings.NewReplacer(`"enterprise":null`, enterprise, `{"id":"T0TEAM","name":"Acme"}`, `null`,
			`install":false`, `install":true`, "U0BOT", "W0BOT").Replace(workspaceInstall), orgWide},
		{"rotation", strings.Replace(workspaceInstall, `"access_token":"xoxb-1"`,
			`"access_token":"xoxe.xoxb-1-a","refresh_token":"xoxe-1-b","expires_in":43200`, 1), rotated},
	} {
		f := serve(t, says(c.answer))
		got, err := app(t, f.URL).Exchange(t.Context(), testCode, "https://stanna.example.com/cb")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		path, form := f.last(t)
		if d := cmp.Diff(url.Values{"client_id": {"11.22"}, "client_secret": {testClientSecret.Reveal()}, "code": {testCode},
			"redirect_uri": {"https://stanna.example.com/cb"}}, form); d != "" || path != "/api/oauth.v2.access" {
			t.Errorf("%s: %s %s", c.name, path, d)
		}
	}
}

// TestExchangeShape reads every field of the shape that Slack's SDK records.
func TestExchangeShape(t *testing.T) {
	var shape map[string]any
	if err := json.Unmarshal(shared(t, "data/slack-payloads/shape_oauth.v2.access.json"), &shape); err != nil {
		t.Fatal(err)
	}
	shape["ok"] = true
	for _, k := range []string{"access_token", "refresh_token", "bot_user_id", "app_id", "scope"} {
		if _, ok := shape[k]; !ok {
			t.Errorf("the shape has no %s", k)
		}
		shape[k] = k
	}
	for _, k := range []string{"team", "enterprise", "authed_user"} {
		shape[k].(map[string]any)["id"] = k
	}
	b, err := json.Marshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	got, err := app(t, serve(t, says(string(b))).URL).Exchange(t.Context(), testCode, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Installation{TeamID: "team", EnterpriseID: "enterprise", AppID: "app_id", BotUserID: "bot_user_id",
		AuthedUserID: "authed_user", Scopes: []string{"scope"},
		Tokens: Tokens{AccessToken: "access_token", RefreshToken: "refresh_token", ExpiresIn: 123 * time.Second}}, got); d != "" {
		t.Error(d)
	}
}

func TestExchangeFails(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		kind         Kind
		class        Class
	}{
		{"old code", `{"ok":false,"error":"invalid_code"}`, Permanent, ClassConsent},
		{"other redirect", `{"ok":false,"error":"bad_redirect_uri"}`, Permanent, ClassSetup},
		{"wrong secret", `{"ok":false,"error":"bad_client_secret"}`, Permanent, ClassSetup},
		{"no token", strings.Replace(workspaceInstall, "xoxb-1", "", 1), Unknown, ClassAmbiguous},
		{"no bot", strings.Replace(workspaceInstall, "U0BOT", "", 1), Unknown, ClassAmbiguous},
		{"neither team nor organisation", strings.Replace(workspaceInstall, `{"id":"T0TEAM","name":"Acme"}`, `null`, 1), Unknown, ClassAmbiguous},
		{"an organisation without an id", strings.NewReplacer(`{"id":"T0TEAM","name":"Acme"}`, `null`, `install":false`, `install":true`).Replace(workspaceInstall), Unknown, ClassAmbiguous},
		{"a list for a team", strings.Replace(workspaceInstall, `{"id":"T0TEAM","name":"Acme"}`, `[]`, 1), Unknown, ClassAmbiguous},
		{"nonsense", `<html>`, Unknown, ClassAmbiguous},
	} {
		got, err := app(t, serve(t, says(c.answer)).URL).Exchange(t.Context(), testCode, "")
		o, ok := OutcomeOf(err)
		if !ok || o.Kind != c.kind || o.Class != c.class || o.Repair == "" {
			t.Errorf("%s: %+v", c.name, o)
		}
		if got.Tokens != (Tokens{}) || got.TeamID != "" {
			t.Errorf("%s: %+v in spite of the error", c.name, got)
		}
		var e *stanna.Error
		if !errors.As(err, &e) || e.Message != err.Error() {
			t.Errorf("%s: it cannot be shown to a person: %v", c.name, err)
		}
	}
}

func TestRefresh(t *testing.T) {
	f := serve(t, says(`{"ok":true,"access_token":"xoxe.xoxb-1-new","refresh_token":"xoxe-1-new","expires_in":43200,"token_type":"bot"}`))
	got, err := app(t, f.URL).Refresh(t.Context(), testRefresh)
	if want := (Tokens{"xoxe.xoxb-1-new", "xoxe-1-new", 12 * time.Hour}); err != nil || got != want {
		t.Fatal(got, err)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if got.ExpiresAt(now) != now.Add(12*time.Hour) || !(Tokens{}).ExpiresAt(now).IsZero() {
		t.Error(got.ExpiresAt(now))
	}
	_, form := f.last(t)
	if form.Get("grant_type") != "refresh_token" || form.Get("refresh_token") != testRefresh.Reveal() || form.Get("client_id") != "11.22" {
		t.Error(form)
	}
	_, err = app(t, serve(t, says(`{"ok":false,"error":"invalid_refresh_token"}`)).URL).Refresh(t.Context(), testRefresh)
	if o, _ := OutcomeOf(err); o.Class != ClassConnection {
		t.Errorf("%+v", o)
	}
	_, err = app(t, serve(t, says(`{"ok":true}`)).URL).Refresh(t.Context(), testRefresh)
	if o, _ := OutcomeOf(err); o.Kind != Unknown || o.Code != "bad_answer" {
		t.Errorf("%+v", o)
	}
	_, err = app(t, serve(t, reset).URL).Refresh(t.Context(), testRefresh)
	if o, _ := OutcomeOf(err); o.Kind != Unknown {
		t.Errorf("%+v", o)
	}
}

func TestUninstall(t *testing.T) {
	f := serve(t, says(`{"ok":true}`))
	if err := app(t, f.URL).Uninstall(t.Context(), testToken); err != nil {
		t.Fatal(err)
	}
	path, form := f.last(t)
	if path != "/api/apps.uninstall" || form.Get("token") != testToken.Reveal() || form.Get("client_secret") != testClientSecret.Reveal() {
		t.Error(path, form)
	}
	for answer, want := range map[string]bool{`{"ok":false,"error":"account_inactive"}`: true, `{"ok":false,"error":"token_revoked"}`: true,
		`{"ok":false,"error":"bad_client_secret"}`: false, `{"ok":false,"error":"invalid_auth"}`: false, `{}`: false} {
		if err := app(t, serve(t, says(answer)).URL).Uninstall(t.Context(), testToken); (err == nil) != want {
			t.Errorf("%s: %v", answer, err)
		}
		if err := client(t, serve(t, says(answer)).URL).Revoke(t.Context()); (err == nil) != want {
			t.Errorf("revoke %s: %v", answer, err)
		}
	}
}

func TestDenied(t *testing.T) {
	for code, class := range map[string]Class{"access_denied": ClassConsent, "invalid_client_id": ClassSetup, "new_reason": ClassOther, "<script>": ClassOther, "": ClassOther} {
		o, ok := OutcomeOf(Denied(code))
		if !ok || o.Kind != Permanent || o.Class != class || o.Repair == "" || strings.Contains(o.Detail, "<") {
			t.Errorf("%q: %+v", code, o)
		}
	}
}

func TestConnection(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	i := Installation{TeamID: "T1", TeamName: "Acme", EnterpriseID: "E1", EnterpriseName: "Group", AppID: "A1", BotUserID: "U1", AuthedUserID: "U2",
		Scopes: []string{"chat:write"}, Tokens: Tokens{"a", "r", time.Hour}}
	if d := cmp.Diff(stanna.Connection{Workspace: "acme.com", TeamID: "T1", TeamName: "Acme", EnterpriseID: "E1", EnterpriseName: "Group",
		AppID: "A1", BotUserID: "U1", Scopes: []string{"chat:write"}, AccessToken: "a", RefreshToken: "r", ExpiresAt: now.Add(time.Hour),
		InstalledBy: "U2", InstalledAt: now, CheckedAt: now, Health: stanna.Healthy}, i.Connection("acme.com", now)); d != "" {
		t.Error(d)
	}
}
