package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Desk is what the operator's commands need of the house: the memory and who
// may come in, without a server.
type Desk struct {
	Store *store.Store
	Auth  *auth.Auth
}

// NewDesk sets a desk up on an open store.
func NewDesk(s *store.Store) *Desk {
	return &Desk{Store: s, Auth: auth.New(s, auth.Options{Now: time.Now})}
}

// EnsureWorkspace makes a workspace with its first rules, unless it is there.
func (d *Desk) EnsureWorkspace(ctx context.Context, id string) (made bool, err error) {
	return ensureWorkspace(ctx, d.Store, id, time.Now())
}

func ensureWorkspace(ctx context.Context, s *store.Store, id string, now time.Time) (made bool, err error) {
	if err := stanna.ValidID(id); err != nil {
		return false, stanna.InvalidField("workspace", "%s", err)
	}
	err = s.Update(ctx, func(tx *store.Tx) error {
		version, err := tx.WorkspaceVersion(id)
		if err != nil {
			return err
		}
		made = version == 0
		if err := tx.AddWorkspace(stanna.Workspace{ID: id, Name: id, CreatedAt: now}); err != nil {
			return err
		}
		rules, err := tx.Rules(id)
		if err != nil || len(rules) > 0 {
			return err
		}
		for _, r := range rule.First(id) {
			// One that was there once was deleted on purpose.
			if _, had, err := tx.Revisions(id, store.RuleSubject(r.ID), 1, 0); err != nil || had > 0 {
				return err
			}
			r.ActiveSince = now
			if err := tx.PutRule(r, stanna.ActorSystem, now); err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// Workspaces lists the workspaces, or only the one named.
func (d *Desk) Workspaces(ctx context.Context, only string) (ids []string, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		ids = nil
		all, err := tx.Workspaces()
		for _, w := range all {
			if only == "" || w.ID == only {
				ids = append(ids, w.ID)
			}
		}
		if err == nil && only != "" && len(ids) == 0 {
			err = stanna.Errorf(stanna.NotFound, "there is no workspace %s", only)
		}
		return err
	})
	return ids, err
}

// SignInLink makes a link that signs a user in once.
func (d *Desk) SignInLink(ctx context.Context, publicURL, email string, life time.Duration) (string, error) {
	var account store.Account
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		a, ok, err := tx.AccountByEmail(strings.ToLower(strings.TrimSpace(email)))
		if err == nil && !ok {
			err = stanna.Errorf(stanna.NotFound, "nobody here has that e-mail")
		}
		account = a
		return err
	})
	if err != nil {
		return "", err
	}
	token, err := d.Auth.SignInLink(ctx, account.ID, life)
	return signInURL(publicURL, token), err
}

func signInURL(publicURL string, token stanna.Secret) string {
	return strings.TrimRight(publicURL, "/") + "/sign-in/link?token=" + token.Reveal()
}

// ConnectSlack connects a workspace with the bot token of an internal Slack
// app and, when a channel is named, makes it the default. Another allows a team
// beside those that are connected. A running server takes the connection up
// within a second.
func ConnectSlack(ctx context.Context, c Config, env Environment, workspace string, token stanna.Secret, channel string, another bool) error {
	if err := c.Check(); err != nil {
		return err
	}
	s, err := c.OpenStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := ensureWorkspace(ctx, s, workspace, time.Now()); err != nil {
		return err
	}
	line := connect.New(connect.Options{Store: s, Now: time.Now, Log: logger(c, env.Log), PublicURL: c.PublicURL,
		App: slack.App{URL: c.SlackURL, HTTP: slack.NewHTTPClient(http.ProxyFromEnvironment)}})
	defer line.Close()
	conn, err := line.ConnectToken(ctx, workspace, stanna.ActorSystem, token, another)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Terminal, "%s is connected to the Slack team %s.\n", workspace, conn.TeamName)
	if channel == "" {
		fmt.Fprintln(env.Terminal, "No channel is chosen yet: run this again with --channel, or choose one on the page Integrations → Slack.")
		return nil
	}
	if err := line.SyncChannels(ctx, workspace); err != nil && !errors.Is(err, connect.NotNow) { // NotNow: it is being read already
		return err
	}
	ch, err := line.Lookup(ctx, workspace, channel)
	for tries := 0; err != nil && stanna.CodeOf(err) == stanna.Invalid && tries < 20; tries++ { // until the list has been read
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		ch, err = line.Lookup(ctx, workspace, channel)
	}
	if err != nil {
		return err
	}
	keeper := policy.New(policy.Options{Store: s, Clock: stanna.NewClock(time.Now), Log: logger(c, env.Log),
		Sweep:  func(context.Context, string) (bool, error) { return false, nil }, // a running server does
		Redraw: func(context.Context, string, ...store.Look) error { return nil }})
	_, _, err = keeper.SaveSettings(ctx, workspace, intake.By{Actor: stanna.ActorSystem}, "", func(k *policy.Kept) error {
		k.Workspace.Settings.DefaultChannel = ch.ID
		return nil
	})
	if err == nil {
		fmt.Fprintf(env.Terminal, "Alerts go to #%s. %s\n", ch.Name, ch.Repair)
	}
	return err
}

// Explain says why a rule told of a client, or why not, at a moment; zero is
// now. Without a rule it goes through all of them.
func (d *Desk) Explain(ctx context.Context, workspace, client, only string, at time.Time) (list []backtest.Explanation, err error) {
	ids := []string{only}
	if only == "" {
		ids = nil
		err = d.Store.View(ctx, func(tx *store.Tx) error {
			rules, err := tx.Rules(workspace)
			for _, r := range rules {
				ids = append(ids, r.ID)
			}
			return err
		})
	}
	for _, id := range ids {
		if err != nil {
			break
		}
		var x backtest.Explanation
		x, err = backtest.Explain(ctx, d.Store, workspace, client, id, at, time.Now())
		list = append(list, x)
	}
	return list, err
}
