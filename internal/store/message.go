package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const messageColumns = `workspace, id, kind, client_id, destination, intended, channel, ts, revision, sending, rendered,
	summary_id, repeated, text_only, created_at, posted_at, closed_at, occasion, unsaid, shown`

// messageRow is a message as it is read: its columns, and what becomes of
// them.
type messageRow struct {
	stanna.Message
	created, posted, closed int64
	occasion, unsaid        string
}

func (r *messageRow) columns() []any {
	m := &r.Message
	return []any{&m.Workspace, &m.ID, &m.Kind, &m.ClientID, &m.Destination, &m.Intended, &m.Channel, &m.TS, &m.Revision, &m.Sending, &m.Rendered,
		&m.SummaryID, &m.Repeated, &m.TextOnly, &r.created, &r.posted, &r.closed, &r.occasion, &r.unsaid, &m.Shown}
}

func (r *messageRow) message() (m stanna.Message, err error) {
	m = r.Message
	m.CreatedAt, m.PostedAt, m.ClosedAt = fromMicros(r.created), fromMicros(r.posted), fromMicros(r.closed)
	if m.Occasion, err = occasionOf(r.occasion); err != nil || r.unsaid == "" {
		return m, err
	}
	if err := json.Unmarshal([]byte(r.unsaid), &m.Unsaid); err != nil {
		return m, fmt.Errorf("history of a message: %w", err)
	}
	return m, nil
}

func scanMessage(s scanner) (stanna.Message, error) {
	var r messageRow
	if err := s.Scan(r.columns()...); err != nil {
		return stanna.Message{}, err
	}
	return r.message()
}

func occasionOf(text string) (o stanna.Occasion, err error) {
	if text == "{}" {
		return o, nil
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return o, fmt.Errorf("occasion of a message: %w", err)
	}
	return o, nil
}

// Message is the message of that id.
func (tx *Tx) Message(workspace, id string) (stanna.Message, error) {
	return need(tx, "message", scanMessage, `select `+messageColumns+` from message where workspace = $1 and id = $2`, workspace, id)
}

// LockMessage is Message, held until the transaction ends.
func (tx *Tx) LockMessage(workspace, id string) (stanna.Message, error) {
	return need(tx, "message", scanMessage, `select `+messageColumns+` from message where workspace = $1 and id = $2 `+tx.dialect.forUpdate, workspace, id)
}

// OpenThreads gives the threads of the clients that still take alerts. At
// most 256 clients.
func (tx *Tx) OpenThreads(workspace string, clients []string) ([]stanna.Message, error) {
	if len(clients) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, clients)
	return collect(tx, scanMessage, `select `+messageColumns+` from message where workspace = $1 and kind = 'thread' and closed_at = 0
		and client_id in `+list+` order by id `+tx.dialect.forUpdate, append([]any{workspace}, args...)...)
}

// Look names threads by what they look like. The zero value means all.
type Look struct {
	Place string           // they stand in this Slack channel, or with this Slack user
	Type  stanna.AlertType // they tell an open alert of this type
}

// StandingThreads lists the threads that still take alerts and stand in Slack,
// or are being posted as they looked before, in the order of their ids, after
// one of them.
func (tx *Tx) StandingThreads(workspace string, of Look, after string, limit int) ([]stanna.Message, error) {
	return collect(tx, scanMessage, `select `+messageColumns+` from message m where workspace = $1 and kind = 'thread' and closed_at = 0
		and (ts <> '' or sending > rendered) and summary_id = '' and id > $2
		and ($4 = '' or destination like '%:' || $4)
		and ($5 = '' or exists (select 1 from notification n join alert a on a.workspace = n.workspace and a.id = n.alert_id
			where n.workspace = m.workspace and n.message_id = m.id and a.type = $5 and a.status <> 'resolved'))
		order by id limit $3`, workspace, after, limit, of.Place, of.Type)
}

