package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// importReport is what became of the rows of a file.
type importReport struct {
	Rows           int          `json:"rows" doc:"Rows that were read, the header apart"`
	Created        int          `json:"created"`
	Updated        int          `json:"updated"`
	Rejected       int          `json:"rejected" doc:"Rows that were not taken over; lines say why"`
	IgnoredColumns []string     `json:"ignoredColumns" doc:"Columns that are not known here; nothing of them was kept"`
	Lines          []importLine `json:"lines" doc:"The first 1,000 rows that were not taken over"`
	LeftOut        int          `json:"linesLeftOut" doc:"How many more there were"`
	ResumeFrom     int          `json:"resumeFrom,omitempty" doc:"The line from which on nothing was taken over"`
	Error          string       `json:"error,omitempty" doc:"Why the rest was not taken over"`
	Code           string       `json:"code,omitempty"`
	Status         int          `json:"status,omitempty"`
}

type importLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// clientImport is one file on its way in.
type clientImport struct {
	a         *api
	ctx       context.Context
	workspace string
	actor     string
	currency  string
	file      *clientFile
	report    importReport
	batch     []stanna.Client // of different ids
	lines     []int           // where they stand in the file
}

// importClients takes a CSV in, 256 rows at a time, in the order of the file:
// the last row of a client wins.
func (a *api) importClients(v *visit, r *http.Request) error {
	switch mediaType(r) {
	case "", "text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream":
	default:
		return unsupported("text/csv")
	}
	_ = http.NewResponseController(v).SetReadDeadline(time.Time{}) // a long file may come slowly
	settings, err := a.settingsOf(r.Context(), v.caller.Workspace)
	if err != nil {
		return err
	}
	file, err := openClientFile(r.Body)
	if err != nil {
		return err
	}
	in := &clientImport{a: a, ctx: r.Context(), workspace: v.caller.Workspace, actor: v.caller.Actor(), currency: settings.Currency, file: file,
		report: importReport{IgnoredColumns: file.ignored, Lines: []importLine{}}}
	if err := in.run(); err != nil {
		p := a.problemOf(v, r.Context(), err)
		in.report.Error, in.report.Code, in.report.Status = p.Message+". What came before is taken over; sending the file again changes nothing of it", p.Code, p.Status
		if p.retryAfter > 0 {
			v.Header().Set("Retry-After", retryText(p.retryAfter))
		}
	}
	slices.SortFunc(in.report.Lines, func(x, y importLine) int { return x.Line - y.Line })
	writeJSON(v, max(in.report.Status, http.StatusOK), &in.report)
	return nil
}

func (in *clientImport) run() error {
	var chunk []importRow
	for {
		row, bad, err := in.file.next()
		switch {
		case err == io.EOF:
			return in.take(chunk)
		case err != nil:
			if taken := in.take(chunk); taken != nil {
				return taken
			}
			if errors.Is(err, errLongRow) {
				return err
			}
			return brokenOff(err)
		}
		in.report.Rows++
		if bad != nil {
			in.reject(row.line, bad)
			continue
		}
		if chunk = append(chunk, row); len(chunk) == intake.Slice {
			if err := in.take(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
}

// take makes clients of a chunk of rows. A row changes only the columns that
// the file has.
func (in *clientImport) take(chunk []importRow) error {
	if len(chunk) == 0 {
		return nil
	}
	owners, clients, err := in.known(chunk)
	if err != nil {
		in.report.ResumeFrom = chunk[0].line
		return err
	}
	for _, row := range chunk {
		id := in.idOf(row, owners)
		base := clients[id]
		base.ID = id
		c, err := in.file.into(row, base, in.currency)
		if owner := owners[c.Domain]; err == nil && c.Domain != "" && owner != "" && owner != id {
			err = stanna.InvalidField("domain", "%s belongs to the client %s", clip(c.Domain, 100), clip(owner, 100))
		}
		if err != nil {
			in.reject(row.line, err)
			continue
		}
		for i := range in.batch {
			if in.batch[i].ID == id { // the row before it goes first
				if err := in.put(); err != nil {
					return err
				}
				break
			}
		}
		if base.Domain != "" {
			delete(owners, base.Domain)
		}
		if c.Domain != "" {
			owners[c.Domain] = id
		}
		clients[id] = c
		in.batch, in.lines = append(in.batch, c), append(in.lines, row.line)
	}
	return in.put()
}

// known reads what the workspace has of the clients of a chunk: who owns the
// domains, and the clients themselves.
func (in *clientImport) known(chunk []importRow) (owners map[string]string, clients map[string]stanna.Client, err error) {
	err = in.a.Store.View(in.ctx, func(tx *store.Tx) error {
		var domains, ids []string
		for _, row := range chunk {
			if d := cleanDomain(in.file.cell(row, "domain")); d != "" {
				domains = append(domains, d)
			}
		}
		if owners, err = tx.DomainOwners(in.workspace, domains); err != nil {
			return err
		}
		for _, row := range chunk {
			ids = append(ids, in.idOf(row, owners))
		}
		clients, err = tx.ClientsByID(in.workspace, ids)
		return err
	})
	return owners, clients, err
}

// idOf is the client that a row is about: by its id, else whose domain it is,
// else a new one named by its domain.
func (in *clientImport) idOf(row importRow, owners map[string]string) string {
	if id := in.file.cell(row, "id"); id != "" {
		return id
	}
	domain := cleanDomain(in.file.cell(row, "domain"))
	if owner := owners[domain]; owner != "" {
		return owner
	}
	return domain
}

// put stores the batch. Should somebody else have taken a domain meanwhile,
// each client is tried alone, so that one does not spoil the others.
func (in *clientImport) put() error {
	batch, lines := in.batch, in.lines
	in.batch, in.lines = nil, nil
	if len(batch) == 0 {
		return nil
	}
	created, err := in.a.Intake.PutClients(in.ctx, in.workspace, in.actor, batch)
	switch {
	case err == nil:
		in.report.Created += len(created)
		in.report.Updated += len(batch) - len(created)
		return nil
	case stanna.CodeOf(err) == stanna.Conflict && len(batch) == 1:
		in.reject(lines[0], err)
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
	in.report.ResumeFrom = lines[0]
	return err
}

func (in *clientImport) reject(line int, err error) {
	in.report.Rejected++
	if len(in.report.Lines) < maxReported {
		in.report.Lines = append(in.report.Lines, importLine{line, err.Error()})
		return
	}
	in.report.LeftOut++
}

func describeImport(registry huma.Registry, op *huma.Operation) {
	op.Description += " CSV in UTF-8 with a header, of any length. Columns: name, and domain or id; mrr, currency, tier, csm_owner, renewal_date, " +
		"renewal_term_months, created_at, tags (separated by ;), is_excluded. Capitals, spaces and underscores do not matter. A client is known by its id, " +
		"or by its domain where the id is empty. Columns that the file does not have keep what they were; columns that are not known are ignored and named in the answer."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("text/csv", &huma.Schema{Type: huma.TypeString})}
	report := content("application/json", schemaOf[importReport](registry))
	op.Responses["200"] = &huma.Response{Description: "What became of the rows", Content: report}
	op.Responses["503"] = &huma.Response{Description: "The rest was not taken over; send the file again", Content: report}
}
