package store

import "time"

// RuleFigures is what a rule has brought since a time.
type RuleFigures struct {
	RuleID   string
	Name     string
	Alerts   int // that opened
	Unstable int // of those
	Closed   int // of those, by now
	Noise    int // of those, that a person called not useful
	Messages int // that were told, or are about to be
}

// RuleFigures gives the figures of every rule that opened an alert, or of
// which something was told. Alerts count by the workspace's clock, messages by
// real time.
func (tx *Tx) RuleFigures(workspace string, opened, told time.Time) (map[string]RuleFigures, error) {
	list, err := collect(tx, func(s scanner) (f RuleFigures, err error) {
		return f, s.Scan(&f.RuleID, &f.Name, &f.Alerts, &f.Unstable, &f.Closed, &f.Noise)
	}, `select rule_id, max(rule_name), count(*), sum(case when unstable then 1 else 0 end), sum(case when status = 'resolved' then 1 else 0 end),
		sum(case when life like '%"outcome":"noise"%' then 1 else 0 end) from alert where workspace = $1 and opened_at >= $2 group by rule_id`,
		workspace, micros(opened))
	if err != nil {
		return nil, err
	}
	figures := make(map[string]RuleFigures, len(list))
	for _, f := range list {
		figures[f.RuleID] = f
	}
	messages, err := collect(tx, func(s scanner) (f RuleFigures, err error) { return f, s.Scan(&f.RuleID, &f.Name, &f.Messages) },
		`select a.rule_id, max(a.rule_name), count(*) from notification n join alert a on a.workspace = n.workspace and a.id = n.alert_id
		where n.workspace = $1 and n.created_at >= $2 and n.status in ('waiting', 'delivered') group by a.rule_id`, workspace, micros(told))
	for _, m := range messages {
		f := figures[m.RuleID]
		f.RuleID, f.Name, f.Messages = m.RuleID, m.Name, m.Messages
		figures[m.RuleID] = f
	}
	return figures, err
}
