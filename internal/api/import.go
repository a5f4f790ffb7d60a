package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/table"
)

// ImportPlace is how far an import has come. Like all that is embedded in an
// answer it has a name in capitals, or huma would not describe it.
type ImportPlace struct {
	Rows     int   `json:"rows" doc:"Rows that are settled, the header and empty rows apart"`
	Rejected int   `json:"rejected" doc:"Rows of them that were not taken over"`
	LastLine int   `json:"lastLine" doc:"Everything up to the row that begins on this line is settled; startLine with it goes on from there"`
	Bytes    int64 `json:"bytes" doc:"How much of the file was read so far, a little of it ahead"`
}

// ImportReport is what became of a file, of whatever it is.
type ImportReport struct {
	ImportPlace
	DryRun         bool           `json:"dryRun" doc:"Nothing was stored; this is what would have become of the file"`
	Encoding       string         `json:"encoding" doc:"As which the file was read" example:"Windows-1252"`
	Delimiter      string         `json:"delimiter" doc:"What separates its columns"`
	Columns        []importColumn `json:"columns" doc:"Which field each column was taken for"`
	IgnoredColumns []string       `json:"ignoredColumns" doc:"Columns that are not known here; nothing of them was kept"`
	Lines          []importLine   `json:"lines" doc:"The first 1,000 rows that were not taken over, and why"`
	LeftOut        int            `json:"linesLeftOut" doc:"How many more there were"`
	Error          string         `json:"error,omitempty" doc:"Why the rest was not taken over"`
	Code           string         `json:"code,omitempty"`
	Status         int            `json:"status,omitempty"`
}

type importColumn struct {
	Column string `json:"column" doc:"Its title"`
	Field  string `json:"field" doc:"Empty when nothing of it is kept"`
}

type importLine struct {
	Line  int    `json:"line" doc:"On which the row begins, from 1"`
	Error string `json:"error"`
}

// maxPreview is how many rows a dry run shows as they were understood.
const maxPreview = 10

// maxChunk bounds the text of the rows that share a transaction, in bytes.
const maxChunk = 4 << 20

// fileImport is one file on its way in.
type fileImport struct {
	a         *api
	v         *visit
	ctx       context.Context
	workspace string
	settings  stanna.Settings
	choice    importChoice
	report    *ImportReport // of what all kinds have in common
	answer    any           // the whole report
	progress  func() any    // how far it has come, with the counts of its kind
	read      func() int64
	refused   []importLine // of the chunk at hand
	stream    *json.Encoder
	flush     func() error
}

// beginImport reads what is asked for besides the file.
func (a *api) beginImport(v *visit, r *http.Request) (*fileImport, error) {
	switch mediaType(r) {
	case "", "text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream":
	default:
		return nil, unsupported("text/csv")
	}
	choice, err := readImportChoice(r.URL.Query())
	if err != nil {
		return nil, err
	}
	control := http.NewResponseController(v)
	// A file may take hours; the server's deadlines are for requests. A writer
	// that has none, as in tests, needs nothing lifted.
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
	settings, err := a.settingsOf(r.Context(), v.caller.Workspace)
	if err != nil {
		return nil, err
	}
	choice.table.Zone, choice.table.Currency = settings.Location(), settings.Currency
	if err := choice.timed(settings.Location()); err != nil {
		return nil, err
	}
	return &fileImport{a: a, v: v, ctx: r.Context(), workspace: v.caller.Workspace, settings: settings, choice: choice}, nil
}

// opened says how the file was understood, and begins to answer where the
// sender wants to hear how far it is.
func (in *fileImport) opened(r *http.Request, report *ImportReport, f table.Format, read func() int64) {
	in.report, in.read = report, read
	report.DryRun, report.Encoding, report.Delimiter, report.IgnoredColumns = in.choice.dryRun, f.Encoding, string(f.Separator), f.Ignored()
	report.LastLine = in.choice.table.StartLine
	report.Columns = each(f.Columns, func(c table.Column) importColumn { return importColumn{clip(c.Title, 100), c.Field} })
	report.Lines = []importLine{}
	if !strings.Contains(r.Header.Get("Accept"), ndjson) {
		return
	}
	control := http.NewResponseController(in.v)
	_ = control.EnableFullDuplex() // HTTP/2 is so by nature
	in.v.Header().Set("Content-Type", ndjson)
	in.v.WriteHeader(http.StatusOK)
	in.stream, in.flush = json.NewEncoder(in.v), control.Flush
	in.stream.SetEscapeHTML(false)
	in.tell(importEvent{Progress: in.progress()})
}

