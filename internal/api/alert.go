package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// alertView is one episode of a rule on a client, or on the whole portfolio.
type alertView struct {
	ID          string             `json:"id"`
	ClientID    *string            `json:"clientId" doc:"null: it is about the whole portfolio"`
	Type        stanna.AlertType   `json:"type"`
	RuleID      string             `json:"ruleId"`
	RuleName    string             `json:"ruleName"`
	RuleVersion int                `json:"ruleVersion"`
	Severity    stanna.Severity    `json:"severity" enum:"critical,high,medium,low,info"`
	Status      stanna.AlertStatus `json:"status" enum:"open,taken_up,snoozed,resolved"`
	Unstable    bool               `json:"unstable" doc:"It opened three times in 14 days"`
	OpenedAt    time.Time          `json:"openedAt"`
	UpdatedAt   time.Time          `json:"updatedAt"`
	ClosedAt    *time.Time         `json:"closedAt"`
	Reason      stanna.Reason      `json:"reason" doc:"Of the newest change"`
	Explanation string             `json:"explanation"`
	Evidence    evidenceView       `json:"evidence"`

	TakenBy      *string         `json:"takenBy" doc:"Who is on it"`
	TakenAt      *time.Time      `json:"takenAt"`
	AssignedTo   *string         `json:"assignedTo" doc:"Whose it is"`
	SnoozedBy    *string         `json:"snoozedBy"`
	SnoozedUntil *time.Time      `json:"snoozedUntil" doc:"It is told again then, if it is still bad"`
	Outcome      *stanna.Outcome `json:"outcome" enum:"saved,lost,noise,known" doc:"What a person says became of it"`
	ClosedBy     *string         `json:"closedBy" doc:"Who resolved it; null when it closed by itself"`
	Note         string          `json:"note"`
	JoinedTo     *string         `json:"joinedTo" doc:"The open alert beside which it is told"`
	Escalated    int             `json:"escalated" doc:"Steps of the rule's escalation that were taken"`
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
	Actions     []string        `json:"actions" doc:"What the source recommends to do"`

	Quote   string              `json:"quote,omitempty" doc:"Sentiment: the customer's words"`
	Author  string              `json:"author,omitempty" doc:"Sentiment: who said them"`
	URL     string              `json:"url,omitempty" doc:"Sentiment: where the conversation can be read"`
	Count   int                 `json:"count,omitempty" doc:"Sentiment: how many conversations"`
	Payment *paymentFailureView `json:"payment,omitempty" doc:"Payment: the failure; of several the foremost, the worst and then the largest"`
	Limit   float64             `json:"limit,omitempty" doc:"Expansion: the limit; value is what is used"`
	Subject string              `json:"subject,omitempty" doc:"The name of the limit, the milestone or the condition"`
	Since   *time.Time          `json:"since,omitempty" doc:"Engagement: silent since; expansion: filled since"`
	Date    string              `json:"date,omitempty" doc:"Renewal, anniversary: the local date"`
	Was     string              `json:"was,omitempty" doc:"Key account: zone or status before"`
	Is      string              `json:"is,omitempty" doc:"Key account: zone or status now"`
	Moves   []stanna.Move       `json:"moves,omitempty" doc:"Revenue at risk: what moved the sum, largest first"`
	Moved   int                 `json:"moved,omitempty" doc:"Revenue at risk: how many clients moved it"`
	Share   float64             `json:"share,omitempty" doc:"Revenue at risk: percent of all MRR"`
	Loss    float64             `json:"loss,omitempty" doc:"Revenue at risk: expected loss, the sum of churn probability times MRR"`
	Clients int                 `json:"clients,omitempty" doc:"Revenue at risk: how many are at risk"`

	AlsoOwed     []paymentFailureView `json:"owed,omitempty" doc:"Payment: what is owed beside it"`
	Subscription *subscriptionView    `json:"subscription,omitempty" doc:"Key account: the movement of MRR"`
}

