package backtest

import (
	"context"
	"runtime"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// MaxSignals bounds the history that is played: beyond it the answer would
// come too late to be waited for.
const MaxSignals = 20_000_000

// warmUp is how much before the window is played to know what was known then:
// as much as a client's state remembers.
const warmUp = 400 * 24 * time.Hour

// Load makes an input of a workspace: its policy in force, its clients, and
// its signals in the window and as long before as matters. A zero from is the
// first signal, a zero until the last. Signals are read when the history is
// played, from a snapshot that keeps no writer waiting; what comes in
// meanwhile is after until and is not read.
func Load(ctx context.Context, s *store.Store, workspace string, from, until time.Time) (Input, error) {
	in := Input{From: from, Until: until}
	begin, end := time.Time{}, until
	var splits []string
	err := s.View(ctx, func(tx *store.Tx) error {
		if err := in.readPolicy(tx, workspace); err != nil {
			return err
		}
		if err := in.readBook(tx, workspace); err != nil {
			return err
		}
		var err error
		if in.Roads, err = readRoads(tx, workspace); err != nil {
			return err
		}
		if !from.IsZero() {
			begin = from.Add(-warmUp)
		}
		if in.End = until; until.IsZero() { // else time passes until then, whether signals come or not
			if in.End, err = tx.NewestSignal(workspace); err != nil {
				return err
			}
			end = in.End.Add(time.Microsecond) // to which stored times are exact
		}
		if in.Begin, err = in.first(tx, workspace, begin, end); err != nil {
			return err
		}
		splits, err = tx.ClientSplits(workspace, min(runtime.GOMAXPROCS(0), readers))
		return err
	})
	if err != nil {
		return Input{}, err
	}
	part := func(after, through string) func(func(stanna.Signal) error) error {
		return func(fn func(stanna.Signal) error) error {
			n := 0
			return s.View(ctx, func(tx *store.Tx) error {
				return tx.EachSignalAmong(workspace, after, through, begin, end, func(s stanna.Signal) error {
					if n++; n > MaxSignals {
						return stanna.Errorf(stanna.Invalid, "there are more than %d signals from %s to %s; give a shorter window", MaxSignals,
							in.Begin.Format(time.DateOnly), in.End.Format(time.DateOnly))
					}
					return fn(s)
				})
			})
		}
	}
	in.Each = part("", "")
	after := ""
	for _, last := range append(splits, "") {
		in.Parts = append(in.Parts, part(after, last))
		after = last
	}
	return in, nil
}

// readers is how many read signals at once: reading takes about as long as
// judging. SQLite has four connections to read by, and others want some.
const readers = 2

// first is when the first signal occurred, found by the index of each client
// rather than by reading them all.
func (in *Input) first(tx *store.Tx, workspace string, from, until time.Time) (first time.Time, err error) {
	for _, c := range in.Clients {
		list, err := tx.SignalsOf(workspace, c.ID, from, until, 1, 0)
		if err != nil {
			return first, err
		}
		if len(list) > 0 {
			first = soonest(first, list[0].OccurredAt)
		}
	}
	if first.IsZero() {
		first = until
	}
	return first, nil
}

func (in *Input) readPolicy(tx *store.Tx, workspace string) error {
	w, err := tx.Workspace(workspace)
	if err != nil {
		return err
	}
	in.Settings = w.Settings
	if in.Rules, err = tx.Rules(workspace); err != nil {
		return err
	}
	in.Lines, _, err = tx.Routing(workspace)
	return err
}

// readBook reads the clients and who follows them.
func (in *Input) readBook(tx *store.Tx, workspace string) error {
	const page = 1_000
	for offset := 0; ; offset += page {
		list, _, err := tx.Portraits(workspace, store.ClientQuery{Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for i, p := range list {
			in.Clients = append(in.Clients, p.Client)
			ids[i] = p.Client.ID
		}
		followers, err := tx.Followers(workspace, ids)
		if err != nil {
			return err
		}
		for id, emails := range followers {
			if in.Followers == nil {
				in.Followers = map[string][]string{}
			}
			in.Followers[id] = emails
		}
		if len(list) < page {
			return nil
		}
	}
}

// readRoads reads the ways to people as they are now.
func readRoads(tx *store.Tx, workspace string) (r route.Roads, err error) {
	conn, ok, err := tx.Connection(workspace)
	if err != nil || !ok {
		return r, err
	}
	r.Team = conn.TeamID
	if r.Broken, err = tx.BrokenDestinations(workspace); err != nil {
		return r, err
	}
	r.People, err = tx.People(workspace)
	return r, err
}
