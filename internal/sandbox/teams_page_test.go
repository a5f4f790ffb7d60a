package sandbox

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestPagesOfATeam(t *testing.T) {
	app := newApp(t)
	st, other := newTwoTeams(t, func(cfg *Config) { cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url })
	ts := st.callAs(otherToken, "chat.postMessage", map[string]string{"channel": "C0GLOBEX01", "text": "x", "blocks": buttonBlocks}).str("ts")
	const root = "/teams/" + otherTeam
	for path, says := range map[string][]string{
		"/":                           {`href="` + root + `/"`, "Globex", `href="/channels/C0HEALTH01"`, "POST /sandbox/faults"},
		"/channels/C0HEALTH01":        {`href="` + root + `/"`, `action="/person"`},
		root + "/":                    {`href="/"`, "Acme Sandbox", `href="` + root + `/channels/C0GLOBEX01"`, "POST /sandbox" + root + "/faults"},
		root + "/channels/C0GLOBEX01": {`action="` + root + `/press"`, `action="` + root + `/person"`, "Ben Adams", `>Stanna</strong><span class="tag">APP`},
	} {
		status, _, body := st.page(path)
		for _, text := range says {
			if status != http.StatusOK || !strings.Contains(body, text) {
				t.Errorf("%s (%d) does not have %q", path, status, text)
			}
		}
	}
	for path, status := range map[string]int{root: http.StatusTemporaryRedirect, root + "/channels/C0HEALTH01": http.StatusNotFound, "/channels/C0GLOBEX01": http.StatusNotFound, "/teams/T0NOBODY/": http.StatusNotFound} {
		if got, _, _ := st.page(path); got != status {
			t.Errorf("%s answered %d, want %d", path, got, status)
		}
	}
	if _, _, body := newStage(t, nil).page("/"); strings.Contains(body, `class="teams"`) {
		t.Error("one team, and still a way to switch")
	}

	// Who sits before the page is remembered for each team.
	jar := &pageJar{}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	submit := func(path string, form url.Values) *http.Response {
		t.Helper()
		resp, err := client.PostForm(st.url+path, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	resp := submit(root+"/person", url.Values{"user": {"U0EVALOPEZ"}, "back": {"C0GLOBEX01"}})
	diff(t, "back to", resp.Header.Get("Location"), root+"/channels/C0GLOBEX01")
	diff(t, "cookie path", jar.paths, []string{root + "/"})
	resp = submit(root+"/press", url.Values{"channel": {"C0GLOBEX01"}, "ts": {ts}, "block_id": {"do"}, "action_id": {"take"}})
	diff(t, "back to the message", resp.Header.Get("Location"), root+"/channels/C0GLOBEX01#pm"+ts)
	diff(t, "who pressed", []any{field(t, app.last(t).payload, "team", "id"), field(t, app.last(t).payload, "user", "id")}, []any{otherTeam, "U0EVALOPEZ"})
	st.want(st.callAs(otherToken, "views.open", map[string]string{"trigger_id": st.trigger(app), "view": snoozeView}), "ok")
	resp = submit(root+"/submit", url.Values{"view_id": {other.Views()[0].ID}, "close": {"1"}, "back": {"C0GLOBEX01"}})
	diff(t, "after the modal", resp.Header.Get("Location"), root+"/channels/C0GLOBEX01")
	diff(t, "modals left", len(other.Views()), 0)
}

// pageJar sends every cookie it was given, and notes for which path.
type pageJar struct {
	cookies []*http.Cookie
	paths   []string
}

func (j *pageJar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		j.cookies, j.paths = append(j.cookies, c), append(j.paths, c.Path)
	}
}
func (j *pageJar) Cookies(*url.URL) []*http.Cookie { return j.cookies }

// TestAPersonChangesTheTeamInABrowser: from one team's page to the other's, and a press there.
func TestAPersonChangesTheTeamInABrowser(t *testing.T) {
	ctx := browse(t)
	app := newApp(t)
	st, other := newTwoTeams(t, func(cfg *Config) {
		cfg.App.Interactivity, cfg.App.InteractivityURL = true, app.url
		cfg.Teams = append(cfg.Teams, TeamSetup{Team: TeamConfig{ID: "T0THIRD001", Name: "Initech Customer Success Europe"}})
	})
	st.postBlocks("C0HEALTH01", alertAsPosted)
	st.want(st.callAs(otherToken, "chat.postMessage", map[string]string{"channel": "C0GLOBEX01", "text": "x", "blocks": alertAsPosted}), "ok")
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	loads := func(step chromedp.Action[chromedp.Void]) {
		t.Helper()
		if _, err := chromedp.RunResponse(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	picture := func(name string) {
		t.Helper()
		if *pictures == "" {
			return
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*pictures, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(st.url+"/"), chromedp.WaitVisible(chromedp.CSS(".teams")))
	picture("teams-home")
	loads(chromedp.Click(chromedp.CSS(`.teams a[href="/teams/T0OTHER01/"]`)))
	loads(chromedp.Click(chromedp.CSS(`a[href="/teams/T0OTHER01/channels/C0GLOBEX01"]`)))
	do(chromedp.WaitVisible(chromedp.CSS("article")))
	picture("teams-channel")
	loads(chromedp.Click(chromedp.CSS("button.primary")))
	diff(t, "pressed in", field(t, app.last(t).payload, "team", "id"), any(otherTeam))
	st.want(st.callAs(otherToken, "views.open", map[string]string{"trigger_id": st.trigger(app), "view": snoozeView}), "ok")
	do(chromedp.WaitVisible(chromedp.CSS("#modal textarea")), chromedp.SendKeys(chromedp.CSS("#modal textarea"), "They are on holiday"))
	loads(chromedp.Click(chromedp.CSS("#modal footer .primary")))
	do(chromedp.WaitNotPresent(chromedp.CSS("#modal")))
	diff(t, "submission from", field(t, app.last(t).payload, "team", "id"), any(otherTeam))
	diff(t, "modals left", len(other.Views()), 0)

	do(chromedp.Navigate(st.url+authorize(nil)), chromedp.WaitVisible(chromedp.CSS(".choices")))
	loads(chromedp.Click(chromedp.CSS(".choices a:nth-of-type(2)")))
	picture("teams-consent")
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("h1")))
	if err != nil || !strings.Contains(text, "Globex") {
		t.Errorf("the consent page is for %q (%v), want Globex", text, err)
	}
}
