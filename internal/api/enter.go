package api

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
)

// enter is what every request goes through on the way to its handler, and
// where its error comes back to.
func (a *api) enter(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := w.(*visit) // ServeHTTP made it
		err := a.admit(v, r, rt)
		if err == nil {
			err = rt.serve(v, r)
		}
		if err != nil {
			a.refuse(v, r, err)
		}
	}
}

// admit says whether the request may be served: who is asking, whether there
// is any of their allowance left, whether they may.
func (a *api) admit(v *visit, r *http.Request, rt route) error {
	if rt.action == "" {
		if rt.unlimited {
			return nil
		}
		return a.allowStranger(v, r)
	}
	caller, err := a.recognise(r)
	if err != nil {
		if limited := a.allowStranger(v, r); limited != nil {
			return limited
		}
		return err
	}
	v.caller = caller
	if err := a.allow(v, rt); err != nil {
		return err
	}
	if r.URL.RawQuery != "" && strings.Contains(r.URL.RawQuery, "workspaceId") {
		if err := caller.In(r.URL.Query().Get("workspaceId")); err != nil {
			return err
		}
	}
	if caller.Kind == auth.Person {
		// A browser sends its cookie along for whichever page asks it to.
		if err := a.origin.Check(r); err != nil {
			return &stanna.Error{Code: stanna.Forbidden, Message: "this came from a page of another site; use the pages of this server, or an API key", Err: err}
		}
	}
	return caller.Require(rt.action)
}

// recognise says who is asking: a program by its key, or else a person by
// the session of their browser.
func (a *api) recognise(r *http.Request) (auth.Caller, error) {
	if _, keyed := r.Header["Authorization"]; !keyed && r.Header.Get("X-Api-Key") == "" {
		if caller, ok, err := a.person(r); ok || err != nil {
			return caller, err
		}
	}
	return a.Auth.Authenticate(r.Context(), r.Header)
}

// person is who the session cookie stands for; ok is false without one. The
// session is only read: it is the pages' to prolong.
func (a *api) person(r *http.Request) (caller auth.Caller, ok bool, err error) {
	sessions := a.Auth.Sessions()
	cookie, err := r.Cookie(sessions.Cookie.Name)
	if err != nil {
		return caller, false, nil
	}
	ctx, err := sessions.Load(r.Context(), cookie.Value)
	if err != nil {
		return caller, false, err
	}
	caller, err = a.Auth.Visitor(ctx)
	return caller, err == nil, err
}

// nowhere answers what no route is for.
func (a *api) nowhere(v *visit, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(other); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return &problem{Code: resourceNotFound, Status: http.StatusNotFound, Message: "There is no such address; /api/docs lists those there are",
			Details: map[string]any{"resource": "route", "id": clip(r.URL.Path, 200)}}
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	list := strings.Join(allowed, ", ")
	v.Header().Set("Allow", list)
	return &problem{Code: "METHOD_NOT_ALLOWED", Status: http.StatusMethodNotAllowed, Message: r.Method + " is not possible here; use " + list,
		Details: map[string]any{"allowed": allowed}}
}

// addressOf is the network address of the visitor, without the port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
