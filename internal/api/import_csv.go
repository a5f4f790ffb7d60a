package api

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// The columns that an import knows, by their names in small letters without
// spaces, underscores and hyphens; so renewal_date, renewalDate and "Renewal
// Date" are one. owner is what the hosted product's export calls it.
var columns = map[string]func(*importRow, string) error{
	"id":          func(r *importRow, s string) error { r.client.ID = s; return nil },
	"name":        func(r *importRow, s string) error { r.client.Name = s; return nil },
	"domain":      func(r *importRow, s string) error { r.client.Domain = cleanDomain(s); return nil },
	"tier":        func(r *importRow, s string) error { r.client.Tier = s; return nil },
	"mrr":         func(r *importRow, s string) error { r.mrr = s; return nil },
	"tags":        func(r *importRow, s string) error { r.client.Tags = splitTags(s); return nil },
	"owner":       setOwner,
	"csmowner":    setOwner,
	"currency":    func(r *importRow, s string) error { r.currency = s; return nil },
	"renewaldate": func(r *importRow, s string) error { r.client.RenewalDate = s; return nil },
	"renewaltermmonths": func(r *importRow, s string) (err error) {
		r.client.RenewalMonths = 0
		if s != "" {
			if r.client.RenewalMonths, err = strconv.Atoi(s); err != nil {
				return stanna.InvalidField("renewal_term_months", "must be a whole number of months")
			}
		}
		return nil
	},
	"createdat": func(r *importRow, s string) error {
		r.client.CreatedAt = time.Time{}
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, s); err == nil {
				r.client.CreatedAt = t.UTC()
				return nil
			}
		}
		if s != "" {
			return stanna.InvalidField("created_at", "must be a date as YYYY-MM-DD")
		}
		return nil
	},
	"isexcluded": func(r *importRow, s string) error {
		switch strings.ToLower(s) {
		case "", "no", "false", "0":
			r.client.IsExcluded = false
		case "yes", "true", "1":
			r.client.IsExcluded = true
		default:
			return stanna.InvalidField("is_excluded", "must be yes or no")
		}
		return nil
	},
}

func setOwner(r *importRow, s string) error { r.client.CSMOwner = cleanEmail(s); return nil }

func splitTags(s string) (tags []string) {
	for tag := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' || r == ',' }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// importRow is one line of the file on its way to a client.
type importRow struct {
	line          int
	cells         []string
	client        stanna.Client
	mrr, currency string
}

// clientFile reads a CSV row by row, in constant memory.
type clientFile struct {
	csv     *csv.Reader
	guard   *rowGuard
	set     []func(*importRow, string) error // by column; nil: ignored
	at      map[string]int                   // where the known columns stand
	ignored []string
}

// openClientFile reads the header. What is wrong with it is an error that
// names what to mend.
func openClientFile(body io.Reader) (*clientFile, error) {
	guard := &rowGuard{in: body}
	in := bufio.NewReaderSize(guard, 64<<10)
	start, err := in.Peek(4096)
	if err != nil && err != io.EOF {
		return nil, brokenOff(err)
	}
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return nil, stanna.InvalidField("file", "is UTF-16; save it as CSV UTF-8")
	}
	if bytes.HasPrefix(start, byteOrderMark) {
		start = start[len(byteOrderMark):]
		_, _ = in.Discard(len(byteOrderMark))
	}
	f := &clientFile{csv: csv.NewReader(in), guard: guard, at: map[string]int{}, ignored: []string{}}
	f.csv.FieldsPerRecord = -1 // a short or a long row spoils itself only
	f.csv.Comma = separator(start)
	header, err := f.csv.Read()
	if err == io.EOF {
		return nil, stanna.InvalidField("file", "is empty; its first line must name the columns: name, and domain or id")
	}
	if err != nil {
		return nil, stanna.InvalidField("header", "cannot be read: %s", err)
	}
	guard.passed = f.csv.InputOffset()
	for i, title := range header {
		name := columnName(title)
		set := columns[name]
		if name == "owner" {
			name = "csmowner"
		}
		_, twice := f.at[name]
		switch {
		case set == nil:
			f.ignored = append(f.ignored, clip(strings.TrimSpace(title), 100))
		case twice:
			return nil, stanna.InvalidField("header", "names the column %q twice", clip(title, 60))
		default:
			f.at[name] = i
		}
		f.set = append(f.set, set)
	}
	switch {
	case !f.has("name"):
		return nil, stanna.InvalidField("header", "has no column name; the first line must name the columns: name, and domain or id. It has: %s", clip(strings.Join(header, ", "), 300))
	case !f.has("domain") && !f.has("id"):
		return nil, stanna.InvalidField("header", "has neither a column domain nor a column id, by which clients are known. It has: %s", clip(strings.Join(header, ", "), 300))
	}
	return f, nil
}

