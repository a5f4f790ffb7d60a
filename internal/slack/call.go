package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gostanna/stanna"
)

// call is one request to the Web API and what was seen of it on the wire. It
// is the HTTP client that slack-go is given, for this one request; slack-go
// only ever sees answers that say ok:true.
type call struct {
	method     string
	repeatable bool // doing it twice does no harm, so that doubt is a reason to repeat
	chat       bool // only channel and ts matter of the answer
	line       http.Client
	secrets    []stanna.Secret // what the request carries and no text may show

	asked, connected atomic.Bool // httptrace may report from another goroutine
	answer           answer
	answered         bool
	failure          *Error
}

// answer is what every answer of the Web API may hold.
type answer struct {
	OK       *bool           `json:"ok"`
	Error    string          `json:"error"`
	Needed   string          `json:"needed"`
	Channel  json.RawMessage `json:"channel"` // an id in chat.*, an object in conversations.*
	User     json.RawMessage `json:"user"`    // an object in users.*, a name in auth.test
	TS       string          `json:"ts"`
	Metadata json.RawMessage `json:"response_metadata"`
}

var (
	errFailed   = errors.New("failed")   // call.failure says how
	errAnswered = errors.New("answered") // call.answer has all that is wanted
)

// Do sends the request and judges the answer, for slack-go.
func (c *call) Do(req *http.Request) (*http.Response, error) {
	resp, body, err := c.fetch(req)
	if err != nil {
		return nil, err
	}
	if err := c.judge(body, resp.Header); err != nil {
		return nil, err
	}
	c.answered = true
	if c.chat {
		// slack-go would decode the whole message that was posted, which
		// costs more than sending it, and would take a message that was
		// delivered for a failure when a block is new to it.
		return nil, errAnswered
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// fetch sends the request and reads an answer of status 200 whole; of its
// body maxAnswer and one more at most.
//
// Whether a request without an answer may have been carried out is decided by
// the connection: until the transport has one in its hands, not a byte can
// have been written, and from then on one may have been. (WroteRequest would
// be closer, but it is reported after the bytes have left, so that a deadline
// in between would be mistaken for "never sent".) The transport itself
// repeats a POST on a new connection only when it knows that nothing was
// written, and then it reports GetConn again.
func (c *call) fetch(req *http.Request) (*http.Response, []byte, error) {
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, nil, c.fail(noConnection, "Slack was not called, for lack of time: "+err.Error(), 0)
	}
	if (req.URL.Scheme != "http" && req.URL.Scheme != "https") || req.URL.Host == "" {
		return nil, nil, c.fail(noConnection, "Slack was not called: its address must begin with https:// and name a host", 0)
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true); c.connected.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { c.connected.Store(true) },
	})
	resp, err := c.line.Do(req.WithContext(ctx))
	if err != nil {
		if c.asked.Load() && !c.connected.Load() {
			return nil, nil, c.fail(noConnection, "Slack could not be reached: "+cause(err), 0)
		}
		return nil, nil, c.fail(noAnswer, "Slack took "+c.method+" and gave no answer: "+cause(err), 0)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, nil, c.refused(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, c.fail(noAnswer, "Slack's answer to "+c.method+" broke off: "+cause(err), 0)
	}
	return resp, body, nil
}

// judge finds out whether an answer with status 200 says ok:true. Nearly
// every failure at Slack is a 200 with ok:false.
func (c *call) judge(body []byte, h http.Header) error {
	nonsense := func(what string) error {
		return c.fail(badAnswer, "The answer to "+c.method+" is not one that Slack gives: "+what, 0)
	}
	if len(body) > maxAnswer {
		return nonsense("it is larger than " + strconv.Itoa(maxAnswer>>20) + " MB")
	}
	a := &c.answer
	switch err := json.Unmarshal(body, a); {
	case err != nil:
		return nonsense(err.Error())
	case a.OK == nil:
		return nonsense("it has no ok")
	case *a.OK:
		return nil
	case !c.isCode(a.Error):
		return nonsense("ok is false and there is no error code")
	}
	var meta struct {
		Messages []string `json:"messages"`
	}
	_ = json.Unmarshal(a.Metadata, &meta) // only there to say more
	detail := "Slack refused " + c.method + ": " + a.Error
	if len(meta.Messages) > 0 {
		detail += " (" + strings.Join(meta.Messages, "; ") + ")"
	}
	return c.fail(a.Error, detail, retryAfter(h, 0))
}

