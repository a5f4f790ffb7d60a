package message

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// MaxEntries is how many lines of a history are said in one reply.
const MaxEntries = 20

// HistoryView is what became of the alerts of a thread since it was said
// last.
type HistoryView struct {
	Settings stanna.Settings
	Client   stanna.Client
	State    stanna.State
	Entries  []stanna.Entry // at most MaxEntries, the oldest first
	Alerts   []AlertView    // that the entries are about
	Owner    Owner
	People   People
	Now      time.Time
}

// History writes the lines of a thread's history that are not said yet: a
// reply under the living message. The client stands in each, for those who see
// a line alone.
func History(v HistoryView) Rendered { return v.page().lay() }

func (v HistoryView) page() page {
	var p page
	for _, e := range v.Entries {
		a := v.alert(e)
		c := chapter{tongue: tongue{locale.For(v.Settings, v.Now)}, client: v.Client, state: v.State, alert: a.Alert,
			escalation: a.Escalation, people: v.People, page: a.Links.Alert}
		said := c.entry(e)
		p.spoken = append(p.spoken, sentenceOf(said.words))
		if !e.Broadcast {
			said.words = joined(" · ", said.words, c.rule(a.Alert))
			p.parts = append(p.parts, part{kind: context, lines: []phrase{said.shown()}})
			continue
		}
		owner := c.called(v.Owner.or(v.Client), pressing(e.Severity) && a.Status == stanna.AlertOpen)
		p.parts = append(p.parts, part{kind: section, lines: []phrase{joined(" · ", said.shown(), owner, link(a.Links.Alert, c.Text("Open")))}})
		if l := link(a.Links.Alert, c.Text("Open")); l != nil {
			p.more = l
		}
	}
	return p
}

// alert is what an entry is about, as it was then: more may have followed.
func (v HistoryView) alert(e stanna.Entry) AlertView {
	i := slices.IndexFunc(v.Alerts, func(a AlertView) bool { return a.ID == e.AlertID })
	if i < 0 {
		return AlertView{Alert: stanna.Alert{ID: e.AlertID, Severity: e.Severity}}
	}
	a := v.Alerts[i]
	a.Severity = e.Severity
	return a
}

// entry is one line of the history.
func (c chapter) entry(e stanna.Entry) remark {
	t := c.tell()
	fill := with{"client": c.subject(), "what": c.sentence(t), "severity": c.severity(e.Severity), "who": c.who(e.By),
		"to": c.who(e.To), "when": c.When(e.At)}
	switch {
	case e.Event == stanna.Resolved:
		end := c.ending(t)
		return remark{end.symbol, c.withName(c.subject(), end)}
	case e.Event == stanna.Opened:
		return remark{c.symbol(t), c.phrase("{severity}: {what}", fill)}
	case e.Event == stanna.Worsened && e.Rose:
		fill["severity"] = strings.ToLower(c.severity(e.Severity))
		return remark{c.symbol(t), c.phrase("now {severity}: {what}", fill)}
	case e.Event == stanna.Worsened:
		return remark{"↘️", c.phrase("worse: {what}", fill)}
	case e.Event == stanna.Eased:
		return remark{"↗️", c.phrase("paid in part, still open: {what}", fill)}
	case e.Event == stanna.Reminded:
		return remark{"⏰", c.phrase("the snooze is over and it is still so: {what}", fill)}
	case e.Event == stanna.Escalated:
		fill["ignored"] = c.ignored()
		return remark{"⏫", c.phrase("{ignored}: {what}", fill)}
	case e.What == stanna.ReasonTakenUp:
		return remark{"👀", c.phrase("{client}: {who} is on it, {when}", fill)}
	case e.What == stanna.ReasonAssigned && e.To != "":
		return remark{"👉", c.phrase("{client}: given to {to}, {when}", fill)}
	case e.What == stanna.ReasonAssigned:
		return remark{"👉", c.phrase("{client}: given to nobody any more, {when}", fill)}
	case e.What == stanna.ReasonSnoozed:
		fill["until"] = c.Moment(e.Until)
		return remark{"💤", c.phrase("{client}: {who} snoozed it until {until}", fill)}
	}
	return remark{"✏️", c.phrase("{client}: brought up to date, {when}", fill)}
}
