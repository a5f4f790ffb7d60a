package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// SentView is one event on its way to one endpoint.
type SentView struct {
	ID        string               `json:"id"`
	WebhookID string               `json:"webhookId" doc:"The endpoint"`
	EventID   string               `json:"eventId" doc:"The header webhook-id, the same at each try"`
	Type      stanna.EventType     `json:"type"`
	Subject   string               `json:"subject" doc:"What it is about; of one subject the oldest goes first"`
	At        time.Time            `json:"at" doc:"When it happened"`
	State     stanna.DeliveryState `json:"state" enum:"waiting,delivered,failed" doc:"failed: the schedule is at its end"`
	Tried     int                  `json:"tried"`
	Status    *int                 `json:"status" doc:"Of the last answer; null: there was none"`
	Error     string               `json:"error" doc:"What was wrong with the last try"`
	NextAt    *time.Time           `json:"nextAt" doc:"When it is tried next"`
	CreatedAt time.Time            `json:"createdAt"`
	EndedAt   *time.Time           `json:"endedAt"`
}

func viewSent(d stanna.Delivery) SentView {
	view := SentView{ID: d.ID, WebhookID: d.EndpointID, EventID: d.Event.ID, Type: d.Event.Type, Subject: d.Event.Subject, At: d.Event.At.UTC(), State: d.State,
		Tried: d.Tried, CreatedAt: d.CreatedAt.UTC(), EndedAt: moment(d.EndedAt)}
	if d.State == stanna.DeliveryWaiting {
		view.NextAt = moment(d.NextAt)
	}
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		if view.Error = last.Error; last.Status != 0 {
			view.Status = &last.Status
		}
	}
	return view
}

type listDeliveriesInput struct {
	Webhook string `query:"webhook" maxLength:"200" doc:"Only those to this endpoint, by id"`
	State   string `query:"state" enum:"waiting,delivered,failed"`
	Type    string `query:"type" maxLength:"60" doc:"Only events of this type"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Before  string `query:"before" maxLength:"60" doc:"The nextBefore of the page before this one"`
}

type listDeliveriesOutput struct {
	Body struct {
		Deliveries []SentView `json:"deliveries" doc:"Newest first; kept for 30 days"`
		HasMore    bool       `json:"hasMore"`
		NextBefore *string    `json:"nextBefore" doc:"For the next page; null on the last"`
	}
}

func (a *api) listDeliveries(ctx context.Context, who auth.Caller, in *listDeliveriesInput) (*listDeliveriesOutput, error) {
	out := &listDeliveriesOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Deliveries(who.Workspace, store.DeliveryQuery{Endpoint: in.Webhook, State: stanna.DeliveryState(in.State), Type: stanna.EventType(in.Type),
			Before: in.Before, Limit: in.Limit + 1})
		if out.Body.HasMore = len(list) > in.Limit; out.Body.HasMore {
			list = list[:in.Limit]
			out.Body.NextBefore = known(list[in.Limit-1].ID)
		}
		out.Body.Deliveries = each(list, viewSent)
		return err
	})
}

// sentDetail is a delivery with what was sent and every answer.
type sentDetail struct {
	SentView
	Headers  map[string]string `json:"headers" doc:"As sent at the last try. The signature is not kept"`
	Body     string            `json:"body" doc:"As sent, at each try; of a mailbox: the event that the letter told"`
	Attempts []attemptView     `json:"attempts" doc:"The oldest first; the latest 20"`
}

type attemptView struct {
	At       time.Time `json:"at"`
	Status   *int      `json:"status" doc:"HTTP's, or SMTP's; null: no answer"`
	TookMs   float64   `json:"tookMs"`
	Answered string    `json:"answered" doc:"How the answer began, at most 2 KB"`
	Error    string    `json:"error" doc:"What went wrong, and what to do; empty: it arrived"`
}

func (a *api) detail(d stanna.Delivery) (sentDetail, error) {
	view := sentDetail{SentView: viewSent(d)}
	var err error
	view.Headers, view.Body, err = a.Relay.Request(d)
	view.Attempts = each(d.Attempts, func(x stanna.Attempt) attemptView {
		v := attemptView{At: x.At.UTC(), TookMs: float64(x.Took.Microseconds()) / 1000, Answered: x.Answer, Error: x.Error}
		if x.Status != 0 {
			v.Status = &x.Status
		}
		return v
	})
	return view, err
}

type sentID struct {
	ID string `path:"id" maxLength:"200" doc:"The delivery's id"`
}

type sentOutput struct {
	Status int
	Body   sentDetail
}

func (a *api) sentAnswer(d stanna.Delivery, status int) (*sentOutput, error) {
	view, err := a.detail(d)
	return &sentOutput{status, view}, err
}

func (a *api) getDelivery(ctx context.Context, who auth.Caller, in *sentID) (*sentOutput, error) {
	var d stanna.Delivery
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		d, err = tx.Delivery(who.Workspace, in.ID)
		return missing("delivery", in.ID, err)
	})
	if err != nil {
		return nil, err
	}
	return a.sentAnswer(d, 200)
}

func (a *api) resendDelivery(ctx context.Context, who auth.Caller, in *sentID) (*sentOutput, error) {
	d, err := a.Policy.ResendDelivery(ctx, who.Workspace, actor(who), in.ID)
	if err != nil {
		return nil, missing("delivery", in.ID, err)
	}
	return a.sentAnswer(d, 202)
}

// testWebhook sends a sample now, past everything that waits, and gives what
// came of it.
func (a *api) testWebhook(ctx context.Context, who auth.Caller, in *WebhookID) (*sentOutput, error) {
	d, err := a.Relay.Test(ctx, who.Workspace, in.ID, who.Actor())
	if err != nil {
		return nil, missing("webhook", in.ID, err)
	}
	return a.sentAnswer(d, 200)
}

type resendFailedInput struct {
	WebhookID
	Body struct {
		Since time.Time `json:"since" doc:"Those that were promised then or later"`
	}
}

type resendFailedOutput struct {
	Status int
	Body   struct {
		Resent int `json:"resent" doc:"How many wait again; at most 10,000 at a time"`
	}
}

func (a *api) resendFailed(ctx context.Context, who auth.Caller, in *resendFailedInput) (*resendFailedOutput, error) {
	n, err := a.Policy.ResendFailed(ctx, who.Workspace, actor(who), in.ID, in.Body.Since)
	if err != nil {
		return nil, missing("webhook", in.ID, err)
	}
	out := &resendFailedOutput{Status: 202}
	out.Body.Resent = n
	return out, nil
}
