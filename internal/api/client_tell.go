package api

import (
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

type notifyInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The client's id"`
	Body *struct {
		Destination string `json:"destination,omitempty" maxLength:"500" doc:"A channel (id, name or link), somebody's e-mail address, or owner; the default channel without it"`
		WorkspaceID string `json:"workspaceId,omitempty"`
	} `required:"false"`
}

// notifyClient sends a client's state as it is now, and waits for what
// becomes of the message.
func (a *api) notifyClient(ctx context.Context, who auth.Caller, in *notifyInput) (*sendOutput, error) {
	typed := ""
	if in.Body != nil {
		if err := who.In(in.Body.WorkspaceID); err != nil {
			return nil, err
		}
		typed = in.Body.Destination
	}
	var p store.Portrait
	if err := a.Store.View(ctx, func(tx *store.Tx) (err error) { p, err = seenPortrait(tx, who, in.ID); return err }); err != nil {
		return nil, err
	}
	to, name, err := a.tellAt(ctx, who.Workspace, typed, p.Client)
	if err != nil {
		return nil, err
	}
	n, err := a.Intake.SendPortrait(ctx, who.Workspace, actor(who), in.ID, to)
	if err != nil {
		return nil, missing("client", in.ID, err)
	}
	return a.became(ctx, n, "message", name)
}

// tellAt finds where a person wants a message now. A person must be in Slack.
func (a *api) tellAt(ctx context.Context, workspace, typed string, c stanna.Client) (to stanna.Destination, name string, err error) {
	email := ""
	if typed != "" {
		d := stanna.Destination("")
		if d, err = a.anyDestination(ctx, workspace, typed, "destination"); err != nil {
			return "", "", err
		}
		switch person, ok := d.Person(); {
		case ok:
			email = person
		case d == stanna.ToOwner && c.CSMOwner == "":
			return "", "", stanna.InvalidField("destination", "this client has no owner; name a channel or a person")
		case d == stanna.ToOwner:
			email = c.CSMOwner
		}
	}
	if email == "" {
		return a.testDestination(ctx, workspace, typed, "destination")
	}
	p, err := a.Line.Person(ctx, workspace, email)
	if err != nil {
		return "", "", err
	}
	if p.SlackID == "" {
		return "", "", stanna.InvalidField("destination", "%s is not in Slack by that address; name a channel or somebody else", clip(email, 60))
	}
	return p.Direct(""), email, nil
}

type followInput struct {
	ID    string `path:"id" maxLength:"200" doc:"The client's id"`
	Email string `query:"email" maxLength:"254" doc:"Who follows; the caller without it. Another only for a director or an admin"`
}

func (a *api) follow(ctx context.Context, who auth.Caller, in *followInput) (*doneOutput, error) {
	return a.setFollow(ctx, who, in, true, "follows the account now, and is told of its alerts by direct message")
}

func (a *api) unfollow(ctx context.Context, who auth.Caller, in *followInput) (*doneOutput, error) {
	return a.setFollow(ctx, who, in, false, "follows the account no longer")
}

func (a *api) setFollow(ctx context.Context, who auth.Caller, in *followInput, follow bool, sentence string) (*doneOutput, error) {
	email := cleanEmail(in.Email)
	switch {
	case email == "" && who.Email == "":
		return nil, stanna.InvalidField("email", "is required: a program says whom it means")
	case email == "":
		email = who.Email
	case email != who.Email && who.OwnAccountsOnly():
		return nil, stanna.Errorf(stanna.Forbidden, "you may follow for yourself; ask a director or an admin for others")
	case email != who.Email && follow:
		if err := a.colleague(ctx, who.Workspace, email, "email"); err != nil {
			return nil, err
		}
	}
	if err := a.Policy.Follow(ctx, who.Workspace, actor(who), in.ID, email, follow); err != nil {
		return nil, missing("client", in.ID, err)
	}
	return did(email + " " + sentence), nil
}
