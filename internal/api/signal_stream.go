package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
)

// sliceTime is how long a line waits for others to share its transaction.
const sliceTime = 20 * time.Millisecond

// signalStream takes in lines, for as long as there are any, in constant
// memory: one goroutine reads ahead while slices are committed in order.
func (a *api) signalStream(v *visit, r *http.Request) error {
	control := http.NewResponseController(v)
	// A stream may take hours; the server's deadlines are for requests. A
	// writer that has none, as in tests, needs nothing lifted.
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
	t := a.newTally(v, r)
	t.lines = true
	if strings.Contains(r.Header.Get("Accept"), ndjson) {
		_ = control.EnableFullDuplex() // HTTP/2 is so by nature
		v.Header().Set("Content-Type", ndjson)
		v.WriteHeader(http.StatusOK)
		t.stream = json.NewEncoder(v)
		t.stream.SetEscapeHTML(false)
		t.flush = func() { _ = control.Flush() }
		t.flush()
	}
	lines := make(chan readItem, 2*intake.Slice)
	ended := make(chan error, 1)
	quit := make(chan struct{})
	go func() {
		ended <- readLines(r.Body, lines, quit)
		close(lines)
	}()
	a.takeLines(t, lines)
	if t.stopped {
		close(quit)
		_ = control.SetReadDeadline(time.Unix(1, 0)) // long past: a read that waits ends
		for range lines {
		}
	}
	err := <-ended
	if err != nil && !t.stopped {
		t.brokeOff(err)
	}
	if t.stream != nil {
		return nil
	}
	return t.answer()
}

// takeLines commits slices until the lines end or one fails.
func (a *api) takeLines(t *tally, lines <-chan readItem) {
	slice := make([]readItem, 0, intake.Slice)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	first := true // a stream that fits into one slice is somebody waiting
	for !t.stopped {
		var full, over bool
		select {
		case item, ok := <-lines:
			if over = !ok; ok {
				slice = append(slice, item)
				full = len(slice) == intake.Slice
				if len(slice) == 1 {
					timer.Reset(sliceTime)
				}
			}
		case <-timer.C:
			full = len(slice) > 0
		}
		if full || over {
			a.pace(t.v, t.r.Context(), len(slice))
			t.take(slice, !(first && over))
			slice, first = slice[:0], false
		}
		if over {
			return
		}
	}
}

// pace makes a stream wait while its sender's allowance is used up: refused
// lines in the middle would help nobody.
func (a *api) pace(v *visit, ctx context.Context, n int) {
	for n > 0 {
		var p *problem
		if err := a.allowSignals(v, n); !errors.As(err, &p) {
			return
		}
		select {
		case <-time.After(time.Second / 4):
		case <-ctx.Done():
			return
		}
	}
}

// readLines reads and parses lines until the body ends or quit is closed.
func readLines(body io.Reader, lines chan<- readItem, quit <-chan struct{}) error {
	in := bufio.NewReaderSize(body, 64<<10)
	if mark, _ := in.Peek(len(byteOrderMark)); bytes.Equal(mark, byteOrderMark) {
		_, _ = in.Discard(len(byteOrderMark))
	}
	for n := 1; ; n++ {
		line, err := readLine(in)
		item := readItem{place: n}
		line = bytes.TrimSpace(line)
		switch {
		case errors.Is(err, errLongLine):
			item.err, err = errLongLine, nil
		case err != nil && err != io.EOF:
			return err // what came of the last line is not a line
		case len(line) > 0:
			// The reader uses its buffer again; the signal keeps its data.
			item.signal, item.err = readSignal(bytes.Clone(line))
		}
		if len(line) > 0 || item.err != nil {
			select {
			case lines <- item:
			case <-quit:
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

var errLongLine error = stanna.InvalidField("line", "is longer than 1 MB")

// readLine gives the next line, in the reader's own memory when it fits there.
// A line that is too long is passed over and is an error of its own.
func readLine(in *bufio.Reader) (line []byte, err error) {
	line, err = in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = in.ReadSlice('\n')
		if len(long) <= maxLine {
			long = append(long, line...)
		}
	}
	if len(long) > maxLine+1 && (err == nil || err == io.EOF) {
		return nil, errLongLine // the end is met again at the next reading
	}
	return long, err
}

// brokeOff notes that the body ended before its end. What was stored stays.
func (t *tally) brokeOff(err error) {
	t.stopped = true
	t.report.Status, t.report.Code = http.StatusBadRequest, validationError
	t.report.Error = "the request broke off before its end; what was stored stays, and sending it all again changes nothing of it"
	t.a.Log.Info("stream of signals broke off", "request", t.v.id, "workspace", t.workspace, "error", err,
		"stored", t.report.Accepted+t.report.Late+t.report.Backfill)
	if t.stream != nil {
		_ = t.stream.Encode(map[string]string{"status": statusFailed, "error": fmt.Sprint(t.report.Error)})
		t.flush()
	}
}
