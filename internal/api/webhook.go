package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
)

// tallyDays is how many days of deliveries are counted for an endpoint.
const tallyDays = 7

// webhookView is an endpoint. Its secret is shown where it is made, once.
type webhookView struct {
	ID            string             `json:"id"`
	Name          string             `json:"name"`
	Kind          string             `json:"kind" enum:"webhook,mail"`
	Address       string             `json:"address" doc:"Without its query, which may hold a token. May be sent back so and stays as it is"`
	Types         []stanna.EventType `json:"types" doc:"The types of event that it gets"`
	Status        string             `json:"status" enum:"working,failing,paused" doc:"failing: the last try did not arrive"`
	Reason        *stanna.Reason     `json:"reason" doc:"Why it is paused"`
	Explanation   string             `json:"explanation" doc:"The reason in a sentence"`
	PausedAt      *time.Time         `json:"pausedAt"`
	FailingSince  *time.Time         `json:"failingSince" doc:"Since when nothing has arrived, though tried. After three days it is paused"`
	PreviousUntil *time.Time         `json:"previousUntil" doc:"Until when the secret before the rotation signs as well"`
	LastWeek      webhookTally       `json:"lastWeek" doc:"Of the deliveries promised in the last seven days"`
	Version       int64              `json:"version" doc:"Rises with every change"`
	CreatedAt     time.Time          `json:"createdAt"`
	UpdatedAt     time.Time          `json:"updatedAt"`
	Secret        string             `json:"secret,omitempty" doc:"Only in the answer that makes it: keep it where the receiver can read it"`
}

type webhookTally struct {
	Waiting       int        `json:"waiting"`
	Delivered     int        `json:"delivered"`
	Failed        int        `json:"failed" doc:"For good; they can be sent again"`
	LastDelivered *time.Time `json:"lastDelivered"`
}

func (a *api) viewWebhook(e stanna.Endpoint, t store.DeliveryTally) webhookView {
	now := a.Clock.Real()
	view := webhookView{ID: e.ID, Name: e.Name, Kind: "webhook", Address: e.Place(), Types: all(e.Types), Status: "working", Explanation: explain(e.Paused),
		PausedAt: moment(e.PausedAt), FailingSince: moment(e.FailingSince), LastWeek: webhookTally{t.Waiting, t.Arrived, t.Lost, moment(t.LastArrived)},
		Version: e.Version, CreatedAt: e.CreatedAt.UTC(), UpdatedAt: e.UpdatedAt.UTC()}
	if _, mailbox := e.Mailbox(); mailbox {
		view.Kind = "mail"
	} else if len(e.Secrets(now)) > 1 {
		view.PreviousUntil = moment(e.PreviousUntil)
	}
	switch {
	case e.Paused != "":
		view.Status, view.Reason = "paused", &e.Paused
	case !e.FailingSince.IsZero():
		view.Status = "failing"
	}
	return view
}

type listWebhooksOutput struct {
	Body struct {
		Webhooks []webhookView `json:"webhooks" doc:"The oldest first"`
	}
}

func (a *api) listWebhooks(ctx context.Context, who auth.Caller, _ *struct{}) (*listWebhooksOutput, error) {
	out := &listWebhooksOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Endpoints(who.Workspace)
		if err != nil {
			return err
		}
		tallies, err := tx.DeliveryTallies(who.Workspace, a.Clock.Real().AddDate(0, 0, -tallyDays))
		out.Body.Webhooks = each(list, func(e stanna.Endpoint) webhookView { return a.viewWebhook(e, tallies[e.ID]) })
		return err
	})
}

// WebhookID is which endpoint is meant.
type WebhookID struct {
	ID string `path:"id" maxLength:"200" doc:"The endpoint's id"`
}

type webhookOutput struct {
	Status int
	ETag   string `header:"ETag" doc:"Its version, for If-Match"`
	Body   webhookView
}

// webhookAnswer is an endpoint after a change; its secret is shown when that
// made one.
func (a *api) webhookAnswer(ctx context.Context, status int, e stanna.Endpoint, secret bool) (*webhookOutput, error) {
	out := &webhookOutput{Status: status, ETag: etag(int(e.Version))}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		tallies, err := tx.DeliveryTallies(e.Workspace, a.Clock.Real().AddDate(0, 0, -tallyDays))
		out.Body = a.viewWebhook(e, tallies[e.ID])
		if secret {
			out.Body.Secret = e.Secret.Reveal()
		}
		return err
	})
}

func (a *api) getWebhook(ctx context.Context, who auth.Caller, in *WebhookID) (*webhookOutput, error) {
	var e stanna.Endpoint
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		e, err = tx.Endpoint(who.Workspace, in.ID)
		return missing("webhook", in.ID, err)
	})
	if err != nil {
		return nil, err
	}
	return a.webhookAnswer(ctx, http.StatusOK, e, false)
}

// WebhookInput is what everybody may know of an endpoint.
type WebhookInput struct {
	Name  string             `json:"name,omitempty" maxLength:"60" doc:"What people call it" example:"Warehouse"`
	Types []stanna.EventType `json:"types" maxItems:"50" doc:"The types of event that it gets; GET /api/webhooks/event-types lists them. A mailbox takes notices only"`
}

