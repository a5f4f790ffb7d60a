package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// importEvent is one line of the server's answer: of a CSV one of the first
// three, of NDJSON what became of one signal.
type importEvent struct {
	Progress map[string]any `json:"progress"`
	Rejected *refusedLine   `json:"rejected"`
	Report   map[string]any `json:"report"`

	Line   int    `json:"line"`
	Status string `json:"status"`
	Error  string `json:"error"`
}

type refusedLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// tally adds up what became of a file over several attempts.
type tally struct {
	before  map[string]int // by the attempts before this one
	counts  map[string]int // in all
	line    int            // up to which everything is settled
	start   int            // the line that this attempt began after
	bytes   int64          // that the server has read; 0: it does not say
	waiting []refusedLine  // told, and not settled yet
	first   []refusedLine  // the first of those that are settled
	report  map[string]any // the server's last word
	heard   bool           // there is a report
}

// How many refused lines are kept for the report, and shown in the summary.
const (
	maxKept  = 1000
	maxShown = 5
)

func newTally(line int) *tally {
	return &tally{counts: map[string]int{}, line: line}
}

// begin is the begin of an attempt.
func (t *tally) begin() {
	t.before = map[string]int{}
	for name, n := range t.counts {
		t.before[name] = n
	}
	t.start, t.waiting, t.bytes = t.line, nil, 0
}

// take takes in what the server says of a CSV.
func (t *tally) take(e importEvent) error {
	switch {
	case e.Rejected != nil:
		t.waiting = append(t.waiting, *e.Rejected)
	case e.Progress != nil:
		t.count(e.Progress)
	case e.Report != nil:
		t.count(e.Report)
		t.report, t.heard = e.Report, true
	default:
		return errors.New("the server's answer cannot be read; is it of another version?")
	}
	return nil
}

// count adds the figures of this attempt to those before.
func (t *tally) count(figures map[string]any) {
	for name, v := range figures {
		n, ok := v.(float64)
		switch {
		case !ok, name == "status", name == "linesLeftOut":
		case name == "lastLine":
			t.line = int(n)
		case name == "bytes":
			t.bytes = int64(n)
		default:
			t.counts[name] = t.before[name] + int(n)
		}
	}
}

// takeItem takes in what became of one line of NDJSON.
func (t *tally) takeItem(e importEvent) error {
	switch {
	case e.Line == 0 || e.Status == "failed":
		if e.Error == "" {
			e.Error = "the server's answer cannot be read"
		}
		return again{err: errors.New(e.Error)}
	case e.Status == "rejected":
		t.waiting = append(t.waiting, refusedLine{t.start + e.Line, e.Error})
	}
	t.line = t.start + e.Line
	t.counts["rows"]++
	t.counts[e.Status]++
	return nil
}

// settled gives the refused lines that are settled now.
func (t *tally) settled() []refusedLine {
	n := 0
	for n < len(t.waiting) && t.waiting[n].Line <= t.line {
		n++
	}
	list := t.waiting[:n]
	t.waiting = t.waiting[n:]
	t.first = append(t.first, list[:min(n, maxKept-len(t.first))]...)
	return list
}

// trouble is why the server did not take all of the file, or nil.
func (t *tally) trouble() error {
	message, _ := t.report["error"].(string)
	if message == "" {
		return nil
	}
	status, _ := t.report["status"].(float64)
	err := fmt.Errorf("the server answered %.0f: %s", status, message)
	if passes(int(status)) {
		t.heard = false // it will be said anew
		return again{err: err}
	}
	return err
}

// whole is the report with the figures of all attempts.
func (t *tally) whole() ([]byte, error) {
	if t.report == nil {
		t.report = map[string]any{}
	}
	for name, n := range t.counts {
		t.report[name] = n
	}
	t.report["lastLine"], t.report["lines"], t.report["linesLeftOut"] = t.line, append([]refusedLine{}, t.first...), t.counts["rejected"]-len(t.first)
	return plainJSON(t.report, "  ")
}

// watched is a body that remembers how much of it was read, and whether the
// reading failed: what looks like the server's fault may be the disk's.
type watched struct {
	in io.Reader

	mu     sync.Mutex
	n      int64
	broken error
}

// Read reads.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n += int64(n); err != nil && !errors.Is(err, io.EOF) {
		w.broken = fmt.Errorf("read the file: %w", err)
	}
	return n, err
}

func (w *watched) read() int64 { w.mu.Lock(); defer w.mu.Unlock(); return w.n }
func (w *watched) err() error  { w.mu.Lock(); defer w.mu.Unlock(); return w.broken }
