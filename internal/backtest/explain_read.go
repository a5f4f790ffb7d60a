package backtest

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// facts is all that an explanation stands on.
type facts struct {
	at, now   time.Time
	workspace stanna.Workspace
	client    stanna.Client
	rule      stanna.Rule
	rules     []stanna.Rule
	signals   []store.StoredSignal // in the order they were received
	alerts    []stanna.Alert       // of the client, oldest first
	told      map[string][]stanna.Notification
	roads     route.Roads
	followers []string
	plan      *route.Plan
	policy    *rule.Policy
	state     stanna.State // as the replay leaves it
	whole     *whole       // of a rule that watches all clients together
}

func (x *facts) read(tx *store.Tx, workspace, clientID, ruleID string) (err error) {
	if x.workspace, err = tx.Workspace(workspace); err != nil {
		return err
	}
	if err := x.readRules(tx, ruleID); err != nil {
		return err
	}
	if err := x.readWhole(tx); err != nil {
		return err
	}
	if x.whole == nil { // the portfolio is no client
		if clientID == "" {
			return stanna.InvalidField("clientId", "is required: say which client it is about")
		}
		if x.client, err = tx.Client(workspace, clientID); err != nil {
			return err
		}
		if err := x.readSignals(tx); err != nil {
			return err
		}
	}
	if err := x.readAlerts(tx); err != nil {
		return err
	}
	if x.roads, err = readRoads(tx, workspace); err != nil {
		return err
	}
	followers, err := tx.Followers(workspace, []string{clientID})
	if err != nil {
		return err
	}
	x.followers = followers[clientID]
	lines, _, err := tx.Routing(workspace)
	if err != nil {
		return err
	}
	silences, err := tx.CurrentSilences(workspace, x.now)
	if err != nil {
		return err
	}
	if x.plan, err = route.Compile(x.workspace.Settings, lines, silences); err != nil {
		return err
	}
	x.policy, err = rule.Compile(x.workspace.Settings, x.rules)
	return err
}

// readRules reads the rules as they were in force at the moment. One that is
// older than what was kept of it is taken as it is today, and so is one whose
// history lies in the future of a workspace that plays the past.
func (x *facts) readRules(tx *store.Tx, ruleID string) error {
	rules, err := tx.Rules(x.workspace.ID)
	if err != nil {
		return err
	}
	found := false
	for _, r := range rules {
		asked := r.ID == ruleID
		if r.UpdatedAt.After(x.at) && !r.UpdatedAt.After(x.now) {
			old, ok, err := ruleThen(tx, r, x.at)
			if err != nil {
				return err
			}
			if ok {
				r = old
			} else if !asked {
				continue // it is younger than the moment
			}
		}
		if asked {
			x.rule, found = r, true
		}
		x.rules = append(x.rules, r)
	}
	if found {
		return nil
	}
	old, ok, err := ruleThen(tx, stanna.Rule{Workspace: x.workspace.ID, ID: ruleID}, x.at)
	if err != nil {
		return err
	}
	if !ok {
		return stanna.Errorf(stanna.NotFound, "rule not found")
	}
	old.Status = stanna.RuleOff // it is deleted
	x.rule = old
	return nil
}

// ruleThen is a rule as it was in force at a moment.
func ruleThen(tx *store.Tx, r stanna.Rule, at time.Time) (stanna.Rule, bool, error) {
	const page = 100
	for offset := 0; ; offset += page {
		list, _, err := tx.Revisions(r.Workspace, store.RuleSubject(r.ID), page, offset)
		if err != nil {
			return r, false, err
		}
		for _, v := range list {
			if v.At.After(at) {
				continue
			}
			var body store.RuleBody
			if err := json.Unmarshal([]byte(v.Body), &body); err != nil {
				return r, false, err
			}
			r.Version, r.Name, r.Type, r.Status, r.Terms = v.Version, body.Name, body.Type, body.Status, body.Terms
			return r, true, nil
		}
		if len(list) < page {
			return r, false, nil
		}
	}
}

// maxExplained bounds the signals of one client that are played again.
const maxExplained = 500_000

func (x *facts) readSignals(tx *store.Tx) error {
	const page = 1_000
	for offset := 0; offset < maxExplained; offset += page {
		list, err := tx.SignalsOf(x.workspace.ID, x.client.ID, time.Time{}, time.Time{}, page, offset)
		if err != nil {
			return err
		}
		for _, s := range list {
			if !s.ReceivedAt.After(x.at) && s.Check(s.ReceivedAt) == nil {
				x.signals = append(x.signals, s)
			}
		}
		if len(list) < page {
			break
		}
	}
	slices.SortStableFunc(x.signals, arrived)
	return nil
}

// arrived orders signals as they were received. Of those of one moment, which
// came in one request, what was late came after what it was later than.
func arrived(a, b store.StoredSignal) int {
	late := func(s store.StoredSignal) int {
		if s.Became == stanna.Accepted {
			return 0
		}
		return 1
	}
	return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(late(a), late(b)))
}

// readAlerts reads the client's alerts, and what was promised of the rule's.
func (x *facts) readAlerts(tx *store.Tx) error {
	const page = 1_000
	for offset := 0; ; offset += page {
		list, _, err := tx.Alerts(x.workspace.ID, store.AlertQuery{ClientID: x.client.ID, Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.ClientID == x.client.ID && !a.OpenedAt.After(x.at) {
				x.alerts = append(x.alerts, a)
			}
		}
		if len(list) < page {
			break
		}
	}
	slices.Reverse(x.alerts)
	x.told = map[string][]stanna.Notification{}
	for _, a := range x.alerts {
		if a.RuleID != x.rule.ID {
			continue
		}
		list, _, err := tx.Notifications(x.workspace.ID, store.NotificationQuery{AlertID: a.ID, Limit: page})
		if err != nil {
			return err
		}
		slices.Reverse(list)
		x.told[a.ID] = list
	}
	return nil
}

// openThen says whether an alert was open at a moment.
func openThen(a stanna.Alert, at time.Time) bool {
	return !a.OpenedAt.After(at) && (a.Open() || a.ClosedAt.After(at))
}
