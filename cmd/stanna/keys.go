package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/app"
)

type keysCmd struct {
	Create createKeyCmd `cmd:"" help:"Make a key and print it, alone."`
	List   listKeysCmd  `cmd:"" help:"List the keys of a workspace."`
	Revoke revokeKeyCmd `cmd:"" help:"Revoke a key."`
}

type createKeyCmd struct {
	app.StoreConfig `embed:""`
	Workspace       string         `help:"The workspace that the key is for, such as acme.com. It is made if it is not there." required:""`
	Name            string         `help:"What the key is for." required:""`
	Scopes          []stanna.Scope `help:"What it may do: signals, clients, read, admin." required:""`
}

func (cmd createKeyCmd) Run(ctx context.Context, c console) error {
	for _, s := range cmd.Scopes {
		if !slices.Contains(stanna.Scopes(), s) {
			return fmt.Errorf("%q is no scope; there are %v", s, stanna.Scopes())
		}
	}
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		made, err := d.EnsureWorkspace(ctx, cmd.Workspace)
		if err != nil {
			return err
		}
		if made {
			fmt.Fprintf(c.err, "The workspace %s is new.\n", cmd.Workspace)
		}
		full, _, err := d.Auth.CreateKey(ctx, cmd.Workspace, cmd.Name, cmd.Scopes, stanna.ActorSystem)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, full.Reveal())
		return err
	})
}

type listKeysCmd struct {
	app.StoreConfig `embed:""`
	Workspace       string `help:"The workspace." required:""`
}

func (cmd listKeysCmd) Run(ctx context.Context, c console) error {
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		keys, err := d.Auth.Keys(ctx, cmd.Workspace)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tKEY\tSCOPES\tLAST USED\tSTATE")
		for _, k := range keys {
			state, used := "active", "never"
			if !k.Active() {
				state = "revoked"
			}
			if !k.LastUsedAt.IsZero() {
				used = k.LastUsedAt.Format(time.RFC3339)
			}
			scopes := make([]string, len(k.Scopes))
			for i, s := range k.Scopes {
				scopes[i] = string(s)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Masked, strings.Join(scopes, ","), used, state)
		}
		return w.Flush()
	})
}

type revokeKeyCmd struct {
	app.StoreConfig `embed:""`
	Workspace       string `help:"The workspace." required:""`
	ID              string `arg:"" help:"The key's id, as listed."`
}

func (cmd revokeKeyCmd) Run(ctx context.Context, c console) error {
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		if err := d.Auth.RevokeKey(ctx, cmd.Workspace, cmd.ID, stanna.ActorSystem); err != nil {
			return err
		}
		_, err := fmt.Fprintln(c.err, "Revoked. Running servers forget it within a second.")
		return err
	})
}
