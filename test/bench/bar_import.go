package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// imports measures a long file of clients: how fast it is taken over, what it
// takes of memory, and how long live signals wait beside it.
func (b *bench) imports(ctx context.Context) ([]result, error) {
	const live, perSecond = book(1000), 50
	rows := 1_000_000
	if b.quick {
		rows = 100_000
	}
	st, err := b.set(ctx, scenery{book: live, before: true})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	st.settle(ctx)
	alone, err := st.liveBeside(ctx, live, perSecond, "alone", func(ctx context.Context) error { pause(ctx, b.short(8*time.Second)); return nil })
	if err != nil {
		return nil, err
	}
	var f filed
	m := st.meter()
	beside, err := st.liveBeside(ctx, live, perSecond, "beside", func(ctx context.Context) (err error) { f, err = st.importRows(ctx, rows); return err })
	if err != nil {
		return nil, err
	}
	u := m.read()
	_, peak, err := st.server.memory()
	if err != nil {
		return nil, err
	}
	again := f
	if again.created, again.took, err = 0, 0, ctx.Err(); err == nil {
		again, err = st.importRows(ctx, rows)
	}
	if err != nil || again.unchanged != rows {
		return nil, errors.Join(err, fmt.Errorf("sent again, %d of %d rows are as they were", again.unchanged, rows))
	}
	rate, p99 := float64(rows)/f.took.Seconds(), quantile(beside, .99)
	return []result{{
		Bar: fmt.Sprintf("a CSV of %s clients, with live signals beside it", thousands(rows)), Wanted: "≥ 5,000 rows/s, memory ≤ 250 MB and constant, p99 of live signals ≤ 100 ms",
		Measured: fmt.Sprintf("%s rows/s; %.0f MB after a tenth, %.0f MB at the end, at most %.0f MB; live p99 %.0f ms", thousands(int(rate)), f.early, f.late, peak, ms(p99)),
		Met:      rate >= 5000 && peak <= 250 && f.late <= f.early*1.5 && p99 <= 100*time.Millisecond,
		Note: fmt.Sprintf("One request, of new clients with a domain, an amount, a date, tags and a field of their own, while %d signals a second come one by one. "+
			"Live signals: p50 %.1f ms, worst %.0f ms beside it; p50 %.1f ms, p99 %.1f ms without it. The same file again, in which nothing is new: %s rows/s. %s.",
			perSecond, ms(quantile(beside, .5)), ms(quantile(beside, 1)), ms(quantile(alone, .5)), ms(quantile(alone, .99)), thousands(int(float64(rows)/again.took.Seconds())), u),
	}}, nil
}

// filed is what became of a file.
type filed struct {
	took               time.Duration
	created, unchanged int
	early, late        float64 // MB in memory after a tenth, and at the end
}

// importRows sends so many new clients as one CSV, written while it is sent.
func (st *stage) importRows(ctx context.Context, rows int) (f filed, err error) {
	in, out := io.Pipe()
	go func() { out.CloseWithError(writeRows(out, rows)) }()
	defer in.Close() // ends the writer
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+st.address+"/api/clients/import", in)
	if err != nil {
		return f, err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + st.key}, "Content-Type": {"text/csv"}, "Accept": {"application/x-ndjson"}}
	begun := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return f, err
	}
	defer resp.Body.Close()
	for lines := json.NewDecoder(resp.Body); ; {
		var e struct {
			Progress, Report *struct {
				Rows, Created, Unchanged int
				Error                    string
			}
		}
		if err := lines.Decode(&e); err != nil {
			return f, fmt.Errorf("the import broke off: %w", err)
		}
		if p := e.Progress; p != nil && f.early == 0 && p.Rows >= rows/10 {
			if f.early, _, err = st.server.memory(); err != nil {
				return f, err
			}
		}
		if r := e.Report; r != nil {
			f.took, f.created, f.unchanged = time.Since(begun), r.Created, r.Unchanged
			if r.Created+r.Unchanged != rows {
				return f, fmt.Errorf("%d of %d rows were taken over: %s", r.Created+r.Unchanged, rows, r.Error)
			}
			f.late, _, err = st.server.memory()
			return f, err
		}
	}
}

func writeRows(out io.Writer, rows int) error {
	w := bufio.NewWriterSize(out, 64<<10)
	line := []byte("id,name,domain,mrr,renewal_date,tags,custom.seats\n")
	for i := range rows {
		if _, err := w.Write(line); err != nil {
			return err
		}
		n := strconv.Itoa(i)
		line = append(append(append(append(line[:0], "r"...), n...), ",Client "...), n...)
		line = append(append(append(line, ",r"...), n...), ".example.com,\"1,492.50\",2047-01-31,a;b,12\n"...)
	}
	_, err := w.Write(line)
	return errors.Join(err, w.Flush())
}

// liveBeside sends single signals at an even pace while something else goes
// on, and gives how long each took to be answered.
func (st *stage) liveBeside(ctx context.Context, n book, perSecond int, series string, meanwhile func(context.Context) error) (took []time.Duration, err error) {
	const senders = 8
	sending, stop := context.WithCancel(ctx)
	failed, cancel := context.WithCancelCause(sending)
	defer cancel(nil)
	var mu sync.Mutex
	var all sync.WaitGroup
	head, begun := head(st.address, st.key, "application/json"), time.Now()
	for s := range senders {
		w, err := dial(st.address)
		if err != nil {
			stop()
			return nil, err
		}
		all.Go(func() {
			defer w.close()
			for i := s; ; i += senders {
				pause(failed, time.Until(begun.Add(time.Duration(i)*time.Second/time.Duration(perSecond))))
				if failed.Err() != nil {
					return
				}
				at := time.Now()
				status, answer, err := w.post(head, n.quietly(nil, series, int64(i)))
				if err == nil {
					err = oneAccepted(0, status, answer)
				}
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(at))
				mu.Unlock()
			}
		})
	}
	err = meanwhile(failed)
	if cause := context.Cause(failed); cause != nil {
		err = cause
	}
	stop()
	all.Wait()
	return took, err
}
