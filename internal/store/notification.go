package store

import (
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

const notificationColumns = `workspace, id, alert_id, client_id, message_id, destination, event, severity, revision, status, reason,
	detail, attempts, repeated, created_at, delivered_at, intended, held_since, held_until, surge`

func scanNotification(s scanner) (stanna.Notification, error) {
	var n stanna.Notification
	var created, delivered, since, until int64
	err := s.Scan(&n.Workspace, &n.ID, &n.AlertID, &n.ClientID, &n.MessageID, &n.Destination, &n.Event, &n.Severity, &n.Revision, &n.Status, &n.Reason,
		&n.Detail, &n.Attempts, &n.Repeated, &created, &delivered, &n.Hold.Intended, &since, &until, &n.Hold.Surge)
	n.CreatedAt, n.DeliveredAt, n.Hold.Since, n.Hold.Until = fromMicros(created), fromMicros(delivered), fromMicros(since), fromMicros(until)
	return n, err
}

// AddNotifications stores new promises.
func (tx *Tx) AddNotifications(list ...stanna.Notification) error {
	return tx.insertNotifications(``, list)
}

// PutNotifications stores promises, new or changed, at most one of each id.
// What delivering them brings (attempts, when, whether repeated) stays as it is.
func (tx *Tx) PutNotifications(list ...stanna.Notification) error {
	return tx.insertNotifications(`on conflict (workspace, id) do update set message_id = excluded.message_id, destination = excluded.destination,
		severity = excluded.severity, revision = excluded.revision, status = excluded.status, reason = excluded.reason, detail = excluded.detail,
		intended = excluded.intended, held_since = excluded.held_since, held_until = excluded.held_until, surge = excluded.surge`, list)
}

func (tx *Tx) insertNotifications(tail string, list []stanna.Notification) error {
	args := make([]any, 0, 20*len(list))
	for _, n := range list {
		args = append(args, n.Workspace, n.ID, n.AlertID, n.ClientID, n.MessageID, n.Destination, n.Event, n.Severity, n.Revision, n.Status, n.Reason,
			n.Detail, n.Attempts, n.Repeated, micros(n.CreatedAt), micros(n.DeliveredAt),
			n.Hold.Intended, micros(n.Hold.Since), micros(n.Hold.Until), n.Hold.Surge)
	}
	return tx.insert(`insert into notification (`+notificationColumns+`)`, tail, 20, args)
}

// Notification is the notification of that id.
func (tx *Tx) Notification(workspace, id string) (stanna.Notification, error) {
	return need(tx, "notification", scanNotification, `select `+notificationColumns+` from notification where workspace = $1 and id = $2`, workspace, id)
}

// NotificationQuery narrows the log. Empty fields do not narrow.
type NotificationQuery struct {
	Status   stanna.NotificationStatus
	AlertID  string
	ClientID string
	Owner    string // e-mail of the clients' CSM
	Surge    string // that holds or held them
	Limit    int
	Offset   int
}

// Notifications lists the log, newest first, and how many there are in all.
func (tx *Tx) Notifications(workspace string, q NotificationQuery) ([]stanna.Notification, int, error) {
	const where = `workspace = $1 and ($2 = '' or status = $2) and ($3 = '' or alert_id = $3) and ($4 = '' or client_id = $4)
		and ($5 = '' or client_id in (select c.id from client c where c.workspace = $1 and lower(c.csm_owner) = $5))
		and ($6 = '' or surge = $6)`
	args := []any{workspace, q.Status, q.AlertID, q.ClientID, strings.ToLower(q.Owner), q.Surge}
	total, _, err := one(tx, value[int], `select count(*) from notification where `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanNotification, `select `+notificationColumns+` from notification where `+where+
		` order by created_at desc, id desc limit $7 offset $8`, append(args, q.Limit, q.Offset)...)
	return list, total, err
}

// NotificationCounts says how many notifications there are of each status.
func (tx *Tx) NotificationCounts(workspace string) (map[stanna.NotificationStatus]int, error) {
	counts := map[stanna.NotificationStatus]int{}
	type row struct {
		status stanna.NotificationStatus
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.status, &r.n) },
		`select status, count(*) from notification where workspace = $1 group by status`, workspace)
	for _, r := range rows {
		counts[r.status] = r.n
	}
	return counts, err
}

// WakeNotifications makes the dead notifications of a message wait again, for
// a resend.
func (tx *Tx) WakeNotifications(workspace, message string) error {
	_, err := tx.exec(`update notification set status = 'waiting', reason = '', detail = '' where workspace = $1 and status = 'dead'
		and (message_id = $2 or message_id in (select id from message where workspace = $1 and summary_id = $2 and summary_id <> ''))`, workspace, message)
	return err
}

// WaitingNotifications lists the notifications that a message carries and
// that are not told yet, at most 100: by any of them it can be sent again.
func (tx *Tx) WaitingNotifications(m stanna.Message) ([]string, error) {
	return collect(tx, value[string], `select id from notification where workspace = $1 and status = 'waiting' and (message_id = $2
		or message_id in (select id from message where workspace = $1 and summary_id = $2 and summary_id <> '')) order by id limit 100`, m.Workspace, m.ID)
}

// WaitingFor counts the notifications that wait for the destinations that
// begin with a text: "slack:T1:" is a whole team.
func (tx *Tx) WaitingFor(workspace, prefix string) (int, error) {
	n, _, err := one(tx, value[int], `select count(*) from notification where workspace = $1 and status = 'waiting' and substr(destination, 1, $2) = $3`,
		workspace, utf8.RuneCountInString(prefix), prefix)
	return n, err
}
