package sandbox

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// reply is what goes back over the wire.
type reply struct {
	status int
	header map[string]string
	body   []byte
	code   string // the error as the log has it; empty: ok
	reset  bool   // no answer at all: the connection is cut
}

// reply makes the answer of a method, or its refusal, into what Slack would send.
func (c *call) reply(m method, body answer, refusal *slackError) reply {
	out := reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}}
	if refusal != nil {
		body, out.code = refusal.extra, refusal.code
	}
	if body == nil {
		body = answer{}
	}
	body["ok"] = refusal == nil
	if refusal != nil {
		body["error"] = refusal.code
		if refusal.status > 0 {
			out.status = refusal.status
		}
		if refusal.retryAfter > 0 {
			out.status = http.StatusTooManyRequests
			out.header["Retry-After"] = strconv.Itoa(refusal.retryAfter)
		}
	}
	if len(c.warnings) > 0 {
		body["warning"] = strings.Join(c.warnings, ",")
		meta, _ := body["response_metadata"].(map[string]any)
		if meta == nil {
			meta = map[string]any{}
		}
		meta["warnings"] = c.warnings
		body["response_metadata"] = meta
	}
	if c.token != nil {
		out.header["X-OAuth-Scopes"] = c.scopes.String()
		if len(m.accepts) > 0 {
			out.header["X-Accepted-OAuth-Scopes"] = strings.Join(m.accepts, ",")
		}
	}
	var err error
	if out.body, err = json.Marshal(body); err != nil {
		return reply{status: http.StatusInternalServerError, code: "internal_error", body: []byte(`{"ok":false,"error":"internal_error"}`)}
	}
	return out
}

// send writes the reply, or cuts the connection.
func (out reply) send(w http.ResponseWriter) {
	if out.reset {
		cut(w)
		return
	}
	for key, value := range out.header {
		w.Header().Set(key, value)
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // the caller may be gone, which concerns nobody here
}

// cut resets the connection: the caller sees no answer.
func cut(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler) // HTTP/2 and test recorders: net/http's own way to abort
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset, not a polite close
	}
	_ = conn.Close()
}
