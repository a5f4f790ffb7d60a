package api

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/table"
)

// ClientCounts is what becomes of the rows of clients.
type ClientCounts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged" doc:"They say what is there already; nothing was written"`
}

// clientImportReport is what became of a file of clients.
type clientImportReport struct {
	ImportReport
	ClientCounts
	Preview []clientPreview `json:"preview,omitempty" doc:"Of a dry run: the first rows as they were understood"`
}

type clientPreview struct {
	Line    int         `json:"line"`
	Becomes string      `json:"becomes" enum:"created,updated,unchanged"`
	Client  clientInput `json:"client"`
}

// clientImport is a file of clients on its way in.
type clientImport struct {
	*fileImport
	report clientImportReport
	batch  []stanna.Client // of different ids
	lines  []int           // where they stand in the file
}

// importClients takes a CSV in, in the order of the file: the last row of a
// client wins.
func (a *api) importClients(v *visit, r *http.Request) error {
	common, err := a.beginImport(v, r)
	if err != nil {
		return err
	}
	file, err := table.Clients(r.Body, common.choice.table)
	if err != nil {
		return notRead(err)
	}
	in := &clientImport{fileImport: common}
	in.answer = &in.report
	in.progress = func() any {
		return struct {
			ImportPlace
			ClientCounts
		}{in.report.ImportPlace, in.report.ClientCounts}
	}
	in.opened(r, &in.report.ImportReport, file.Format, file.Bytes)
	in.finish(takeRows(common, func() (table.ClientRow, table.Place, error, error) {
		row, bad, err := file.Next()
		return row, row.Place, bad, err
	}, func(rows []table.ClientRow, _ bool) error { return in.take(rows) }))
	return nil
}

// take makes clients of a chunk of rows. A row changes only the columns that
// the file has.
func (in *clientImport) take(chunk []table.ClientRow) error {
	if len(chunk) == 0 {
		return nil
	}
	owners, clients, err := in.known(chunk)
	if err != nil {
		return err
	}
	for _, row := range chunk {
		id := idOf(row, owners)
		base, exists := clients[id]
		base.ID = id
		c, err := row.Apply(base)
		if owner := owners[c.Domain]; err == nil && c.Domain != "" && owner != "" && owner != id {
			err = stanna.InvalidField("domain", "%s belongs to the client %s", clip(c.Domain, 100), clip(owner, 100))
		}
		if err != nil {
			in.refuse(row.Line, err)
			continue
		}
		unchanged := exists && same(base, c)
		in.preview(row.Line, c, exists, unchanged)
		if unchanged {
			in.report.Unchanged++
			continue
		}
		if slices.ContainsFunc(in.batch, func(before stanna.Client) bool { return before.ID == id }) { // the row before it goes first
			if err := in.put(); err != nil {
				return err
			}
		}
		if base.Domain != "" {
			delete(owners, base.Domain)
		}
		if c.Domain != "" {
			owners[c.Domain] = id
		}
		clients[id] = c
		in.batch, in.lines = append(in.batch, c), append(in.lines, row.Line)
	}
	return in.put()
}

// known reads what the workspace has of the clients of a chunk: who owns the
// domains, and the clients themselves.
func (in *clientImport) known(chunk []table.ClientRow) (owners map[string]string, clients map[string]stanna.Client, err error) {
	err = in.a.Store.View(in.ctx, func(tx *store.Tx) error {
		var domains, ids []string
		for _, row := range chunk {
			if d := row.Domain(); d != "" {
				domains = append(domains, d)
			}
		}
		if owners, err = tx.DomainOwners(in.workspace, domains); err != nil {
			return err
		}
		for _, row := range chunk {
			ids = append(ids, idOf(row, owners))
		}
		clients, err = tx.ClientsByID(in.workspace, ids)
		return err
	})
	return owners, clients, err
}

// idOf is the client that a row is about: by its id, else whose domain it is,
// else a new one named by its domain.
func idOf(row table.ClientRow, owners map[string]string) string {
	if id := row.ID(); id != "" {
		return id
	}
	if owner := owners[row.Domain()]; owner != "" {
		return owner
	}
	return row.Domain()
}

