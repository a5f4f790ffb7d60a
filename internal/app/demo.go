package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
)

// DemoConfig is what a demo is told.
type DemoConfig struct {
	Listen        string        `help:"Address of the server; the next free port if it is taken." default:"127.0.0.1:8080"`
	SandboxListen string        `help:"Address of the sandbox Slack; the next free port if it is taken." default:"127.0.0.1:8081"`
	Data          string        `help:"Folder to keep the data in. Default: one that is thrown away." type:"path"`
	DatabaseURL   stanna.Secret `help:"Another database than a SQLite file in the folder." env:"STANNA_DEMO_DATABASE_URL" hidden:""`
	Clients       string        `help:"A book of business to load, as CSV." type:"existingfile" placeholder:"FILE.csv"`
	Signals       string        `help:"Signals to play, as NDJSON in order of time." type:"existingfile" placeholder:"FILE.ndjson"`
	Speed         float64       `help:"How fast to play the signals: 3600 is an hour a second, 0 as fast as it goes." default:"0"`
	ExitWhenDone  bool          `help:"End when everything is told, with one line of JSON on standard output."`
}

// Demo is a server, a Slack of its own, and what plays between them.
type Demo struct {
	config    DemoConfig
	out       io.Writer // words for people
	app       *App
	slack     *sandbox.Sandbox
	url       string
	slackURL  string
	key       stanna.Secret // admin
	browser   *http.Client  // signed in as the admin
	begun     time.Time
	workspace string
	sum       received // of everything that was sent
}

const demoAdmin = "ana.silva@example.com"

