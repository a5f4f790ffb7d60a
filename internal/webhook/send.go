package webhook

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/gostanna/stanna"
)

// sendTimeout bounds one call in all: name, connection, request and answer.
// The lease of whoever sends is six seconds, of which the last is for writing
// down what became of it. (Standard Webhooks recommends 15 to 30 s; a
// receiver that needs longer than this should answer first and work then.)
const sendTimeout = 4 * time.Second

// Call is a webhook to be sent once.
type Call struct {
	URL       stanna.Secret // its query may hold a token
	ID        string        // the same at each try
	Body      []byte        // JSON
	Secrets   []stanna.Secret
	UserAgent string
	Now       func() time.Time // the real clock: the time that is signed, and how long it took
}

// Send makes one call, with a client from [NewHTTPClient], and says what came
// of it.
func Send(ctx context.Context, client *http.Client, c Call) Answer {
	start := c.Now()
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	a := send(ctx, client, c, start)
	a.Took = c.Now().Sub(start)
	return a
}

func send(ctx context.Context, client *http.Client, c Call, at time.Time) Answer {
	u, err := url.Parse(c.URL.Reveal())
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return Answer{Outcome: Refused, Error: "It was not sent: its address is no web address. Give the endpoint another one"}
	}
	header, err := Sign(c.ID, at, c.Body, c.Secrets...)
	if err != nil {
		return Answer{Outcome: Refused, Error: "It was not sent, for it could not be signed: " + err.Error() + ". Rotate the endpoint's secret"}
	}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", c.UserAgent)
	// Nothing is sent for this empty key. It tells net/http that the call may
	// be repeated when a connection turns out to have been closed while it was
	// idle: receivers know a repeat by its id.
	header["Idempotency-Key"] = nil
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(c.Body))
	if err != nil {
		return Answer{Outcome: Refused, Error: "It was not sent: its address is no web address. Give the endpoint another one"}
	}
	req.Header = header
	resp, err := client.Do(req)
	if err != nil {
		return failed(ctx, err, u)
	}
	defer resp.Body.Close()
	a := judge(resp, u, c.Now())
	if resp.StatusCode != http.StatusSwitchingProtocols { // whose body is the bare connection, which no deadline ends
		said, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status has been said; how the rest ends changes nothing
		a.Body = excerpt(withoutQuery(u, string(said)))
	}
	return a
}
