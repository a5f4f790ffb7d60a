package stripe

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Outcome is what a failed call asks of the caller.
type Outcome string

// The outcomes.
const (
	Retry   Outcome = "retry"   // it may pass by itself: the same call again, later
	Broken  Outcome = "broken"  // the key is worth nothing, or may not do this: a person does what Repair says
	Gone    Outcome = "gone"    // there is no such object at Stripe (any more)
	Refused Outcome = "refused" // Stripe does not take this request, and will not
)

// Error is a call that was not carried out. Its text says what happened and
// what to do, and holds no key and nothing of a customer. It unwraps to a
// [stanna.Error], so that the doors can answer with it.
type Error struct {
	Kind       Outcome
	Status     int           // HTTP's; 0: no answer
	Type       string        // Stripe's, such as invalid_request_error
	Code       string        // Stripe's, such as resource_missing, or ours: no_answer, bad_answer, too_large
	RetryAfter time.Duration // what Stripe asked for; 0: it named no time
	Needed     string        // the permission that a restricted key lacks, such as rak_invoice_read
	Detail     string        // what happened
	Repair     string        // what a person must do; "" when nobody must

	account string // that Stripe's message names
	cause   error
}

// Error gives what happened and what to do.
func (e *Error) Error() string {
	if e.Repair == "" {
		return e.Detail
	}
	return e.Detail + ". " + e.Repair
}

// Unwrap gives the same as trouble for a person.
func (e *Error) Unwrap() error {
	code := stanna.Conflict
	switch e.Kind {
	case Retry:
		code = stanna.Unavailable
	case Gone:
		code = stanna.NotFound
	case Refused:
		code = stanna.Invalid
	}
	return &stanna.Error{Code: code, Message: e.Error(), Err: e.cause}
}

// OutcomeOf is the outcome that err carries; "" when it did not come from a
// call to Stripe.
func OutcomeOf(err error) Outcome {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// unanswered is a call that did not get a whole answer.
func (c call) unanswered(err error) *Error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address
	}
	return &Error{Kind: Retry, Code: "no_answer", Detail: c.clean("Stripe could not be reached, or did not answer " + c.name + ": " + err.Error()), cause: err}
}

// nonsense is an answer that is none of Stripe's.
func (c call) nonsense(what string) *Error {
	return &Error{Kind: Retry, Status: http.StatusOK, Code: "bad_answer", Detail: "The answer to " + c.name + " is none that Stripe gives: " + what}
}

// permission is how Stripe names the permission that a restricted key lacks.
var permission = regexp.MustCompile(`rak_[a-z_]{1,60}_(?:read|write)`)

// namedAccount is how that message names the account.
var namedAccount = regexp.MustCompile(`\bacct_[A-Za-z0-9_]{1,60}`)

// refused judges an answer whose status is not 200.
// https://docs.stripe.com/api/errors, and of OAuth
// https://docs.stripe.com/connect/oauth-reference
func (c call) refused(status int, h http.Header, body []byte) *Error {
	var answer struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	_ = json.Unmarshal(body, &answer) // a proxy's answer may be no JSON
	var said struct{ Type, Code, Message string }
	if json.Unmarshal(answer.Error, &said) != nil {
		said.Message = answer.Description
		_ = json.Unmarshal(answer.Error, &said.Code) // OAuth's error is a word
	}
	e := &Error{Status: status, Type: c.word(said.Type), Code: c.word(said.Code), RetryAfter: retryAfter(h), account: namedAccount.FindString(said.Message)}
	e.Detail = "Stripe answered " + c.name + " with HTTP " + strconv.Itoa(status)
	if e.Code != "" {
		e.Detail += ", " + e.Code
	}
	switch {
	case status == http.StatusTooManyRequests, status >= 500, status == http.StatusConflict, status == http.StatusFailedDependency,
		status == http.StatusRequestTimeout, said.Code == "lock_timeout":
		e.Kind = Retry
	case status == http.StatusUnauthorized:
		e.Kind, e.Repair = Broken, "Stripe does not know the key (any more): it was revoked, rolled or has expired. Connect Stripe again with a new one"
	case status == http.StatusForbidden:
		e.Kind, e.Repair = Broken, "The key has no access to this account (any more). Connect Stripe again"
		if e.Needed = permission.FindString(said.Message); e.Needed != "" {
			e.Repair = "The restricted key lacks the permission " + e.Needed + " (" + permissionName(e.Needed) + "). Edit the key at https://dashboard.stripe.com/apikeys and grant it"
		}
	case status == http.StatusNotFound, said.Code == "resource_missing":
		e.Kind = Gone
	default:
		e.Kind = Refused
		if said.Message != "" {
			e.Repair = "Stripe says: " + c.clean(line(said.Message, maxText))
		}
	}
	return e
}

// permissionName is a permission as Stripe's page of the key shows it:
// "Invoice: read".
func permissionName(needed string) string {
	words := strings.Split(strings.TrimPrefix(needed, "rak_"), "_")
	last := len(words) - 1
	name := strings.Join(words[:last], " ")
	return strings.ToUpper(name[:1]) + name[1:] + ": " + words[last]
}

// maxWait bounds Retry-After.
const maxWait = time.Hour

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get("Retry-After")), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(min(n, int64(maxWait/time.Second))) * time.Second
}

// anyKey is whatever looks like a key or a secret of Stripe's.
var anyKey = regexp.MustCompile(`\b(?:sk|rk|pk|rt|ac|whsec)_[A-Za-z0-9_*]{4,}`)

// clean takes keys out of a text.
func (c call) clean(text string) string {
	for _, s := range c.secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	return anyKey.ReplaceAllString(text, "[secret]")
}

// word is a code that Stripe names, if it looks like one.
func (c call) word(text string) string {
	if !plainWord.MatchString(text) || c.clean(text) != text {
		return ""
	}
	return text
}
