package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const alertColumns = `workspace, id, rule_id, rule_version, rule_name, client_id, type, severity, status, unstable,
	evidence, opened_at, updated_at, closed_at, why`

func scanAlert(s scanner) (stanna.Alert, error) {
	var a stanna.Alert
	var evidence string
	var opened, updated, closed int64
	if err := s.Scan(&a.Workspace, &a.ID, &a.RuleID, &a.RuleVersion, &a.RuleName, &a.ClientID, &a.Type, &a.Severity, &a.Status,
		&a.Unstable, &evidence, &opened, &updated, &closed, &a.Why); err != nil {
		return a, err
	}
	a.OpenedAt, a.UpdatedAt, a.ClosedAt = fromMicros(opened), fromMicros(updated), fromMicros(closed)
	var err error
	a.Evidence, err = evidenceOf(evidence)
	return a, err
}

func evidenceOf(text string) (e stanna.Evidence, err error) {
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return e, fmt.Errorf("evidence of an alert: %w", err)
	}
	return e, nil
}

// Alert is the alert of that id.
func (tx *Tx) Alert(workspace, id string) (stanna.Alert, error) {
	return need(tx, "alert", scanAlert, `select `+alertColumns+` from alert where workspace = $1 and id = $2`, workspace, id)
}

// OpenAlerts gives the open alerts of the clients, by client. At most 256
// clients.
func (tx *Tx) OpenAlerts(workspace string, clients []string) (map[string][]stanna.Alert, error) {
	if len(clients) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, clients)
	all, err := collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and status <> 'resolved' and client_id in `+list+
		` order by opened_at, id`, append([]any{workspace}, args...)...)
	open := make(map[string][]stanna.Alert, len(all))
	for _, a := range all {
		open[a.ClientID] = append(open[a.ClientID], a)
	}
	return open, err
}

// AlertQuery narrows a list of alerts. Empty fields do not narrow.
type AlertQuery struct {
	ClientID  string
	Status    stanna.AlertStatus
	SummaryID string // told in this summary
	Owner     string // e-mail of the clients' CSM
	Limit     int
	Offset    int
}

// Alerts lists alerts, newest first, and how many there are in all.
func (tx *Tx) Alerts(workspace string, q AlertQuery) ([]stanna.Alert, int, error) {
	where := `workspace = $1 and ($2 = '' or client_id = $2) and ($3 = '' or status = $3)
		and ($4 = '' or id in (select n.alert_id from notification n join message m on m.workspace = n.workspace and m.id = n.message_id
			where n.workspace = $1 and m.summary_id = $4))
		and ($5 = '' or client_id in (select c.id from client c where c.workspace = $1 and lower(c.csm_owner) = $5))`
	args := []any{workspace, q.ClientID, q.Status, q.SummaryID, strings.ToLower(q.Owner)}
	total, _, err := one(tx, value[int], `select count(*) from alert where `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanAlert, `select `+alertColumns+` from alert where `+where+` order by opened_at desc, id desc limit $6 offset $7`,
		append(args, q.Limit, q.Offset)...)
	return list, total, err
}

// StaleAlerts lists open alerts that opened before then or whose rule is not
// in force any more, oldest first.
func (tx *Tx) StaleAlerts(workspace string, before time.Time, limit int) ([]stanna.Alert, error) {
	return collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and status <> 'resolved'
		and (opened_at < $2 or rule_id in (select id from rule where workspace = $1 and status <> 'active'))
		order by opened_at, id limit $3`, workspace, micros(before), limit)
}

// UntoldAlerts lists open alerts that nobody was promised to be told of,
// oldest first.
func (tx *Tx) UntoldAlerts(workspace string, limit int) ([]stanna.Alert, error) {
	return collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and status <> 'resolved'
		and not exists (select 1 from notification n where n.workspace = alert.workspace and n.alert_id = alert.id)
		order by opened_at, id limit $2`, workspace, limit)
}

// PutAlerts stores alerts, at most one of each id.
func (tx *Tx) PutAlerts(alerts []stanna.Alert) error {
	args := make([]any, 0, 15*len(alerts))
	for _, a := range alerts {
		evidence, err := json.Marshal(a.Evidence)
		if err != nil {
			return err
		}
		args = append(args, a.Workspace, a.ID, a.RuleID, a.RuleVersion, a.RuleName, a.ClientID, a.Type, a.Severity, a.Status,
			a.Unstable, string(evidence), micros(a.OpenedAt), micros(a.UpdatedAt), micros(a.ClosedAt), a.Why)
	}
	return tx.insert(`insert into alert (`+alertColumns+`)`,
		`on conflict (workspace, id) do update set severity = excluded.severity, status = excluded.status, unstable = excluded.unstable,
		evidence = excluded.evidence, updated_at = excluded.updated_at, closed_at = excluded.closed_at, why = excluded.why`, 15, args)
}

// AlertCounts says how many alerts there are of each status.
func (tx *Tx) AlertCounts(workspace string) (map[stanna.AlertStatus]int, error) {
	counts := map[stanna.AlertStatus]int{}
	type row struct {
		status stanna.AlertStatus
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.status, &r.n) },
		`select status, count(*) from alert where workspace = $1 group by status`, workspace)
	for _, r := range rows {
		counts[r.status] = r.n
	}
	return counts, err
}

// AlertEventCounts says how often alerts of the workspace opened, worsened
// and were resolved, by the audit trail.
func (tx *Tx) AlertEventCounts(workspace string) (map[stanna.AlertEvent]int, error) {
	counts := map[stanna.AlertEvent]int{}
	type row struct {
		action string
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.action, &r.n) },
		`select action, count(*) from audit_entry where workspace = $1 and action like 'alert.%' group by action`, workspace)
	for _, r := range rows {
		counts[stanna.AlertEvent(strings.TrimPrefix(r.action, "alert."))] = r.n
	}
	return counts, err
}
