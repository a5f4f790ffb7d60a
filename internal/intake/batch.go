package intake

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// batch is the signals of one workspace in one transaction: read once, judged
// one after the other in memory, written once.
type batch struct {
	tx        *store.Tx
	policy    *rule.Policy
	workspace string
	real      time.Time // what travels lives by real time, alerts by the workspace's

	files  map[string]*file // by client
	alerts []*stanna.Alert  // changed
	events []event          // to be told, in order
	lanes  []string         // with new work
}

// file is what the batch knows of one client.
type file struct {
	client stanna.Client
	state  stanna.State
	alerts []*stanna.Alert // open when the batch began, or opened by it
	dirty  bool
}

// event is one change of an alert that somebody is to be told.
type event struct {
	alert *stanna.Alert
	kind  stanna.AlertEvent
	rose  bool // its severity rose
	rule  stanna.Rule
	at    time.Time
}

func (b *batch) take(requests []*request) error {
	if err := b.open(requests); err != nil {
		return err
	}
	known, err := b.known(requests)
	if err != nil {
		return err
	}
	var stored []store.StoredSignal
	var decisions []rule.Decision
	var last time.Time
	for _, r := range requests {
		r.outcomes = make([]Outcome, len(r.signals))
		for i := range r.signals {
			s, out := &r.signals[i], &r.outcomes[i]
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
			out.Became = rule.Take(&f.state, *s, s.ReceivedAt)
			f.dirty = true
			stored = append(stored, store.StoredSignal{Signal: *s, Became: out.Became})
			if out.Became != stanna.Accepted {
				out.Reason = stanna.Reason(out.Became)
				continue
			}
			decisions = b.policy.Judge(f.subject(s, s.ReceivedAt), decisions[:0])
			out.Reason, out.Alerts = b.apply(f, decisions, s.ReceivedAt)
		}
	}
	if err := b.tx.AddSignals(stored); err != nil {
		return err
	}
	return b.write(last)
}

// open locks and reads the clients that the requests are about.
func (b *batch) open(requests []*request) error {
	var ids []string
	for _, r := range requests {
		for i := range r.signals {
			ids = append(ids, r.signals[i].ClientID)
		}
	}
	return b.openClients(ids)
}

// openClients locks the clients in one order, so that two replicas never
// wait for each other in a ring.
func (b *batch) openClients(ids []string) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	b.files = make(map[string]*file, len(ids))
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
			f := &file{client: p.Client, state: p.State}
			for i := range open[id] {
				f.alerts = append(f.alerts, &open[id][i])
			}
			b.files[id] = f
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

func (f *file) subject(s *stanna.Signal, now time.Time) *rule.Subject {
	sub := &rule.Subject{Client: f.client, State: &f.state, Now: now}
	if s != nil {
		sub.Signal = *s
	}
	for _, a := range f.alerts {
		if a.Open() {
			sub.Alerts = append(sub.Alerts, *a)
		}
	}
	return sub
}

// apply takes decisions over into the client's alerts and says the most
// telling reason among them, and what changed.
func (b *batch) apply(f *file, decisions []rule.Decision, now time.Time) (reason stanna.Reason, changes []AlertChange) {
	reason = stanna.ReasonNoChange
	for _, d := range decisions {
		if reason == stanna.ReasonNoChange || d.Event != "" {
			reason = d.Reason
		}
		if !d.Keep {
			continue
		}
		f.dirty = true // an opening is remembered in the state
		alert, rose := f.keep(d.Alert)
		if !slices.Contains(b.alerts, alert) {
			b.alerts = append(b.alerts, alert)
		}
		if d.Event == "" {
			continue
		}
		e := event{alert: alert, kind: d.Event, rose: rose, at: now}
		if d.Rule != nil {
			e.rule = d.Rule.Rule
		}
		b.events = append(b.events, e)
		changes = append(changes, AlertChange{ID: alert.ID, Event: d.Event})
	}
	return reason, changes
}

// keep puts an alert in the place of its earlier self, or beside the others
// when it is new, and says whether its severity rose.
func (f *file) keep(a stanna.Alert) (kept *stanna.Alert, rose bool) {
	for _, known := range f.alerts {
		if known.ID == a.ID && a.ID != "" {
			rose = a.Severity.Rank() > known.Severity.Rank()
			*known = a
			return known, rose
		}
	}
	a.ID = store.NewID("alr")
	f.alerts = append(f.alerts, &a)
	return &a, false
}

// write stores what the batch changed and promises what is to be told.
func (b *batch) write(now time.Time) error {
	var states []stanna.State
	for _, f := range b.files {
		if f.dirty {
			states = append(states, f.state)
		}
	}
	slices.SortFunc(states, func(x, y stanna.State) int {
		if x.ClientID < y.ClientID {
			return -1
		}
		return 1
	})
	if err := b.tx.PutStates(states, now); err != nil {
		return err
	}
	alerts := make([]stanna.Alert, len(b.alerts))
	for i, a := range b.alerts {
		alerts[i] = *a
	}
	if err := b.tx.PutAlerts(alerts); err != nil {
		return err
	}
	return b.promise()
}
