package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// StoreConfig says where the memory is. The tags are read by cmd.
type StoreConfig struct {
	Data        string        `help:"Folder of the embedded database and of the keys." env:"STANNA_DATA" default:"stanna-data" type:"path"`
	DatabaseURL stanna.Secret `help:"A postgres:// address, or the path of a SQLite file. Default: a file in the data folder." env:"STANNA_DATABASE_URL" placeholder:"URL"`
	Keyset      stanna.Secret `help:"The keys that seal secrets: a file, or their text. Made in the data folder on SQLite; required on PostgreSQL." env:"STANNA_KEYSET" placeholder:"FILE"`
}

// Config is everything that a server is told. Every field but the public URL
// has a default that works.
type Config struct {
	StoreConfig `embed:""`

	Listen     string `help:"Address to listen on." env:"STANNA_LISTEN" default:"127.0.0.1:8080"`
	PublicURL  string `help:"Where people and Slack find this server, such as https://stanna.acme.com. Default: the listening address." env:"STANNA_PUBLIC_URL" placeholder:"URL"`
	TLSCert    string `help:"Certificate file, to serve https itself instead of behind a proxy." env:"STANNA_TLS_CERT" type:"path" placeholder:"FILE"`
	TLSKey     string `help:"Key file of the certificate." env:"STANNA_TLS_KEY" type:"path" placeholder:"FILE"`
	AdminEmail string `help:"E-mail of the first admin; its domain becomes the first workspace." env:"STANNA_ADMIN_EMAIL" default:"admin@localhost"`
	TrustProxy bool   `help:"Take the visitor's address from X-Forwarded-For: only behind a proxy that sets it." env:"STANNA_TRUST_PROXY"`

	SlackURL           string        `help:"Which Slack: GovSlack is https://slack-gov.com; a sandbox has an address of its own." env:"STANNA_SLACK_URL" default:"https://slack.com"`
	SlackClientID      string        `help:"Client id of the Slack app." env:"STANNA_SLACK_CLIENT_ID" placeholder:"ID"`
	SlackClientSecret  stanna.Secret `help:"Client secret of the Slack app." env:"STANNA_SLACK_CLIENT_SECRET" placeholder:"SECRET"`
	SlackSigningSecret stanna.Secret `help:"Signing secret of the Slack app." env:"STANNA_SLACK_SIGNING_SECRET" placeholder:"SECRET"`
	SlackAppToken      stanna.Secret `help:"App-level token of the Slack app (xapp-…), for Socket Mode: Slack then needs no way to this server." env:"STANNA_SLACK_APP_TOKEN" placeholder:"TOKEN"`
	PostsPerSecond     float64       `help:"Messages a second to one channel; Slack takes 1. 0 switches pacing and coalescing off." env:"STANNA_POSTS_PER_SECOND" default:"1"`

	StripeURL           string        `help:"Which Stripe: a fake has an address of its own." env:"STANNA_STRIPE_URL" default:"https://api.stripe.com"`
	StripeConnectURL    string        `help:"Where Stripe asks for consent." env:"STANNA_STRIPE_CONNECT_URL" default:"https://connect.stripe.com"`
	StripeClientID      string        `help:"Client id (ca_…) of this server's app at Stripe. Without one, accounts are connected by restricted keys." env:"STANNA_STRIPE_CLIENT_ID" placeholder:"ID"`
	StripeClientSecret  stanna.Secret `help:"Secret key of the account that owns the app." env:"STANNA_STRIPE_CLIENT_SECRET" placeholder:"SECRET"`
	StripeWebhookSecret stanna.Secret `help:"Signing secret of the app's webhook endpoint at Stripe (whsec_…)." env:"STANNA_STRIPE_WEBHOOK_SECRET" placeholder:"SECRET"`

	RequestsPerMinute int `help:"Requests a minute for each API key; 0: no limit." env:"STANNA_REQUESTS_PER_MINUTE" default:"100"`
	RequestsPerDay    int `help:"Requests a day for each workspace; 0: no limit." env:"STANNA_REQUESTS_PER_DAY" default:"10000"`
	SignalsPerMinute  int `help:"Signals a minute for each API key; 0: no limit." env:"STANNA_SIGNALS_PER_MINUTE" default:"6000000"`

	SMTPURL        stanna.Secret `help:"Mail server for notices: smtp://user:password@mail.acme.com:587?from=stanna@acme.com, or smtps://. STARTTLS is required, except on this machine or with ?tls=none." env:"STANNA_SMTP_URL" placeholder:"URL"`
	SMTPFrom       string        `help:"Sender of e-mail, where the mail server's address names none." env:"STANNA_SMTP_FROM" placeholder:"ADDRESS"`
	WebhookAllow   string        `help:"Addresses that may be called though they are not public, such as 10.1.2.3,10.8.0.0/16: receivers of webhooks on premise." env:"STANNA_WEBHOOK_ALLOW" placeholder:"CIDR,…"`
	HeartbeatURL   stanna.Secret `help:"Called (GET) while all is well: the address of a dead man's switch." env:"STANNA_HEARTBEAT_URL" placeholder:"URL"`
	HeartbeatEvery time.Duration `help:"How often it is called." env:"STANNA_HEARTBEAT_EVERY" default:"1m"`
	EventLog       stanna.Secret `help:"Where alerts and the audit trail are written as well: file:/path, syslog+tls://host:6514 (tcp, udp, unix), or https://collector." env:"STANNA_EVENT_LOG" placeholder:"URL"`

	Play string `help:"Let the time of a workspace follow its signals, from this time on: to play history, or to try what time brings." env:"STANNA_PLAY" placeholder:"WORKSPACE@2026-01-31T09:00:00Z"`

	LogLevel  string `help:"debug, info, warn or error." env:"STANNA_LOG_LEVEL" default:"info" enum:"debug,info,warn,error"`
	LogFormat string `help:"text or json." env:"STANNA_LOG_FORMAT" default:"text" enum:"text,json"`
}

