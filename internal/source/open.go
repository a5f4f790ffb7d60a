package source

import (
	"context"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
)

// open takes in what a source's mapping makes of a body. What is wrong with
// one item of it does not keep the others out.
func (d *Desk) open(ctx context.Context, p stanna.Parcel) (o outcome) {
	var x stanna.Source
	var settings stanna.Settings
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(p.Workspace)
		if err != nil {
			return err
		}
		settings = w.Settings.WithDefaults()
		x, err = tx.Source(p.Workspace, p.SourceID)
		return err
	})
	if err != nil {
		o.fail("", err)
		return o
	}
	m, err := d.mappingOf(x)
	if err != nil {
		o.fail("the mapping: ", err)
		return o
	}
	body := &opened{desk: d, parcel: p, source: x, settings: settings, mapping: m, outcome: &o}
	reading := m.Read(p.Body, p.Headers, p.CameAt)
	if reading.Err != nil {
		o.fail("", reading.Err)
		return o
	}
	said := false
	for i, item := range reading.Items {
		body.at = ""
		if len(reading.Items) > 1 {
			body.at = "item " + strconv.Itoa(i+1) + ": "
		}
		if item.Passed {
			o.note(&o.Passed, body.at+item.Why)
			continue
		}
		said = true
		if err := body.take(ctx, item); err != nil {
			o.fail(body.at, err)
			if o.later != nil {
				return o
			}
		}
	}
	if err := body.send(ctx); err != nil {
		o.fail("", err)
	}
	if o.passed = !said; len(reading.Items) == 0 {
		o.note(&o.Passed, "it has no items")
	}
	return o
}

// opened is one body while its items are taken in.
type opened struct {
	desk     *Desk
	parcel   stanna.Parcel
	source   stanna.Source
	settings stanna.Settings
	mapping  *mapping.Compiled
	outcome  *outcome
	at       string // which item, for people

	signals []stanna.Signal // to be sent together
	from    []string        // which items they are of
}

func (b *opened) actor() string { return "source:" + b.source.ID }

func (b *opened) take(ctx context.Context, item mapping.Item) error {
	if item.Err != nil {
		return item.Err
	}
	var who *auth.Caller
	if item.Act != nil { // before anything is done in their name
		caller, err := b.speaksFor(ctx, *item.Act)
		if err != nil {
			return err
		}
		who = &caller
	}
	client := ""
	if len(item.Fields) > 0 || len(item.Signals) > 0 || item.Client != (mapping.Ref{}) {
		var err error
		if client, err = b.client(ctx, item, who); err != nil {
			return err
		}
	}
	for _, s := range item.Signals {
		s.ClientID, s.Source = client, b.source.Name
		s.ID = b.source.ID + ":" + s.ID
		if len(s.ID) > stanna.MaxIDLength {
			return stanna.InvalidField("id", "of a signal is longer than %d bytes with the source's before it", stanna.MaxIDLength)
		}
		b.signals, b.from = append(b.signals, s), append(b.from, b.at)
		if len(b.signals) == intake.Slice {
			if err := b.send(ctx); err != nil {
				return err
			}
		}
	}
	if item.Act == nil {
		return nil
	}
	if err := b.send(ctx); err != nil { // what came before it in the body comes before it
		return err
	}
	return b.act(ctx, client, *who, *item.Act)
}

