package source

import (
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
)

// lastBodies is on how many bodies of a source a mapping is tried.
const lastBodies = 10

// Trial is what a mapping would make of one body. Nothing of it is taken in.
type Trial struct {
	Parcel stanna.Parcel // "": a sample, and no body that came
	Err    error         // the body cannot be read at all
	Items  []TrialItem
}

// TrialItem is what it would make of one item of a body.
type TrialItem struct {
	mapping.Item
	ClientID string // whom it is about; "": nobody is known by what it says
	Created  bool   // the client would be made
	Trouble  error  // why it would not be taken in
}

// Try says what a mapping would make of the last ten bodies of a source, or
// of the one that is given, and takes nothing in. A mapping that cannot be
// compiled is an error that says where.
func (d *Desk) Try(ctx context.Context, workspace, id string, m stanna.Mapping, sample []byte) (list []Trial, err error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	c, err := mapping.Compile(m)
	if err != nil {
		return nil, err
	}
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		parcels := []stanna.Parcel{{Body: sample, CameAt: d.Clock.Real(), Headers: map[string]string{"content-type": "application/json"}}}
		if len(sample) == 0 {
			if parcels, err = tx.Parcels(workspace, store.ParcelQuery{Source: id, Limit: lastBodies}); err != nil {
				return err
			}
		}
		for _, p := range parcels {
			t, err := d.try(tx, workspace, c, p)
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}

func (d *Desk) try(tx *store.Tx, workspace string, c *mapping.Compiled, p stanna.Parcel) (t Trial, err error) {
	t.Parcel = p
	reading := c.Read(p.Body, p.Headers, p.CameAt)
	t.Err = reading.Err
	for _, item := range reading.Items {
		x := TrialItem{Item: item, Trouble: item.Err}
		if item.Err == nil && !item.Passed && item.Client != (mapping.Ref{}) {
			if x.ClientID, err = find(tx, workspace, item.Client); stanna.CodeOf(err) == stanna.Conflict {
				x.Trouble, err = err, nil
			}
			if err != nil {
				return t, err
			}
			switch x.Created = x.ClientID == "" && item.Client.Create; {
			case x.Trouble != nil || x.ClientID != "":
			case x.Created && item.Client.ID == "" && item.Client.Domain == "":
				x.Trouble = stanna.InvalidField("client", "%s is nobody's, and a client is made only with an id or a domain", item.Client.Words())
			case !x.Created:
				x.Trouble = stanna.InvalidField("client", "no client has %s", item.Client.Words())
			}
		}
		t.Items = append(t.Items, x)
	}
	return t, nil
}

// Begin is a source as a ready mapping begins it; "" begins with nothing.
func (d *Desk) Begin(kind string) (x stanna.Source, err error) {
	if kind == "" {
		return stanna.Source{Scheme: "token"}, nil
	}
	for _, r := range mapping.Ready() {
		if r.Name == kind {
			return stanna.Source{Name: r.Title, Kind: kind, Scheme: r.Scheme, Header: r.Header, Mapping: r.Mapping}, nil
		}
	}
	return x, stanna.InvalidField("kind", "is no ready mapping; see GET /api/sources/ready")
}

// Address is where a source posts.
func (d *Desk) Address(id string) string { return d.PublicURL + "/api/in/" + id }

// Calls says whether a source is one by which others have something done
// here, so that they want to know whether it was.
func (d *Desk) Calls(ctx context.Context, workspace, id string) bool {
	x, err := d.Get(ctx, workspace, id)
	return err == nil && x.Mapping.Act != nil
}