// refused judges an answer whose status is not 200. Nothing of it is shown:
// it was written by whoever stands between us and Slack as often as by Slack.
func (c *call) refused(resp *http.Response) error {
	if resp.ContentLength >= 0 && resp.ContentLength <= 64<<10 {
		_, _ = io.Copy(io.Discard, resp.Body) // so that the connection can be used again
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		after := retryAfter(resp.Header, time.Second)
		return c.fail("ratelimited", fmt.Sprintf("Slack asked to wait %s before the next %s", after, c.method), after)
	}
	return c.fail("http_"+strconv.Itoa(resp.StatusCode),
		"Slack answered "+c.method+" with HTTP "+strconv.Itoa(resp.StatusCode), retryAfter(resp.Header, 0))
}

// maxWait bounds Retry-After. Slack's are seconds to minutes.
const maxWait = time.Hour

// retryAfter is the header's number of seconds, or silent when there is none
// or a silly one. https://docs.slack.dev/apis/web-api/rate-limits
func retryAfter(h http.Header, silent time.Duration) time.Duration {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get("Retry-After")), 10, 64)
	if err != nil || n <= 0 {
		return silent
	}
	return time.Duration(min(n, int64(maxWait/time.Second))) * time.Second
}

// fail settles the call by the table.
func (c *call) fail(code, detail string, after time.Duration) error {
	v := verdictOf(code, c.method)
	o := Outcome{Kind: v.kind(c.repeatable), Class: v.class, Code: code, Detail: c.clean(detail), Repair: v.repair}
	switch o.Kind {
	case Retry:
		o.Scope, o.After = v.scope, v.after
		if after > 0 {
			o.After = after
		}
	case Unknown:
		o.After = after
	}
	if v.class == ClassScope {
		if o.Needed = c.scopes(c.answer.Needed); o.Needed != "" {
			o.Repair = "Slack asks for the permission " + o.Needed + ". " + v.repair
		}
	}
	c.failure = &Error{Method: c.method, Outcome: o}
	return errFailed
}

// result is what the call came to after slack-go gave err.
func (c *call) result(err error) error {
	switch {
	case c.failure != nil:
	case c.answered && (err == nil || errors.Is(err, errAnswered)):
		return nil
	case c.answered:
		_ = c.incomplete("its fields have other types: " + err.Error())
	case err != nil:
		_ = c.fail("invalid_arguments", c.method+" was not sent: "+err.Error(), 0)
	default:
		_ = c.fail("invalid_arguments", c.method+" was not sent", 0)
	}
	return c.failure
}

// incomplete settles a call whose answer says ok:true and lacks what it must
// hold.
func (c *call) incomplete(what string) error {
	_ = c.fail(badAnswer, "The answer to "+c.method+" says ok, but "+what, 0)
	return c.failure
}

// isCode says whether s looks like an error code of Slack's. Whatever else a
// server puts there does not reach a log.
func (c *call) isCode(s string) bool {
	plain := func(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	return s != "" && len(s) <= 80 && strings.TrimFunc(s, plain) == "" && c.clean(s) == s
}

// scopes is Slack's list of OAuth scopes if it looks like one.
func (c *call) scopes(s string) string {
	plain := func(r rune) bool {
		return r == ':' || r == '.' || r == ',' || r == '_' || r == '-' || r == ' ' || r >= 'a' && r <= 'z'
	}
	if len(s) > 200 || strings.TrimFunc(s, plain) != "" {
		return ""
	}
	return c.clean(s)
}

// clean takes the call's secrets out of a text and bounds it.
func (c *call) clean(s string) string {
	for _, x := range c.secrets {
		if x == "" {
			continue
		}
		s = strings.ReplaceAll(s, x.Reveal(), x.String())
		s = strings.ReplaceAll(s, url.QueryEscape(x.Reveal()), x.String())
	}
	if len(s) > 600 {
		s = strings.ToValidUTF8(s[:600], "") + "…"
	}
	return s
}

// cause is why a request failed, without the request.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}