// importEvent is one line of a streamed answer: one of its fields.
type importEvent struct {
	Rejected *importLine `json:"rejected,omitempty" doc:"A row that was not taken over"`
	Progress any         `json:"progress,omitempty" doc:"How far it is: the counts of the report, lastLine and bytes"`
	Report   any         `json:"report,omitempty" doc:"The last line, and only that"`
}

// tell sends a line of the streamed answer. A sender who does not read loses
// the answer only.
func (in *fileImport) tell(e importEvent) {
	_ = in.stream.Encode(e)
	if e.Rejected == nil {
		_ = in.flush()
	}
}

// takeRows reads rows and hands them on in chunks, in the order of the file.
// What is committed stays, whatever comes after it.
func takeRows[R any](in *fileImport, next func() (r R, at table.Place, bad, err error), take func(rows []R, alone bool) error) error {
	var chunk []R
	var last table.Place
	n, size, first := 0, 0, true
	settle := func(over bool) error {
		if n == 0 {
			return nil
		}
		if err := take(chunk, first && over); err != nil {
			in.refused = nil // they come again with the rest
			return err
		}
		in.settle(n, last.Line)
		chunk, n, size, first = chunk[:0], 0, 0, false
		return nil
	}
	for {
		r, at, bad, err := next()
		if err != nil {
			if failed := settle(true); failed != nil {
				return failed
			}
			return ended(err)
		}
		last = at
		if bad != nil {
			in.refuse(at.Line, bad)
		} else {
			chunk = append(chunk, r)
		}
		n, size = n+1, size+at.Size
		if n == intake.Slice || size >= maxChunk {
			if err := settle(false); err != nil {
				return err
			}
		}
	}
}

// ended is what the end of the reading means; nil for a good one.
func ended(err error) error {
	switch {
	case err == io.EOF:
		return nil
	case errors.Is(err, table.ErrLongRow):
		return err
	}
	return brokenOff(err)
}

func (in *fileImport) refuse(line int, err error) {
	in.refused = append(in.refused, importLine{line, err.Error()})
}

// settle notes that a chunk is done, up to that line.
func (in *fileImport) settle(rows, line int) {
	slices.SortFunc(in.refused, func(a, b importLine) int { return cmp.Compare(a.Line, b.Line) })
	in.report.Rows, in.report.LastLine, in.report.Bytes = in.report.Rows+rows, line, in.read()
	for _, l := range in.refused {
		in.report.Rejected++
		if in.stream != nil {
			in.tell(importEvent{Rejected: &l})
		}
		if len(in.report.Lines) < maxReported {
			in.report.Lines = append(in.report.Lines, l)
		} else {
			in.report.LeftOut++
		}
	}
	in.refused = in.refused[:0]
	if in.stream != nil {
		in.tell(importEvent{Progress: in.progress()})
	}
}

// finish answers with the report.
func (in *fileImport) finish(err error) {
	in.report.Bytes = in.read()
	if err != nil {
		p := in.a.problemOf(in.v, in.ctx, err)
		in.report.Error, in.report.Code, in.report.Status = p.Message+". What came before lastLine is taken over; go on from there with startLine, or send the whole file again, which changes nothing of that", p.Code, p.Status
		if p.retryAfter > 0 && in.stream == nil {
			in.v.Header().Set("Retry-After", retryText(p.retryAfter))
		}
	}
	if in.stream != nil {
		in.tell(importEvent{Report: in.answer})
		return
	}
	writeJSON(in.v, max(in.report.Status, http.StatusOK), in.answer)
}
