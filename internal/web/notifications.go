package web

import (
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// notificationsView is the log of what was promised to whom.
type notificationsView struct {
	Own    bool
	Tabs   []tab
	Rows   []noteRow
	Total  int
	Status string
	Resend bool
	Back   string // the list to come back to
	Pages  pager
}

// noteRow is one notification and what became of it.
type noteRow struct {
	ID                 string
	Client, ClientPath string // "" for a test
	AlertPath          string
	Event              string
	Severity           mark
	Destination        string
	Status             mark
	Reason, Repair     string
	Attempts           int
	Repeated           bool
	Dead               bool
	Until              stamp  // while it is held
	Intended           string // where it would have gone, when that is elsewhere
	At                 stamp  // promised
	Told               stamp
	Link               string // to the message in Slack
}

func (s *site) notifications(v *visit) (answer, error) {
	statuses := map[string]stanna.NotificationStatus{"waiting": stanna.Waiting, "dead": stanna.Dead, "delivered": stanna.Delivered, "held": stanna.Held, "spared": stanna.Spared}
	wanted := statuses[v.asked("status")]
	n := notificationsView{Own: v.caller.OwnAccountsOnly(), Status: string(wanted), Resend: v.caller.May(auth.ResendDeliveries), Back: v.r.URL.RequestURI()}
	page := v.pageNumber()
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		counts, err := v.noteCounts(tx)
		if err != nil {
			return err
		}
		n.Tabs = []tab{{ID: "tab-all", Label: "All", Path: "/notifications", Here: wanted == ""}}
		for _, t := range []struct {
			status stanna.NotificationStatus
			label  string
		}{{stanna.Dead, "Not delivered"}, {stanna.Held, "Held back"}, {stanna.Waiting, "Waiting"}, {stanna.Delivered, "Delivered"}, {stanna.Spared, "Not told"}} {
			n.Tabs = append(n.Tabs, tab{"tab-" + string(t.status), t.label, "/notifications?status=" + string(t.status),
				v.local.Number(float64(counts[t.status])), wanted == t.status})
		}
		list, total, err := tx.Notifications(v.workspace(), store.NotificationQuery{Status: wanted, Owner: v.owner(), Limit: perPage, Offset: (page - 1) * perPage})
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		n.Total = total
		n.Pages = pagerOf("/notifications", v.r.URL.Query(), page, len(list), total)
		n.Rows, err = v.noteRows(tx, list, names)
		return err
	})
	return answer{title: "Notifications", body: notificationsBody(n)}, err
}

// noteCounts says how many notifications of each status the visitor sees.
func (v *visit) noteCounts(tx *store.Tx) (map[stanna.NotificationStatus]int, error) {
	if v.owner() == "" {
		return tx.NotificationCounts(v.workspace())
	}
	counts := map[stanna.NotificationStatus]int{}
	for _, status := range []stanna.NotificationStatus{stanna.Dead, stanna.Held, stanna.Waiting, stanna.Delivered, stanna.Spared} {
		_, n, err := tx.Notifications(v.workspace(), store.NotificationQuery{Status: status, Owner: v.owner(), Limit: 1})
		if err != nil {
			return nil, err
		}
		counts[status] = n
	}
	return counts, nil
}

func (v *visit) noteRows(tx *store.Tx, list []stanna.Notification, names channels) ([]noteRow, error) {
	ids := make([]string, len(list))
	for i, n := range list {
		ids[i] = n.ClientID
	}
	clients, err := v.clientsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]noteRow, len(list))
	for i, n := range list {
		rows[i] = v.noteRow(n, names)
		if n.ClientID != "" {
			rows[i].Client, rows[i].ClientPath = clients[n.ClientID].Name, clientPath(n.ClientID)
		} else if n.AlertID != "" {
			rows[i].Client, rows[i].ClientPath = wholePortfolio, "/"
		}
	}
	return rows, nil
}

func (v *visit) noteRow(n stanna.Notification, names channels) noteRow {
	row := noteRow{ID: n.ID, Event: eventWord(n.Event), Severity: severityMark(n.Severity), Destination: names.destination(n.Destination), Status: statusMark(n.Status),
		Repair: n.Detail, Attempts: n.Attempts, Until: untilOf(v, n), Repeated: n.Repeated, Dead: n.Status == stanna.Dead,
		At: stampOf(v.road, n.CreatedAt), Told: stampOf(v.road, n.DeliveredAt)}
	if n.Reason != "" {
		row.Reason = n.Reason.Sentence()
	}
	if n.Event == stanna.Sample && n.ClientID != "" {
		row.Event = "State, sent by hand"
	}
	if n.Hold.Intended != "" && n.Hold.Intended != n.Destination {
		row.Intended = names.destination(n.Hold.Intended)
	}
	if n.AlertID != "" {
		row.AlertPath = alertPath(n.AlertID)
	}
	return row
}

// untilOf is when what is held is looked at again.
func untilOf(v *visit, n stanna.Notification) stamp {
	if n.Status != stanna.Held {
		return stamp{}
	}
	return stampOf(v.local, n.Hold.Until)
}

func eventWord(e stanna.AlertEvent) string {
	switch e {
	case stanna.Opened:
		return "Opened"
	case stanna.Worsened:
		return "Got worse"
	case stanna.Resolved:
		return "Closed"
	case stanna.Reminded:
		return "Snooze over"
	case stanna.Escalated:
		return "Escalated"
	case stanna.Sample:
		return "Test"
	case stanna.Digested:
		return "A digest"
	}
	return string(e)
}

func (s *site) resend(v *visit) (answer, error) {
	back := localPath(v.given("back"))
	if back == "" {
		back = "/notifications"
	}
	id := v.r.PathValue("id")
	if _, err := s.intake.Resend(v.ctx, v.workspace(), v.caller.Actor(), id); err != nil {
		return s.sorry(v, back, err)
	}
	if u, err := url.Parse(back); err == nil && u.Path == "/notifications" && u.Query().Get("status") == string(stanna.Dead) {
		back = "/notifications?status=waiting" // where it is now
	}
	return s.done(v, back, "It waits to be sent again. This page shows what becomes of it.")
}
