package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read of an answer, and of what is kept of it to be shown.
const (
	maxAnswer  = 64 << 10
	maxExcerpt = 2 << 10
	maxCause   = 300
)

// maxRetryAfter bounds what an endpoint can ask for: as long as the longest
// wait of the schedule.
const maxRetryAfter = 10 * time.Hour

// Answer is what came of a call.
type Answer struct {
	Outcome    Outcome
	Status     int           // HTTP's; 0: no answer came
	Took       time.Duration //
	Body       string        // how the answer begins, as text: what could be read of the first 2 KB
	Error      string        // what went wrong and what to do, for people; "" when delivered
	RetryAfter time.Duration // the endpoint asked to be left alone so long; 0: it did not
}

// Outcome is what a call comes to.
type Outcome string

// The outcomes. All trouble is a reason to try again, as Standard Webhooks
// has it, also an answer of 400 or 404 and a redirect: people mend endpoints,
// and meanwhile nothing is lost.
const (
	Delivered Outcome = "delivered" // 2xx
	Retry     Outcome = "retry"     // anything else, or no answer
	Gone      Outcome = "gone"      // 410: the receiver wants no more of them; pause the endpoint
	Refused   Outcome = "refused"   // not sent, and it will not be until somebody does what Error says
)

// judge says what the head of an answer means.
func judge(resp *http.Response, u *url.URL, now time.Time) Answer {
	a := Answer{Outcome: Retry, Status: resp.StatusCode}
	switch {
	case a.Status >= 200 && a.Status <= 299:
		return Answer{Outcome: Delivered, Status: a.Status}
	case a.Status == http.StatusGone:
		a.Outcome = Gone
		a.Error = "The endpoint answered 410 Gone: it wants no more webhooks. Resume it when it does again"
		return a
	case a.Status >= 300 && a.Status <= 399 && a.Status != http.StatusNotModified:
		a.Error = "The endpoint answered " + statusText(a.Status) + ". Redirects are not followed: " + mendRedirect(resp, u)
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		a.Error = "The endpoint answered " + statusText(a.Status) + ": it does not take the signature; compare the secret there with the one of this endpoint"
	case a.Status == http.StatusNotFound || a.Status == http.StatusMethodNotAllowed:
		a.Error = "The endpoint answered " + statusText(a.Status) + ": nothing takes webhooks at this address; check it"
	case a.Status == http.StatusTooManyRequests:
		a.Error = "The endpoint answered " + statusText(a.Status) + ": it asks to be sent less"
	default:
		a.Error = "The endpoint answered " + statusText(a.Status)
	}
	a.RetryAfter = askedFor(resp.Header.Get("Retry-After"), now)
	return a
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// mendRedirect says where an endpoint was moved, by the host alone: the rest
// of an address may be secret.
func mendRedirect(resp *http.Response, u *url.URL) string {
	to, err := resp.Location()
	switch {
	case err != nil || to.Hostname() == "":
		return "give the endpoint the address to which it has moved"
	case to.Host == u.Host && to.Scheme == u.Scheme:
		return "it has moved to another path of the same host; give the endpoint that address"
	}
	return "it has moved to " + strconv.Quote(clip(to.Scheme+"://"+to.Host, 200)) + "; give the endpoint that address"
}

// askedFor reads Retry-After, which is a number of seconds or a date.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func askedFor(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseUint(text, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// failed says what it means that no answer came.
func failed(ctx context.Context, err error, u *url.URL) Answer {
	var (
		no      *forbiddenError
		unknown *net.DNSError
		outer   *url.Error
		op      *net.OpError
	)
	host := clip(u.Hostname(), 100)
	if errors.As(err, &outer) {
		err = outer.Err // without the address
	}
	if errors.As(err, &no) {
		return Answer{Outcome: Refused, Error: fmt.Sprintf("It was not sent: %s stands for %s, which is %s and may not be called. %s", host, no.addr, no.what, howToAllow)}
	}
	a := Answer{Outcome: Retry}
	switch cause := clip(plain(withoutQuery(u, err.Error())), maxCause); {
	case errors.Is(ctx.Err(), context.Canceled):
		a.Error = "It was cut short because this server was stopped; it may have arrived"
	case errors.As(err, &unknown) && unknown.IsNotFound:
		a.Error = "It was not sent: the name " + host + " is not known. Check the endpoint's address"
	case errors.As(err, &op) && op.Op == "dial":
		a.Error = "It was not sent: " + host + " could not be reached: " + cause
	case ctx.Err() != nil:
		a.Error = fmt.Sprintf("The endpoint did not answer in time, which is %d seconds; it should answer first and do its work then", sendTimeout/time.Second)
	case errors.Is(err, io.EOF):
		a.Error = "No answer came from " + host + ": it closed the connection"
	default:
		a.Error = "No answer came from " + host + ": " + cause
	}
	return a
}

// withoutQuery takes the query of an address, whole and in parts, out of a
// text: an endpoint may say back what it was asked.
func withoutQuery(u *url.URL, text string) string {
	parts := []string{u.RawQuery}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			value = name
		}
		clear, err := url.QueryUnescape(value)
		if err != nil {
			clear = value
		}
		parts = append(parts, value, clear, url.QueryEscape(clear))
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // one may be part of another
	var pairs []string
	for _, p := range parts {
		if len(p) >= 4 { // no token is shorter, and any text would be torn
			pairs = append(pairs, p, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// excerpt is the beginning of a text as it can be stored and shown.
func excerpt(text string) string {
	return plain(strings.ToValidUTF8(text[:min(len(text), maxExcerpt)], "?"))
}

// plain is a text without control characters other than the ends of lines.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
