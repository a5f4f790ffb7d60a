// Package table is WHAT A FILE SAYS: it reads the CSV that spreadsheets and
// other tools write, row by row, into changes of clients or into signals. It
// finds out the encoding and the separator, matches columns to fields by their
// names or by a mapping, and understands the forms in which people write
// dates, amounts and yes or no. A form that may mean two things is refused on
// its line, with what to do, and never guessed.
//
// It is entered by [Clients] and [Signals]; what is wrong with a row is an
// error of that row, and the reading goes on. A file of any length is read in
// constant memory.
//
// It does not know where a file comes from, which clients there are, or what
// becomes of a row: no HTTP, no store. Whether a signal makes sense is checked
// where it is taken in.
package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// Limits of a file.
const (
	MaxColumns = 1000
	maxRow     = 1 << 20 // bytes of one row, as UTF-8
	maxHeader  = 256 << 10
)

// Options say of a file what it does not say of itself.
type Options struct {
	Mapping   map[string]string // a column's title → the field it is; "" or "-" leaves it out
	Encoding  string            // by name; "" = found out
	Separator rune              // 0 = found out
	Dates     Dates             // how the file writes dates
	Decimal   rune              // '.' or ','; 0 = as each number shows
	Zone      *time.Location    // of times that name none; nil = UTC
	Currency  string            // of amounts that name none
	StartLine int               // rows that begin on this line or before are passed over

	Type       stanna.SignalType // of every signal, where the file has no column type
	Source     string            // of signals that name none
	OccurredAt time.Time         // of signals that name no time
}

// Format is how a file was understood.
type Format struct {
	Encoding  string
	Separator rune
	Columns   []Column
}

// Column is a column of a file and the field that it was taken for; "" when
// nothing of it is kept.
type Column struct {
	Title, Field string
}

// Ignored are the titles of the columns of which nothing is kept.
func (f Format) Ignored() []string {
	list := []string{}
	for _, c := range f.Columns {
		if c.Field == "" {
			list = append(list, clip(c.Title, 100))
		}
	}
	return list
}

// Place is where a row stands.
type Place struct {
	Line int // on which it begins, from 1
	Size int // bytes of its text
}

// row is one line of a file.
type row struct {
	Place
	cells []string
}

// file reads rows of any kind.
type file struct {
	Format
	forms
	csv    *csv.Reader
	guard  *guard
	raw    *counter
	start  int // the line after which rows are wanted
	before int // lines that the CSV reader has not seen
}

// open finds out how a file is written and reads its header.
func open(in io.Reader, o Options, fields fieldSet) (*file, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	f := &file{raw: &counter{in: in}, start: o.StartLine, forms: forms{dates: o.Dates, decimal: o.Decimal, zone: o.Zone}}
	decoded, encoding, err := decode(f.raw, o.Encoding)
	if err != nil {
		return nil, err
	}
	f.Encoding = encoding
	f.guard = &guard{in: decoded, limit: maxHeader, err: errLongHeader}
	text := bufio.NewReaderSize(f.guard, 64<<10)
	if f.Separator, f.before, err = separator(text, o.Separator); err != nil {
		return nil, err
	}
	f.csv = csv.NewReader(text)
	f.csv.FieldsPerRecord = -1 // a short or a long row spoils itself only
	f.csv.Comma = f.Separator
	titles, err := f.csv.Read()
	switch {
	case err == io.EOF:
		return nil, stanna.InvalidField("file", "is empty; its first line must name the columns")
	case errors.Is(err, errLongHeader):
		return nil, errLongHeader
	case err != nil:
		return nil, readError("header", err)
	}
	f.guard.passed, f.guard.limit, f.guard.err = f.csv.InputOffset(), maxRow, ErrLongRow
	f.Columns, err = match(titles, o.Mapping, fields)
	return f, err
}

// Bytes is how much of the file was read so far, a little of it ahead.
func (f *file) Bytes() int64 { return f.raw.n }

// next gives the next row. bad is what is wrong with it; err ends the reading,
// [io.EOF] in the good way. Empty rows, which spreadsheets leave behind, are
// no rows.
func (f *file) next() (r row, bad, err error) {
	for {
		cells, err := f.csv.Read()
		f.guard.passed = f.csv.InputOffset()
		var wrong *csv.ParseError
		switch {
		case errors.As(err, &wrong) && !errors.Is(err, ErrLongRow):
			if r.Line = wrong.StartLine + f.before; r.Line > f.start {
				return r, stanna.InvalidField("row", "%s", wrong.Err), nil
			}
			continue
		case err != nil:
			return r, nil, err
		}
		r.Line, _ = f.csv.FieldPos(0)
		if r.Line += f.before; r.Line <= f.start || blank(cells) {
			continue
		}
		r.cells = cells
		for _, s := range cells {
			r.Size += len(s)
		}
		return r, f.check(&r), nil
	}
}

// check says what is wrong with a row as a whole. What follows the last named
// column is cut off when it is empty.
func (f *file) check(r *row) error {
	for len(r.cells) > len(f.Columns) && r.cells[len(r.cells)-1] == "" {
		r.cells = r.cells[:len(r.cells)-1]
	}
	switch {
	case len(r.cells) > len(f.Columns):
		return stanna.InvalidField("row", "has %d cells, and the header has %d; is a cell missing its quotes?", len(r.cells), len(f.Columns))
	case len(r.cells) < len(f.Columns):
		return stanna.InvalidField("row", "has %d cells, and the header has %d", len(r.cells), len(f.Columns))
	}
	for i, s := range r.cells {
		switch {
		case !utf8.ValidString(s):
			return f.wrong(i, "is not UTF-8, as which the file was read; if all of it is written otherwise, say so with the option encoding, such as windows-1252")
		case f.Encoding != utf8Name && strings.ContainsRune(s, utf8.RuneError):
			return f.wrong(i, "has a character that is none in %s, as which the file was read; say how it is written with the option encoding", f.Encoding)
		case strings.ContainsRune(s, 0):
			return f.wrong(i, "has a zero byte in it")
		}
	}
	return nil
}

// wrong is what is wrong with a cell. It names the field, and the column where
// that is called otherwise.
func (f *file) wrong(column int, format string, args ...any) error {
	c := f.Columns[column]
	err := stanna.InvalidField(c.Field, format, args...)
	if c.Field == "" {
		return stanna.InvalidField("row", "the column %q "+format, append([]any{clip(c.Title, 60)}, args...)...)
	}
	if squeeze(c.Title) != squeeze(c.Field) {
		err.Message = strings.Replace(err.Message, ":", " (column \""+clip(c.Title, 60)+"\"):", 1)
	}
	return err
}

// wrongWith is wrong for what a reader of cells found.
func (f *file) wrongWith(column int, err error) error { return f.wrong(column, "%s", err) }

func blank(cells []string) bool {
	for _, s := range cells {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// readError is what it means that a file could not be read on.
func readError(where string, err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return stanna.InvalidField(where, "cannot be read: %s", wrong.Err)
	}
	return err
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
