// Package metrics answers WHERE A PORTFOLIO STANDS AND HOW IT MOVED, in the
// figures that programs ask for: the summary, trends, what moved most and why,
// what deserves a look, and what moved the score of one client.
//
// It is entered by the methods of [Scope], each of which reads what it needs
// in a handful of questions to the store, however many clients there are:
// scores come from the histories that the clients' states keep (one row a
// client, a year in a kilobyte or two), which is cheaper than going through
// their signals; conversations, of which a state keeps the last few, come from
// the signals of the window.
//
// It computes nothing that nobody measured: what has no source is missing, and
// never guessed. It deliberately does not know who is asking, what the figures
// are called in JSON, or what time it is. It writes nothing.
package metrics

import (
	"errors"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Scope is whose clients are looked at, and when.
type Scope struct {
	Workspace string
	Owner     string // e-mail of the CSM, lower case; "" is the whole portfolio
	Settings  stanna.Settings
	Now       time.Time // by the workspace's clock
}

// MinClients is how many clients a figure needs to mean something.
const MinClients = 3

// TooFew says that there are not enough clients for a figure.
type TooFew struct{ Clients int }

// Error says it.
func (e TooFew) Error() string {
	return fmt.Sprintf("not enough data to generate metrics: %d of %d clients that count", e.Clients, MinClients)
}

// Unscored says that no client has a score yet.
var Unscored = errors.New("no client has a health score yet")

// series walks along the clients that take part, and refuses to make figures
// of too few, or of scores that nobody sent.
func (s Scope) series(tx *store.Tx, fn func(*store.Series) error) error {
	clients, scored := 0, false
	err := tx.EachSeries(s.Workspace, s.Owner, func(c *store.Series) error {
		clients++
		scored = scored || c.Health.Len() > 0
		return fn(c)
	})
	switch {
	case err != nil:
		return err
	case clients < MinClients:
		return TooFew{clients}
	case !scored:
		return Unscored
	}
	return nil
}

// enough refuses to make figures of too few clients.
func (s Scope) enough(tx *store.Tx) error {
	n, err := tx.CountSeries(s.Workspace, s.Owner)
	if err == nil && n < MinClients {
		err = TooFew{n}
	}
	return err
}

func (s Scope) ago(days int) time.Time { return s.Now.AddDate(0, 0, -days) }

// minor is what an amount counts in the workspace's currency: one in another
// counts nothing.
func (s Scope) minor(m stanna.Money) int64 {
	if m.Currency != s.Settings.Currency {
		return 0
	}
	return m.Minor
}