// paymentFailureView is a failed payment with what is known of it.
type paymentFailureView struct {
	FailedAt      time.Time      `json:"failedAt"`
	Amount        float64        `json:"amount"`
	Currency      string         `json:"currency"`
	Attempt       int            `json:"attempt"`
	NextAttemptAt *string        `json:"nextAttemptAt"`
	Status        string         `json:"status" doc:"failed, past_due or disputed; empty when the source does not say"`
	Decline       stanna.Decline `json:"decline" doc:"soft: trying again may help; hard: the customer must act"`
	Code          string         `json:"declineCode"`
	Invoice       string         `json:"invoice"`
	Contact       string         `json:"contact" doc:"Whom the bill goes to, as the source says"`
	RespondBy     *string        `json:"respondBy" doc:"Until when a dispute can be answered"`
	URL           string         `json:"url" doc:"Where the payment can be looked at"`
}

func viewFailure(p stanna.PaymentStanding) paymentFailureView {
	return paymentFailureView{p.FailedAt.UTC(), p.Amount.Amount(), p.Amount.Currency, p.Attempt, known(p.NextAttempt), p.Status, p.Decline, p.Code, p.Invoice,
		p.Contact, known(p.RespondBy), p.URL}
}

// subscriptionView is a movement of what a client pays each month.
type subscriptionView struct {
	Movement    stanna.MRRMovement `json:"movement" enum:"new,expansion,contraction,churn,reactivation"`
	At          time.Time          `json:"at"`
	MRR         float64            `json:"mrr" doc:"After it"`
	PreviousMRR float64            `json:"previousMrr" doc:"Before it"`
	Currency    string             `json:"currency"`
	Plan        string             `json:"plan"`
	Status      string             `json:"status" doc:"Of the subscription that changed, in the source's word"`
	URL         string             `json:"url"`
	Source      string             `json:"source"`
}

func viewSubscription(x stanna.Subscription) *subscriptionView {
	if !x.Known() {
		return nil
	}
	return &subscriptionView{x.Movement, x.At.UTC(), x.MRR.Amount(), x.Before.Amount(), x.MRR.Currency, x.Plan, x.Status, x.URL, x.Source}
}

func viewAlert(x stanna.Alert) alertView {
	view := alertView{
		ID: x.ID, ClientID: known(x.ClientID), Type: x.Type, RuleID: x.RuleID, RuleName: x.RuleName, RuleVersion: x.RuleVersion,
		Severity: x.Severity, Status: x.Status, Unstable: x.Unstable, OpenedAt: x.OpenedAt.UTC(), UpdatedAt: x.UpdatedAt.UTC(),
		ClosedAt: moment(x.ClosedAt), Reason: x.Why, Explanation: explain(x.Why), Evidence: viewEvidence(x.Evidence),
		TakenBy: known(x.TakenBy), TakenAt: moment(x.TakenAt), AssignedTo: known(x.AssignedTo), SnoozedBy: known(x.SnoozedBy),
		SnoozedUntil: moment(x.SnoozedUntil), ClosedBy: known(x.ClosedBy), Note: x.Note, JoinedTo: known(x.JoinedTo), Escalated: x.Escalated,
	}
	if x.Outcome != "" {
		view.Outcome = &x.Outcome
	}
	return view
}

func viewEvidence(e stanna.Evidence) evidenceView {
	view := evidenceView{Trigger: e.Trigger, Explanation: explain(e.Trigger), Base: e.Base, BaseAt: moment(e.BaseAt), FirstSeen: e.FirstSeen,
		Opened: e.Opened, Value: e.Value, ValueAt: moment(e.ValueAt), Worst: e.Worst, SignalID: e.SignalID, Source: e.Source,
		Factors: all(e.Factors), Actions: all(e.Actions), Quote: e.Quote, Author: e.Author, URL: e.URL, Count: e.Count, Limit: e.Limit, Subject: e.Subject, Since: moment(e.Since),
		Date: e.Date, Was: e.Was, Is: e.Is, Moves: e.Moves, Moved: e.Moved, Share: e.Share, Loss: e.Loss, Clients: e.Clients}
	if p := e.Payment; p != nil {
		failure := viewFailure(*p)
		view.Payment = &failure
	}
	for _, p := range e.AlsoOwed {
		view.AlsoOwed = append(view.AlsoOwed, viewFailure(p))
	}
	if e.Subscription != nil {
		view.Subscription = viewSubscription(*e.Subscription)
	}
	return view
}

