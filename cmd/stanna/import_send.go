package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const ndjsonType = "application/x-ndjson"

// sending is a file on its way to the server, in as many attempts as it takes.
type sending struct {
	cmd     importCmd
	in      *importFile
	query   url.Values // what is said of a CSV
	where   string     // path of the door
	kind    string     // media type of the file
	report  *tally
	screen  *screen
	refused *refusedFile // nil: nobody wants it
	reached bool         // the server has answered before
}

// again is an error after which it is worth trying again.
type again struct {
	err   error
	after time.Duration // that the server asks for; 0: it does not say
}

// Error is what happened.
func (a again) Error() string { return a.err.Error() }

// The first wait before another attempt, and the longest.
const (
	firstWait = 500 * time.Millisecond
	longWait  = 15 * time.Second
)

// send tries until the file is through, the trouble is not one that passes,
// or the server has been away for too long.
func (s *sending) send(ctx context.Context) error {
	wait, since := firstWait, time.Now()
	for {
		line := s.report.line
		err := s.attempt(ctx)
		var passing again
		switch {
		case err == nil:
			return s.in.unchanged()
		case ctx.Err() != nil:
			return fmt.Errorf("stopped. %s", s.howToGoOn())
		case !errors.As(err, &passing):
			return err
		case s.in.stdin != nil:
			return fmt.Errorf("%w. Standard input cannot be sent again from here; what came up to line %d is settled", err, s.report.line)
		}
		if s.report.line > line {
			wait, since = firstWait, time.Now()
		}
		pause := max(wait, passing.after)
		if time.Since(since)+pause > s.cmd.RetryFor {
			return fmt.Errorf("%w. Given up after %s. %s", err, s.cmd.RetryFor, s.howToGoOn())
		}
		s.screen.say("%s; going on after line %d in %s.", err, s.report.line, pause)
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopped. %s", s.howToGoOn())
		case <-time.After(pause):
		}
		wait = min(2*wait, longWait)
		if err := s.in.unchanged(); err != nil {
			return err
		}
	}
}

func (s *sending) howToGoOn() string {
	if s.cmd.DryRun {
		return "Nothing was stored"
	}
	return fmt.Sprintf("Everything up to line %d is settled; the same command with --from-line %d goes on from there", s.report.line, s.report.line)
}

// attempt sends the file from where it is.
func (s *sending) attempt(ctx context.Context) error {
	file, err := s.in.fromStart()
	if err != nil {
		return err
	}
	s.report.begin()
	body := &watched{in: file}
	var reader io.Reader = body
	if s.kind == ndjsonType {
		if reader, err = afterLine(body, s.report.line); err != nil {
			return err
		}
	}
	// The answer comes while the file is still on its way: it must not be sent
	// on when the server has said that it takes no more.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address(), reader)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", s.kind)
	req.Header.Set("Accept", ndjsonType)
	req.Header.Set("Authorization", "Bearer "+s.cmd.Key.Reveal())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return s.unreached(err, body.err())
	}
	defer resp.Body.Close()
	s.reached = true
	if resp.StatusCode != http.StatusOK {
		return refusal(resp)
	}
	err = s.listen(resp.Body, body)
	if broken := body.err(); broken != nil {
		return broken
	}
	return err
}

// unreached is what it means that there is no answer.
func (s *sending) unreached(err, reading error) error {
	switch {
	case reading != nil:
		return reading
	case s.reached:
		return again{err: fmt.Errorf("the connection broke: %w", bare(err))}
	}
	return fmt.Errorf("reach the server: %w", err)
}

// bare is an error without the method and the address around it.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// address is where the file goes, with what is said of it.
func (s *sending) address() string {
	query := maps.Clone(s.query)
	if s.report.line > 0 && s.kind != ndjsonType {
		query.Set("startLine", strconv.Itoa(s.report.line))
	}
	address := strings.TrimRight(s.cmd.URL, "/") + s.where
	if len(query) == 0 {
		return address
	}
	return address + "?" + query.Encode()
}

// refusal reads an answer that is none of a file.
func refusal(resp *http.Response) error {
	var problem struct{ Error string }
	_ = json.NewDecoder(resp.Body).Decode(&problem) // a proxy's is no JSON
	err := fmt.Errorf("the server answered %s", resp.Status)
	if problem.Error != "" {
		err = fmt.Errorf("%w: %s", err, problem.Error)
	}
	if !passes(resp.StatusCode) {
		return err
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // 0 when it does not say
	return again{err, time.Duration(seconds) * time.Second}
}

// passes says whether the trouble of a status is one that ends by itself.
func passes(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// listen hears what becomes of the file until the answer ends.
func (s *sending) listen(answer io.Reader, body *watched) error {
	lines := json.NewDecoder(answer)
	for {
		var e importEvent
		err := lines.Decode(&e)
		switch {
		case errors.Is(err, io.EOF) && s.kind == ndjsonType:
			s.report.heard = true
			return s.confirm()
		case err != nil:
			return again{err: errors.New("the connection broke")}
		}
		if s.kind == ndjsonType {
			err = s.report.takeItem(e)
		} else {
			err = s.report.take(e)
		}
		if err != nil {
			return err
		}
		if err := s.confirm(); err != nil || s.report.heard {
			return errors.Join(err, s.report.trouble())
		}
		s.screen.show(s.report, body.read())
	}
}

// confirm writes down the lines that were refused for good.
func (s *sending) confirm() error {
	lines := s.report.settled()
	if s.refused == nil {
		return nil
	}
	return s.refused.add(lines)
}

// afterLine passes over the first lines of a file.
func afterLine(in io.Reader, n int) (io.Reader, error) {
	lines := bufio.NewReaderSize(in, 64<<10)
	for n > 0 {
		_, err := lines.ReadSlice('\n')
		switch {
		case err == nil:
			n--
		case errors.Is(err, io.EOF):
			return lines, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
	return lines, nil
}