// client finds the client that an item is about, and brings its fields up to
// date; one that nobody knows is made where the mapping says so.
func (b *opened) client(ctx context.Context, item mapping.Item, who *auth.Caller) (id string, err error) {
	err = b.desk.Store.View(ctx, func(tx *store.Tx) error {
		if id, err = find(tx, b.source.Workspace, item.Client); err != nil || id == "" || who == nil {
			return err
		}
		c, err := tx.Client(b.source.Workspace, id)
		if err == nil && !who.Sees(c.CSMOwner) {
			err = stanna.Errorf(stanna.Forbidden, "the client is not one of theirs in whose name the call is")
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if id == "" {
		return b.make(ctx, item)
	}
	if len(item.Fields) == 0 {
		return id, nil
	}
	changed, err := b.desk.Intake.ChangeClient(ctx, b.source.Workspace, b.actor(), id, func(c *stanna.Client) (err error) {
		*c, err = b.mapping.Apply(item, *c, b.settings.Currency)
		return err
	})
	if changed {
		b.outcome.Clients++
	}
	return id, err
}

// make makes the client that an item speaks of first.
func (b *opened) make(ctx context.Context, item mapping.Item) (string, error) {
	ref := item.Client
	if !ref.Create {
		return "", stanna.InvalidField("client", "no client has %s", ref.Words())
	}
	c := stanna.Client{ID: ref.ID, Domain: ref.Domain}
	if c.ID == "" {
		c.ID = ref.Domain
	}
	if c.ID == "" {
		return "", stanna.InvalidField("client", "%s is nobody's, and a client is made only with an id or a domain", ref.Words())
	}
	if ref.Custom != "" {
		c.Custom = map[string]any{ref.Custom: ref.Value}
	}
	c, err := b.mapping.Apply(item, c, b.settings.Currency)
	if err != nil {
		return "", err
	}
	if c.Name == "" {
		if c.Name = c.Domain; c.Name == "" {
			return "", stanna.InvalidField("fields.name", "is required to make the client")
		}
	}
	if err := c.Validate(); err != nil {
		return "", err
	}
	if _, err := b.desk.Intake.PutClients(ctx, b.source.Workspace, b.actor(), []stanna.Client{c}); err != nil {
		return "", err
	}
	b.outcome.Clients++
	return c.ID, nil
}

// send takes in the signals that were gathered.
func (b *opened) send(ctx context.Context) error {
	list, from := b.signals, b.from
	b.signals, b.from = nil, nil
	if len(list) == 0 {
		return nil
	}
	became, err := b.desk.Intake.Signals(ctx, b.source.Workspace, list, false)
	if err != nil {
		return err
	}
	for i, out := range became {
		b.outcome.count(out, from[i])
	}
	return nil
}

// count notes what became of a signal.
func (o *outcome) count(became intake.Outcome, at string) {
	switch became.Became {
	case stanna.Rejected:
		o.fail(at, became.Err)
	case stanna.Duplicate:
		o.Duplicates++
	default:
		o.Signals++
	}
	for _, a := range became.Alerts {
		o.Alerts = append(o.Alerts, a.ID)
	}
}

// find is the client that a reference means; "" when there is none.
func find(tx *store.Tx, workspace string, ref mapping.Ref) (id string, err error) {
	if ref.ID != "" {
		found, err := tx.ClientsByID(workspace, []string{ref.ID})
		if _, ok := found[ref.ID]; ok || err != nil {
			return ref.ID, err
		}
	}
	if ref.Custom != "" {
		if id, err := theOne(tx, workspace, store.CustomKey(ref.Custom), ref.Value); id != "" || err != nil {
			return id, err
		}
	}
	var domains []string
	if ref.Domain != "" { // clients without a domain are not one another
		domains = append(domains, ref.Domain)
	}
	if ref.Email != "" {
		if id, err := theOne(tx, workspace, store.EmailKey, ref.Email); id != "" || err != nil {
			return id, err
		}
		if domain := stanna.CompanyDomain(ref.Email); domain != "" {
			domains = append(domains, domain)
		}
	}
	for _, domain := range domains {
		owners, err := tx.DomainOwners(workspace, []string{strings.ToLower(domain)})
		if id := owners[strings.ToLower(domain)]; id != "" || err != nil {
			return id, err
		}
	}
	return "", nil
}

// theOne is the client that alone has a key. Two who have it are nobody's
// choice but a person's.
func theOne(tx *store.Tx, workspace, name, text string) (string, error) {
	ids, err := tx.ClientsByKey(workspace, name, text)
	switch {
	case err != nil || len(ids) == 0:
		return "", err
	case len(ids) > 1:
		return "", &stanna.Error{Code: stanna.Conflict, Message: "several clients have this " + strings.TrimPrefix(name, "custom.") + ": " + strings.Join(ids, ", ")}
	}
	return ids[0], nil
}
