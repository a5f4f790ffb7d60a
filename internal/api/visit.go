package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// visit is one request on its way through the door: who it is from, and what
// was answered so far. It is the ResponseWriter that handlers get.
type visit struct {
	http.ResponseWriter
	id     string
	caller auth.Caller
	status int
	bytes  int64
}

// Unwrap gives http.ResponseController what it needs.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// WriteHeader notes the status.
func (v *visit) WriteHeader(status int) {
	if v.status == 0 {
		v.status = status
	}
	v.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (v *visit) Write(b []byte) (int, error) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	n, err := v.ResponseWriter.Write(b)
	v.bytes += int64(n)
	return n, err
}

// visitKey is under which a typed handler's context holds its visit: huma
// hands on the context and nothing else.
type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// ServeHTTP lets a request in.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := a.Clock.Real()
	v := &visit{ResponseWriter: w, id: requestID(r.Header.Get("X-Request-Id"))}
	h := w.Header()
	h["X-Request-Id"] = []string{v.id}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			a.Log.Error("panic in a request", "request", v.id, "route", r.Pattern, "panic", p)
			if v.status == 0 {
				a.refuse(v, r, &problem{Code: internalError, Status: http.StatusInternalServerError})
			}
		}
		a.note(v, r, a.Clock.Real().Sub(began))
	}()
	a.mux.ServeHTTP(v, r)
}

var (
	noStore = []string{"no-store"}
	noSniff = []string{"nosniff"}
)

// note writes a request into the log: never its query, headers or body, which
// may hold customers' words and secrets. Signals that went well are many and
// alike, and are noted only when somebody debugs.
func (a *api) note(v *visit, r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case v.status >= 500:
		level = slog.LevelError
	case v.status >= 400:
		level = slog.LevelWarn
	case r.Pattern == signalsPattern:
		level = slog.LevelDebug
	}
	if !a.Log.Enabled(r.Context(), level) {
		return
	}
	a.Log.LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method), slog.String("route", r.Pattern), slog.Int("status", v.status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", v.bytes),
		slog.String("workspace", v.caller.Workspace), slog.String("request", v.id))
}

// requestID is the one that the sender or a proxy gave, if it can be read
// anywhere, or a new one.
func requestID(given string) string {
	if given == "" || len(given) > 64 || strings.ContainsFunc(given, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}) {
		return store.NewID("req")
	}
	return given
}