// ThreadDestinations lists where the clients have threads that still take
// alerts. At most 256 clients.
func (tx *Tx) ThreadDestinations(workspace string, clients []string) ([]stanna.Destination, error) {
	if len(clients) == 0 || tx.dialect.forUpdate == "" { // asked only to lock in order
		return nil, nil
	}
	list, args := inList(tx, 2, clients)
	return collect(tx, value[stanna.Destination], `select distinct destination from message where workspace = $1 and kind = 'thread' and closed_at = 0
		and client_id in `+list, append([]any{workspace}, args...)...)
}

// LockMessages gives the messages of those ids, held until the transaction
// ends. At most 256.
func (tx *Tx) LockMessages(workspace string, ids []string) ([]stanna.Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, ids)
	return collect(tx, scanMessage, `select `+messageColumns+` from message where workspace = $1 and id in `+list+
		` order by id `+tx.dialect.forUpdate, append([]any{workspace}, args...)...)
}

// ClientMessages lists the newest messages about a client, newest first.
func (tx *Tx) ClientMessages(workspace, client string, limit int) ([]stanna.Message, error) {
	return collect(tx, scanMessage, `select `+messageColumns+` from message where workspace = $1 and client_id = $2
		order by created_at desc, id desc limit $3`, workspace, client, limit)
}

// PutMessages stores messages, at most one of each id. Where somebody else has
// just begun the thread that one of them would be, the transaction is run
// again and finds it.
func (tx *Tx) PutMessages(messages ...stanna.Message) error {
	args := make([]any, 0, 20*len(messages))
	for _, m := range messages {
		occasion, err := json.Marshal(m.Occasion)
		if err != nil {
			return err
		}
		unsaid := []byte(nil)
		if len(m.Unsaid) > 0 {
			if unsaid, err = json.Marshal(m.Unsaid); err != nil {
				return err
			}
		}
		args = append(args, m.Workspace, m.ID, m.Kind, m.ClientID, m.Destination, m.Intended, m.Channel, m.TS, m.Revision, m.Sending, m.Rendered,
			m.SummaryID, m.Repeated, m.TextOnly, micros(m.CreatedAt), micros(m.PostedAt), micros(m.ClosedAt), string(occasion), string(unsaid), m.Shown)
	}
	err := tx.insert(`insert into message (`+messageColumns+`)`,
		`on conflict (workspace, id) do update set destination = excluded.destination, channel = excluded.channel, ts = excluded.ts,
		revision = excluded.revision, sending = excluded.sending, rendered = excluded.rendered, summary_id = excluded.summary_id,
		repeated = excluded.repeated, text_only = excluded.text_only, posted_at = excluded.posted_at, closed_at = excluded.closed_at,
		occasion = excluded.occasion, unsaid = excluded.unsaid, shown = excluded.shown`, 20, args)
	if isUnique(err) {
		return errRaced
	}
	return err
}

// Revise raises the revision of a message by one: what it says has changed.
func (tx *Tx) Revise(workspace, id string) error {
	_, err := tx.exec(`update message set revision = revision + 1 where workspace = $1 and id = $2`, workspace, id)
	return err
}

// Fold puts the waiting jobs of a lane that would post a thread or another
// summary into a summary: what they tell is told by it, and the jobs are done.
// It says how many threads.
func (tx *Tx) Fold(lane, workspace, summary string, now time.Time) (int, error) {
	const waiting = `select j.ref from job j where j.lane = $1 and j.kind = 'message' and j.state = 'waiting' and j.due <= $2`
	n, err := tx.exec(`update message set summary_id = $4
		where workspace = $3 and kind = 'thread' and ts = '' and summary_id = '' and id in (`+waiting+`)`, lane, micros(now), workspace, summary)
	if err != nil {
		return 0, err
	}
	// A summary that waits itself is overtaken: the new one tells its members.
	// A digest that says more than what waited is not: nothing else says that.
	const overtaken = `select id from message where workspace = $1 and kind = 'summary' and ts = '' and sending = 0 and id <> $2
		and occasion not like '%"digest":%' and id in (`
	const aloud = `select id from message where workspace = $1 and kind = 'thread' and ts <> '' and unsaid like '%"broadcast":true%' and id in (`
	among := []any{workspace, summary, lane, micros(now)}
	waitingHere := strings.NewReplacer("$1", "$3", "$2", "$4").Replace(waiting)
	for _, statement := range []string{
		`update message set summary_id = $2 where workspace = $1 and summary_id in (` + overtaken + waitingHere + `))`,
		`update notification set message_id = $2, revision = 1 where workspace = $1 and message_id in (` + overtaken + waitingHere + `))`,
		`update message set summary_id = $2, closed_at = $4 where workspace = $1 and id in (` + overtaken + waitingHere + `))`,
		// What threads that stand would say aloud is told by it too; their
		// history says it quietly.
		`update notification set message_id = $2, revision = 1 where workspace = $1 and status = 'waiting' and message_id in (` + aloud + waitingHere + `))`,
		`update message set unsaid = replace(unsaid, '"broadcast":true', '"broadcast":false') where workspace = $1 and id <> $2 and id in (` + aloud + waitingHere + `))`,
	} {
		if _, err := tx.exec(statement, among...); err != nil {
			return 0, err
		}
	}
	_, err = tx.exec(`update job set state = 'done', last_error = 'coalesced' where lane = $1 and kind = 'message' and state = 'waiting' and due <= $2
		and ref in (select id from message where workspace = $3 and summary_id = $4)`, lane, micros(now), workspace, summary)
	return int(n), err
}

