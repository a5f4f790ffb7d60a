package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/policy"
)

type slackStatusOutput struct{ Body slackStatus }

// slackStatus is the connection in short. Slack has no e-mail of a connection;
// the documented field is null.
type slackStatus struct {
	connect.Status
	Email *string `json:"email"`
}

func (a *api) slackStatus(ctx context.Context, who auth.Caller, _ *struct{}) (*slackStatusOutput, error) {
	s, err := a.Line.Status(ctx, who.Workspace)
	return &slackStatusOutput{slackStatus{Status: s}}, err
}

type slackChannelsOutput struct {
	Body struct {
		Channels []channelView `json:"channels"`
		SyncedAt *time.Time    `json:"syncedAt" doc:"When the list was read from Slack; null before the first time"`
		Stale    bool          `json:"stale" doc:"It is being read anew; ask again in a moment"`
	}
}

type channelView struct {
	ID         string        `json:"id"`
	TeamID     string        `json:"teamId" doc:"The Slack team that it is in"`
	Name       string        `json:"name"`
	IsPrivate  bool          `json:"isPrivate"`
	IsArchived bool          `json:"isArchived"`
	IsMember   bool          `json:"isMember" doc:"The app is in it"`
	IsShared   bool          `json:"isShared" doc:"With another organisation"`
	Health     stanna.Health `json:"health"`
	Repair     string        `json:"repair,omitempty"`
}

func viewChannel(c stanna.Channel) channelView {
	return channelView{c.ID, c.TeamID, c.Name, c.Private, c.Archived, c.Member, c.Shared, c.Health, c.Repair}
}

// slackChannels lists the channels to choose from. The names of private ones
// are shown to those only who may choose.
func (a *api) slackChannels(ctx context.Context, who auth.Caller, _ *struct{}) (*slackChannelsOutput, error) {
	list, syncedAt, stale, err := a.Line.Channels(ctx, who.Workspace)
	out := &slackChannelsOutput{}
	out.Body.Channels = []channelView{}
	for _, c := range list {
		if !c.Private || who.May(auth.Connect) {
			out.Body.Channels = append(out.Body.Channels, viewChannel(c))
		}
	}
	out.Body.SyncedAt, out.Body.Stale = moment(syncedAt), stale
	return out, err
}

type slackSettingsInput struct {
	IfRead
	Body struct {
		DefaultChannel  *string `json:"defaultChannel,omitempty" maxLength:"500" doc:"Where alerts go that no rule sends elsewhere: id, name or link; empty for none"`
		FallbackChannel *string `json:"fallbackChannel,omitempty" maxLength:"500" doc:"Takes the messages of a channel that broke; empty for none"`
	}
}

type slackSettingsOutput struct {
	ETag string `header:"ETag" doc:"Of the settings"`
	Body struct {
		Success         bool         `json:"success"`
		Message         string       `json:"message"`
		DefaultChannel  *channelView `json:"defaultChannel,omitempty" doc:"As it was found in Slack"`
		FallbackChannel *channelView `json:"fallbackChannel,omitempty"`

		Warnings []policy.Warning `json:"warnings,omitempty" doc:"What may be chosen and is probably not what was meant"`
	}
}

// putSlackSettings chooses channels. Each is looked at in Slack first, so that
// nobody waits for messages in a channel where none can arrive. What could not
// be told before, for want of a channel, is told then.
func (a *api) putSlackSettings(ctx context.Context, who auth.Caller, in *slackSettingsInput) (*slackSettingsOutput, error) {
	out := &slackSettingsOutput{}
	choose := func(field string, typed *string, shown **channelView) (id *string, err error) {
		if typed == nil || *typed == "" {
			return typed, nil
		}
		c, err := a.channel(ctx, who.Workspace, *typed, field)
		if err == nil {
			view := viewChannel(c)
			*shown, id = &view, &c.ID
		}
		return id, err
	}
	first, err := choose("defaultChannel", in.Body.DefaultChannel, &out.Body.DefaultChannel)
	if err != nil {
		return nil, err
	}
	second, err := choose("fallbackChannel", in.Body.FallbackChannel, &out.Body.FallbackChannel)
	if err != nil {
		return nil, err
	}
	kept, warnings, err := a.Policy.SaveSettings(ctx, who.Workspace, actor(who), in.tag(), func(k *policy.Kept) error {
		give(&k.Workspace.Settings.DefaultChannel, first)
		give(&k.Workspace.Settings.FallbackChannel, second)
		return nil
	})
	if err != nil {
		return nil, in.refused(err)
	}
	out.ETag = strconv.Quote(kept.Tag())
	for more := first != nil && *first != ""; more; {
		if more, err = a.Intake.Retell(ctx, who.Workspace); err != nil {
			return nil, err
		}
	}
	out.Body.Success, out.Body.Message, out.Body.Warnings = true, "Slack settings updated", warnings
	return out, nil
}

