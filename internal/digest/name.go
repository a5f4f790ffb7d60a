package digest

import (
	"github.com/gostanna/stanna"
)

// name looks up who the clients are, and whom to call at those that moved.
func (b *Book) name(d *stanna.Digest) error {
	places := d.Named()
	seen := map[string]bool{}
	var ids []string
	for _, n := range places {
		if !seen[n.ID] {
			seen[n.ID] = true
			ids = append(ids, n.ID)
		}
	}
	clients, err := b.tx.ClientsByID(b.workspace, ids)
	if err != nil {
		return err
	}
	for _, n := range places {
		c := clients[n.ID]
		n.Name, n.Domain, n.MRR, n.Owner = c.Name, c.Domain, c.MRR, c.CSMOwner
	}
	for i := range d.Movement.Moves {
		m := &d.Movement.Moves[i]
		if who, ok := clients[m.ID].PrimaryContact(); ok {
			m.Contact = &who
		}
	}
	return nil
}

// withoutClients leaves the figures and takes out whatever is about a single
// client.
func withoutClients(d *stanna.Digest) {
	d.Movement.Moves = nil
	for i := range d.Wins {
		d.Wins[i].Named = nil
	}
	d.NotRecovered.Named, d.Unowned.Named = nil, nil
	d.MoreMet += len(d.Milestones)
	d.Milestones = nil
	if d.Bridge != nil {
		for i := range d.Bridge.Steps {
			d.Bridge.Steps[i].Named = nil
		}
	}
	if d.MRRMoved != nil {
		for i := range d.MRRMoved.Steps {
			d.MRRMoved.Steps[i].Named = nil
		}
	}
	if d.Renewals != nil {
		d.Renewals.Nearest = nil
	}
}
