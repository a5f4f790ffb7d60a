// Package intake is where SOMETHING HAPPENED comes in: a signal, a change of
// a client, an act of a person, the passing of time. Each runs in ONE
// transaction that stores it, brings the client's state up to date, lets the
// rules judge, opens, updates and closes alerts, chooses destinations,
// promises the notifications and writes the audit trail. Only then is the
// sender answered.
//
// It is entered by [Intake.Signals]; many small requests share a
// transaction. It decides nothing itself: rule says whether, route says
// where. It does not know what a message looks like or when it is sent.
package intake

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// Intake takes in what happened. It is safe for concurrent use; Run must be
// running for Signals to be answered.
type Intake struct {
	store *store.Store
	clock *stanna.Clock
	wake  func(lanes ...string)
	count func(stanna.Became, int)
	log   *slog.Logger

	live, bulk chan *request

	mu       sync.Mutex
	policies map[string]*policy
	moved    map[string]time.Time // by workspace whose time follows its signals: see batch.moved
	looked   map[string]looked    // by workspace: when it was looked for digests last
}

// Options say how to build an intake.
type Options struct {
	Store *store.Store
	Clock *stanna.Clock
	Wake  func(lanes ...string) // told the lanes that have new work, after the commit
	Count func(became stanna.Became, n int)
	Log   *slog.Logger
}

// New builds an intake.
func New(o Options) *Intake {
	return &Intake{store: o.Store, clock: o.Clock, wake: o.Wake, count: o.Count, log: o.Log,
		live: make(chan *request, 1024), bulk: make(chan *request, 16), policies: map[string]*policy{}, moved: map[string]time.Time{}, looked: map[string]looked{}}
}

// Outcome is what became of one signal.
type Outcome struct {
	Became stanna.Became
	Reason stanna.Reason // why it was not judged, or what the rules said
	Err    error         // of a rejected one: what is wrong with it
	Alerts []AlertChange // what it did
}

// AlertChange is one alert that a signal opened, worsened or resolved.
type AlertChange struct {
	ID    string
	Event stanna.AlertEvent
}

// Slice is the most signals that one transaction takes.
const Slice = 256

// request is a handful of signals of one workspace, waiting for a
// transaction.
type request struct {
	workspace string
	came      time.Time       // by the workspace's clock, before its signals moved that on
	signals   []stanna.Signal // checked
	outcomes  []Outcome
	err       error
	done      chan struct{}
}