// RunDemo runs a demo until ctx ends, or until everything is told. Words go to
// out, logs to log, the closing line to result.
func RunDemo(ctx context.Context, c DemoConfig, version string, out, log, result io.Writer) (err error) {
	d := &Demo{config: c, out: out, begun: time.Now(), workspace: workspaceOf(demoAdmin)}
	if (c.Clients == "") != (c.Signals == "") {
		return errors.New("give --clients and --signals together: signals are about clients")
	}
	if c.Data == "" {
		if d.config.Data, err = os.MkdirTemp("", "stanna-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(d.config.Data)
	}
	ctx, stop := context.WithCancel(ctx)
	var servers sync.WaitGroup
	defer servers.Wait()
	defer stop()
	if err := d.open(ctx, version, log, &servers); err != nil {
		return err
	}
	if err := d.connect(ctx); err != nil {
		return fmt.Errorf("connect to the sandbox Slack: %w", err)
	}
	load, play := d.openStory, d.tellStory
	if c.Signals != "" {
		load, play = d.loadBook, d.replay
	}
	if err := load(ctx); err != nil {
		return err
	}
	if err := d.welcome(ctx); err != nil {
		return err
	}
	if err := play(ctx); err != nil {
		return err
	}
	if c.ExitWhenDone {
		return d.finish(ctx, result)
	}
	fmt.Fprintln(out, "\n  It goes on running: look round, send signals of your own. Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}

// open starts the sandbox and the server.
func (d *Demo) open(ctx context.Context, version string, log io.Writer, servers *sync.WaitGroup) error {
	door, err := listenNear(d.config.Listen)
	if err != nil {
		return err
	}
	slackDoor, err := listenNear(d.config.SandboxListen)
	if err != nil {
		return errors.Join(err, door.Close())
	}
	d.url, d.slackURL = "http://"+door.Addr().String(), "http://"+slackDoor.Addr().String()

	cfg := sandbox.DefaultConfig()
	cfg.AutoApprove = true
	cfg.App.RedirectURLs = []string{d.url}
	cfg.App.EventsURL = d.url + "/api/integrations/slack/events"
	d.slack = sandbox.New(cfg, sandbox.Options{Now: time.Now})
	d.app, err = New(ctx, Config{
		StoreConfig: StoreConfig{Data: d.config.Data}, PublicURL: d.url, AdminEmail: demoAdmin,
		SlackURL: d.slackURL, SlackClientID: cfg.App.ClientID, SlackClientSecret: stanna.Secret(cfg.App.ClientSecret),
		SlackSigningSecret: stanna.Secret(cfg.App.SigningSecret), PostsPerSecond: 1, LogLevel: "warn", LogFormat: "text",
	}, Environment{Version: version, Log: log, Terminal: io.Discard, Listener: door})
	if err != nil {
		d.slack.Close()
		return errors.Join(err, door.Close(), slackDoor.Close())
	}
	failed := func(what string, err error) {
		if err != nil {
			fmt.Fprintf(log, "%s: %v\n", what, err)
		}
	}
	servers.Go(func() { failed("the sandbox", Serve(ctx, slackDoor, d.slack.Handler())); d.slack.Close() })
	servers.Go(func() { failed("the server", d.app.Run(ctx)) })
	return d.await(ctx, func() bool {
		resp, err := http.Get(d.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// listenNear listens on an address, or on the next free port when it is
// taken.
func listenNear(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	l, again := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if again != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// connect goes the whole way that an admin goes: signs in by the one-time
// link, presses Connect, comes back from Slack, chooses a channel.
func (d *Demo) connect(ctx context.Context) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	d.browser = &http.Client{Jar: jar}
	key, _, err := d.app.auth.CreateKey(ctx, d.workspace, "demo", stanna.Scopes(), stanna.ActorSystem)
	if err != nil {
		return err
	}
	d.key = key
	link, err := NewDesk(d.app.store).SignInLink(ctx, d.url, demoAdmin, time.Hour)
	if err != nil {
		return err
	}
	token := link[strings.Index(link, "token="):]
	resp, err := d.browser.Post(d.url+"/sign-in/link", "application/x-www-form-urlencoded", strings.NewReader(token))
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp, err = d.browser.Get(d.url + "/api/integrations/slack/start?features=owners"); err != nil {
		return err
	}
	resp.Body.Close()
	if got := resp.Request.URL; got.Path != "/integrations/slack" || got.Query().Get("result") != "connected" {
		return fmt.Errorf("the way back from Slack ended at %s", (&url.URL{Path: got.Path, RawQuery: got.RawQuery}).String())
	}
	return d.call(ctx, http.MethodPut, "/api/integrations/slack/settings", map[string]string{
		"defaultChannel": "C0HEALTH01", "fallbackChannel": "C0ALERTS01"}, nil)
}

// welcome says what to try.
func (d *Demo) welcome(ctx context.Context) error {
	link, err := NewDesk(d.app.store).SignInLink(ctx, d.url, demoAdmin, 12*time.Hour)
	if err != nil {
		return err
	}
	var clients []struct{ ID string }
	if err := d.call(ctx, http.MethodGet, "/api/clients?limit=1", nil, &clients); err != nil {
		return err
	}
	if len(clients) == 0 {
		return fmt.Errorf("no client was loaded")
	}
	key := d.key.Reveal()
	fmt.Fprintf(d.out, `
  Stanna   %[1]s
  Slack    %[2]s   (a sandbox of our own; watch #customer-health)
  API key  %[3]s

  Sign in with one click: %[4]s

  A signal   curl -s %[1]s/api/signals -H 'Authorization: Bearer %[3]s' -H 'Content-Type: application/json' -d '{"id":"try-1","clientId":"%[5]s","type":"health.scored","data":{"score":9}}'
  A status   curl -s %[1]s/api/integrations/slack/status -H 'Authorization: Bearer %[3]s'
  A why      curl -s '%[1]s/api/alerts?limit=1' -H 'Authorization: Bearer %[3]s'

`, d.url, d.slackURL, key, link, clients[0].ID)
	return nil
}

// call asks our own API and reads the answer into out.
func (d *Demo) call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return d.send(ctx, method, path, "application/json", bytes.NewReader(body), out)
}

func (d *Demo) send(ctx context.Context, method, path, kind string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, d.url+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+d.key.Reveal())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// await waits for a condition, until ctx ends.
func (d *Demo) await(ctx context.Context, ok func() bool) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