// channel finds what a person typed and makes sure that messages can go there.
func (a *api) channel(ctx context.Context, workspace, typed, field string) (stanna.Channel, error) {
	c, err := a.Line.Lookup(ctx, workspace, typed)
	var e *stanna.Error
	if errors.As(err, &e) && e.Fields["channel"] != "" {
		return c, stanna.InvalidField(field, "%s", e.Fields["channel"])
	}
	if err == nil && c.Health == stanna.Broken {
		err = stanna.InvalidField(field, "%s", c.Repair)
	}
	return c, err
}

// destination is where a rule or a test sends: what a person typed for a
// channel, or the destination itself as a rule shows it.
func (a *api) destination(ctx context.Context, workspace, typed, field string) (stanna.Destination, error) {
	c, err := a.channel(ctx, workspace, typed, field)
	return stanna.SlackChannel(c.TeamID, c.ID), err
}

type connectTokenInput struct {
	Body struct {
		Token   string `json:"token" maxLength:"1000" doc:"The bot token of an app of your own: xoxb-…"`
		Another bool   `json:"another,omitempty" doc:"It may be of a Slack team beside those that are connected"`
	}
}

func (a *api) connectToken(ctx context.Context, who auth.Caller, in *connectTokenInput) (*slackStatusOutput, error) {
	if _, err := a.Line.ConnectToken(ctx, who.Workspace, who.Actor(), stanna.Secret(in.Body.Token), in.Body.Another); err != nil {
		return nil, err
	}
	return a.slackStatus(ctx, who, nil)
}

type disconnectInput struct {
	Team string `query:"team" maxLength:"50" doc:"The Slack team; the home without it"`
}

func (a *api) disconnectSlack(ctx context.Context, who auth.Caller, in *disconnectInput) (*doneOutput, error) {
	d, err := a.Line.Disconnect(ctx, who.Workspace, in.Team, who.Actor())
	if err != nil {
		return nil, err
	}
	return did(d.Sentence), nil
}

type diagnosisOutput struct {
	Body struct {
		connect.Diagnosis
		Questions []connect.Question `json:"questions" doc:"What people ask when it is not as they expect, answered from what is stored"`
	}
}

func (a *api) diagnoseSlack(ctx context.Context, who auth.Caller, _ *struct{}) (*diagnosisOutput, error) {
	out := &diagnosisOutput{}
	var err error
	if out.Body.Diagnosis, err = a.Line.Diagnose(ctx, who.Workspace); err != nil {
		return nil, err
	}
	out.Body.Questions, err = a.Line.Questions(ctx, who.Workspace, out.Body.Diagnosis, a.Clock.Now(who.Workspace))
	return out, err
}

// maxEvent is far more than an event of Slack's takes.
const maxEvent = 1 << 20

// slackEvents takes Slack's word that the app was removed. The signature is
// over the raw bytes, so they are read here.
func (a *api) slackEvents(v *visit, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(v, r.Body, maxEvent))
	if err != nil {
		return brokenOff(err)
	}
	challenge, err := a.Line.Events(r.Context(), r.Header, body)
	if err != nil {
		return err
	}
	writeJSON(v, http.StatusOK, eventAnswer{true, challenge})
	return nil
}

// slackInteractions takes what somebody pressed. Slack waits three seconds, and
// the desk answers in less.
func (a *api) slackInteractions(v *visit, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(v, r.Body, maxEvent))
	if err != nil {
		return brokenOff(err)
	}
	p, err := a.Line.ReadPress(r.Header, body)
	if err != nil {
		return err
	}
	reply := a.Desk.Take(r.Context(), p)
	if reply == nil {
		v.WriteHeader(http.StatusOK) // with nothing: Slack would show any text
		return nil
	}
	writeJSON(v, http.StatusOK, reply)
	return nil
}

func describeInteractions(_ huma.Registry, op *huma.Operation) {
	op.Description = "For Slack only: signed with X-Slack-Signature over the raw body, not older than five minutes. Presses of our own buttons and our own forms; no messages."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("application/x-www-form-urlencoded", &huma.Schema{Type: huma.TypeObject})}
	op.Responses["200"] = &huma.Response{Description: "Taken; with what a form is to show, or with nothing", Content: content("application/json", &huma.Schema{Type: huma.TypeObject})}
}

type eventAnswer struct {
	OK        bool   `json:"ok"`
	Challenge string `json:"challenge,omitempty"`
}

func describeEvents(registry huma.Registry, op *huma.Operation) {
	op.Description = "For Slack only: signed with X-Slack-Signature over the raw body, not older than five minutes. Notices that the app was removed; no messages."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("application/json", &huma.Schema{Type: huma.TypeObject})}
	op.Responses["200"] = &huma.Response{Description: "Taken; with the challenge of a url_verification", Content: content("application/json", schemaOf[eventAnswer](registry))}
}