// same says whether a row says of a client what is there already. Since when
// it is a client cannot be changed.
func same(is, said stanna.Client) bool {
	said.CreatedAt = is.CreatedAt
	if len(is.Tags) == 0 && len(said.Tags) == 0 {
		said.Tags = is.Tags
	}
	if len(is.Custom) == 0 && len(said.Custom) == 0 {
		said.Custom = is.Custom
	}
	return reflect.DeepEqual(is, said)
}

// put stores the batch. Should somebody else have taken a domain meanwhile,
// each client is tried alone, so that one does not spoil the others.
func (in *clientImport) put() error {
	batch, lines := in.batch, in.lines
	in.batch, in.lines = nil, nil
	if len(batch) == 0 {
		return nil
	}
	created, err := in.store(batch)
	switch {
	case err == nil:
		in.report.Created += created
		in.report.Updated += len(batch) - created
		return nil
	case stanna.CodeOf(err) == stanna.Conflict && len(batch) == 1:
		in.refuse(lines[0], err)
		return nil
	case stanna.CodeOf(err) == stanna.Conflict:
		for i := range batch {
			in.batch, in.lines = batch[i:i+1:i+1], lines[i:i+1]
			if err := in.put(); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

// store puts clients and says how many of them are new. A dry run only counts
// them: one that the file names twice, far apart, is new twice.
func (in *clientImport) store(batch []stanna.Client) (created int, err error) {
	if !in.choice.dryRun {
		made, err := in.a.Intake.PutClients(in.ctx, in.workspace, in.v.caller.Actor(), batch)
		return len(made), err
	}
	ids := make([]string, len(batch))
	for i, c := range batch {
		ids[i] = c.ID
	}
	err = in.a.Store.View(in.ctx, func(tx *store.Tx) error {
		known, err := tx.ClientCreation(in.workspace, ids)
		created = len(batch) - len(known)
		return err
	})
	return created, err
}

// preview shows a row of a dry run as it was understood.
func (in *clientImport) preview(line int, c stanna.Client, exists, unchanged bool) {
	if !in.choice.dryRun || len(in.report.Preview) == maxPreview {
		return
	}
	p := clientPreview{Line: line, Becomes: "created", Client: written(c)}
	switch {
	case unchanged:
		p.Becomes = "unchanged"
	case exists:
		p.Becomes = "updated"
	}
	in.report.Preview = append(in.report.Preview, p)
}

// written is a client as it would be written by hand.
func written(c stanna.Client) clientInput {
	out := clientInput{ID: c.ID, Name: c.Name, Domain: c.Domain, Tier: c.Tier, CSMOwner: c.CSMOwner, RenewalDate: c.RenewalDate, RenewalTermMonths: c.RenewalMonths,
		Tags: c.Tags, Custom: c.Custom, IsExcluded: c.IsExcluded, CreatedAt: moment(c.CreatedAt)}
	if c.HasMRR() {
		amount := c.MRR.Amount()
		out.MRR, out.Currency = &amount, c.MRR.Currency
	}
	out.Contacts = each(c.Contacts, func(p stanna.Contact) contactInput {
		return contactInput{Email: p.Email, Name: p.Name, Title: p.Title, Primary: p.Primary, LastSeen: moment(p.LastSeen)}
	})
	return out
}

// notRead is what it means that a file could not be opened.
func notRead(err error) error {
	if stanna.CodeOf(err) == "" {
		return brokenOff(err)
	}
	return err
}

func describeClientImport(registry huma.Registry, op *huma.Operation) {
	op.Description += " Takes clients in from CSV, of any length. Columns: name, and domain or id; mrr or arr (a year's), currency, tier, csm_owner, renewal_date, " +
		"renewal_term_months, created_at, tags (separated by ;), is_excluded, contact_name, contact_email, contact_title, and custom.YOURS. A client is known by its id, " +
		"or by its domain where the id is empty. Columns that the file does not have keep what they were; columns that are not known are ignored and named in the answer."
	describeImport(registry, op, schemaOf[clientImportReport](registry), false)
}
