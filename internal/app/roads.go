package app

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/eventlog"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/webhook"
)

// roads are the ways out besides Slack.
type roads struct {
	mail      *mail.Server  // nil: none
	log       eventlog.Sink // nil: none
	allowed   []netip.Prefix
	heartbeat stanna.Secret
}

// roads reads what the configuration says of them.
func (c *Config) roads() (r roads, err error) {
	if r.allowed, err = webhook.ParseAllowed(c.WebhookAllow); err != nil {
		return r, fmt.Errorf("--webhook-allow: %w", err)
	}
	if c.SMTPURL != "" {
		if r.mail, err = mail.Parse(c.SMTPURL, c.SMTPFrom); err != nil {
			return r, fmt.Errorf("--smtp-url: %w", err)
		}
	}
	if c.EventLog != "" {
		host, _ := os.Hostname() // syslog takes "-" for a machine without a name
		if r.log, err = eventlog.Open(c.EventLog, host); err != nil {
			return r, fmt.Errorf("--event-log: %w", err)
		}
	}
	if c.HeartbeatURL != "" {
		address, err := webhook.CheckURL(c.HeartbeatURL.Reveal(), r.allowed)
		if err != nil {
			return r, fmt.Errorf("--heartbeat-url: the address %w", err)
		}
		if c.HeartbeatEvery < time.Second {
			return r, errors.New("--heartbeat-every must be a second or more")
		}
		r.heartbeat = stanna.Secret(address)
	}
	return r, nil
}
