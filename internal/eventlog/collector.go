package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// collector posts records to a web address.
type collector struct {
	url  *url.URL
	http *http.Client
}

func newCollector(u *url.URL) collector {
	return collector{u, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Write posts the records, a line each.
func (c collector) Write(ctx context.Context, records []Record) error {
	var body bytes.Buffer
	for _, r := range records {
		body.Write(r.Line)
		body.WriteByte('\n')
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url.String(), &body)
	if err != nil {
		return errors.New("the collector's address cannot be called")
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := c.http.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) { // it repeats the address, with the token in it
			err = outer.Err
		}
		return fmt.Errorf("reach the collector %s: %w", c.url.Hostname(), err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the collector %s answered %s", c.url.Hostname(), resp.Status)
	}
	return nil
}
