package store

import (
	"time"

	"github.com/gostanna/stanna"
)

const receiptColumns = `workspace, alert_id, rule_id, author, verdict, at`

func scanReceipt(s scanner) (r stanna.Receipt, err error) {
	var at int64
	err = s.Scan(&r.Workspace, &r.AlertID, &r.RuleID, &r.By, &r.Verdict, &at)
	r.At = fromMicros(at)
	return r, err
}

// PutReceipt stores what somebody says about an alert, in place of what they
// said before.
func (tx *Tx) PutReceipt(r stanna.Receipt) error {
	_, err := tx.exec(`insert into receipt (`+receiptColumns+`) values ($1, $2, $3, $4, $5, $6)
		on conflict (workspace, alert_id, author) do update set verdict = excluded.verdict, at = excluded.at`,
		r.Workspace, r.AlertID, r.RuleID, r.By, r.Verdict, micros(r.At))
	return err
}

// Receipts lists what people say about an alert, oldest first.
func (tx *Tx) Receipts(workspace, alert string) ([]stanna.Receipt, error) {
	return collect(tx, scanReceipt, `select `+receiptColumns+` from receipt where workspace = $1 and alert_id = $2 order by at, author`, workspace, alert)
}

// VerdictCounts says how often each verdict was given since a time, by rule.
func (tx *Tx) VerdictCounts(workspace string, since time.Time) (map[string]map[stanna.Verdict]int, error) {
	type row struct {
		rule    string
		verdict stanna.Verdict
		n       int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.rule, &r.verdict, &r.n) },
		`select rule_id, verdict, count(*) from receipt where workspace = $1 and at >= $2 group by rule_id, verdict`, workspace, micros(since))
	counts := map[string]map[stanna.Verdict]int{}
	for _, r := range rows {
		if counts[r.rule] == nil {
			counts[r.rule] = map[stanna.Verdict]int{}
		}
		counts[r.rule][r.verdict] = r.n
	}
	return counts, err
}

// ToldAlert is an alert that reached people, and what was said of it last.
type ToldAlert struct {
	stanna.Alert
	Verdict stanna.Verdict // "" when nobody said anything
}

// maxTold bounds a list of told alerts.
const maxTold = 5_000

// ToldAlerts lists the alerts of a rule that opened since a time and reached
// people, newest first, 5,000 at most.
func (tx *Tx) ToldAlerts(workspace, rule string, since time.Time) ([]ToldAlert, error) {
	list, err := collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and rule_id = $2 and opened_at >= $3
		and exists (select 1 from notification n where n.workspace = alert.workspace and n.alert_id = alert.id and n.status = 'delivered')
		order by opened_at desc, id desc limit $4`, workspace, rule, micros(since), maxTold)
	if err != nil {
		return nil, err
	}
	said, err := collect(tx, scanReceipt, `select `+receiptColumns+` from receipt where workspace = $1 and rule_id = $2 and at >= $3 order by at, author`,
		workspace, rule, micros(since))
	last := make(map[string]stanna.Verdict, len(said))
	for _, r := range said {
		last[r.AlertID] = r.Verdict
	}
	told := make([]ToldAlert, len(list))
	for i, a := range list {
		told[i] = ToldAlert{a, last[a.ID]}
	}
	return told, err
}
