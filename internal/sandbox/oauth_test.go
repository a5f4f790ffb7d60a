package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const callback = "http://127.0.0.1:3999/slack/callback"

// fromScratch is a team in which the app has never been installed.
func fromScratch(cfg *Config) {
	cfg.BotToken, cfg.Scopes, cfg.AutoApprove = "", nil, true
}

func authorize(params map[string]string) string {
	query := url.Values{"client_id": {DefaultConfig().App.ClientID}, "scope": {"chat:write,channels:read"},
		"redirect_uri": {callback}, "state": {"s 1&"}}
	for key, value := range params {
		query.Set(key, value)
		if value == "-" {
			query.Del(key)
		}
	}
	return "/oauth/v2/authorize?" + query.Encode()
}

// code installs by auto_approve and returns the code.
func (st *stage) code(params map[string]string) string {
	st.t.Helper()
	status, to, body := st.page(authorize(params))
	if status != http.StatusFound {
		st.t.Fatalf("authorize answered %d: %s", status, body)
	}
	return to.Query().Get("code")
}

func (st *stage) exchange(args map[string]string) result {
	st.t.Helper()
	all := map[string]string{"client_id": st.cfg.App.ClientID, "client_secret": st.cfg.App.ClientSecret, "redirect_uri": callback}
	for key, value := range args {
		all[key] = value
		if value == "-" {
			delete(all, key)
		}
	}
	return st.callAs("", "oauth.v2.access", all)
}

func TestAuthorizeSendsTheBrowserBack(t *testing.T) {
	enterprise := func(cfg *Config) { fromScratch(cfg); cfg.Team.EnterpriseID = "E0ORG" }
	for _, test := range []struct {
		name   string
		params map[string]string
		change func(*Config)
		code   bool
		want   url.Values // without code
	}{
		{"allow", nil, fromScratch, true, url.Values{"state": {"s 1&"}}},
		{"cancel", map[string]string{"deny": "1"}, fromScratch, false, url.Values{"error": {"access_denied"}, "state": {"s 1&"}}},
		{"started at Slack", map[string]string{"no_state": "1"}, fromScratch, true, url.Values{}},
		{"org-wide", map[string]string{"org": "1"}, enterprise, true, url.Values{"state": {"s 1&"}}},
		{"the callback's own query is kept", map[string]string{"redirect_uri": callback + "?a=b"}, fromScratch, true, url.Values{"a": {"b"}, "state": {"s 1&"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := newStage(t, test.change)
			status, to, body := st.page(authorize(test.params))
			if status != http.StatusFound || !strings.HasPrefix(to.String(), callback) {
				t.Fatalf("%d to %v: %s", status, to, body)
			}
			got := to.Query()
			if got.Has("code") != test.code {
				t.Errorf("code present: %v, want %v", got.Has("code"), test.code)
			}
			got.Del("code")
			diff(t, "query", got, test.want)
		})
	}
}

func TestAuthorizeRefusesOnAPage(t *testing.T) {
	configured := []string{"https://app.example.com/slack"}
	for _, test := range []struct {
		name      string
		redirects []string
		params    map[string]string
		names     string // empty: accepted
	}{
		{"unknown client", nil, map[string]string{"client_id": "9.9"}, "Invalid client_id"},
		{"no scope", nil, map[string]string{"scope": ""}, "No scopes"},
		{"unknown scope", nil, map[string]string{"scope": "chat:write,admin"}, "“admin”"},
		{"another machine without configured URLs", nil, map[string]string{"redirect_uri": "https://evil.example/cb"}, "did not match"},
		{"fragment", nil, map[string]string{"redirect_uri": callback + "#x"}, "did not match"},
		{"no redirect at all", nil, map[string]string{"redirect_uri": "-"}, "did not match"},
		{"script", nil, map[string]string{"redirect_uri": "javascript://localhost/%0aalert(1)"}, "did not match"},
		{"org in a plain team", nil, map[string]string{"org": "1"}, "enterprise_id"},
		{"the configured one", configured, map[string]string{"redirect_uri": "https://app.example.com/slack"}, ""},
		{"below it", configured, map[string]string{"redirect_uri": "https://app.example.com/slack/cb"}, ""},
		{"the first by default", configured, map[string]string{"redirect_uri": "-"}, ""},
		{"a longer name", configured, map[string]string{"redirect_uri": "https://app.example.com/slackers"}, "did not match"},
		{"out by dots", configured, map[string]string{"redirect_uri": "https://app.example.com/slack/../cb"}, "did not match"},
		{"another host", configured, map[string]string{"redirect_uri": "https://app.example.com.evil.example/slack"}, "did not match"},
		{"loopback when others are configured", configured, nil, "did not match"},
		{"another scheme", configured, map[string]string{"redirect_uri": "http://app.example.com/slack"}, "did not match"},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.App.RedirectURLs = test.redirects })
			status, to, body := st.page(authorize(test.params))
			if test.names == "" {
				if status != http.StatusFound {
					t.Errorf("refused with %d: %s", status, body)
				}
				return
			}
			if status != http.StatusBadRequest || to != nil || !strings.Contains(body, test.names) {
				t.Errorf("%d to %v, want a page that names %q: %s", status, to, test.names, body)
			}
		})
	}
}