type postWebhookInput struct {
	Body struct {
		WebhookInput
		Address stanna.Secret `json:"address" doc:"https://…, or mailto:ops@acme.com for notices in words" example:"https://hooks.example.com/stanna"`
	}
}

func (a *api) postWebhook(ctx context.Context, who auth.Caller, in *postWebhookInput) (*webhookOutput, error) {
	e, err := a.Policy.AddEndpoint(ctx, who.Workspace, actor(who), stanna.Endpoint{Name: in.Body.Name, Address: in.Body.Address, Types: in.Body.Types})
	if err != nil {
		return nil, err
	}
	return a.webhookAnswer(ctx, http.StatusCreated, e, true)
}

type putWebhookInput struct {
	IfRead
	WebhookID
	Body struct {
		WebhookInput
		Address stanna.Secret `json:"address,omitempty" doc:"Another one; without it, or as it is shown, it stays"`
		Version *int          `json:"version,omitempty" doc:"Of the endpoint as you read it; refused if it was changed since"`
	}
}

func (a *api) putWebhook(ctx context.Context, who auth.Caller, in *putWebhookInput) (*webhookOutput, error) {
	draft := stanna.Endpoint{ID: in.ID, Name: in.Body.Name, Address: in.Body.Address, Types: in.Body.Types}
	e, err := a.Policy.ChangeEndpoint(ctx, who.Workspace, actor(who), draft, in.version(in.Body.Version))
	if err != nil {
		return nil, in.refused(missing("webhook", in.ID, err))
	}
	return a.webhookAnswer(ctx, http.StatusOK, e, false)
}

type deleteWebhookInput struct {
	IfRead
	WebhookID
}

func (a *api) deleteWebhook(ctx context.Context, who auth.Caller, in *deleteWebhookInput) (*doneOutput, error) {
	if err := a.Policy.DeleteEndpoint(ctx, who.Workspace, actor(who), in.ID, in.version(nil)); err != nil {
		return nil, in.refused(missing("webhook", in.ID, err))
	}
	return did("Deleted, with what was waiting for it"), nil
}

type rotateWebhookInput struct {
	IfRead
	WebhookID
	Body *struct {
		OverlapHours *float64 `json:"overlapHours,omitempty" minimum:"0" maximum:"720" doc:"How long the secret before signs as well; 24 without it, 0 for at once"`
	}
}

func (a *api) rotateWebhook(ctx context.Context, who auth.Caller, in *rotateWebhookInput) (*webhookOutput, error) {
	overlap := stanna.RotationOverlap
	if in.Body != nil && in.Body.OverlapHours != nil {
		overlap = time.Duration(*in.Body.OverlapHours * float64(time.Hour))
	}
	e, err := a.Policy.RotateEndpoint(ctx, who.Workspace, actor(who), in.ID, overlap, in.version(nil))
	if err != nil {
		return nil, in.refused(missing("webhook", in.ID, err))
	}
	return a.webhookAnswer(ctx, http.StatusOK, e, true)
}

func (a *api) pauseWebhook(ctx context.Context, who auth.Caller, in *WebhookID) (*webhookOutput, error) {
	e, err := a.Policy.PauseEndpoint(ctx, who.Workspace, actor(who), in.ID)
	if err != nil {
		return nil, missing("webhook", in.ID, err)
	}
	return a.webhookAnswer(ctx, http.StatusOK, e, false)
}

func (a *api) resumeWebhook(ctx context.Context, who auth.Caller, in *WebhookID) (*webhookOutput, error) {
	e, err := a.Policy.ResumeEndpoint(ctx, who.Workspace, actor(who), in.ID)
	if err != nil {
		return nil, missing("webhook", in.ID, err)
	}
	return a.webhookAnswer(ctx, http.StatusOK, e, false)
}

// eventTypeView is a type of event with a sample of what is sent.
type eventTypeView struct {
	Type        stanna.EventType `json:"type"`
	Description string           `json:"description"`
	Notice      bool             `json:"notice" doc:"It tells of trouble, or of its end; mailboxes take these"`
	Sample      map[string]any   `json:"sample" doc:"A body as it is sent"`
}

type eventTypesOutput struct {
	Body struct {
		EventTypes []eventTypeView `json:"eventTypes"`
	}
}

func (a *api) listEventTypes(_ context.Context, who auth.Caller, _ *struct{}) (*eventTypesOutput, error) {
	out := &eventTypesOutput{}
	for _, t := range stanna.EventTypes() {
		view := eventTypeView{Type: t, Description: t.Sentence(), Notice: t.Notice()}
		body, err := relay.Body(stanna.SampleOf(t, who.Workspace, a.Clock.Real()), a.PublicURL)
		if err == nil {
			err = json.Unmarshal(body, &view.Sample)
		}
		if err != nil {
			return nil, err
		}
		out.Body.EventTypes = append(out.Body.EventTypes, view)
	}
	return out, nil
}
