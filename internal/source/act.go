package source

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
)

// speaksFor is the person in whose name another tool wants something done:
// they may do through it what they may do on a page, and no more.
func (b *opened) speaksFor(ctx context.Context, a mapping.Act) (auth.Caller, error) {
	who, ok, err := b.desk.Auth.Recognise(ctx, b.source.Workspace, a.By)
	needed := auth.ActOnAlerts
	if a.Do == "set" {
		needed = auth.WriteClients
	}
	switch {
	case err != nil:
		return who, err
	case !ok:
		return who, stanna.InvalidField("act.by", "must be the e-mail address of a user of this workspace; nobody has the one that the call names")
	case !who.May(needed):
		return who, stanna.InvalidField("act.by", "the role of the person that the call names does not let them do this")
	}
	return who, nil
}

// act does it. The trail names the person, and the source that spoke for
// them.
func (b *opened) act(ctx context.Context, client string, who auth.Caller, a mapping.Act) error {
	subject := client
	if a.Do != "set" {
		alert, err := b.actOnAlert(ctx, client, intake.By{Actor: who.Actor(), Name: who.Email, Sees: who.Sees}, a)
		if err != nil {
			return err
		}
		if alert != "" {
			subject = alert
			b.outcome.Alerts = append(b.outcome.Alerts, alert)
		}
	}
	b.outcome.Acts++
	return b.desk.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(stanna.AuditEntry{Workspace: b.source.Workspace, At: b.desk.Clock.Real(), Actor: b.actor(), Action: "source.acted", Subject: subject,
			Details: map[string]string{"did": a.Do, "for": who.Actor()}})
	})
}

func (b *opened) actOnAlert(ctx context.Context, client string, by intake.By, a mapping.Act) (alert string, err error) {
	if alert, err = b.alertOf(ctx, client, a); err != nil {
		return "", err
	}
	ws, in := b.source.Workspace, b.desk.Intake
	switch a.Do {
	case "take":
		_, err = in.TakeUp(ctx, ws, alert, by)
	case "assign":
		_, err = in.Assign(ctx, ws, alert, by, a.To)
	case "snooze":
		_, err = in.Snooze(ctx, ws, alert, by, a.Until)
	case "resolve":
		got, failed := in.Resolve(ctx, ws, alert, by, a.Outcome, a.Note)
		if err = failed; stanna.CodeOf(err) == stanna.Conflict && got.ClosedBy == by.Name && got.Outcome == a.Outcome {
			err = nil // it was done by this very call, whose answer was lost
		}
	case "reached":
		err = b.reached(ctx, client, alert, by, a.Note)
	default:
		err = stanna.InvalidField("act.do", "must be take, assign, snooze, resolve, reached or set")
	}
	return alert, err
}

// alertOf is the alert that an act is about: the one that is named, else the
// client's only open one. That somebody got in touch needs none.
func (b *opened) alertOf(ctx context.Context, client string, a mapping.Act) (id string, err error) {
	switch {
	case a.Alert != "":
		return a.Alert, nil
	case client == "":
		return "", stanna.InvalidField("act.alert", "is required where no client is named")
	}
	err = b.desk.Store.View(ctx, func(tx *store.Tx) error {
		open, err := tx.OpenAlerts(b.source.Workspace, []string{client})
		switch list := open[client]; {
		case err != nil || a.Do == "reached":
			return err
		case len(list) == 0:
			return stanna.Errorf(stanna.NotFound, "the client has no open alert")
		case len(list) > 1:
			return stanna.InvalidField("act.alert", "is required: the client has %d open alerts", len(list))
		default:
			id = list[0].ID
		}
		return nil
	})
	return id, err
}

// reached notes that somebody got in touch with a client: an intervention,
// known by the body that it came in, so that it counts once.
func (b *opened) reached(ctx context.Context, client, alert string, by intake.By, note string) error {
	err := b.desk.Store.View(ctx, func(tx *store.Tx) error {
		if alert != "" {
			a, err := tx.Alert(b.source.Workspace, alert)
			if err != nil {
				return err
			}
			client = a.ClientID
		}
		c, err := tx.Client(b.source.Workspace, client)
		if err == nil && !by.Sees(c.CSMOwner) {
			err = stanna.Errorf(stanna.NotFound, "client not found")
		}
		return err
	})
	if err != nil {
		return err
	}
	data, err := json.Marshal(stanna.Contacted{Kind: b.source.Name, Summary: note, Author: by.Name})
	if err != nil {
		return err
	}
	b.signals = append(b.signals, stanna.Signal{ID: b.parcel.ID + ":" + strconv.Itoa(b.outcome.Acts), ClientID: client, Type: stanna.InterventionLogged,
		Source: b.source.Name, Data: data})
	b.from = append(b.from, b.at)
	return b.send(ctx)
}