func TestConsentPageAsksAndObeys(t *testing.T) {
	st := newStage(t, func(cfg *Config) {
		fromScratch(cfg)
		cfg.AutoApprove = false
		cfg.Scopes = []string{"channels:read"}
		cfg.App.OptionalScopes = []string{"chat:write.public", "groups:read"}
	})
	path := authorize(map[string]string{"scope": "chat:write,channels:read,chat:write.public,groups:read"})
	status, _, body := st.page(path)
	for _, text := range []string{"Stanna", "Acme Sandbox", "Send messages as the app", "already granted", "Allow", "Cancel", `value="groups:read" checked`} {
		if status != http.StatusOK || !strings.Contains(body, text) {
			t.Errorf("consent page (%d) does not say %q", status, text)
		}
	}
	press := func(form url.Values) url.Values {
		t.Helper()
		form.Set("query", strings.TrimPrefix(path, "/oauth/v2/authorize?"))
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.PostForm(st.url+"/oauth/v2/authorize", form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		to, err := resp.Location()
		if err != nil {
			t.Fatal(err)
		}
		return to.Query()
	}
	diff(t, "Cancel", press(url.Values{"decision": {"cancel"}}), url.Values{"error": {"access_denied"}, "state": {"s 1&"}})
	code := press(url.Values{"decision": {"allow"}, "optional": {"groups:read"}}).Get("code")
	r := st.exchange(map[string]string{"code": code})
	diff(t, "scope after one optional was unticked", r.str("scope"), "channels:read,chat:write,groups:read")
}

func TestCodeIsExchangedOnceAndOnlyAsItWasAsked(t *testing.T) {
	st := newStage(t, fromScratch)
	code := st.code(nil)
	st.want(st.exchange(map[string]string{"code": code, "client_id": "9.9"}), "invalid_client_id")
	st.want(st.exchange(map[string]string{"code": code, "client_secret": "wrong"}), "bad_client_secret")
	st.want(st.exchange(map[string]string{"code": code, "grant_type": "password"}), "invalid_grant_type")
	st.want(st.exchange(map[string]string{"code": "nonsense"}), "invalid_code")
	st.want(st.exchange(map[string]string{"code": code, "redirect_uri": callback + "/x"}), "bad_redirect_uri")
	st.want(st.exchange(map[string]string{"code": code, "redirect_uri": "-"}), "bad_redirect_uri")
	r := st.exchange(map[string]string{"code": code})
	st.want(r, "ok")
	st.want(st.exchange(map[string]string{"code": code}), "invalid_code")
	token := r.str("access_token")
	delete(r.body, "access_token")
	diff(t, "answer", r.body, map[string]any{
		"ok": true, "token_type": "bot", "scope": "channels:read,chat:write", "bot_user_id": "U0SANDBOT1", "app_id": "A0SANDBOX1",
		"team": map[string]any{"id": "T0SANDBOX1", "name": "Acme Sandbox"}, "enterprise": nil,
		"is_enterprise_install": false, "authed_user": map[string]any{"id": "U0ANASILVA"},
	})
	st.want(st.callAs(token, "auth.test", nil), "ok")

	late := st.code(nil)
	st.clock.forward(10 * time.Minute)
	st.want(st.exchange(map[string]string{"code": late}), "invalid_code")
}

func TestClientMayUseBasicAuth(t *testing.T) {
	st := newStage(t, fromScratch)
	form := url.Values{"code": {st.code(nil)}, "redirect_uri": {callback}}
	req, _ := http.NewRequest(http.MethodPost, st.url+"/api/oauth.v2.access", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(st.cfg.App.ClientID, st.cfg.App.ClientSecret)
	st.want(st.do(req), "ok")
}

func TestScopesOnlyGrow(t *testing.T) {
	st := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.Scopes = []string{"team:read"} })
	first := st.exchange(map[string]string{"code": st.code(map[string]string{"scope": "chat:write,groups:read"})})
	second := st.exchange(map[string]string{"code": st.code(map[string]string{"scope": "users:read"})})
	diff(t, "scope", second.str("scope"), "chat:write,groups:read,team:read,users:read")
	diff(t, "token of the second install", second.str("access_token"), first.str("access_token"))
	st.want(st.callAs(second.str("access_token"), "apps.uninstall",
		map[string]string{"client_id": st.cfg.App.ClientID, "client_secret": st.cfg.App.ClientSecret}), "ok")
	third := st.exchange(map[string]string{"code": st.code(map[string]string{"scope": "users:read"})})
	diff(t, "scope after an uninstall", third.str("scope"), "users:read")
}

