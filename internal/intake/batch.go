package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// batch is what happened in one workspace in one transaction: the clients
// concerned are read once, judged one after the other in memory, and written
// once.
type batch struct {
	tx        *store.Tx
	policy    *policy
	workspace string
	real      time.Time // what travels lives by real time, alerts by the workspace's
	follows   bool      // the workspace's time follows its signals
	began     time.Time // by the workspace's clock
	passed    time.Time // where time follows the signals: how far it has
	moved     time.Time // where it does: when the sums of the portfolio may have changed last
	morning   time.Time // where it does: when the next digest is due; zero: not worked out yet

	files  map[string]*rule.Case // by client
	due    map[string]time.Time  // when each was to be looked at, as stored
	alerts []*stanna.Alert       // changed
	events []event               // to be told, in order
	news   []news                // of the whole transaction, for other programs
	actor  string                // who did it; "" the rules themselves
	lanes  []string              // with new work
}

// event is one change of an alert that somebody is to be told.
type event struct {
	rule.Change
	kind   stanna.AlertEvent
	client *rule.Case
	signal *stanna.Signal
	at     time.Time
}

// take takes in the signals of requests.
func (b *batch) take(requests []*request) error {
	known, err := b.known(requests)
	if err != nil {
		return err
	}
	if !b.follows {
		return b.takeRun(all(requests), known)
	}
	// Where time follows the signals, what time brings comes between them, in
	// its order.
	for _, run := range runs(all(requests)) {
		if err := b.passTo(run[0].signal.ReceivedAt); err != nil {
			return err
		}
		if err := b.takeRun(run, known); err != nil {
			return err
		}
	}
	return nil
}

// arrival is one signal with the place for its outcome.
type arrival struct {
	signal  *stanna.Signal
	outcome *Outcome
}

func all(requests []*request) (list []arrival) {
	for _, r := range requests {
		r.outcomes = make([]Outcome, len(r.signals))
		for i := range r.signals {
			list = append(list, arrival{&r.signals[i], &r.outcomes[i]})
		}
	}
	return list
}

// runs cuts arrivals where time moves on.
func runs(list []arrival) (out [][]arrival) {
	from := 0
	for i := 1; i <= len(list); i++ {
		if i == len(list) || !list[i].signal.ReceivedAt.Equal(list[from].signal.ReceivedAt) {
			out = append(out, list[from:i])
			from = i
		}
	}
	return out
}

// takeRun takes in signals and stores what follows from them.
func (b *batch) takeRun(list []arrival, known map[string]bool) error {
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.signal.ClientID
	}
	if err := b.open(ids); err != nil {
		return err
	}
	stored := make([]store.StoredSignal, 0, len(list))
	var last time.Time
	for _, a := range list {
		s, out := a.signal, a.outcome
		last = s.ReceivedAt
		f := b.files[s.ClientID]
		switch {
		case known[s.ID]:
			*out = Outcome{Became: stanna.Duplicate, Reason: stanna.ReasonDuplicate}
			continue
		case f == nil:
			*out = Outcome{Became: stanna.Rejected, Reason: stanna.ReasonUnknownClient,
				Err: stanna.InvalidField("clientId", "no client has this id; create it first with PUT /api/clients/{id} or an import")}
			continue
		}
		known[s.ID] = true
		var changes []rule.Change
		out.Became, out.Reason, changes = f.Take(b.policy.Policy, *s, s.ReceivedAt, newAlert)
		stored = append(stored, store.StoredSignal{Signal: *s, Became: out.Became})
		out.Alerts = b.note(f, s, changes)
	}
	b.moved = last
	if err := b.tx.AddSignals(stored); err != nil {
		return err
	}
	return b.write(last)
}

func newAlert() string { return store.NewID("alr") }

// open locks and reads clients, in one order, so that two replicas never wait
// for each other in a ring. It forgets those of before, which are written.
func (b *batch) open(ids []string) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	b.files = make(map[string]*rule.Case, len(ids))
	b.due = make(map[string]time.Time, len(ids))
	for chunk := range slices.Chunk(ids, Slice) {
		portraits, err := b.tx.LockPortraits(b.workspace, chunk)
		if err != nil {
			return err
		}
		open, err := b.tx.OpenAlerts(b.workspace, chunk)
		if err != nil {
			return err
		}
		for id, p := range portraits {
			f := &rule.Case{Client: p.Client, State: p.State}
			for i := range open[id] {
				f.Alerts = append(f.Alerts, &open[id][i])
			}
			b.files[id], b.due[id] = f, p.State.Due
		}
	}
	return nil
}

// known says which of the signals came before.
func (b *batch) known(requests []*request) (map[string]bool, error) {
	var ids []string
	for _, r := range requests {
		for i := range r.signals {
			ids = append(ids, r.signals[i].ID)
		}
	}
	known := make(map[string]bool, len(ids))
	for chunk := range slices.Chunk(ids, Slice) {
		found, err := b.tx.KnownSignals(b.workspace, chunk)
		if err != nil {
			return nil, err
		}
		for id := range found {
			known[id] = true
		}
	}
	return known, nil
}

// note takes down what changed and what of it is to be told, and says it in
// short.
func (b *batch) note(f *rule.Case, s *stanna.Signal, changes []rule.Change) (short []AlertChange) {
	for _, c := range changes {
		if !slices.Contains(b.alerts, c.Alert) {
			b.alerts = append(b.alerts, c.Alert)
		}
		if c.Event == "" {
			continue
		}
		b.happened(event{Change: c, kind: c.Event, client: f, signal: s, at: c.At})
		short = append(short, AlertChange{ID: c.Alert.ID, Event: c.Event})
	}
	return short
}

// write stores what the batch changed so far, and promises what is to be
// told.
func (b *batch) write(now time.Time) error {
	var states []stanna.State
	due := map[time.Time][]string{} // of those whose state is as it was
	for id, f := range b.files {
		switch {
		case f.Dirty:
			states = append(states, f.State)
		case !f.State.Due.Equal(b.due[id]):
			due[f.State.Due] = append(due[f.State.Due], id)
		}
	}
	slices.SortFunc(states, func(x, y stanna.State) int { return strings.Compare(x.ClientID, y.ClientID) })
	if err := b.tx.PutStates(states, now); err != nil {
		return err
	}
	for at, ids := range due {
		slices.Sort(ids)
		for chunk := range slices.Chunk(ids, Slice) {
			if err := b.tx.SetDue(b.workspace, chunk, at); err != nil {
				return err
			}
		}
	}
	alerts := make([]stanna.Alert, len(b.alerts))
	for i, a := range b.alerts {
		alerts[i] = *a
	}
	if err := b.tx.PutAlerts(alerts); err != nil {
		return err
	}
	err := b.promise()
	b.files, b.due, b.alerts, b.events = nil, nil, nil, nil
	return err
}