// Check says what is wrong with the configuration, or nil. It fills in the
// public URL when there is none.
func (c *Config) Check() error {
	scheme := "http"
	if c.TLSCert != "" || c.TLSKey != "" {
		scheme = "https"
		if c.TLSCert == "" || c.TLSKey == "" {
			return errors.New("to serve https, give both --tls-cert and --tls-key")
		}
	}
	if c.PublicURL == "" {
		c.PublicURL = scheme + "://" + c.Listen
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("the public URL %q is no web address such as https://stanna.acme.com", c.PublicURL)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return fmt.Errorf("the public URL %s is http: passwords and sessions would travel in clear, and Slack refuses it. Use https, by --tls-cert and --tls-key or behind a proxy", c.PublicURL)
	}
	if u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("the public URL %q must be only a scheme and a host", c.PublicURL)
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	c.SlackURL = strings.TrimRight(c.SlackURL, "/")
	c.StripeURL, c.StripeConnectURL = strings.TrimRight(c.StripeURL, "/"), strings.TrimRight(c.StripeConnectURL, "/")
	if t := c.SlackAppToken.Reveal(); t != "" && !strings.HasPrefix(t, "xapp-") {
		return errors.New("the Slack app token must begin with xapp-: make one under Basic Information, App-Level Tokens, of the app at https://api.slack.com/apps, with the scope connections:write")
	}
	if c.PostsPerSecond < 0 {
		return errors.New("posts per second must not be negative")
	}
	_, err = c.roads()
	return err
}

// play is the workspace whose time follows its signals, and from when; "" when
// none does.
func (c *Config) play() (workspace string, from time.Time, err error) {
	if c.Play == "" {
		return "", time.Time{}, nil
	}
	workspace, at, ok := strings.Cut(c.Play, "@")
	if from, err = time.Parse(time.RFC3339, at); err != nil || !ok || workspace == "" {
		return "", time.Time{}, fmt.Errorf("--play %q is not a workspace and a time, such as acme.com@2026-01-31T09:00:00Z", c.Play)
	}
	return workspace, from, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// OpenStore opens the memory. On SQLite it makes the folder, the file and the
// keys when they are not there yet; exclusive keeps a second server away.
func (c StoreConfig) OpenStore(ctx context.Context, exclusive bool) (*store.Store, error) {
	address := c.address()
	if !store.IsPostgres(address) {
		if err := os.MkdirAll(filepath.Dir(address), 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
	}
	keys, err := c.keyset(address)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: address, Keyset: keys, Exclusive: exclusive})
}

func (c StoreConfig) address() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL.Reveal()
	}
	return filepath.Join(c.Data, "stanna.db")
}

// KeysetFile is where the keyset lies when it is a file of ours.
func (c StoreConfig) KeysetFile() string {
	if k := c.Keyset.Reveal(); k != "" {
		return k
	}
	return filepath.Join(c.Data, "keyset.json")
}

func (c StoreConfig) keyset(address string) (*store.Keyset, error) {
	if c.Keyset != "" {
		return store.LoadKeyset(c.Keyset.Reveal())
	}
	if store.IsPostgres(address) {
		return nil, errors.New("PostgreSQL needs a keyset that all replicas share. Make one with `stanna keyset create FILE` and set STANNA_KEYSET to the file")
	}
	file := c.KeysetFile()
	_, noKeys := os.Stat(file)
	_, noData := os.Stat(address)
	if errors.Is(noKeys, fs.ErrNotExist) && errors.Is(noData, fs.ErrNotExist) {
		keys, err := store.NewKeyset()
		if err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
		return keys, keys.Save(file)
	}
	return store.LoadKeyset(file)
}