func TestOrgWideInstallHasNoTeam(t *testing.T) {
	st := newStage(t, func(cfg *Config) {
		fromScratch(cfg)
		cfg.Team.EnterpriseID, cfg.Team.EnterpriseName = "E0ORG", "Acme Group"
	})
	r := st.exchange(map[string]string{"code": st.code(map[string]string{"org": "1"})})
	token := r.str("access_token")
	diff(t, "org-wide answer", []any{r.body["team"], r.body["enterprise"], r.body["is_enterprise_install"]},
		[]any{nil, map[string]any{"id": "E0ORG", "name": "Acme Group"}, true})
	st.want(st.callAs(token, "conversations.list", nil), "missing_argument")
	st.want(st.callAs(token, "conversations.list", map[string]string{"team_id": "T0SANDBOX1"}), "ok")

	plain := st.exchange(map[string]string{"code": st.code(nil)})
	diff(t, "workspace inside an org", []any{plain.body["enterprise"], plain.body["is_enterprise_install"]},
		[]any{map[string]any{"id": "E0ORG", "name": "Acme Group"}, false})
}

func TestInstallStartedAtSlack(t *testing.T) {
	st := newStage(t, fromScratch)
	var out struct{ Location string }
	status := st.control("POST", "/sandbox/install", `{"redirect_uri":"`+callback+`","scope":"chat:write"}`, &out)
	to, err := url.Parse(out.Location)
	if status != http.StatusOK || err != nil || to.Query().Has("state") || to.Query().Get("code") == "" {
		t.Fatalf("%d %q: want a code and no state", status, out.Location)
	}
	st.want(st.exchange(map[string]string{"code": to.Query().Get("code"), "redirect_uri": "-"}), "ok")
}

func TestTokenRotation(t *testing.T) {
	st := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.App.TokenRotation = true })
	first := st.exchange(map[string]string{"code": st.code(nil)})
	access, refresh := first.str("access_token"), first.str("refresh_token")
	if !strings.HasPrefix(access, "xoxe.xoxb-1-") || !strings.HasPrefix(refresh, "xoxe-1-") || first.body["expires_in"] != 43200.0 {
		t.Fatalf("not a rotating token: %v", first.body)
	}
	again := func(token string) result {
		return st.exchange(map[string]string{"grant_type": "refresh_token", "refresh_token": token, "redirect_uri": "-"})
	}
	st.want(again("xoxe-1-nonsense"), "invalid_refresh_token")
	second := again(refresh)
	st.want(second, "ok")
	st.want(again(refresh), "invalid_refresh_token")   // single use
	st.want(st.callAs(access, "auth.test", nil), "ok") // the old one is not cut off at once
	third := again(second.str("refresh_token"))
	st.want(st.callAs(access, "auth.test", nil), "token_revoked") // at most two, the oldest goes
	st.want(st.callAs(second.str("access_token"), "auth.test", nil), "ok")

	st.clock.forward(12*time.Hour - time.Second)
	st.want(st.callAs(third.str("access_token"), "auth.test", nil), "ok")
	st.clock.forward(time.Second)
	st.want(st.callAs(third.str("access_token"), "auth.test", nil), "token_expired")
	st.want(again(third.str("refresh_token")), "ok")
}

func TestRefreshNeedsRotation(t *testing.T) {
	st := newStage(t, fromScratch)
	st.want(st.exchange(map[string]string{"grant_type": "refresh_token", "refresh_token": "xoxe-1-x"}), "invalid_refresh_token")
}

func TestRevokeEndsTheAuthorizationUnlessTokensRotate(t *testing.T) {
	for _, rotation := range []bool{false, true} {
		st := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.App.TokenRotation = rotation })
		token := st.exchange(map[string]string{"code": st.code(nil)}).str("access_token")
		dry := st.callAs(token, "auth.revoke", map[string]string{"test": "1"})
		diff(t, "dry run", dry.body, map[string]any{"ok": true, "revoked": false})
		diff(t, "revoke", st.callAs(token, "auth.revoke", nil).body, map[string]any{"ok": true, "revoked": true})
		st.want(st.callAs(token, "auth.test", nil), "token_revoked")
		diff(t, "still installed", st.State().Installed, rotation)
	}
}

func TestUninstall(t *testing.T) {
	st := newStage(t, nil)
	st.want(st.call("apps.uninstall", map[string]string{"client_id": "9", "client_secret": "x"}), "invalid_client_id")
	st.want(st.call("auth.test", nil), "ok")
	st.want(st.call("apps.uninstall", map[string]string{"client_id": st.cfg.App.ClientID, "client_secret": st.cfg.App.ClientSecret}), "ok")
	st.want(st.call("auth.test", nil), "account_inactive")
}
