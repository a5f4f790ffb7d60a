package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/slack"
)

// The codes of refusals that a program may tell apart. Those of the hosted
// product's documentation are kept; the last ones are for what it has none.
const (
	missingKey       = "AUTH_MISSING_KEY"
	invalidKey       = "AUTH_INVALID_KEY"
	workspaceDiffers = "AUTH_WORKSPACE_MISMATCH"
	validationError  = "VALIDATION_ERROR"
	resourceNotFound = "RESOURCE_NOT_FOUND"
	invalidWorkspace = "INVALID_WORKSPACE"
	notConnected     = "INTEGRATION_NOT_CONNECTED"
	integrationError = "INTEGRATION_ERROR"
	internalError    = "INTERNAL_ERROR"

	forbidden          = "FORBIDDEN"
	conflict           = "CONFLICT"
	preconditionFailed = "PRECONDITION_FAILED"
	tooLarge           = "PAYLOAD_TOO_LARGE"
	unavailable        = "SERVICE_UNAVAILABLE"
)

// problem is a refusal as it is written to the caller.
type problem struct {
	Message string         `json:"error" doc:"What is wrong and what to do, for a person" example:"Invalid request parameters"`
	Code    string         `json:"code" doc:"What is wrong, for a program" example:"VALIDATION_ERROR"`
	Status  int            `json:"status" doc:"The HTTP status" example:"400"`
	Details map[string]any `json:"details,omitempty" doc:"One entry for each wrong field, or what else belongs to the code"`

	retryAfter int   // seconds; 0: do not say
	cause      error // for the log
}

// Error is what is wrong.
func (p *problem) Error() string { return p.Message }

// GetStatus is for huma.
func (p *problem) GetStatus() int { return p.Status }

// Unwrap gives the cause.
func (p *problem) Unwrap() error { return p.cause }

// refuse writes an error down: to the caller what helps them, to the log what
// helps us.
func (a *api) refuse(v *visit, r *http.Request, err error) {
	p := a.problemOf(v, r.Context(), err)
	if v.status != 0 { // an answer was under way; the connection cannot be trusted with more
		return
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		v.status = 499 // nobody is there to read it
		return
	}
	if p.retryAfter > 0 {
		v.Header().Set("Retry-After", retryText(p.retryAfter))
	}
	writeJSON(v, p.Status, p)
}

func retryText(seconds int) string { return strconv.Itoa(seconds) }

// problemOf makes a problem of any error, and logs the one that we do not
// know: the caller gets the request's id to quote.
func (a *api) problemOf(v *visit, ctx context.Context, err error) *problem {
	p := translate(err)
	if p.Code == internalError {
		p.Message, p.Details = "An internal server error occurred; quote the requestId when you report it", map[string]any{"requestId": v.id}
	}
	if (p.Status >= 500 || p.cause != nil && p.Status != http.StatusUnauthorized) && ctx.Err() == nil {
		cause := p.cause
		if cause == nil {
			cause = err
		}
		a.Log.Warn("request refused", "request", v.id, "code", p.Code, "error", cause)
	}
	if p.Code == invalidWorkspace {
		p.Details = map[string]any{"workspaceId": v.caller.Workspace}
	}
	if p.Code == notConnected {
		p.Details["connectUrl"] = a.PublicURL + "/integrations"
	}
	return p
}