// Signals takes in up to [Slice] signals and says what became of each, in
// their order. Those of an import (bulk) wait for those that are live. An
// error means that none of them was stored, and that they may all be sent
// again.
func (in *Intake) Signals(ctx context.Context, workspace string, signals []stanna.Signal, bulk bool) ([]Outcome, error) {
	outcomes := make([]Outcome, len(signals))
	r := &request{workspace: workspace, came: in.clock.Now(workspace), done: make(chan struct{})}
	at := make([]int, 0, len(signals)) // where the good ones belong
	for i := range signals {
		s := &signals[i]
		s.Workspace = workspace
		now := in.clock.See(workspace, s.OccurredAt)
		if s.OccurredAt.IsZero() {
			s.OccurredAt = now
		}
		s.ReceivedAt = now
		if err := s.Check(now); err != nil {
			outcomes[i] = Outcome{Became: stanna.Rejected, Reason: stanna.ReasonInvalid, Err: err}
			continue
		}
		r.signals = append(r.signals, *s)
		at = append(at, i)
	}
	if bad := len(signals) - len(at); bad > 0 {
		in.count(stanna.Rejected, bad)
	}
	if len(at) == 0 {
		return outcomes, nil
	}
	queue := in.live
	if bulk {
		queue = in.bulk
	}
	select {
	case queue <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	<-r.done // once it is in a transaction the answer comes, and quickly
	if r.err != nil {
		return nil, r.err
	}
	for k, i := range at {
		outcomes[i] = r.outcomes[k]
	}
	return outcomes, nil
}

// Run commits requests until ctx ends; then it takes no more and answers
// those it has. Committers is how many transactions of live requests run at
// once: one on SQLite, which has one writer. Imports have a committer of their
// own, which takes turns with the others at the database: neither starves.
func (in *Intake) Run(ctx context.Context, committers int) {
	var wg sync.WaitGroup
	for range committers {
		wg.Go(func() { in.commitLoop(ctx, in.live) })
	}
	wg.Go(func() { in.commitLoop(ctx, in.bulk) })
	wg.Wait()
}

func (in *Intake) commitLoop(ctx context.Context, queue chan *request) {
	for {
		select {
		case r := <-queue:
			in.commit(gather(queue, r))
		case <-ctx.Done():
			for { // what came in before the end is still answered
				select {
				case r := <-queue:
					in.commit(gather(queue, r))
				default:
					return
				}
			}
		}
	}
}

// gather takes with a request whatever else is there, up to a slice: the
// busier, the more share one transaction.
func gather(queue chan *request, r *request) []*request {
	group, n := []*request{r}, len(r.signals)
	for n < Slice {
		select {
		case r := <-queue:
			group, n = append(group, r), n+len(r.signals)
		default:
			return group
		}
	}
	return group
}

// commit runs one transaction for a group. If it fails, each request is tried
// alone, so that no request pays for its neighbour.
func (in *Intake) commit(group []*request) {
	lanes, err := in.transact(group)
	if err != nil && len(group) > 1 {
		for _, r := range group {
			in.commit([]*request{r})
		}
		return
	}
	for _, r := range group {
		r.err = err
		close(r.done)
	}
	if err != nil {
		in.log.Error("take in signals", "error", err)
		return
	}
	in.wake(lanes...)
	for _, r := range group {
		for _, o := range r.outcomes {
			in.count(o.Became, 1)
		}
	}
}

// transact takes a group in, workspace by workspace, in one transaction. It
// says which lanes have new work.
func (in *Intake) transact(group []*request) (lanes []string, err error) {
	moved := map[string]time.Time{}
	// The transaction outlives the senders: what is accepted is accepted.
	err = in.store.Update(context.Background(), func(tx *store.Tx) error {
		lanes = lanes[:0]
		var batches []*batch
		for _, part := range byWorkspace(group) {
			p, err := in.policyOf(tx, part[0].workspace)
			if err != nil {
				return err
			}
			b := in.batch(tx, p, part[0].workspace)
			for _, r := range part {
				if r.came.Before(b.began) {
					b.began, b.passed = r.came, r.came
				}
			}
			if err := b.take(part); err != nil {
				return err
			}
			if b.follows {
				moved[b.workspace] = b.moved
			}
			batches = append(batches, b)
		}
		for _, b := range batches {
			if err := b.tell(); err != nil {
				return err
			}
			lanes = append(lanes, b.lanes...)
		}
		return nil
	})
	if err == nil && len(moved) > 0 {
		in.mu.Lock()
		maps.Copy(in.moved, moved)
		in.mu.Unlock()
	}
	return lanes, err
}

func byWorkspace(group []*request) [][]*request {
	var parts [][]*request
next:
	for _, r := range group {
		for i := range parts {
			if parts[i][0].workspace == r.workspace {
				parts[i] = append(parts[i], r)
				continue next
			}
		}
		parts = append(parts, []*request{r})
	}
	return parts
}

// policy is a workspace's rules and routing at one version.
type policy struct {
	*rule.Policy
	*route.Plan
	version int64
	rules   map[string]stanna.Rule // all of them, also those that are off

	bookMu   sync.Mutex
	bookSize int // clients that take part, as counted at bookAt
	bookAt   time.Time
}

// policyOf is the workspace's policy as this transaction sees it. It is
// compiled anew only when the workspace's version has changed.
func (in *Intake) policyOf(tx *store.Tx, workspace string) (*policy, error) {
	version, err := tx.WorkspaceVersion(workspace)
	if err != nil {
		return nil, err
	}
	in.mu.Lock()
	p := in.policies[workspace]
	in.mu.Unlock()
	if p != nil && p.version == version {
		return p, nil
	}
	if p, err = readPolicy(tx, workspace, in.clock.Now(workspace)); err != nil {
		return nil, err
	}
	p.version = version
	in.mu.Lock()
	in.policies[workspace] = p
	in.mu.Unlock()
	return p, nil
}

func readPolicy(tx *store.Tx, workspace string, now time.Time) (*policy, error) {
	w, err := tx.Workspace(workspace)
	if err != nil {
		return nil, err
	}
	rules, err := tx.Rules(workspace)
	if err != nil {
		return nil, err
	}
	lines, _, err := tx.Routing(workspace)
	if err != nil {
		return nil, err
	}
	silences, err := tx.CurrentSilences(workspace, now)
	if err != nil {
		return nil, err
	}
	p := &policy{rules: make(map[string]stanna.Rule, len(rules))}
	for _, r := range rules {
		p.rules[r.ID] = r
	}
	if p.Policy, err = rule.Compile(w.Settings, rules); err != nil {
		return nil, err
	}
	p.Plan, err = route.Compile(w.Settings, lines, silences)
	return p, err
}

// batch begins what happens in one workspace in a transaction.
func (in *Intake) batch(tx *store.Tx, p *policy, workspace string) *batch {
	in.mu.Lock()
	defer in.mu.Unlock()
	now := in.clock.Now(workspace)
	return &batch{tx: tx, policy: p, workspace: workspace, real: in.clock.Real(), began: now, passed: now, follows: in.clock.Follows(workspace),
		moved: in.moved[workspace]}
}
