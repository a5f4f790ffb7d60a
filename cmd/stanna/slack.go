package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/slack"
)

type slackCmd struct {
	Manifest manifestCmd `cmd:"" help:"Print the manifest to make the Slack app with (api.slack.com → Your Apps → From a manifest)."`
	Connect  connectCmd  `cmd:"" help:"Connect with the bot token of an internal Slack app, read from standard input."`
}

type manifestCmd struct {
	PublicURL     string          `help:"Where Slack finds this server." env:"STANNA_PUBLIC_URL" required:""`
	Name          string          `help:"The app's name in Slack." default:"Stanna"`
	With          []slack.Feature `help:"Optional features, with the scopes they need."`
	TokenRotation bool            `help:"Rotate tokens. Slack can never switch it off again."`
	Buttons       bool            `help:"Messages are to have buttons: Slack sends what is pressed."`
	SocketMode    bool            `help:"Slack sends everything over a connection that the server opens (STANNA_SLACK_APP_TOKEN), and needs no way to it."`
}

func (cmd manifestCmd) Run(c console) error {
	text, err := slack.Manifest(strings.TrimRight(cmd.PublicURL, "/"), slack.ManifestOptions{Name: cmd.Name, Features: cmd.With, TokenRotation: cmd.TokenRotation,
		Interactivity: cmd.Buttons, SocketMode: cmd.SocketMode})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, strings.TrimSpace(string(text)))
	return err
}

type connectCmd struct {
	app.Config `embed:""`
	Workspace  string `help:"The workspace to connect, such as acme.com." required:""`
	Channel    string `help:"The default channel: an id, or a #name that the bot can see."`
	Another    bool   `help:"The token is of a Slack workspace beside those that are connected."`
}

// Run reads the token from standard input, where no shell history keeps it.
func (cmd connectCmd) Run(ctx context.Context, c console) error {
	fmt.Fprintln(c.err, "Paste the bot token (xoxb-…) and press Enter:")
	line, err := bufio.NewReader(c.in).ReadString('\n')
	token := strings.TrimSpace(line)
	if token == "" {
		return errors.Join(errors.New("no token came on standard input"), err)
	}
	return app.ConnectSlack(ctx, cmd.Config, app.Environment{Version: version(), Log: c.err, Terminal: c.out}, cmd.Workspace, stanna.Secret(token), cmd.Channel, cmd.Another)
}