type listAlertsInput struct {
	Limit      int                `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Offset     int                `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
	Status     string             `query:"status" enum:"open,taken_up,snoozed,resolved,unresolved" doc:"unresolved: everything that still lives"`
	ClientID   string             `query:"clientId" maxLength:"200"`
	Type       []stanna.AlertType `query:"type" doc:"One or several, with commas"`
	Severity   string             `query:"severity" enum:"critical,high,medium,low,info"`
	RuleID     string             `query:"ruleId" maxLength:"200"`
	AssignedTo string             `query:"assignedTo" maxLength:"254" doc:"E-mail"`
	From       time.Time          `query:"from" doc:"Opened then or later"`
	To         time.Time          `query:"to" doc:"Opened before"`
}

type listAlertsOutput struct {
	Body struct {
		Alerts     []alertView `json:"alerts" doc:"Newest first"`
		Pagination pagination  `json:"pagination"`
	}
}

func (a *api) listAlerts(ctx context.Context, who auth.Caller, in *listAlertsInput) (*listAlertsOutput, error) {
	out := &listAlertsOutput{}
	q := store.AlertQuery{ClientID: in.ClientID, Status: stanna.AlertStatus(in.Status), Types: in.Type, Severity: stanna.Severity(in.Severity),
		RuleID: in.RuleID, AssignedTo: in.AssignedTo, From: in.From, To: in.To, Owner: ownerFilter(who), Limit: in.Limit, Offset: in.Offset}
	if in.Status == "unresolved" {
		q.Status, q.Unresolved = "", true
	}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.Alerts(who.Workspace, q)
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
	Client        *alertClient       `json:"client" doc:"null: it is about the whole portfolio"`
	Notifications []notificationView `json:"notifications" doc:"Who was promised to be told, and what became of it"`
	Receipts      []receiptView      `json:"receipts" doc:"What people say about having been told, oldest first; a person has one word"`
	History       []auditView        `json:"history" doc:"What happened to it and why, oldest first"`
	URL           string             `json:"url" doc:"Its page"`
}

type receiptView struct {
	By      string         `json:"by"`
	Verdict stanna.Verdict `json:"verdict" enum:"useful,not_useful,known,late"`
	At      time.Time      `json:"at"`
}

func viewReceipt(r stanna.Receipt) receiptView { return receiptView{r.By, r.Verdict, r.At.UTC()} }

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
		var c stanna.Client
		var client *alertClient
		if x.ClientID != "" {
			if c, err = tx.Client(who.Workspace, x.ClientID); err != nil {
				return err
			}
			client = &alertClient{c.ID, c.Name, c.CSMOwner}
		}
		if !sees(who, x.ClientID, c.CSMOwner) {
			return missing("alert", in.ID, stanna.Errorf(stanna.NotFound, "alert not found"))
		}
		told, _, err := tx.Notifications(who.Workspace, store.NotificationQuery{AlertID: x.ID, Limit: 200})
		if err != nil {
			return err
		}
		receipts, err := tx.Receipts(who.Workspace, x.ID)
		if err != nil {
			return err
		}
		history, err := tx.AuditOf(who.Workspace, x.ID, 200)
		out.Body = alertDetail{Alert: viewAlert(x), Client: client, Notifications: each(told, viewNotification), Receipts: each(receipts, viewReceipt),
			History: each(history, viewAudit), URL: a.PublicURL + "/alerts/" + x.ID}
		return err
	})
}