// MarkSending notes which revision of a message is on its way, and of the
// threads that it tells when it is a summary.
func (tx *Tx) MarkSending(m stanna.Message) error {
	if _, err := tx.exec(`update message set sending = revision where workspace = $1 and id = $2`, m.Workspace, m.ID); err != nil {
		return err
	}
	if m.Kind != stanna.Summary {
		return nil
	}
	_, err := tx.exec(`update message set sending = revision where workspace = $1 and summary_id = $2`, m.Workspace, m.ID)
	return err
}

// MarkTold notes that what was on its way stands in Slack now: the message,
// the threads that it tells, and every notification that they carry up to
// that revision; what is held or spared is left alone. It says whether a newer
// revision waits. Shown is a hash of what stands now.
func (tx *Tx) MarkTold(m stanna.Message, channel, ts, shown string, reason stanna.Reason, now time.Time) (stale bool, err error) {
	_, err = tx.exec(`update message set channel = $3, ts = $4, rendered = sending, posted_at = case when posted_at = 0 then $5 else posted_at end,
		shown = $6 where workspace = $1 and id = $2`, m.Workspace, m.ID, channel, ts, micros(now), shown)
	if err != nil {
		return false, err
	}
	if m.Kind == stanna.Summary {
		if _, err := tx.exec(`update message set rendered = sending where workspace = $1 and summary_id = $2`, m.Workspace, m.ID); err != nil {
			return false, err
		}
		if _, err = tx.exec(`update notification set status = 'delivered', reason = $3, detail = '', delivered_at = $4
			where workspace = $1 and status = 'waiting'
			and message_id in (select id from message where workspace = $1 and summary_id = $2)
			and revision <= (select t.rendered from message t where t.workspace = $1 and t.id = notification.message_id)`,
			m.Workspace, m.ID, stanna.ReasonCoalesced, micros(now)); err != nil {
			return false, err
		}
	}
	if _, err := tx.exec(`update notification set status = 'delivered', reason = $3, detail = '', delivered_at = $4, repeated = $5,
			destination = $6, attempts = attempts + 1
		where workspace = $1 and message_id = $2 and status in ('waiting', 'dead')
		and revision <= (select t.rendered from message t where t.workspace = $1 and t.id = $2)`,
		m.Workspace, m.ID, reason, micros(now), m.Repeated, m.Destination); err != nil {
		return false, err
	}
	behind, _, err := one(tx, value[int64], `select revision - rendered from message where workspace = $1 and id = $2`, m.Workspace, m.ID)
	return behind > 0, err
}

// MarkUntold notes why the notifications that a message carries still wait,
// or that they are dead.
func (tx *Tx) MarkUntold(m stanna.Message, status stanna.NotificationStatus, reason stanna.Reason, detail string) error {
	_, err := tx.exec(`update notification set status = $3, reason = $4, detail = $5, attempts = attempts + 1
		where workspace = $1 and status = 'waiting' and (message_id = $2
			or message_id in (select id from message where workspace = $1 and summary_id = $2 and summary_id <> ''))`,
		m.Workspace, m.ID, status, reason, detail)
	return err
}

