package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gostanna/stanna/internal/app"
)

type userCmd struct {
	Link linkCmd `cmd:"" help:"Make a one-time sign-in link for a person who cannot sign in."`
}

type linkCmd struct {
	app.StoreConfig `embed:""`
	Email           string `arg:"" help:"Their e-mail."`
	PublicURL       string `help:"Where people find the server." env:"STANNA_PUBLIC_URL" default:"http://127.0.0.1:8080"`
}

func (cmd linkCmd) Run(ctx context.Context, c console) error {
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		link, err := d.SignInLink(ctx, cmd.PublicURL, cmd.Email, time.Hour)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, link)
		return err
	})
}
