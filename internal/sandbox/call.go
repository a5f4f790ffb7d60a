package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// call is one Web API request.
type call struct {
	request  *http.Request
	method   string
	logged   string            // the method's name in the log
	args     map[string]string // a structured JSON value is kept as its JSON text, as the form encoding has it
	warnings []string
	bearer   string

	// Set for methods that need a token.
	token  *token
	scopes scopeSet
}

func (c *call) arg(name string) string { return c.args[name] }

func (c *call) flag(name string) bool {
	v, _ := strconv.ParseBool(c.args[name])
	return v
}

// need refuses the call unless one of the scopes was granted.
func (c *call) need(scope string) *slackError {
	if c.scopes.has(scope) {
		return nil
	}
	return &slackError{code: "missing_scope", extra: answer{"needed": scope, "provided": c.scopes.String()}}
}

// answer is the JSON object of a reply; ok is added last.
type answer map[string]any

// slackError is a refusal: HTTP 200 with ok:false, or 429.
type slackError struct {
	code       string
	extra      answer
	retryAfter int // seconds; more than zero makes it a 429
	status     int // of the answer, if it is not 200
}

func refuse(code string) *slackError { return &slackError{code: code} }

// maxBody is far above anything that Slack's limits let through.
const maxBody = 4 << 20

// readCall takes the arguments wherever Slack takes them: the query, a form, or JSON for the methods that allow it.
// Source: https://docs.slack.dev/apis/web-api/#basics
func readCall(r *http.Request, name string, m method) (*call, *slackError) {
	c := &call{request: r, method: name, logged: name, args: map[string]string{}}
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		c.bearer = strings.TrimSpace(bearer)
	}
	for key, values := range r.URL.Query() {
		c.args[key] = values[0]
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method == http.MethodGet, r.Header.Get("Content-Type") == "" && r.ContentLength == 0:
	case err != nil:
		return c, refuse("missing_post_type")
	case kind == "application/json":
		if params["charset"] == "" {
			c.warnings = append(c.warnings, "missing_charset")
		}
		if refusal := c.readJSON(m.formOnly); refusal != nil {
			return c, refusal
		}
	case kind == "application/x-www-form-urlencoded", kind == "multipart/form-data":
		if refusal := c.readForm(kind); refusal != nil {
			return c, refusal
		}
	default:
		return c, refuse("invalid_post_type")
	}
	if c.bearer == "" && kind != "application/json" { // a JSON body may not carry the token
		c.bearer = c.args["token"]
	}
	delete(c.args, "token")
	return c, nil
}

func (c *call) readForm(kind string) *slackError {
	c.request.Body = http.MaxBytesReader(nil, c.request.Body, maxBody)
	read := c.request.ParseForm
	if kind == "multipart/form-data" {
		read = func() error { return c.request.ParseMultipartForm(maxBody) }
	}
	if err := read(); err != nil {
		return refuse("invalid_form_data")
	}
	for key, values := range c.request.PostForm {
		c.args[key] = values[0]
	}
	return nil
}

func (c *call) readJSON(formOnly bool) *slackError {
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.request.Body, maxBody))
	if err != nil {
		return refuse("request_timeout")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil // slack-go calls apps.connections.open so, and Slack answers it
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return refuse("json_not_object")
		}
		return refuse("invalid_json")
	}
	if formOnly {
		return nil // Slack reads no arguments from JSON here, and says nothing
	}
	for key, raw := range fields {
		switch {
		case bytes.Equal(raw, []byte("null")):
		case raw[0] == '"':
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return refuse("invalid_json")
			}
			c.args[key] = text
		default:
			c.args[key] = string(raw)
		}
	}
	return nil
}
