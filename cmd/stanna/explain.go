package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/backtest"
)

type explainCmd struct {
	app.StoreConfig `embed:""`
	Client          string    `arg:"" help:"Id of the client."`
	Rule            string    `arg:"" optional:"" help:"Id of one rule; default: every rule, a line each."`
	Workspace       string    `help:"The workspace; default: the only one."`
	At              time.Time `help:"A moment in the past, as 2026-01-31T09:00:00Z; default: now." placeholder:"TIME"`
	JSON            bool      `help:"Print it as JSON."`
}

// Run says why people were told of a client, or why not.
func (cmd explainCmd) Run(ctx context.Context, c console) error {
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		workspace, err := oneWorkspace(ctx, d, cmd.Workspace)
		if err != nil {
			return err
		}
		list, err := d.Explain(ctx, workspace, cmd.Client, cmd.Rule, cmd.At)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return json.NewEncoder(c.out).Encode(list)
		}
		if cmd.Rule == "" {
			for _, x := range list {
				fmt.Fprintf(c.out, "%-28s %s\n", x.Rule.ID, verdict(x))
			}
			fmt.Fprintf(c.out, "\nEvery step of one rule: stanna explain %s RULE\n", cmd.Client)
			return nil
		}
		for _, x := range list {
			printExplanation(c.out, x)
		}
		return nil
	})
}

// oneWorkspace is the workspace that was named, or the only one there is.
func oneWorkspace(ctx context.Context, d *app.Desk, named string) (string, error) {
	all, err := d.Workspaces(ctx, named)
	switch {
	case err != nil:
		return "", err
	case len(all) == 0:
		return "", errors.New("there is no workspace yet; start the server once")
	case len(all) > 1:
		return "", fmt.Errorf("there are %d workspaces; say which with --workspace", len(all))
	}
	return all[0], nil
}

func verdict(x backtest.Explanation) string {
	line := x.Verdict.Sentence
	if !x.Verdict.Until.IsZero() {
		line += " Until " + x.Verdict.Until.UTC().Format(time.RFC3339) + "."
	}
	return line
}

// printExplanation writes each question with its answer and its figures.
func printExplanation(w io.Writer, x backtest.Explanation) {
	fmt.Fprintf(w, "%s and the rule %s (%s), at %s\n\n", x.Client.Name, x.Rule.Name, x.Rule.ID, x.At.UTC().Format(time.RFC3339))
	for _, s := range x.Steps {
		mark := "no "
		if s.Passed {
			mark = "yes"
		}
		fmt.Fprintf(w, "  %s  %s\n", mark, s.Question)
		if s.Sentence != "" {
			fmt.Fprintf(w, "       %s [%s]\n", s.Sentence, s.Reason)
		}
		for _, v := range s.Values {
			fmt.Fprintf(w, "       %s = %s\n", v.Name, v.Value)
		}
	}
	for _, d := range x.Deliveries {
		fmt.Fprintf(w, "  told %s at %s: %s %s\n", d.Event, d.Destination, d.Status, d.Sentence)
		if d.Status == stanna.Held {
			fmt.Fprintf(w, "       until %s\n", d.Until.UTC().Format(time.RFC3339))
		}
	}
	fmt.Fprintf(w, "\n%s [%s]\n", verdict(x), x.Verdict.Reason)
}
