package digest

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Book is what is known of all clients of a workspace at one moment. It
// belongs to the transaction that it was read in.
type Book struct {
	tx        *store.Tx
	workspace string
	settings  stanna.Settings
	zone      *time.Location
	now       time.Time

	clients []store.Standing // by id
	owned   map[string][]store.Standing

	// What several digests ask for is read once.
	marks   map[string][]store.Mark // by owner
	members map[string][]Member     // by the date of the mark
	moved   map[time.Time][]store.MovedAlert
	mrr     map[time.Time][]mrrMove
	rules   map[string]stanna.Rule
	held    []store.HeldAlerts
	acted   []store.ActedAlert
	unowned []string
	read    map[string]bool
}

// Read reads the book as it is now, by the workspace's clock.
func Read(tx *store.Tx, workspace string, settings stanna.Settings, now time.Time) (*Book, error) {
	settings = settings.WithDefaults()
	clients, err := tx.Standings(workspace)
	if err != nil {
		return nil, err
	}
	b := &Book{tx: tx, workspace: workspace, settings: settings, zone: settings.Location(), now: now.UTC(), clients: clients,
		marks: map[string][]store.Mark{}, members: map[string][]Member{}, moved: map[time.Time][]store.MovedAlert{}, mrr: map[time.Time][]mrrMove{}, read: map[string]bool{}}
	return b, nil
}

// today is the local date of the book, a number of days on.
func (b *Book) today(ahead int) string {
	return b.now.In(b.zone).AddDate(0, 0, ahead).Format(time.DateOnly)
}

// of are the clients of an owner, or all.
func (b *Book) of(owner string) []store.Standing {
	if owner == "" {
		return b.clients
	}
	if b.owned == nil {
		b.owned = map[string][]store.Standing{}
		for _, c := range b.clients {
			b.owned[c.Owner] = append(b.owned[c.Owner], c)
		}
	}
	return b.owned[owner]
}

// client is a client of the book.
func (b *Book) client(id string) (store.Standing, bool) { return find(b.clients, id) }

func find(clients []store.Standing, id string) (store.Standing, bool) {
	i, ok := slices.BinarySearchFunc(clients, id, func(c store.Standing, id string) int { return strings.Compare(c.ID, id) })
	if !ok {
		return store.Standing{}, false
	}
	return clients[i], true
}

// once reads something the first time it is asked for.
func (b *Book) once(what string, read func() error) error {
	if b.read[what] {
		return nil
	}
	err := read()
	b.read[what] = err == nil
	return err
}
