package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/table"
)

// SignalCounts is what becomes of the rows of signals.
type SignalCounts struct {
	Accepted  int `json:"accepted"`
	Duplicate int `json:"duplicate" doc:"Repeats of ids; nothing changed"`
	Late      int `json:"late" doc:"Stored as history: older than what is known. A dry run counts them as accepted"`
	Backfill  int `json:"backfill" doc:"Stored as history: more than 48 hours old"`
}

// signalImportReport is what became of a file of signals.
type signalImportReport struct {
	ImportReport
	SignalCounts
	Preview []signalPreview `json:"preview,omitempty" doc:"Of a dry run: the first rows as they were understood"`
}

type signalPreview struct {
	Line    int           `json:"line"`
	Becomes stanna.Became `json:"becomes" enum:"accepted,duplicate,backfill"`
	Signal  signalInput   `json:"signal"`
}

// signalImport is a file of signals on its way in.
type signalImport struct {
	*fileImport
	report signalImportReport
}

// importSignals takes a CSV in as if its rows had been sent as signals.
func (a *api) importSignals(v *visit, r *http.Request) error {
	common, err := a.beginImport(v, r)
	if err != nil {
		return err
	}
	file, err := table.Signals(r.Body, common.choice.table)
	if err != nil {
		return notRead(err)
	}
	in := &signalImport{fileImport: common}
	in.answer = &in.report
	in.progress = func() any {
		return struct {
			ImportPlace
			SignalCounts
		}{in.report.ImportPlace, in.report.SignalCounts}
	}
	in.opened(r, &in.report.ImportReport, file.Format, file.Bytes)
	in.finish(takeRows(common, func() (table.SignalRow, table.Place, error, error) {
		row, bad, err := file.Next()
		return row, row.Place, bad, err
	}, in.take))
	return nil
}

// take takes the signals of a chunk in. A file that is one chunk is somebody
// waiting; a longer one waits for those that are live.
func (in *signalImport) take(chunk []table.SignalRow, alone bool) error {
	chunk, err := in.named(chunk)
	if err != nil || len(chunk) == 0 {
		return err
	}
	in.a.pace(in.v, in.ctx, len(chunk))
	signals := make([]stanna.Signal, len(chunk))
	for i, row := range chunk {
		signals[i] = row.Signal
	}
	var outcomes []intake.Outcome
	if in.choice.dryRun {
		outcomes, err = in.try(signals)
	} else {
		outcomes, err = in.a.Intake.Signals(in.ctx, in.workspace, signals, !alone)
	}
	if err != nil {
		return err
	}
	for i, out := range outcomes {
		switch out.Became {
		case stanna.Accepted:
			in.report.Accepted++
		case stanna.Duplicate:
			in.report.Duplicate++
		case stanna.Late:
			in.report.Late++
		case stanna.Backfill:
			in.report.Backfill++
		case stanna.Rejected:
			in.refuse(chunk[i].Line, out.Err)
			continue
		}
		in.preview(chunk[i].Line, signals[i], out.Became)
	}
	return nil
}

// named finds the clients of rows that give a domain only. A row whose client
// is not known is refused.
func (in *signalImport) named(chunk []table.SignalRow) ([]table.SignalRow, error) {
	var domains []string
	for _, row := range chunk {
		if row.Domain != "" {
			domains = append(domains, row.Domain)
		}
	}
	if len(domains) == 0 {
		return chunk, nil
	}
	var owners map[string]string
	if err := in.a.Store.View(in.ctx, func(tx *store.Tx) (err error) { owners, err = tx.DomainOwners(in.workspace, domains); return err }); err != nil {
		return nil, err
	}
	known := chunk[:0]
	for _, row := range chunk {
		if row.Domain != "" {
			if row.Signal.ClientID = owners[row.Domain]; row.Signal.ClientID == "" {
				in.refuse(row.Line, stanna.InvalidField("domain", "no client has the domain %s; import the clients first", clip(row.Domain, 100)))
				continue
			}
		}
		known = append(known, row)
	}
	return known, nil
}

// try says what would become of signals, without the judgement of the rules.
func (in *signalImport) try(signals []stanna.Signal) ([]intake.Outcome, error) {
	now := in.a.Clock.Now(in.workspace)
	ids, clients := make([]string, len(signals)), make([]string, len(signals))
	for i := range signals {
		ids[i], clients[i] = signals[i].ID, signals[i].ClientID
	}
	var known map[string]bool
	var there map[string]stanna.Client
	if err := in.a.Store.View(in.ctx, func(tx *store.Tx) (err error) {
		if known, err = tx.KnownSignals(in.workspace, ids); err != nil {
			return err
		}
		there, err = tx.ClientsByID(in.workspace, clients)
		return err
	}); err != nil {
		return nil, err
	}
	outcomes := make([]intake.Outcome, len(signals))
	for i := range signals {
		s := &signals[i]
		if s.OccurredAt.IsZero() {
			s.OccurredAt = now
		}
		err := s.Check(now)
		_, exists := there[s.ClientID]
		switch {
		case err != nil:
			outcomes[i] = intake.Outcome{Became: stanna.Rejected, Err: err}
		case known[s.ID]:
			outcomes[i].Became = stanna.Duplicate
		case !exists:
			outcomes[i] = intake.Outcome{Became: stanna.Rejected, Err: stanna.InvalidField("clientId", "no client has this id; import the clients first")}
		case now.Sub(s.OccurredAt) > stanna.BackfillAfter:
			outcomes[i].Became = stanna.Backfill
		default:
			outcomes[i].Became = stanna.Accepted
		}
		known[s.ID] = known[s.ID] || outcomes[i].Became != stanna.Rejected
	}
	return outcomes, nil
}

// preview shows a row of a dry run as it was understood.
func (in *signalImport) preview(line int, s stanna.Signal, became stanna.Became) {
	if !in.choice.dryRun || len(in.report.Preview) == maxPreview {
		return
	}
	p := signalPreview{Line: line, Becomes: became, Signal: signalInput{ID: s.ID, ClientID: s.ClientID, Type: string(s.Type), OccurredAt: moment(s.OccurredAt), Source: s.Source}}
	_ = json.Unmarshal(s.Data, &p.Signal.Data) // it was made of an object
	in.report.Preview = append(in.report.Preview, p)
}

func describeSignalImport(registry huma.Registry, op *huma.Operation) {
	op.Description += " Takes signals in from CSV, of any length. Columns: client_id or domain; type, unless the parameter says it; id, or occurred_at, by which a repeat is recognised; source; " +
		"and what the signal says, by the names that it has in JSON (score, probability, value, unit, …), as data.YOURS, or as JSON in the column data. " +
		"A row without an id gets one from what it says, so that the same file sent again changes nothing."
	describeImport(registry, op, schemaOf[signalImportReport](registry), true)
}
