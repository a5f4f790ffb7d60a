package app

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
)

var screens = flag.Bool("screens", false, "take the pictures in docs/screens anew")

// visitor is a person at a browser.
type visitor struct {
	*testing.T
	ctx context.Context
}

// browse starts Debian's Chromium, once for a test.
func browse(t *testing.T) *visitor {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is not installed; run `make test`, which installs it")
		}
		t.Skip("Chromium is not installed")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1200, 900),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true)}
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process; it may be gone
		closeTab()
		stop()
		cancel()
	})
	return &visitor{T: t, ctx: ctx}
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		where, _ := chromedp.Run(v.ctx, chromedp.Location())
		v.Fatalf("at %s: %v", where, err)
	}
}

func (v *visitor) read(selector chromedp.CSS) string {
	v.Helper()
	text, err := chromedp.Run(v.ctx, chromedp.Text(selector))
	if err != nil {
		where, _ := chromedp.Run(v.ctx, chromedp.Location())
		v.Fatalf("%s at %s: %v", selector, where, err)
	}
	return text
}

// until waits for words in a part of the page, which may load itself anew
// meanwhile.
func (v *visitor) until(selector, words string) {
	v.Helper()
	script := "(document.querySelector(" + strconv.Quote(selector) + ")?.innerText ?? '').toLowerCase()"
	var text string
	for deadline := time.Now().Add(20 * time.Second); ; {
		if said, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](script)); err == nil {
			text = said
		}
		if strings.Contains(text, words) {
			return
		}
		if time.Now().After(deadline) {
			v.Fatalf("%s never said %q; last: %q", selector, words, text)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// picture keeps a screenshot of the page in docs/screens, when it is not
// there yet or pictures are taken anew.
func (v *visitor) picture(name string) {
	v.Helper()
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		v.Fatal(err)
	}
	if len(png) < 5_000 {
		v.Errorf("the picture of %s is empty", name)
	}
	path := filepath.Join("..", "..", "docs", "screens", name+".png")
	if _, err := os.Stat(path); err == nil && !*screens {
		return
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		v.Fatal(err)
	}
}

// server starts a server and a sandbox on loopback, as `stanna serve` does,
// and gives their addresses and the first admin's link.
func server(t *testing.T) (url, slackURL, link string) {
	t.Helper()
	slackDoor, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url, slackURL = "http://"+door.Addr().String(), "http://"+slackDoor.Addr().String()
	cfg := sandbox.DefaultConfig()
	slack := sandbox.New(cfg, sandbox.Options{Now: time.Now})
	var terminal strings.Builder
	a, err := New(context.Background(), Config{StoreConfig: StoreConfig{Data: t.TempDir()}, PublicURL: url, AdminEmail: "ana.silva@example.com",
		SlackURL: slackURL, SlackClientID: cfg.App.ClientID, SlackClientSecret: stanna.Secret(cfg.App.ClientSecret),
		SlackSigningSecret: stanna.Secret(cfg.App.SigningSecret), PostsPerSecond: 1, LogLevel: "warn"},
		Environment{Version: "test", Log: t.Output(), Terminal: &terminal, Listener: door})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- Serve(ctx, slackDoor, slack.Handler()) }()
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		slack.Close()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		if resp, err := http.Get(url + "/readyz"); err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not start")
		}
		<-time.After(10 * time.Millisecond)
	}
	return url, slackURL, regexp.MustCompile(`http://\S+/sign-in/link\?token=\S+`).FindString(terminal.String())
}

// TestFirstDay is an admin's first day: sign in by the link, choose a
// password, connect Slack, press Allow, choose a channel, send the test, and
// see it in Slack.
func TestFirstDay(t *testing.T) {
	url, slackURL, link := server(t)
	v := browse(t)
	const password = "five calm green otters"

	v.do(chromedp.Navigate(link), chromedp.Click(chromedp.CSS("#continue")),
		chromedp.WaitVisible(chromedp.CSS("#welcome-form")), chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.SendKeys(chromedp.CSS("#repeat"), password), chromedp.Click(chromedp.CSS("#set-password")),
		chromedp.WaitVisible(chromedp.CSS("#first-steps")))
	v.picture("overview-empty")
	v.do(chromedp.Click(chromedp.CSS("#sign-out")), chromedp.WaitVisible(chromedp.CSS("#sign-in-form")))
	v.picture("sign-in")
	v.do(chromedp.Navigate(url+"/integrations/slack"), chromedp.WaitVisible(chromedp.CSS("#sign-in-form")),
		chromedp.SendKeys(chromedp.CSS("#email"), "ana.silva@example.com"), chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("#sign-in")), chromedp.WaitVisible(chromedp.CSS("#connect-form")))
	v.picture("slack-connect")

	v.do(chromedp.Click(chromedp.CSS("#connect-slack")), chromedp.WaitVisible(chromedp.CSS("button[value=allow]")))
	v.picture("sandbox-consent")
	v.do(chromedp.Click(chromedp.CSS("button[value=allow]")), chromedp.WaitVisible(chromedp.CSS("#settings-form")))
	if result := v.read("#flash"); !strings.Contains(result, "onnected") {
		t.Errorf("after Allow the page says %q", result)
	}
	v.do(chromedp.SendKeys(chromedp.CSS("#default-typed"), "C0HEALTH01"), chromedp.Click(chromedp.CSS("#save-channels")))
	v.until("#default-channel", "customer-health")
	v.do(chromedp.Click(chromedp.CSS("#send-test")))
	v.until("#test-result", "delivered")
	v.picture("slack-connected")

	v.do(chromedp.Navigate(slackURL+"/channels/C0HEALTH01"), chromedp.WaitVisible(chromedp.CSS("main")))
	if page := v.read("main"); !strings.Contains(page, "test") {
		t.Errorf("the sandbox shows %q", page)
	}
	v.picture("sandbox-test")
}

