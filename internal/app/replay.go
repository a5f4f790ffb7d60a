package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// received is what the API says of a stream of signals.
type received struct {
	Accepted  int `json:"accepted"`
	Duplicate int `json:"duplicate"`
	Late      int `json:"late"`
	Backfill  int `json:"backfill"`
	Rejected  int `json:"rejected"`
}

// loadBook imports the book of business that was given. From here on the
// workspace's time follows the signals', so that last summer's speak of last
// summer.
func (d *Demo) loadBook(ctx context.Context) error {
	begin, err := firstTime(d.config.Signals)
	if err != nil {
		return err
	}
	d.app.clock.Follow(d.workspace, begin)
	book, err := os.Open(d.config.Clients)
	if err != nil {
		return err
	}
	defer book.Close()
	var loaded struct{ Created, Updated, Unchanged, Rejected int }
	if err := d.send(ctx, http.MethodPost, "/api/clients/import", "text/csv", book, &loaded); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  %d clients loaded, %d rejected.\n", loaded.Created+loaded.Updated+loaded.Unchanged, loaded.Rejected)
	if loaded.Rejected > 0 {
		return fmt.Errorf("%d clients of %s were rejected", loaded.Rejected, d.config.Clients)
	}
	return nil
}

// replay plays the file of signals.
func (d *Demo) replay(ctx context.Context) error {
	file, err := os.Open(d.config.Signals)
	if err != nil {
		return err
	}
	defer file.Close()
	begin := d.app.clock.Now(d.workspace)
	var in io.Reader = file
	if f, ok := d.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		info, err := file.Stat()
		if err != nil {
			return err
		}
		bar := progressbar.NewReader(file, progressbar.DefaultBytes(info.Size(), "  playing signals"))
		in = &bar
	}
	if d.config.Speed == 0 {
		return d.stream(ctx, in)
	}
	return d.play(ctx, in, begin)
}

// firstTime is when the first signal of a file occurred.
func firstTime(name string) (time.Time, error) {
	f, err := os.Open(name)
	if err != nil {
		return time.Time{}, err
	}
	defer f.Close()
	var first struct {
		OccurredAt time.Time `json:"occurredAt"`
	}
	if err := json.NewDecoder(f).Decode(&first); err != nil {
		return time.Time{}, fmt.Errorf("%s: the first line is no signal: %w", name, err)
	}
	return first.OccurredAt, nil
}

// stream sends signals as one request, as fast as they are taken.
func (d *Demo) stream(ctx context.Context, in io.Reader) error {
	var answer received
	if err := d.send(ctx, http.MethodPost, "/api/signals", "application/x-ndjson", in, &answer); err != nil {
		return err
	}
	d.sum.add(answer)
	return nil
}

// play sends signals when it is their time, those of one moment together.
func (d *Demo) play(ctx context.Context, in io.Reader, begin time.Time) error {
	started := time.Now()
	var moment time.Time
	var batch bytes.Buffer
	flush := func() error {
		if batch.Len() == 0 {
			return nil
		}
		due := started.Add(time.Duration(float64(moment.Sub(begin)) / d.config.Speed))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
		defer batch.Reset()
		return d.stream(ctx, bytes.NewReader(batch.Bytes()))
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	for lines.Scan() {
		var s struct {
			OccurredAt time.Time `json:"occurredAt"`
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err == nil && !s.OccurredAt.Equal(moment) {
			if err := flush(); err != nil {
				return err
			}
			moment = s.OccurredAt
		}
		batch.Write(lines.Bytes())
		batch.WriteByte('\n')
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return flush()
}

func (r *received) add(x received) {
	r.Accepted += x.Accepted
	r.Duplicate += x.Duplicate
	r.Late += x.Late
	r.Backfill += x.Backfill
	r.Rejected += x.Rejected
}
