package api

import (
	"encoding/json"
	"net/http"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
)

// maxReported is how many single items a report names.
const maxReported = 1000

// signalReport is what became of many signals.
type signalReport struct {
	Accepted   int          `json:"accepted"`
	Duplicate  int          `json:"duplicate" doc:"Repeats of ids; nothing changed"`
	Late       int          `json:"late" doc:"Stored as history: older than what is known"`
	Backfill   int          `json:"backfill" doc:"Stored as history: more than 48 hours old"`
	Rejected   int          `json:"rejected" doc:"Not stored; items say why"`
	Failed     int          `json:"failed" doc:"Read but not stored, because the store could not; send them again"`
	Items      []signalItem `json:"items" doc:"The first 1,000 items that were not accepted"`
	LeftOut    int          `json:"itemsLeftOut" doc:"How many more there were"`
	ResumeFrom *int         `json:"resumeFrom,omitempty" doc:"The index or line from which on nothing was taken in"`
	Error      string       `json:"error,omitempty" doc:"Why the rest was not taken in"`
	Code       string       `json:"code,omitempty"`
	Status     int          `json:"status,omitempty"`
}

// signalItem is what became of one of many.
type signalItem struct {
	Index  *int          `json:"index,omitempty" doc:"Its place in the array, from 0"`
	Line   int           `json:"line,omitempty" doc:"Its line, from 1"`
	ID     string        `json:"id,omitempty"`
	Status string        `json:"status" enum:"accepted,duplicate,late,backfill,rejected,failed"`
	Reason stanna.Reason `json:"reason,omitempty"`
	Error  string        `json:"error,omitempty"`
	Alerts []alertChange `json:"alerts,omitempty"`
}

const statusFailed = "failed"

// readItem is a signal as it was read, or why it could not be.
type readItem struct {
	place  int // index or line
	signal stanna.Signal
	err    error
}

// tally counts what becomes of the items of one request.
type tally struct {
	a         *api
	v         *visit
	r         *http.Request
	lines     bool // places are lines, not indexes
	stream    *json.Encoder
	report    signalReport
	flush     func()
	stopped   bool
	signals   []stanna.Signal // of the slice at hand, reused
	workspace string
}

func (a *api) newTally(v *visit, r *http.Request) *tally {
	return &tally{a: a, v: v, r: r, workspace: v.caller.Workspace, report: signalReport{Items: []signalItem{}}}
}

// take hands a slice to intake and counts what became of it. After a failure
// it takes nothing more: what follows would be judged without what is missing.
func (t *tally) take(slice []readItem, bulk bool) {
	if t.stopped || len(slice) == 0 {
		return
	}
	t.signals = t.signals[:0]
	for i := range slice {
		if slice[i].err == nil {
			t.signals = append(t.signals, slice[i].signal)
		}
	}
	var outcomes []intake.Outcome
	if len(t.signals) > 0 {
		var err error
		if outcomes, err = t.a.Intake.Signals(t.r.Context(), t.workspace, t.signals, bulk); err != nil {
			t.stop(slice, err)
			return
		}
	}
	for i := range slice {
		if slice[i].err != nil {
			t.count(slice[i], intake.Outcome{Became: stanna.Rejected, Reason: stanna.ReasonInvalid, Err: slice[i].err})
			continue
		}
		t.count(slice[i], outcomes[0])
		outcomes = outcomes[1:]
	}
	if t.flush != nil {
		t.flush()
	}
}

// stop says that a slice was not stored and that nothing after it will be.
func (t *tally) stop(slice []readItem, err error) {
	p := t.a.problemOf(t.v, t.r.Context(), err)
	t.stopped = true
	t.report.ResumeFrom = &slice[0].place
	t.report.Status, t.report.Code = p.Status, p.Code
	t.report.Error = p.Message + ". Nothing from resumeFrom on was taken in; send it again from there, or send everything again: repeats change nothing"
	for i := range slice {
		t.report.Failed++
		t.tell(slice[i], signalItem{Status: statusFailed, Error: p.Message})
	}
	if t.flush != nil {
		t.flush()
	}
}

func (t *tally) count(item readItem, out intake.Outcome) {
	switch out.Became {
	case stanna.Accepted:
		t.report.Accepted++
		if t.stream == nil {
			return
		}
	case stanna.Duplicate:
		t.report.Duplicate++
	case stanna.Late:
		t.report.Late++
	case stanna.Backfill:
		t.report.Backfill++
	case stanna.Rejected:
		t.report.Rejected++
	}
	told := signalItem{Status: string(out.Became), Reason: out.Reason, Alerts: changes(out.Alerts)}
	if out.Err != nil {
		told.Error = out.Err.Error()
	}
	t.tell(item, told)
}

// tell puts an item into the streamed answer or into the report.
func (t *tally) tell(item readItem, told signalItem) {
	told.ID = clip(item.signal.ID, stanna.MaxIDLength)
	if t.lines {
		told.Line = item.place
	} else {
		told.Index = &item.place
	}
	switch {
	case t.stream != nil:
		_ = t.stream.Encode(told) // a sender who does not read loses the answer only
	case len(t.report.Items) < maxReported:
		t.report.Items = append(t.report.Items, told)
	default:
		t.report.LeftOut++
	}
}

// answer writes the report.
func (t *tally) answer() error {
	status := http.StatusOK
	if t.stopped {
		status = max(t.report.Status, http.StatusBadRequest)
		if status == http.StatusServiceUnavailable {
			t.v.Header().Set("Retry-After", retryText(5))
		}
	}
	writeJSON(t.v, status, &t.report)
	return nil
}

// signalArray takes in an array of signals, a slice at a time. A bad item
// does not spoil its neighbours; an array that is no JSON is refused whole.
func (a *api) signalArray(v *visit, r *http.Request, body []byte) error {
	if !json.Valid(body) {
		return badJSON(body)
	}
	t := a.newTally(v, r)
	slice := make([]readItem, 0, intake.Slice)
	n := 0
	for i, text := range elements(body) {
		n = i + 1
		if len(slice) == intake.Slice {
			t.take(slice, true)
			slice = slice[:0]
		}
		if t.stopped {
			break
		}
		signal, err := readValid(text)
		slice = append(slice, readItem{i, signal, err})
	}
	t.take(slice, n > intake.Slice)
	// What an array costs is known only now; the next request pays for it.
	if n > 1 {
		if err := a.allowSignals(v, n-1); err != nil {
			a.Log.Debug("signal allowance used up", "request", v.id)
		}
	}
	return t.answer()
}
