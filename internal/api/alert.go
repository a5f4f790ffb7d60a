package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// alertView is one episode of a rule on a client.
type alertView struct {
	ID          string             `json:"id"`
	ClientID    string             `json:"clientId"`
	Type        stanna.AlertType   `json:"type"`
	RuleID      string             `json:"ruleId"`
	RuleName    string             `json:"ruleName"`
	RuleVersion int                `json:"ruleVersion"`
	Severity    stanna.Severity    `json:"severity" enum:"critical,high,medium,low,info"`
	Status      stanna.AlertStatus `json:"status" enum:"open,resolved"`
	Unstable    bool               `json:"unstable" doc:"It opened three times in 14 days"`
	OpenedAt    time.Time          `json:"openedAt"`
	UpdatedAt   time.Time          `json:"updatedAt"`
	ClosedAt    *time.Time         `json:"closedAt"`
	Reason      stanna.Reason      `json:"reason" doc:"Of the newest change"`
	Explanation string             `json:"explanation"`
	Evidence    evidenceView       `json:"evidence"`
}

// evidenceView is what the alert stands on.
type evidenceView struct {
	Trigger     stanna.Reason   `json:"trigger" doc:"Which threshold opened it"`
	Explanation string          `json:"explanation"`
	Base        float64         `json:"base" doc:"The value that the change is counted from"`
	BaseAt      *time.Time      `json:"baseAt"`
	FirstSeen   bool            `json:"firstSeen" doc:"The base is the first value ever seen"`
	Opened      float64         `json:"opened" doc:"The value that it opened on"`
	Value       float64         `json:"value" doc:"The newest value"`
	ValueAt     *time.Time      `json:"valueAt"`
	Worst       float64         `json:"worst"`
	SignalID    string          `json:"signalId" doc:"The signal that brought the newest value"`
	Source      string          `json:"source"`
	Factors     []stanna.Factor `json:"factors"`
}

func viewAlert(x stanna.Alert) alertView {
	e := x.Evidence
	return alertView{
		ID: x.ID, ClientID: x.ClientID, Type: x.Type, RuleID: x.RuleID, RuleName: x.RuleName, RuleVersion: x.RuleVersion,
		Severity: x.Severity, Status: x.Status, Unstable: x.Unstable, OpenedAt: x.OpenedAt.UTC(), UpdatedAt: x.UpdatedAt.UTC(),
		ClosedAt: moment(x.ClosedAt), Reason: x.Why, Explanation: explain(x.Why),
		Evidence: evidenceView{Trigger: e.Trigger, Explanation: explain(e.Trigger), Base: e.Base, BaseAt: moment(e.BaseAt), FirstSeen: e.FirstSeen,
			Opened: e.Opened, Value: e.Value, ValueAt: moment(e.ValueAt), Worst: e.Worst, SignalID: e.SignalID, Source: e.Source, Factors: all(e.Factors)},
	}
}

type listAlertsInput struct {
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Offset   int    `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
	Status   string `query:"status" enum:"open,resolved"`
	ClientID string `query:"clientId" maxLength:"200"`
}

type listAlertsOutput struct {
	Body struct {
		Alerts     []alertView `json:"alerts" doc:"Newest first"`
		Pagination pagination  `json:"pagination"`
	}
}

func (a *api) listAlerts(ctx context.Context, who auth.Caller, in *listAlertsInput) (*listAlertsOutput, error) {
	out := &listAlertsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.Alerts(who.Workspace, store.AlertQuery{ClientID: in.ClientID, Status: stanna.AlertStatus(in.Status),
			Owner: ownerFilter(who), Limit: in.Limit, Offset: in.Offset})
		out.Body.Alerts, out.Body.Pagination = each(list, viewAlert), paginationOf(in.Limit, in.Offset, total, len(list))
		return err
	})
}

// ownerFilter is whose clients alone the caller sees, or "" for everybody's.
func ownerFilter(who auth.Caller) string {
	if who.OwnAccountsOnly() {
		return who.Email
	}
	return ""
}

type alertID struct {
	ID string `path:"id" maxLength:"200" doc:"The alert's id"`
}

type alertDetailOutput struct{ Body alertDetail }

type alertDetail struct {
	Alert         alertView          `json:"alert"`
	Client        alertClient        `json:"client"`
	Notifications []notificationView `json:"notifications" doc:"Who was promised to be told, and what became of it"`
	History       []auditView        `json:"history" doc:"What happened to it and why, oldest first"`
	URL           string             `json:"url" doc:"Its page"`
}

type alertClient struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	CSMOwner string `json:"csmOwner"`
}

func (a *api) getAlert(ctx context.Context, who auth.Caller, in *alertID) (*alertDetailOutput, error) {
	out := &alertDetailOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		x, err := tx.Alert(who.Workspace, in.ID)
		if err != nil {
			return missing("alert", in.ID, err)
		}
		c, err := tx.Client(who.Workspace, x.ClientID)
		if err != nil {
			return err
		}
		if !who.Sees(c.CSMOwner) {
			return missing("alert", in.ID, stanna.Errorf(stanna.NotFound, "alert not found"))
		}
		told, _, err := tx.Notifications(who.Workspace, store.NotificationQuery{AlertID: x.ID, Limit: 200})
		if err != nil {
			return err
		}
		history, err := tx.AuditOf(who.Workspace, x.ID, 200)
		out.Body = alertDetail{Alert: viewAlert(x), Client: alertClient{c.ID, c.Name, c.CSMOwner}, Notifications: each(told, viewNotification),
			History: each(history, viewAudit), URL: a.PublicURL + "/alerts/" + x.ID}
		return err
	})
}