// translate finds the documented code of an error.
func translate(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		copied := *p
		return &copied
	}
	var e *stanna.Error
	var call *slack.Error
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, auth.MissingKey), errors.Is(err, auth.NotSignedIn):
		return &problem{Code: missingKey, Status: http.StatusUnauthorized, Message: err.Error()}
	case errors.Is(err, auth.InvalidKey):
		return &problem{Code: invalidKey, Status: http.StatusUnauthorized, Message: err.Error()}
	case errors.Is(err, auth.WorkspaceMismatch):
		return &problem{Code: workspaceDiffers, Status: http.StatusForbidden, Message: err.Error()}
	case errors.Is(err, connect.NotConnected), errors.Is(err, connect.NeedsRepair), errors.Is(err, connect.NotConfigured):
		return &problem{Code: notConnected, Status: http.StatusBadRequest, Message: err.Error(), Details: map[string]any{"provider": providerOf(err)}}
	case errors.Is(err, connect.NotNow), errors.Is(err, connect.ExchangeFailed):
		return &problem{Code: integrationError, Status: http.StatusBadGateway, Message: err.Error(), retryAfter: 5,
			Details: map[string]any{"service": providerOf(err), "retryAfter": 5}}
	case errors.As(err, &call) && call.Outcome.Kind != slack.Permanent:
		seconds := max(5, int((call.Outcome.After+time.Second-1)/time.Second))
		return &problem{Code: integrationError, Status: http.StatusBadGateway, Message: err.Error(), retryAfter: seconds,
			Details: map[string]any{"service": "slack", "retryAfter": seconds}}
	case errors.As(err, &large):
		return &problem{Code: tooLarge, Status: http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("the body is larger than %d MB; send less at once, or send signals as application/x-ndjson, which may be of any length", large.Limit>>20),
			Details: map[string]any{"limitBytes": large.Limit}}
	case !errors.As(err, &e):
		return &problem{Code: internalError, Status: http.StatusInternalServerError, cause: err}
	}
	p = &problem{Message: e.Message, cause: e.Err}
	if len(e.Fields) > 0 {
		p.Details = make(map[string]any, len(e.Fields))
		for field, what := range e.Fields {
			p.Details[field] = what
		}
	}
	switch e.Code {
	case stanna.Invalid:
		p.Code, p.Status = validationError, http.StatusBadRequest
	case stanna.Unauthenticated:
		p.Code, p.Status = invalidKey, http.StatusUnauthorized
	case stanna.Forbidden:
		p.Code, p.Status = forbidden, http.StatusForbidden
	case stanna.NotFound:
		p.Code, p.Status, p.Message = resourceNotFound, http.StatusNotFound, capital(e.Message)
		if strings.HasPrefix(e.Message, "workspace ") {
			p.Code, p.Message = invalidWorkspace, "Workspace not found or inactive"
		}
	case stanna.Conflict:
		p.Code, p.Status = conflict, http.StatusConflict
	case stanna.Unavailable:
		p.Code, p.Status, p.retryAfter = unavailable, http.StatusServiceUnavailable, 5
	default:
		return &problem{Code: internalError, Status: http.StatusInternalServerError, cause: err}
	}
	return p
}

// missing says what was not found, as documented: resource and id.
func missing(resource, id string, err error) error {
	if stanna.CodeOf(err) != stanna.NotFound {
		return err
	}
	return &problem{Code: resourceNotFound, Status: http.StatusNotFound, Message: capital(resource) + " not found",
		Details: map[string]any{"resource": resource, "id": id}}
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// humaErrors guards huma.NewError, a variable of that package which every API
// in the process shares. It is set before the first API is built and never
// again, so that parallel tests only read it.
var humaErrors sync.Once

func setHumaErrors() {
	humaErrors.Do(func() {
		huma.NewError = humaProblem
		huma.DefaultArrayNullable = false // our lists are empty, never null
	})
}

// humaProblem is how huma's own refusals look: those of input that it checked.
func humaProblem(status int, message string, errs ...error) huma.StatusError {
	for _, err := range errs {
		if p := (*problem)(nil); errors.As(err, &p) {
			return p
		}
	}
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		p := &problem{Code: validationError, Status: http.StatusBadRequest, Message: "Invalid request parameters"}
		for _, err := range errs {
			var d *huma.ErrorDetail
			if !errors.As(err, &d) {
				continue
			}
			_, field, ok := strings.Cut(d.Location, ".")
			if !ok {
				field = d.Location
			}
			if p.Details == nil {
				p.Details = map[string]any{}
				p.Message += ": " + field + ": " + clip(d.Message, 300)
			}
			p.Details[field] = clip(d.Message, 300)
		}
		if p.Details == nil && message != "" {
			p.Message += ": " + message
		}
		return p
	case http.StatusRequestEntityTooLarge:
		return translate(&http.MaxBytesError{Limit: maxBody}).status(status)
	case http.StatusUnsupportedMediaType:
		return unsupported("application/json")
	case http.StatusInternalServerError:
		return &problem{Code: internalError, Status: status, Message: "An internal server error occurred", cause: errors.Join(errs...)}
	}
	return &problem{Code: strings.ToUpper(strings.ReplaceAll(http.StatusText(status), " ", "_")), Status: status, Message: message}
}

func (p *problem) status(status int) *problem { p.Status = status; return p }

func unsupported(want string) *problem {
	return &problem{Code: validationError, Status: http.StatusUnsupportedMediaType, Message: "this Content-Type cannot be read here; send " + want,
		Details: map[string]any{"Content-Type": "must be " + want}}
}

// writeJSON answers with a value.
func writeJSON(v *visit, status int, body any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil { // our own structs; a NaN is the only way
		status = http.StatusInternalServerError
		b.Reset()
		b.WriteString(`{"error":"An internal server error occurred","code":"INTERNAL_ERROR","status":500}` + "\n")
	}
	v.Header()["Content-Type"] = jsonType
	v.WriteHeader(status)
	v.Write(b.Bytes())
}

var jsonType = []string{"application/json"}

// providerOf is whom a refusal is about.
func providerOf(err error) string {
	if errors.Is(err, connect.OfStripe) {
		return "stripe"
	}
	return "slack"
}
