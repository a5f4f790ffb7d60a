package intake

import (
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// findSurges finds the surges that hold alerts of this batch, and begins one
// where many clients have just moved the same way from one source. It runs
// after the alerts are stored, so that they count.
func (p *promises) findSurges() error {
	type kind struct {
		of     stanna.AlertType
		source string
	}
	fresh := map[kind]int{}
	var at time.Time
	for _, e := range p.events {
		if e.kind == stanna.Opened && e.Gather == "" && e.Alert.ClientID != "" && e.signal != nil {
			fresh[kind{e.Alert.Type, e.Alert.Evidence.Source}]++
			at = e.at
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var err error
	if p.surges, err = p.tx.HoldingSurges(p.workspace); err != nil {
		return err
	}
	for k, n := range fresh {
		if i := slices.IndexFunc(p.surges, func(s stanna.Surge) bool { return s.Type == k.of && s.Source == k.source }); i >= 0 {
			s := &p.surges[i]
			s.Clients, s.UpdatedAt = s.Clients+n, at
			if err := p.keepSurge(*s); err != nil {
				return err
			}
			continue
		}
		size, err := p.tx.SurgeSize(p.workspace, k.of, k.source, at.Add(-stanna.SurgeWithin))
		if err != nil {
			return err
		}
		if size < stanna.SurgeClients {
			continue
		}
		book, err := p.policy.book(p.tx, p.workspace, p.real)
		if err != nil {
			return err
		}
		if size*100 < book*stanna.SurgePercent {
			continue
		}
		s := stanna.Surge{Workspace: p.workspace, ID: store.NewID("srg"), Type: k.of, Source: k.source, Status: stanna.SurgeHolding,
			Clients: size, Book: book, BeganAt: at, Until: at.Add(stanna.SurgeHolds), UpdatedAt: at}
		p.surges = append(p.surges, s)
		if err := p.beginSurge(s); err != nil {
			return err
		}
	}
	return nil
}

// bookFor is how long the size of the book is taken for known: counting it
// walks along all clients.
const bookFor = time.Minute

// book is how many clients take part.
func (p *policy) book(tx *store.Tx, workspace string, now time.Time) (int, error) {
	p.bookMu.Lock()
	defer p.bookMu.Unlock()
	if age := now.Sub(p.bookAt); age >= 0 && age < bookFor {
		return p.bookSize, nil
	}
	n, err := tx.BookSize(workspace)
	if err == nil {
		p.bookSize, p.bookAt = n, now
	}
	return n, err
}

// surgeOf is the surge that holds an event, or nil.
func (p *promises) surgeOf(e event) *stanna.Surge {
	if e.kind != stanna.Opened || e.Gather != "" || e.signal == nil {
		return nil
	}
	for i := range p.surges {
		if s := &p.surges[i]; s.Type == e.Alert.Type && s.Source == e.Alert.Evidence.Source && s.Until.After(e.at) {
			return s
		}
	}
	return nil
}

// beginSurge stores a surge and says so in one message wherever its alerts
// would be told.
func (p *promises) beginSurge(s stanna.Surge) error {
	var to []stanna.Destination
	for _, e := range p.events {
		if e.Alert.Type != s.Type || e.Alert.Evidence.Source != s.Source || e.kind != stanna.Opened {
			continue
		}
		choices, _ := p.policy.Pick(p.roads, p.news(e))
		for _, c := range choices {
			quiet := c.Manner.Why == stanna.ReasonOutsideHours || c.Manner.Why == stanna.ReasonSilenced
			if !quiet && !c.Destination.Direct() { // a notice is for the team, when it may be spoken to
				to = append(to, c.Destination)
			}
		}
	}
	for _, d := range unique(to) {
		m := &stanna.Message{Workspace: p.workspace, ID: store.NewID("srm"), Kind: stanna.Notice, Destination: d, Intended: d, CreatedAt: p.real,
			Occasion: stanna.Occasion{Why: stanna.ReasonManyAtOnce, Since: s.BeganAt, Surge: s.ID}}
		p.say(m, stanna.High)
	}
	p.trail = append(p.trail, stanna.AuditEntry{Workspace: p.workspace, At: p.real, Actor: stanna.ActorSystem, Action: "surge.began", Subject: s.ID,
		Reason: stanna.ReasonManyAtOnce, Details: map[string]string{"type": string(s.Type), "clients": strconv.Itoa(s.Clients), "book": strconv.Itoa(s.Book)}})
	return p.tx.PutSurge(s)
}

// keepSurge stores a surge that has changed, and brings its notices up to
// date.
func (p *promises) keepSurge(s stanna.Surge) error {
	if err := p.tx.PutSurge(s); err != nil {
		return err
	}
	return p.tellSurge(s)
}

func (p *promises) tellSurge(s stanna.Surge) error {
	notices, err := p.tx.SurgeNotices(p.workspace, s.ID)
	if err != nil {
		return err
	}
	for i := range notices {
		p.say(&notices[i], stanna.High)
	}
	return nil
}

// endSurges releases the surges whose time is over; what they held is due
// then.
func (b *batch) endSurges(now time.Time) error {
	holding, err := b.tx.HoldingSurges(b.workspace)
	if err != nil {
		return err
	}
	for _, s := range holding {
		if s.Until.After(now) {
			continue
		}
		s.Status, s.UpdatedAt = stanna.SurgeReleased, now
		if err := b.endSurge(s); err != nil {
			return err
		}
	}
	return nil
}

// endSurge stores the end of a surge and says so in its notices.
func (b *batch) endSurge(s stanna.Surge) error {
	p := b.promises()
	notices, err := p.tx.SurgeNotices(b.workspace, s.ID)
	if err != nil {
		return err
	}
	var lanes []string
	for _, m := range notices {
		lanes = append(lanes, m.Destination.Lane(b.workspace))
	}
	if err := p.tx.LockLanes(unique(lanes)); err != nil {
		return err
	}
	if err := p.keepSurge(s); err != nil {
		return err
	}
	actor := b.actor
	if actor == "" {
		actor = stanna.ActorSystem
	}
	p.trail = append(p.trail, stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: actor, Action: "surge." + string(s.Status), Subject: s.ID})
	return p.write()
}