func columnName(title string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(title)))
}

// separator is what the first line separates its columns with: some
// spreadsheets write semicolons.
func separator(start []byte) rune {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, c := range ";\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// next gives the next row. bad is what is wrong with this row; err ends the
// reading, io.EOF in the good way.
func (f *clientFile) next() (row importRow, bad, err error) {
	cells, err := f.csv.Read()
	f.guard.passed = f.csv.InputOffset()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong) && !errors.Is(err, errLongRow):
		return importRow{line: wrong.StartLine}, stanna.InvalidField("row", "%s", wrong.Err), nil
	case err != nil:
		return row, nil, err
	}
	row.line, _ = f.csv.FieldPos(0)
	row.cells = cells
	switch {
	case len(cells) > len(f.set):
		return row, stanna.InvalidField("row", "has %d cells, and the header has %d; is a comma missing its quotes?", len(cells), len(f.set)), nil
	case len(cells) < len(f.set):
		return row, stanna.InvalidField("row", "has %d cells, and the header has %d", len(cells), len(f.set)), nil
	}
	return row, nil, nil
}

func (f *clientFile) has(column string) bool { _, ok := f.at[column]; return ok }

// cell is the text of a row in a known column.
func (f *clientFile) cell(row importRow, column string) string {
	if i, ok := f.at[column]; ok {
		return strings.TrimSpace(row.cells[i])
	}
	return ""
}

// errLongRow says that a row does not end: mostly, a quote was opened and
// never closed.
var errLongRow error = stanna.InvalidField("row", "is longer than 1 MB; a quote that is opened and never closed makes one of the rest of the file")

// rowGuard bounds what one row may hold in memory.
type rowGuard struct {
	in     io.Reader
	read   int64
	passed int64 // up to the end of the last row
}

// Read reads on while the row at hand is not too long.
func (g *rowGuard) Read(p []byte) (int, error) {
	if g.read-g.passed > maxLine+128<<10 { // and what is read ahead
		return 0, errLongRow
	}
	n, err := g.in.Read(p)
	g.read += int64(n)
	return n, err
}

// into sets what the file says of a client and leaves what it does not speak
// of.
func (f *clientFile) into(row importRow, c stanna.Client, currency string) (stanna.Client, error) {
	row.client = c
	id := c.ID // an empty cell has found it elsewhere
	for i, set := range f.set {
		if set == nil {
			continue
		}
		if err := set(&row, strings.TrimSpace(row.cells[i])); err != nil {
			return row.client, err
		}
	}
	row.client.ID = id
	if f.has("mrr") {
		row.client.MRR = stanna.Money{}
		if row.mrr != "" {
			amount, err := strconv.ParseFloat(row.mrr, 64)
			if err != nil {
				return row.client, stanna.InvalidField("mrr", "must be a number such as 1492.50")
			}
			if row.client.MRR, err = moneyOf(amount, row.currency, currency); err != nil {
				return row.client, err
			}
		}
	}
	return row.client, row.client.Validate()
}