// ThreadsOf gives the messages that carry each of the alerts. At most 256
// alerts.
func (tx *Tx) ThreadsOf(workspace string, alerts []string) (map[string][]string, error) {
	if len(alerts) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, alerts)
	pairs, err := collect(tx, func(s scanner) (p [2]string, err error) { return p, s.Scan(&p[0], &p[1]) },
		`select distinct alert_id, message_id from notification where workspace = $1 and message_id <> '' and alert_id in `+list, append([]any{workspace}, args...)...)
	threads := map[string][]string{}
	for _, p := range pairs {
		threads[p[0]] = append(threads[p[0]], p[1])
	}
	return threads, err
}

// LiveThreads lists which of the threads carry an alert that is still open.
// At most 256 threads.
func (tx *Tx) LiveThreads(workspace string, threads []string) ([]string, error) {
	if len(threads) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, threads)
	return collect(tx, value[string], `select distinct n.message_id from notification n join alert a on a.workspace = n.workspace and a.id = n.alert_id
		where n.workspace = $1 and a.status <> 'resolved' and n.message_id <> '' and n.message_id in `+list, append([]any{workspace}, args...)...)
}

// CloseThreads closes threads, so that the next alert of their client begins
// a new one.
func (tx *Tx) CloseThreads(workspace string, ids []string, now time.Time) error {
	for _, id := range ids {
		if _, err := tx.exec(`update message set closed_at = $3 where workspace = $1 and id = $2 and closed_at = 0`, workspace, id, micros(now)); err != nil {
			return err
		}
	}
	return nil
}

// ThreadAlerts lists the alerts that a thread carries, newest first.
func (tx *Tx) ThreadAlerts(workspace, message string) ([]stanna.Alert, error) {
	return collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1
		and id in (select alert_id from notification where workspace = $1 and message_id = $2 and message_id <> '')
		order by opened_at desc, id desc`, workspace, message)
}

// toldIn selects the ids of the alerts that a summary tells, of the workspace
// $1 and the parameter named. Both steps are materialized, so that each is
// done once: a storm fills these tables in seconds, PostgreSQL knows nothing
// yet of how many rows there are, and would otherwise look through all
// messages anew for every alert and every notification.
func toldIn(summary string) string {
	return `with carrier as materialized (select cast(` + summary + ` as text) as id union all
			select id from message where workspace = $1 and summary_id = ` + summary + ` and summary_id <> ''),
		told as materialized (select alert_id from notification where workspace = $1 and message_id in (select id from carrier))
		select alert_id from told`
}

// SummaryAlerts lists the alerts that a summary tells, newest first, with
// their clients.
func (tx *Tx) SummaryAlerts(workspace, summary string) ([]AlertOfClient, error) {
	alerts, err := collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and id in (`+toldIn("$2")+`)
		order by opened_at desc, id desc`, workspace, summary)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(alerts))
	for _, a := range alerts {
		ids = append(ids, a.ClientID)
	}
	slices.Sort(ids)
	clients, err := tx.ClientsByID(workspace, slices.Compact(ids))
	list := make([]AlertOfClient, len(alerts))
	for i, a := range alerts {
		list[i] = AlertOfClient{a, clients[a.ClientID]}
	}
	return list, err
}

// AlertOfClient is an alert with its client; one of the whole portfolio has
// none.
type AlertOfClient struct {
	Alert  stanna.Alert
	Client stanna.Client
}

// ToldMessage is where a message stands in Slack.
type ToldMessage struct{ ID, Channel, TS string }

// ToldMessages lists the messages of a workspace that stand in Slack and were
// posted since then.
func (tx *Tx) ToldMessages(workspace string, since time.Time) ([]ToldMessage, error) {
	return collect(tx, func(s scanner) (m ToldMessage, err error) { return m, s.Scan(&m.ID, &m.Channel, &m.TS) },
		`select id, channel, ts from message where workspace = $1 and ts <> '' and posted_at >= $2 order by id`, workspace, micros(since))
}
