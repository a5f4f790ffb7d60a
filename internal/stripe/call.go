package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
)

// Version is the API version that our own calls are made with
// (https://docs.stripe.com/changelog), and that endpoints are made with which
// we make.
const Version = "2026-03-25.dahlia"

// maxAnswer bounds what is read of an answer.
const maxAnswer = 8 << 20

// call is one request to Stripe. It is made once: the caller repeats.
type call struct {
	name    string // for people: "GET /v1/customers"
	line    *http.Client
	secrets []stanna.Secret // what it carries and no text may show
}

var errTooLarge = errors.New("too large")

// send makes the call and decodes its answer into into.
func (c call) send(ctx context.Context, method, base, path string, form url.Values, header http.Header, into any) error {
	c.name = method + " " + path
	address, body := strings.TrimRight(base, "/")+path, io.Reader(nil)
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		address += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil || req.URL.Host == "" {
		return &Error{Kind: Refused, Code: "no_address", Detail: "Stripe was not called: its address must begin with https:// and name a host"}
	}
	req.Header = header
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.fetch(req)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return c.nonsense("it is not the JSON that was asked for")
	}
	return nil
}

func (c call) fetch(req *http.Request) ([]byte, error) {
	line := http.Client{}
	if c.line != nil {
		line = *c.line
	}
	line.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a key goes to one host
	line.Jar = nil
	resp, err := line.Do(req)
	if err != nil {
		return nil, c.unanswered(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, c.refused(resp.StatusCode, resp.Header, answer)
	case err != nil:
		return nil, c.unanswered(err)
	case len(answer) > maxAnswer:
		return nil, &Error{Kind: Refused, Status: resp.StatusCode, Code: "too_large", Detail: "The answer to " + c.name + " is larger than 8 MB", cause: errTooLarge}
	}
	return answer, nil
}
