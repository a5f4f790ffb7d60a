package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/sandbox"
)

type sandboxCmd struct {
	Listen string `help:"Address to listen on; loopback only." default:"127.0.0.1:8081"`
	File   string `name:"config" help:"JSON file with the app, the team, its channels and people." type:"existingfile" placeholder:"FILE"`
}

// Run runs the sandbox until the process is told to stop.
func (cmd sandboxCmd) Run(ctx context.Context, c console) error {
	cfg := sandbox.DefaultConfig()
	if cmd.File != "" {
		text, err := os.ReadFile(cmd.File)
		if err != nil {
			return err
		}
		if cfg, err = sandbox.ParseConfig(text); err != nil {
			return fmt.Errorf("%s: %w", cmd.File, err)
		}
	}
	l, err := net.Listen("tcp", cmd.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s := sandbox.New(cfg, sandbox.Options{Now: time.Now})
	defer s.Close()
	base := "http://" + l.Addr().String()
	fmt.Fprintf(c.err, "The sandbox Slack %q is at %s: Web API at /api/METHOD, consent at /oauth/v2/authorize, control at /sandbox/.\n", cfg.Team.Name, base)
	fmt.Fprintf(c.err, "STANNA_SLACK_URL=%s\nSTANNA_SLACK_CLIENT_ID=%s\nSTANNA_SLACK_CLIENT_SECRET=%s\nSTANNA_SLACK_SIGNING_SECRET=%s\n",
		base, cfg.App.ClientID, cfg.App.ClientSecret, cfg.App.SigningSecret)
	return app.Serve(ctx, l, s.Handler())
}
