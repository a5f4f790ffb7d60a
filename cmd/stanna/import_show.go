package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// screen shows on a terminal how far a file is; elsewhere it keeps still.
type screen struct {
	console console
	name    string
	bar     *progressbar.ProgressBar // nil: no terminal
	rows    int                      // when it began
	began   time.Time
}

func newScreen(c console, in *importFile) *screen {
	s := &screen{console: c, name: in.name, began: time.Now()}
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.bar = progressbar.NewOptions64(in.size(), progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription(in.name), progressbar.OptionShowBytes(true),
			progressbar.OptionShowTotalBytes(true), progressbar.OptionFullWidth(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetRenderBlankState(true))
	}
	return s
}

// show draws the bar anew. Sent is how much has left, where the server does
// not say how much it has read.
func (s *screen) show(t *tally, sent int64) {
	if s.bar == nil {
		return
	}
	if t.bytes > 0 {
		sent = t.bytes
	}
	rows := t.counts["rows"]
	perSecond := float64(rows-s.rows) / max(time.Since(s.began).Seconds(), .1)
	s.bar.Describe(fmt.Sprintf("%s  %s rows, %s/s", s.name, thousands(rows), thousands(int(perSecond))))
	_ = s.bar.Set64(sent) // a bar that cannot be drawn is no reason to stop
}

// say writes a line of words in the place of the bar, which comes back below
// it.
func (s *screen) say(format string, args ...any) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	fmt.Fprintf(s.console.err, format+"\n", args...)
}

// end leaves the bar as it is.
func (s *screen) end() {
	if s.bar != nil {
		_ = s.bar.Exit()
		fmt.Fprintln(s.console.err)
	}
}

// print says what became of the file.
func (t *tally) print(c console, cmd importCmd) error {
	if cmd.JSON {
		text, err := t.whole()
		if err == nil {
			_, err = c.out.Write(text)
		}
		return err
	}
	if cmd.DryRun {
		fmt.Fprintln(c.out, "Nothing was stored. This is what would become of the file:")
	}
	fmt.Fprintf(c.out, "%s rows: %s.\n", thousands(t.counts["rows"]), t.sums())
	if encoding, _ := t.report["encoding"].(string); encoding != "" {
		fmt.Fprintf(c.out, "Read as %s, columns separated by %s.\n", encoding, separatorName(fmt.Sprint(t.report["delimiter"])))
	}
	for _, col := range list(t.report["columns"]) {
		if field := fmt.Sprint(col["field"]); cmd.DryRun && field != "" {
			fmt.Fprintf(c.out, "  %s → %s\n", col["column"], field)
		}
	}
	if ignored, _ := t.report["ignoredColumns"].([]any); len(ignored) > 0 {
		fmt.Fprintf(c.out, "Nothing is kept of the columns %s.\n", strings.Trim(fmt.Sprintf("%q", ignored), "[]"))
	}
	for _, row := range list(t.report["preview"]) {
		what := row["client"]
		if what == nil {
			what = row["signal"]
		}
		text, err := plainJSON(what, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "  line %v, %v: %s", row["line"], row["becomes"], text)
	}
	shown := t.first[:min(len(t.first), maxShown)]
	for _, l := range shown {
		fmt.Fprintf(c.out, "Refused: line %d: %s\n", l.Line, l.Error)
	}
	if more := t.counts["rejected"] - len(shown); more > 0 {
		where := "--report FILE writes them all down"
		if cmd.Report != "" {
			where = cmd.Report + " has them all"
		}
		fmt.Fprintf(c.out, "… and %s more; %s.\n", thousands(more), where)
	}
	return nil
}

// sums says in words what became of the rows.
func (t *tally) sums() string {
	var parts []string
	for _, p := range []struct{ name, word string }{
		{"created", "new"}, {"updated", "changed"}, {"unchanged", "as they were"}, {"accepted", "taken in"}, {"duplicate", "known already"},
		{"late", "late, kept as history"}, {"backfill", "old, kept as history"}, {"rejected", "refused"},
	} {
		if n := t.counts[p.name]; n > 0 {
			parts = append(parts, thousands(n)+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// list is a list of objects in an answer.
func list(v any) (objects []map[string]any) {
	all, _ := v.([]any)
	for _, x := range all {
		if o, ok := x.(map[string]any); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

// plainJSON is JSON for people: & is &.
func plainJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", indent)
	err := out.Encode(v)
	return b.Bytes(), err
}

func separatorName(s string) string {
	if s == "\t" {
		return "tabs"
	}
	return s
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// refusedFile is the CSV of the lines that were not taken over.
type refusedFile struct {
	file *os.File
	csv  *csv.Writer
}

func newRefusedFile(path string) (*refusedFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	r := &refusedFile{f, csv.NewWriter(f)}
	return r, r.csv.Write([]string{"line", "error"})
}

func (r *refusedFile) add(lines []refusedLine) error {
	for _, l := range lines {
		if err := r.csv.Write([]string{strconv.Itoa(l.Line), harmless(l.Error)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *refusedFile) close() error {
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.file.Close())
}

// harmless is text that no spreadsheet takes for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