// TestAnAlertsDay is a day with alerts: one opens, somebody takes it up, asks
// why it came, and changes the rule, whose condition is checked while they
// write; what it would have done is shown before it is saved.
func TestAnAlertsDay(t *testing.T) {
	url, _, link := server(t)
	v := browse(t)
	v.do(chromedp.Navigate(link), chromedp.Click(chromedp.CSS("#continue")), chromedp.WaitVisible(chromedp.CSS("#welcome-form")))
	v.ask("PUT", "/api/clients/globex", `{"name":"Globex Logistics","mrr":12400,"tier":"growth","csmOwner":"ana.silva@example.com","renewalDate":"`+time.Now().AddDate(0, 0, 52).Format(time.DateOnly)+`"}`)
	v.ask("PUT", "/api/clients/initech", `{"name":"Initech","mrr":900}`)
	at := func(hours int) string {
		return time.Now().Add(-time.Duration(hours) * time.Hour).UTC().Format(time.RFC3339)
	}
	for i, score := range []int{74, 72, 66, 38} {
		v.ask("POST", "/api/signals", fmt.Sprintf(`{"id":"s%d","clientId":"globex","type":"health.scored","source":"Pulse","occurredAt":%q,
			"data":{"score":%d,"factors":[{"name":"Usage","detail":"118 a day, usually 200","impact":-22}]}}`, i, at(40-10*i), score))
	}
	v.do(chromedp.Navigate(url+"/alerts"), chromedp.WaitVisible(chromedp.CSS("#alerts")))
	v.until("#alerts", "globex logistics")
	v.do(chromedp.Click(chromedp.CSS("#alerts a[href^='/alerts/alr_']")), chromedp.WaitVisible(chromedp.CSS("#take")))
	v.do(chromedp.Click(chromedp.CSS("#take")))
	v.until("#life", "ana.silva@example.com")
	v.picture("alert")
	v.do(chromedp.Navigate(url+"/clients/globex/why?rule=rule_payment_issue"), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	v.picture("why")
	v.do(chromedp.Navigate(url+"/rules"), chromedp.WaitVisible(chromedp.CSS("#rules")))
	v.picture("rules")
	v.do(chromedp.Navigate(url+"/rules/rule_health_drop"), chromedp.WaitVisible(chromedp.CSS("#rule-form")))
	v.do(chromedp.SendKeys(chromedp.CSS("textarea[name=condition]"), "client.mr > 1000"))
	v.until("#condition", "did you mean mrr?")
	v.do(chromedp.SendKeys(chromedp.CSS("textarea[name=condition]"), strings.Repeat("\b", len("client.mr > 1000"))+"client.mrr > 1000"))
	v.picture("rule")
	v.do(chromedp.Click(chromedp.CSS("#preview-rule")), chromedp.WaitVisible(chromedp.CSS("#preview")))
	v.picture("rule-preview")
	v.do(chromedp.Navigate(url+"/settings"), chromedp.WaitVisible(chromedp.CSS("main")))
	v.picture("settings")
}

// ask asks the API as the person who is signed in at the browser.
func (v *visitor) ask(method, path, body string) {
	v.Helper()
	script := fmt.Sprintf(`fetch(%q, {method: %q, headers: {"Content-Type": "application/json"}, body: %q}).then(r => r.ok ? "" : r.text())`, path, method, body)
	var answer string
	said, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if answer = said; err != nil || answer != "" {
		v.Fatalf("%s %s: %v %s", method, path, err, answer)
	}
}
