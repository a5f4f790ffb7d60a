package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

// MovedAlert is an alert of a client in short, for a digest.
type MovedAlert struct {
	ID       string
	ClientID string
	RuleID   string
	Type     stanna.AlertType
	Severity stanna.Severity
	Open     bool
	Why      stanna.Reason // of its newest change
	OpenedAt time.Time
	ClosedAt time.Time
	Gathered bool // it was so when the rule began, or the client came
	Saved    bool // a person closed it and says so
}

// AlertsMoved lists the alerts that opened, closed or got worse since a time,
// by id.
func (tx *Tx) AlertsMoved(workspace string, since time.Time) ([]MovedAlert, error) {
	return collect(tx, func(s scanner) (a MovedAlert, err error) {
		var opened, closed int64
		err = s.Scan(&a.ID, &a.ClientID, &a.RuleID, &a.Type, &a.Severity, &a.Open, &a.Why, &opened, &closed, &a.Gathered, &a.Saved)
		a.OpenedAt, a.ClosedAt = fromMicros(opened), fromMicros(closed)
		return a, err
	}, `select id, client_id, rule_id, type, severity, status <> 'resolved', why, opened_at, closed_at, gathered, life like '%"outcome":"saved"%'
		from alert where workspace = $1 and client_id <> '' and id in (
			select id from alert where workspace = $1 and opened_at > $2
			union select id from alert where workspace = $1 and closed_at > 0 and closed_at > $2
			union select id from alert where workspace = $1 and status <> 'resolved' and updated_at > $2 and why in ('worsened', 'severity_rose'))
		order by id`, workspace, micros(since))
}

// lately is how long before a period something may have happened that is heard
// of in it. What is older is history that comes in.
const lately = 7 * 24 * time.Hour

// ChurnedSince lists the clients of whom it was heard since a time that they
// have left, and that it was not long before then; by id.
func (tx *Tx) ChurnedSince(workspace string, since time.Time) ([]string, error) {
	return collect(tx, value[string], `select distinct client_id from signal where workspace = $1 and type = 'client.churned' and received_at > $2
		and occurred_at > $3 order by 1`, workspace, micros(since), micros(since.Add(-lately)))
}

// ActedAlert is what became of an alert, and when somebody first spoke with
// the client.
type ActedAlert struct {
	ID       string
	ClientID string
	Type     stanna.AlertType
	Open     bool
	Why      stanna.Reason
	OpenedAt time.Time
	ClosedAt time.Time
	Life     stanna.Life
	SpokeAt  time.Time // an interaction or intervention was logged first while it was open; zero: none was
}

// AlertsActedOn lists the alerts of clients that opened since a time and were
// no old news then, by id.
func (tx *Tx) AlertsActedOn(workspace string, since time.Time) ([]ActedAlert, error) {
	return collect(tx, func(s scanner) (a ActedAlert, err error) {
		var opened, closed, spoke int64
		var life string
		if err := s.Scan(&a.ID, &a.ClientID, &a.Type, &a.Open, &a.Why, &opened, &closed, &life, &spoke); err != nil {
			return a, err
		}
		a.OpenedAt, a.ClosedAt, a.SpokeAt = fromMicros(opened), fromMicros(closed), fromMicros(spoke)
		if life == "{}" {
			return a, nil
		}
		if err := json.Unmarshal([]byte(life), &a.Life); err != nil {
			return a, fmt.Errorf("life of alert %s: %w", a.ID, err)
		}
		return a, nil
	}, `select id, client_id, type, status <> 'resolved', why, opened_at, closed_at, life,
			coalesce((select min(x.occurred_at) from signal x where x.workspace = alert.workspace and x.client_id = alert.client_id
				and x.type in ('interaction.logged', 'intervention.logged') and x.occurred_at >= alert.opened_at
				and (alert.closed_at = 0 or x.occurred_at <= alert.closed_at)), 0)
		from alert where workspace = $1 and client_id <> '' and opened_at > $2 and not gathered order by id`, workspace, micros(since))
}

// UnownedClients lists the clients with an open alert that is nobody's: they
// have no owner, and it was given to nobody.
func (tx *Tx) UnownedClients(workspace string) ([]string, error) {
	return collect(tx, value[string], `select distinct c.id from alert a join client c on c.workspace = a.workspace and c.id = a.client_id
		where a.workspace = $1 and a.status <> 'resolved' and a.assigned_to = '' and c.csm_owner = '' and not c.is_excluded order by 1`, workspace)
}

// HeldAlerts is how many alerts of a client are held for a reason.
type HeldAlerts struct {
	ClientID string // "": they are about the whole portfolio
	Reason   stanna.Reason
	Alerts   int
}

// HeldAlerts counts the alerts that are held for longer than until then.
func (tx *Tx) HeldAlerts(workspace string, then time.Time) ([]HeldAlerts, error) {
	return collect(tx, func(s scanner) (h HeldAlerts, err error) { return h, s.Scan(&h.ClientID, &h.Reason, &h.Alerts) },
		`select client_id, reason, count(distinct alert_id) from notification where workspace = $1 and status = 'held' and held_until > $2
		group by client_id, reason order by client_id, reason`, workspace, micros(then))
}
