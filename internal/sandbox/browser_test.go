package sandbox

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "folder to put screenshots of the pages into")

// browse starts Chromium, once for a test.
func browse(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium; left out by -short")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is not installed; run `make test`, which installs it")
		}
		t.Skip("Chromium is not installed")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1100, 1000),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true)}
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process; it may be gone
		closeTab()
		stop()
		cancel()
	})
	return ctx
}

// TestAPersonPressesInABrowser: the controls are real, in Chromium, with the page's script and policy in force.
func TestAPersonPressesInABrowser(t *testing.T) {
	ctx := browse(t)
	app := newApp(t)
	st := withButtons(t, app, nil)
	ts := st.postBlocks("C0HEALTH01", alertAsPosted)
	st.reply(ts, "👀 *Ana Silva* is on it")
	st.reply(ts, "🔴 Rose to *Critical*: health fell to 31", "reply_broadcast", "true")
	st.post("C0HEALTH01", "A message without blocks, <https://stanna.example|with a link> and `code`.")

	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	// A form brings a new page; nothing may be done before it is there.
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
	action := func(path ...string) any {
		t.Helper()
		actions, _ := app.last(t).payload["actions"].([]any)
		return field(t, actions[0], path...)
	}

	do(chromedp.Navigate(st.url+"/channels/C0HEALTH01"), chromedp.WaitVisible(chromedp.CSS("article")))
	picture("channel")
	loads(chromedp.Click(chromedp.CSS("button.primary")))
	diff(t, "button", action("action_id"), any("take"))
	to, _ := app.last(t).payload["response_url"].(string)
	st.want(st.respond(to, `{"text":"Ana is already on it, since 09:20."}`), "ok")

	// A menu is sent when something is chosen, by the page's script.
	loads(chromedp.Evaluate[chromedp.Void](`(() => { const menu = document.querySelector("select[name=value]"); menu.value = "mon"; menu.dispatchEvent(new Event("change", {bubbles: true})) })()`))
	diff(t, "menu", action("selected_option", "value"), any("mon"))

	app.mu.Lock()
	app.status = 500
	app.mu.Unlock()
	do(chromedp.Click(chromedp.CSS("details.overflow summary")), chromedp.WaitVisible(chromedp.CSS("details.overflow form")))
	picture("overflow")
	loads(chromedp.Click(chromedp.CSS("details.overflow form button")))
	diff(t, "overflow", action("selected_option", "value"), any("useless"))
	do(chromedp.WaitVisible(chromedp.CSS(".warning")), chromedp.Click(chromedp.CSS("details.thread summary")))
	picture("warning")
	app.mu.Lock()
	app.status = 0
	app.mu.Unlock()

	loads(chromedp.Click(chromedp.CSS("button.primary")))
	st.want(st.call("views.open", map[string]string{"trigger_id": st.trigger(app), "view": snoozeView}), "ok")
	// The modal comes by the page's own fetching, and what is typed stays.
	do(chromedp.WaitVisible(chromedp.CSS("#modal textarea")), chromedp.SendKeys(chromedp.CSS("#modal textarea"), "They are on holiday"))
	app.mu.Lock()
	app.answers = []string{`{"response_action":"errors","errors":{"until":"Choose a day in the future."}}`, ""}
	app.mu.Unlock()
	loads(chromedp.Click(chromedp.CSS("#modal footer .primary")))
	do(chromedp.WaitVisible(chromedp.CSS("#modal .error")))
	picture("modal")
	loads(chromedp.Click(chromedp.CSS("#modal footer .primary")))
	diff(t, "submission", field(t, app.last(t).payload, "view", "state", "values", "why", "text", "value"), any("They are on holiday"))
	do(chromedp.WaitNotPresent(chromedp.CSS("#modal")))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil || !strings.Contains(text, "Only visible to you") {
		t.Errorf("the ephemeral answer is not shown: %v", err)
	}
	do(chromedp.Navigate(st.url+"/"), chromedp.WaitVisible(chromedp.CSS(".card")))
	picture("home")
}

// alertAsPosted has everything that an alert is made of.
const alertAsPosted = `[
 {"type":"header","text":{"type":"plain_text","text":"🟠 Acme Corp: health fell 22 points to 38 (red)"}},
 {"type":"context","elements":[{"type":"image","image_url":"https://cdn.example/logo.png","alt_text":"Northwind"},{"type":"mrkdwn","text":"High · <@U0ANASILVA> owns this · 60 → 38 in 7 days ▇▇▆▆▅▃▂"}]},
 {"type":"section","fields":[{"type":"mrkdwn","text":"*MRR*\n$12,400"},{"type":"mrkdwn","text":"*Renews*\n14 Jan 2027 (52 days)"},{"type":"mrkdwn","text":"*Engagement*\n41% below usual"},{"type":"mrkdwn","text":"*Last contact*\n19 days ago (e-mail)"}]},
 {"type":"section","text":{"type":"mrkdwn","text":"*Why*\n• Usage 118 a day, usually 200 (−11)\n• Invoice of $12,400 failed Sat 21 Nov (−5)\n• 3 tickets open, oldest 9 days (−4)"},"accessory":{"type":"image","image_url":"https://cdn.example/chart.png","alt_text":"Health over eight weeks, falling"}},
 {"type":"section","text":{"type":"mrkdwn","text":"*Do next*\nCall Maria Costa (sponsor) by Wed 25 Nov · <https://stanna.example/p|red-account playbook>"},"accessory":{"type":"datepicker","action_id":"until","initial_date":"2026-11-30"}},
 {"type":"divider"},
 {"type":"actions","block_id":"do","elements":[
  {"type":"button","action_id":"take","text":{"type":"plain_text","text":"I'm on it"},"value":"alert-1","style":"primary"},
  {"type":"button","action_id":"open","text":{"type":"plain_text","text":"Open account"},"url":"https://stanna.example/clients/1"},
  {"type":"button","action_id":"close","text":{"type":"plain_text","text":"Resolve"},"style":"danger",
   "confirm":{"title":{"type":"plain_text","text":"Resolve?"},"text":{"type":"mrkdwn","text":"It closes."},"confirm":{"type":"plain_text","text":"Resolve"},"deny":{"type":"plain_text","text":"Not yet"}}},
  {"type":"static_select","action_id":"snooze","placeholder":{"type":"plain_text","text":"Snooze"},"option_groups":[
   {"label":{"type":"plain_text","text":"Soon"},"options":[{"text":{"type":"plain_text","text":"To tomorrow"},"value":"1d"}]},
   {"label":{"type":"plain_text","text":"Later"},"options":[{"text":{"type":"plain_text","text":"To Monday"},"value":"mon"}]}]},
  {"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Not useful"},"value":"useless"},{"text":{"type":"plain_text","text":"Already knew"},"value":"knew"},{"text":{"type":"plain_text","text":"Too late"},"value":"late"}]}]},
 {"type":"context","elements":[{"type":"mrkdwn","text":"Rule: Health drop · <https://stanna.example/why|Why this alert?>"}]}]`
