package web

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// reach is the clients that a visitor sees: all, or those they own.
type reach struct {
	all  bool
	mine map[string]bool // by client id, when not all
}

// How much of a list is looked through for somebody who sees only part of
// it, and how many rows are read at a time.
const (
	lookThrough = 20_000
	readAtOnce  = 1_000
)

// reachOf reads which clients the visitor sees.
func (v *visit) reachOf(tx *store.Tx) (reach, error) {
	if !v.caller.OwnAccountsOnly() {
		return reach{all: true}, nil
	}
	r := reach{mine: map[string]bool{}}
	for offset := 0; ; offset += readAtOnce {
		list, total, err := tx.Portraits(v.workspace(), store.ClientQuery{Owner: v.caller.Email, Limit: readAtOnce, Offset: offset})
		if err != nil {
			return r, err
		}
		for _, p := range list {
			r.mine[p.Client.ID] = true
		}
		if len(list) == 0 || offset+len(list) >= total {
			return r, nil
		}
	}
}

// within reads one page of a list that the store orders: as it is for who
// sees everything, else those rows of it that are about the visitor's own
// clients, among the newest that are looked through.
func within[T any](r reach, page int, clientOf func(T) string, read func(limit, offset int) ([]T, int, error)) (rows []T, total int, err error) {
	first := (page - 1) * perPage
	if r.all {
		return read(perPage, first)
	}
	for offset := 0; offset < lookThrough; offset += readAtOnce {
		list, all, err := read(readAtOnce, offset)
		if err != nil {
			return nil, 0, err
		}
		for _, x := range list {
			if !r.mine[clientOf(x)] {
				continue
			}
			if total >= first && len(rows) < perPage {
				rows = append(rows, x)
			}
			total++
		}
		if len(list) == 0 || offset+len(list) >= all {
			break
		}
	}
	return rows, total, nil
}

// clientsOf gives the clients of those ids; one that is gone is missing.
func clientsOf(tx *store.Tx, workspace string, ids []string) (map[string]stanna.Client, error) {
	found := map[string]stanna.Client{}
	for _, id := range ids {
		if _, ok := found[id]; ok || id == "" {
			continue
		}
		c, err := tx.Client(workspace, id)
		if stanna.CodeOf(err) == stanna.NotFound {
			c, err = stanna.Client{ID: id, Name: id}, nil
		}
		if err != nil {
			return nil, err
		}
		found[id] = c
	}
	return found, nil
}

// channels says what the channels of the workspace are called. The name of a
// private one is for who manages the connection; others may not be in it.
type channels struct {
	names map[string]string // by channel id
}

func (v *visit) channelsOf(tx *store.Tx, manages bool) (channels, error) {
	list, err := tx.Channels(v.workspace())
	c := channels{names: make(map[string]string, len(list))}
	for _, x := range list {
		switch {
		case x.Private && !manages:
			c.names[x.ID] = "a private channel"
		case x.Name != "":
			c.names[x.ID] = "#" + x.Name
		}
	}
	return c, err
}

// destination is what a person calls a destination.
func (c channels) destination(d stanna.Destination) string {
	_, id, ok := d.Slack()
	if !ok {
		return string(d)
	}
	if name := c.names[id]; name != "" {
		return name
	}
	return id
}
