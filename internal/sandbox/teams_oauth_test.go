package sandbox

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestInstallIntoTheTeamThatIsChosen(t *testing.T) {
	const first = "T0SANDBOX1"
	for _, test := range []struct {
		name   string
		params map[string]string
		team   string
	}{
		{"nothing said", nil, first},
		{"the app names the team", map[string]string{"team": otherTeam}, otherTeam},
		{"the person chooses", map[string]string{"sandbox_team": otherTeam}, otherTeam},
		{"the person chooses another than the app named", map[string]string{"team": otherTeam, "sandbox_team": first}, first},
		{"the app names a team that the person is not in", map[string]string{"team": "T0NOBODY"}, first},
	} {
		t.Run(test.name, func(t *testing.T) {
			st, _ := newTwoTeams(t, func(cfg *Config) { fromScratch(cfg); cfg.Teams[0].BotToken = "" })
			r := st.exchange(map[string]string{"code": st.code(test.params)})
			st.want(r, "ok")
			bots := map[string]string{first: "U0SANDBOT1", otherTeam: "U0SANDBOT2"}
			people := map[string]string{first: "U0ANASILVA", otherTeam: "U0BENADAMS"}
			diff(t, "answer", []any{field(t, r.body, "team", "id"), r.body["bot_user_id"], field(t, r.body, "authed_user", "id")},
				[]any{test.team, bots[test.team], people[test.team]})
			diff(t, "its token", st.callAs(r.str("access_token"), "auth.test", nil).str("team_id"), test.team)
			for id, s := range map[string]*Sandbox{first: st.Sandbox, otherTeam: st.Team(otherTeam)} {
				diff(t, id+" is installed", s.State().Installed, id == test.team)
			}
		})
	}
	st, _ := newTwoTeams(t, fromScratch)
	status, _, body := st.page(authorize(map[string]string{"sandbox_team": "T0NOBODY"}))
	if status != http.StatusBadRequest || !strings.Contains(body, "No such workspace") || !strings.Contains(body, otherTeam) {
		t.Errorf("an unknown choice: %d %s", status, body)
	}
}

func TestTokensOfAFurtherTeamRotate(t *testing.T) {
	st, other := newTwoTeams(t, func(cfg *Config) { fromScratch(cfg); cfg.App.TokenRotation = true })
	mine := st.exchange(map[string]string{"code": st.code(nil)})
	theirs := st.exchange(map[string]string{"code": st.code(map[string]string{"team": otherTeam})})
	other.ExpireTokens()
	st.want(st.callAs(theirs.str("access_token"), "auth.test", nil), "token_expired")
	st.want(st.callAs(mine.str("access_token"), "auth.test", nil), "ok")
	again := st.exchange(map[string]string{"grant_type": "refresh_token", "refresh_token": theirs.str("refresh_token"), "redirect_uri": "-"})
	diff(t, "team of the refreshed token", field(t, again.body, "team", "id"), any(otherTeam))
	diff(t, "it works there", st.callAs(again.str("access_token"), "auth.test", nil).str("team_id"), otherTeam)
}

func TestConsentPageAsksWhichWorkspace(t *testing.T) {
	st, _ := newTwoTeams(t, func(cfg *Config) { fromScratch(cfg); cfg.AutoApprove = false })
	_, _, body := st.page(authorize(nil))
	for _, text := range []string{"Which workspace?", `aria-current="true">Acme Sandbox`, ">Globex<", "access the <strong>Acme Sandbox</strong>"} {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(body, "already granted") {
		t.Error("the first team has granted nothing")
	}
	// The link to the other team is followed as it stands on the page.
	_, rest, _ := strings.Cut(body, `aria-current="true">Acme Sandbox</a><a href="`)
	link, _, _ := strings.Cut(rest, `"`)
	link = html.UnescapeString(link)
	_, _, body = st.page(link)
	if !strings.Contains(body, "access the <strong>Globex</strong>") || !strings.Contains(body, "already granted") {
		t.Fatalf("%s is not the other team's page: %s", link, body)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(st.url+"/oauth/v2/authorize", url.Values{"query": {strings.TrimPrefix(link, "/oauth/v2/authorize?")}, "decision": {"allow"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "the app's state comes back", to.Query().Get("state"), "s 1&")
	r := st.exchange(map[string]string{"code": to.Query().Get("code")})
	diff(t, "team", field(t, r.body, "team", "id"), any(otherTeam))

	alone := newStage(t, func(cfg *Config) { fromScratch(cfg); cfg.AutoApprove = false })
	if _, _, body := alone.page(authorize(nil)); strings.Contains(body, "Which workspace?") {
		t.Error("one team, and still a choice")
	}
}
