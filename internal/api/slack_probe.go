package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// How long somebody waits for a test message, and how often it is looked for.
const (
	probeWait = 8 * time.Second
	probeLook = 50 * time.Millisecond
)

type slackTestInput struct {
	Body *struct {
		Channel     string `json:"channel,omitempty" maxLength:"500" doc:"Id, name or link; the default channel without it"`
		WorkspaceID string `json:"workspaceId,omitempty"`
	} `required:"false"`
}

func (a *api) testSlack(ctx context.Context, who auth.Caller, in *slackTestInput) (*sendOutput, error) {
	if in.Body == nil {
		return a.sendTest(ctx, who, "")
	}
	if err := who.In(in.Body.WorkspaceID); err != nil {
		return nil, err
	}
	return a.sendTest(ctx, who, in.Body.Channel)
}

// sendTest sends a sample on the road that alerts take, and waits for what
// becomes of it.
func (a *api) sendTest(ctx context.Context, who auth.Caller, typed string) (*sendOutput, error) {
	to, name, err := a.testDestination(ctx, who.Workspace, typed, "channel")
	if err != nil {
		return nil, err
	}
	n, err := a.Intake.SendTest(ctx, who.Workspace, who.Actor(), to)
	if err != nil {
		return nil, err
	}
	return a.became(ctx, n, "test message", name)
}

// became waits for what becomes of a message that was asked for, and says it.
func (a *api) became(ctx context.Context, n stanna.Notification, what, name string) (*sendOutput, error) {
	n, err := a.await(ctx, n)
	if err != nil {
		return nil, err
	}
	switch n.Status {
	case stanna.Delivered:
		return sending(http.StatusOK, capital(what)+" sent successfully to "+name, n), nil
	case stanna.Dead:
		detail := n.Detail
		if detail == "" {
			detail = explain(n.Reason)
		}
		return nil, &problem{Code: integrationError, Status: http.StatusBadGateway, Message: "The " + what + " could not be delivered to " + name + ": " + detail,
			Details: map[string]any{"service": "slack", "reason": n.Reason, "repair": n.Detail, "notificationId": n.ID}}
	}
	why := explain(n.Reason)
	if why == "" {
		why = "It is on its way"
	}
	return sending(http.StatusAccepted, "The "+what+" to "+name+" waits. "+why, n), nil
}

func (a *api) testDestination(ctx context.Context, workspace, typed, field string) (to stanna.Destination, name string, err error) {
	var c stanna.Connection
	var chosen stanna.Channel
	var connected bool
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(workspace)
		if err != nil {
			return err
		}
		if c, connected, err = tx.Connection(workspace); err != nil {
			return err
		}
		chosen.ID = w.Settings.DefaultChannel
		if ch, ok, err := tx.Channel(workspace, c.TeamID, w.Settings.DefaultChannel); err != nil || ok {
			chosen = ch
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return "", "", err
	case !connected:
		return "", "", notConnectedTo("Slack integration is not connected")
	case c.Health == stanna.Broken && typed == "":
		return "", "", notConnectedTo("The Slack connection does not work. " + c.Repair)
	case typed != "":
		if chosen, err = a.channel(ctx, workspace, typed, field); err != nil {
			return "", "", err
		}
	case chosen.ID == "":
		return "", "", stanna.InvalidField(field, "is missing, and no default channel is chosen; choose one with PUT /api/integrations/slack/settings")
	}
	name = chosen.ID
	if chosen.Name != "" {
		name = "#" + chosen.Name
	}
	return stanna.SlackChannel(cmp.Or(chosen.TeamID, c.TeamID), chosen.ID), name, nil
}

func notConnectedTo(message string) *problem {
	return &problem{Code: notConnected, Status: http.StatusBadRequest, Message: message, Details: map[string]any{"provider": "slack"}}
}

// await looks at a notification until something became of it or the time is
// over.
func (a *api) await(ctx context.Context, n stanna.Notification) (stanna.Notification, error) {
	ctx, cancel := context.WithTimeout(ctx, a.probeWait)
	defer cancel()
	look := time.NewTicker(probeLook)
	defer look.Stop()
	for {
		var now stanna.Notification
		err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
			now, err = tx.Notification(n.Workspace, n.ID)
			return err
		})
		switch {
		case ctx.Err() != nil:
			return n, nil
		case err != nil:
			return n, err
		}
		if n = now; n.Status != stanna.Waiting {
			return n, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return n, nil
		}
	}
}
