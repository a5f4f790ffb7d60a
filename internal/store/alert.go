package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const alertColumns = `workspace, id, rule_id, rule_version, rule_name, client_id, type, severity, status, unstable,
	evidence, opened_at, updated_at, closed_at, why, life`

func scanAlert(s scanner) (stanna.Alert, error) {
	var a stanna.Alert
	var evidence, life string
	var opened, updated, closed int64
	if err := s.Scan(&a.Workspace, &a.ID, &a.RuleID, &a.RuleVersion, &a.RuleName, &a.ClientID, &a.Type, &a.Severity, &a.Status,
		&a.Unstable, &evidence, &opened, &updated, &closed, &a.Why, &life); err != nil {
		return a, err
	}
	a.OpenedAt, a.UpdatedAt, a.ClosedAt = fromMicros(opened), fromMicros(updated), fromMicros(closed)
	if err := json.Unmarshal([]byte(evidence), &a.Evidence); err != nil {
		return a, fmt.Errorf("evidence of alert %s: %w", a.ID, err)
	}
	if life == "{}" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(life), &a.Life); err != nil {
		return a, fmt.Errorf("life of alert %s: %w", a.ID, err)
	}
	return a, nil
}

// Alert is the alert of that id.
func (tx *Tx) Alert(workspace, id string) (stanna.Alert, error) {
	return need(tx, "alert", scanAlert, `select `+alertColumns+` from alert where workspace = $1 and id = $2`, workspace, id)
}

// LockAlert is Alert, held until the transaction ends.
func (tx *Tx) LockAlert(workspace, id string) (stanna.Alert, error) {
	return need(tx, "alert", scanAlert, `select `+alertColumns+` from alert where workspace = $1 and id = $2 `+tx.dialect.forUpdate, workspace, id)
}

// OpenAlerts gives the open alerts of the clients, by client; client
// "" is the whole portfolio. At most 256 clients.
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
	ClientID   string
	Status     stanna.AlertStatus
	Unresolved bool
	Types      []stanna.AlertType
	Severity   stanna.Severity
	RuleID     string
	AssignedTo string    // e-mail
	From, To   time.Time // opened at From or later, and before To
	SummaryID  string    // told in this summary
	Owner      string    // e-mail of the clients' CSM
	Limit      int
	Offset     int
}

// Alerts lists alerts, newest first, and how many there are in all.
func (tx *Tx) Alerts(workspace string, q AlertQuery) ([]stanna.Alert, int, error) {
	where := `workspace = $1 and opened_at >= $2 and opened_at < $3 and ($4 = '' or client_id = $4) and ($5 = '' or status = $5)
		and (not $6 or status <> 'resolved') and ($7 = '' or $7 like '%,' || type || ',%') and ($8 = '' or severity = $8)
		and ($9 = '' or rule_id = $9) and ($10 = '' or assigned_to = $10)
		and ($11 = '' or id in (` + toldIn("$11") + `))
		and ($12 = '' or client_id in (select c.id from client c where c.workspace = $1 and lower(c.csm_owner) = $12))`
	types := ""
	for _, t := range q.Types {
		types += "," + string(t) + ","
	}
	args := []any{workspace, micros(q.From), before(q.To), q.ClientID, q.Status, q.Unresolved, types, q.Severity, q.RuleID,
		strings.ToLower(q.AssignedTo), q.SummaryID, strings.ToLower(q.Owner)}
	total, _, err := one(tx, value[int], `select count(*) from alert where `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanAlert, `select `+alertColumns+` from alert where `+where+` order by opened_at desc, id desc limit $13 offset $14`,
		append(args, q.Limit, q.Offset)...)
	return list, total, err
}

// UntoldAlerts lists open alerts that nobody was promised to be told of, not
// even later, oldest first.
func (tx *Tx) UntoldAlerts(workspace string, limit int) ([]stanna.Alert, error) {
	return collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and status <> 'resolved'
		and not exists (select 1 from notification n where n.workspace = alert.workspace and n.alert_id = alert.id)
		order by opened_at, id limit $2`, workspace, limit)
}

// PutAlerts stores alerts, at most one of each id. Who reported it, and
// whether it was so from the beginning, are kept as they are when it opens.
func (tx *Tx) PutAlerts(alerts []stanna.Alert) error {
	args := make([]any, 0, 19*len(alerts))
	for _, a := range alerts {
		evidence, err := json.Marshal(a.Evidence)
		if err != nil {
			return err
		}
		life, err := json.Marshal(a.Life)
		if err != nil {
			return err
		}
		gathered := a.Why == stanna.ReasonFirstContact || a.Why == stanna.ReasonFoundInBackfill
		args = append(args, a.Workspace, a.ID, a.RuleID, a.RuleVersion, a.RuleName, a.ClientID, a.Type, a.Severity, a.Status,
			a.Unstable, string(evidence), micros(a.OpenedAt), micros(a.UpdatedAt), micros(a.ClosedAt), a.Why, string(life),
			a.Evidence.Source, gathered, strings.ToLower(a.AssignedTo))
	}
	return tx.insert(`insert into alert (`+alertColumns+`, source, gathered, assigned_to)`,
		`on conflict (workspace, id) do update set severity = excluded.severity, status = excluded.status, unstable = excluded.unstable,
		evidence = excluded.evidence, updated_at = excluded.updated_at, closed_at = excluded.closed_at, why = excluded.why,
		life = excluded.life, assigned_to = excluded.assigned_to`, 19, args)
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
