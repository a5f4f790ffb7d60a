package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// notificationView is one promise to tell, and what became of it.
type notificationView struct {
	ID          string                    `json:"id"`
	AlertID     *string                   `json:"alertId" doc:"null for a test"`
	ClientID    *string                   `json:"clientId"`
	MessageID   string                    `json:"messageId"`
	Destination string                    `json:"destination"`
	Event       stanna.AlertEvent         `json:"event" enum:"opened,worsened,resolved,reminded,escalated,sample,digest"`
	Severity    stanna.Severity           `json:"severity"`
	Status      stanna.NotificationStatus `json:"status" enum:"held,waiting,delivered,dead,spared"`
	Reason      stanna.Reason             `json:"reason"`
	Explanation string                    `json:"explanation"`
	Detail      string                    `json:"detail" doc:"What a person can do, when they must"`
	Attempts    int                       `json:"attempts"`
	Repeated    bool                      `json:"repeated" doc:"It may stand in Slack twice"`
	CreatedAt   time.Time                 `json:"createdAt"`
	DeliveredAt *time.Time                `json:"deliveredAt"`
	Hold        *holdView                 `json:"hold" doc:"Of one that is or was held"`
}

// holdView is why a notification waits or waited for its time.
type holdView struct {
	Intended string     `json:"intended" doc:"The place as it was chosen"`
	Since    time.Time  `json:"since"`
	Until    *time.Time `json:"until" doc:"When it is looked at again; null when it is not held any more"`
	SurgeID  *string    `json:"surgeId"`
}

func viewHold(n stanna.Notification) *holdView {
	if n.Hold.Since.IsZero() {
		return nil
	}
	view := &holdView{Intended: string(n.Hold.Intended), Since: n.Hold.Since.UTC(), SurgeID: known(n.Hold.Surge)}
	if n.Status == stanna.Held {
		view.Until = moment(n.Hold.Until)
	}
	return view
}

func viewNotification(n stanna.Notification) notificationView {
	return notificationView{ID: n.ID, AlertID: known(n.AlertID), ClientID: known(n.ClientID), MessageID: n.MessageID, Destination: string(n.Destination),
		Event: n.Event, Severity: n.Severity, Status: n.Status, Reason: n.Reason, Explanation: explain(n.Reason), Detail: n.Detail,
		Attempts: n.Attempts, Repeated: n.Repeated, CreatedAt: n.CreatedAt.UTC(), DeliveredAt: moment(n.DeliveredAt), Hold: viewHold(n)}
}

type listNotificationsInput struct {
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Offset   int    `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
	Status   string `query:"status" enum:"held,waiting,delivered,dead,spared"`
	AlertID  string `query:"alertId" maxLength:"200"`
	ClientID string `query:"clientId" maxLength:"200"`
}

type listNotificationsOutput struct {
	Body struct {
		Notifications []notificationView `json:"notifications" doc:"Newest first"`
		Pagination    pagination         `json:"pagination"`
	}
}

func (a *api) listNotifications(ctx context.Context, who auth.Caller, in *listNotificationsInput) (*listNotificationsOutput, error) {
	out := &listNotificationsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.Notifications(who.Workspace, store.NotificationQuery{Status: stanna.NotificationStatus(in.Status), AlertID: in.AlertID,
			ClientID: in.ClientID, Owner: ownerFilter(who), Limit: in.Limit, Offset: in.Offset})
		out.Body.Notifications, out.Body.Pagination = each(list, viewNotification), paginationOf(in.Limit, in.Offset, total, len(list))
		return err
	})
}

type notificationID struct {
	ID string `path:"id" maxLength:"200" doc:"The notification's id"`
}

// sendOutput answers a sending that was asked for.
type sendOutput struct {
	Status int
	Body   struct {
		Success      bool             `json:"success"`
		Message      string           `json:"message"`
		Notification notificationView `json:"notification"`
	}
}

func sending(status int, message string, n stanna.Notification) *sendOutput {
	out := &sendOutput{Status: status}
	out.Body.Success, out.Body.Message, out.Body.Notification = true, message, viewNotification(n)
	return out
}

func (a *api) resend(ctx context.Context, who auth.Caller, in *notificationID) (*sendOutput, error) {
	n, err := a.Intake.Resend(ctx, who.Workspace, who.Actor(), in.ID)
	if err != nil {
		return nil, missing("notification", in.ID, err)
	}
	return sending(http.StatusAccepted, "It will be sent again", n), nil
}

type testNotificationInput struct {
	Channel string `query:"channel" required:"true" enum:"slack,email" doc:"Through which road"`
}

// testOutput answers a test: documented, with the notification beside it where
// there is one.
type testOutput struct {
	Status int
	Body   testAnswer
}

type testAnswer struct {
	Success      bool              `json:"success"`
	Message      string            `json:"message"`
	Notification *notificationView `json:"notification,omitempty" doc:"Of a test in Slack"`
}

// testNotification is the documented address of a test; the Slack one can say
// more.
func (a *api) testNotification(ctx context.Context, who auth.Caller, in *testNotificationInput) (*testOutput, error) {
	if in.Channel == "email" {
		return a.testEmail(ctx, who)
	}
	sent, err := a.sendTest(ctx, who, "")
	if err != nil {
		return nil, err
	}
	return &testOutput{sent.Status, testAnswer{true, sent.Body.Message, &sent.Body.Notification}}, nil
}
