package web

import (
	"cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// owner narrows a query to what the visitor sees: "" is everything.
func (v *visit) owner() string {
	if v.caller.OwnAccountsOnly() {
		return v.caller.Email
	}
	return ""
}

// wholePortfolio is what an alert is about that has no client.
const wholePortfolio = "The whole portfolio"

// clientsOf gives the clients of those ids, at most 256; one that is gone is
// called by its id.
func (v *visit) clientsOf(tx *store.Tx, ids []string) (map[string]stanna.Client, error) {
	found, err := tx.ClientsByID(v.workspace(), ids)
	if err != nil {
		return nil, err
	}
	all := make(map[string]stanna.Client, len(ids))
	for _, id := range ids {
		switch c, ok := found[id]; {
		case ok:
			all[id] = c
		case id == "":
			all[id] = stanna.Client{Name: wholePortfolio}
		default:
			all[id] = stanna.Client{ID: id, Name: id}
		}
	}
	return all, nil
}

// channels says what the channels and people of the workspace are called. The name of a
// private one is for who manages the connection; others may not be in it.
type channels struct {
	names map[string]string // by Slack's id of the channel or person
}

func (v *visit) channelsOf(tx *store.Tx, manages bool) (channels, error) {
	list, err := tx.Channels(v.workspace())
	if err != nil {
		return channels{}, err
	}
	lines, err := tx.Connections(v.workspace())
	if err != nil {
		return channels{}, err
	}
	c := channels{names: make(map[string]string, len(list))}
	for _, x := range list {
		switch {
		case x.Private && !manages:
			c.names[x.ID] = "a private channel" + elsewhere(lines, x)
		case x.Name != "" && x.Name != x.ID:
			c.names[x.ID] = "#" + x.Name + elsewhere(lines, x)
		}
	}
	people, err := tx.People(v.workspace())
	for email, p := range people {
		if p.SlackID != "" {
			c.names[p.SlackID] = cmp.Or(p.Name, email)
		}
	}
	return c, err
}

// destination is what a person calls a destination.
func (c channels) destination(d stanna.Destination) string {
	if d == stanna.ToOwner {
		return "the account's owner"
	}
	if email, ok := d.Person(); ok {
		return email
	}
	_, id, ok := d.Slack()
	if !ok {
		return string(d)
	}
	if name := c.names[id]; name != "" {
		return name
	}
	return id
}
