package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/store"
)

type auditCmd struct {
	Verify verifyAuditCmd `cmd:"" help:"Walk the chain and name the first entry that was altered, removed or moved."`
	Export exportAuditCmd `cmd:"" help:"Print the bound entries, one JSON object a line; the last names the head."`
}

type verifyAuditCmd struct {
	app.StoreConfig `embed:""`
	Workspace       string `help:"One workspace; default: all."`
	Head            string `help:"A head that was exported earlier, as SEQ:MAC; a tail that was cut is found by it." placeholder:"SEQ:MAC"`
}

func (cmd verifyAuditCmd) Run(ctx context.Context, c console) error {
	var known *store.AuditHead
	if cmd.Head != "" {
		seq, mac, _ := strings.Cut(cmd.Head, ":")
		n, err := strconv.ParseInt(seq, 10, 64)
		b, err2 := hex.DecodeString(mac)
		if err != nil || err2 != nil || len(b) == 0 || cmd.Workspace == "" {
			return fmt.Errorf("--head must look like 1042:0a1b… as `stanna audit export` prints it, and needs --workspace")
		}
		known = &store.AuditHead{Seq: n, MAC: b}
	}
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		workspaces, err := d.Workspaces(ctx, cmd.Workspace)
		if err != nil {
			return err
		}
		for _, w := range workspaces {
			err := d.Store.View(ctx, func(tx *store.Tx) error {
				head, loose, err := tx.VerifyAudit(w, known)
				if err == nil {
					fmt.Fprintf(c.out, "%s: %d entries are as they were written; head %d:%x; %d not bound yet\n", w, head.Seq, head.Seq, head.MAC, loose)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", w, err)
			}
		}
		return nil
	})
}

type exportAuditCmd struct {
	app.StoreConfig `embed:""`
	Workspace       string `help:"The workspace." required:""`
	After           int64  `help:"Begin after this entry." default:"0"`
}

// auditLine is an entry as it is exported.
type auditLine struct {
	Seq     int64             `json:"seq"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Subject string            `json:"subject"`
	Reason  string            `json:"reason,omitempty"`
	Details map[string]string `json:"details,omitempty"`
	ID      string            `json:"id"`
	MAC     string            `json:"mac"`
}

func (cmd exportAuditCmd) Run(ctx context.Context, c console) error {
	return desk{cmd.StoreConfig}.open(ctx, func(d *app.Desk) error {
		return d.Store.View(ctx, func(tx *store.Tx) error {
			out := json.NewEncoder(c.out)
			head := fmt.Sprintf("%d:", cmd.After)
			for e, err := range tx.AuditTrail(cmd.Workspace, cmd.After) {
				if err != nil {
					return err
				}
				mac := hex.EncodeToString(e.MAC)
				head = fmt.Sprintf("%d:%s", e.Seq, mac)
				if err := out.Encode(auditLine{e.Seq, e.At, e.Actor, e.Action, e.Subject, string(e.Reason), e.Details, e.ID, mac}); err != nil {
					return err
				}
			}
			return out.Encode(map[string]string{"head": head})
		})
	})
}
