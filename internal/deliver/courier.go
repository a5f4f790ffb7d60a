// Package deliver is CARRY IT: it works the lanes that lead to Slack. A job
// says which message to make true; the courier writes the message from what
// is true now, posts or updates it, and writes down what became of it, with
// the outcome's consequence: wait, open the circuit, send it elsewhere, or
// call for a person.
//
// It is entered by the queue, lane by lane. A message passes its lane, which
// keeps order and pace, and its team's gate, which breaks the circuit. When a
// lane falls behind, what waits is told in one summary. Nothing here decides
// whether or where somebody is told.
package deliver

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
)

// Courier works the lanes whose road is a Slack channel.
type Courier struct {
	store    *store.Store
	clock    *stanna.Clock
	line     Line
	http     *http.Client
	slackURL string
	links    Links
	pace     time.Duration
	look     func()
	lookAt   func(time.Time)
	count    func(outcome string, took time.Duration)
	log      *slog.Logger

	countFailed func()
	wordings    wordings
}

// Line gives a usable connection, with a token that has not run out, and
// takes the news that a connection is broken.
type Line interface {
	Token(ctx context.Context, workspace, team string) (stanna.Connection, error)
	MarkBroken(tx *store.Tx, workspace, team, repair string, now time.Time) error
	TokenExpired(ctx context.Context, workspace, team string) error
	// Recent is a channel as it was a short while ago.
	Recent(ctx context.Context, workspace string, d stanna.Destination) (stanna.Channel, error)
}

// Links makes the addresses of our pages.
type Links struct{ PublicURL string }

// Client is the page of a client: in the company's own system when its
// settings say so.
func (l Links) Client(s stanna.Settings, c stanna.Client) string {
	if own := c.URL(s.ClientURLTemplate); own != "" {
		return own
	}
	return l.PublicURL + "/clients/" + url.PathEscape(c.ID)
}

// Alert is the page of an alert.
func (l Links) Alert(id string) string { return l.PublicURL + "/alerts/" + id }

// Template is the page of a template.
func (l Links) Template(t stanna.AlertType, channel string) string {
	page := l.PublicURL + "/templates/" + url.PathEscape(string(t))
	if channel != "" {
		page += "?channel=" + url.QueryEscape(channel)
	}
	return page
}

// Rule is the page of a rule.
func (l Links) Rule(id string) string { return l.PublicURL + "/rules/" + url.PathEscape(id) }

// Surge is the page of many clients that moved at once, which asks before it
// releases or discards what is held.
func (l Links) Surge(id string) string { return l.PublicURL + "/surges/" + id }

// Portfolio is the page of all clients together.
func (l Links) Portfolio() string { return l.PublicURL + "/" }

// Group is the page that lists the alerts of a summary.
func (l Links) Group(summary string) string { return l.PublicURL + "/alerts?group=" + summary }

// Digest leads from a digest to the clients that it names, and to the lists
// behind it.
func (l Links) Digest(s stanna.Settings, d stanna.Digest) message.DigestLeads {
	leads := message.DigestLeads{Clients: map[string]string{}, Whole: l.Portfolio(), Moved: l.PublicURL + "/alerts?status=all&since=" + d.From.UTC().Format(time.DateOnly)}
	for _, c := range d.Named() {
		leads.Clients[c.ID] = l.Client(s, stanna.Client{ID: c.ID, Domain: c.Domain})
	}
	return leads
}

// Held is the page of what waits to be told.
func (l Links) Held() string { return l.PublicURL + "/notifications?status=held" }

// Slack is the page of the Slack connection.
func (l Links) Slack() string { return l.PublicURL + "/integrations/slack" }

// Options say how to build a courier.
type Options struct {
	Store    *store.Store
	Clock    *stanna.Clock
	Line     Line
	HTTP     *http.Client
	SlackURL string
	Links    Links
	// Pace is the time between two posts to one channel; 0 switches pacing,
	// and with it coalescing, off.
	Pace   time.Duration
	Look   func()                                   // tells the queue that a gate has opened
	LookAt func(time.Time)                          // tells it when one will
	Count  func(outcome string, took time.Duration) // counts calls to Slack
	Failed func()                                   // counts messages whose template failed; may be nil
	Log    *slog.Logger
}

// New builds a courier.
func New(o Options) *Courier {
	if o.Failed == nil {
		o.Failed = func() {}
	}
	return &Courier{store: o.Store, clock: o.Clock, line: o.Line, http: o.HTTP, slackURL: o.SlackURL, links: o.Links,
		pace: o.Pace, look: o.Look, lookAt: o.LookAt, count: o.Count, countFailed: o.Failed, log: o.Log}
}

var _ queue.Handler = (*Courier)(nil)

// Plan chooses the next message of a lane.
func (c *Courier) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	open, opensAt, err := pass(tx, lane.Gate(), now)
	if err != nil {
		return nil, err
	}
	if opensAt.After(now) {
		tx.OnCommit(func() { c.lookAt(opensAt) })
	}
	if !open {
		return nil, nil
	}
	job, m, err := c.choose(tx, lane, now)
	if err != nil || job.ID == "" {
		return nil, err
	}
	if err := tx.BeginJob(job.ID); err != nil {
		return nil, err
	}
	job.Attempt++
	if job.Kind == stanna.RedrawJob {
		return &redrawing{sending: &sending{Courier: c, job: job, message: m}}, nil
	}
	if history := nextHistory(m); len(history) > 0 {
		return &recounting{sending: &sending{Courier: c, job: job, message: m}, history: history}, nil
	}
	if err := tx.MarkSending(m); err != nil {
		return nil, err
	}
	m.Sending = m.Revision
	return &sending{Courier: c, job: job, message: m}, nil
}

// Recover takes back what a holder who is gone had begun. Slack may show a
// message that was being posted; it is sent again rather than lost, and
// marked. An update may be repeated without harm.
func (c *Courier) Recover(tx *store.Tx, lane *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	for _, j := range orphans {
		m, err := tx.LockMessage(lane.Workspace(), j.Ref)
		if err != nil {
			return err
		}
		if m.TS == "" || j.Kind != stanna.RedrawJob && len(nextHistory(m)) > 0 {
			if err := markRepeated(tx, m, "the server stopped while it was being sent", now); err != nil {
				return err
			}
		}
		if err := tx.RetryJob(j, now, "taken over"); err != nil {
			return err
		}
	}
	return nil
}

// markRepeated notes that a message may come to stand in Slack twice.
func markRepeated(tx *store.Tx, m stanna.Message, why string, now time.Time) error {
	m.Repeated = true
	if err := tx.PutMessages(m); err != nil {
		return err
	}
	return tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: "message.unknown",
		Subject: m.ID, Reason: stanna.ReasonPossiblyRepeated, Details: map[string]string{"destination": string(m.Destination), "because": why}})
}
