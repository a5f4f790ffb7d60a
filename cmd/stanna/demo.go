package main

import (
	"context"

	"github.com/gostanna/stanna/internal/app"
)

type demoCmd struct {
	app.DemoConfig `embed:""`
}

// Run keeps standard output for the closing line when a program waits for it;
// else the words for people go there.
func (cmd demoCmd) Run(ctx context.Context, c console) error {
	words := c.out
	if cmd.ExitWhenDone {
		words = c.err
	}
	return app.RunDemo(ctx, cmd.DemoConfig, version(), words, c.err, c.out)
}
