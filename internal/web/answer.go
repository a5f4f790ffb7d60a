package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
)

// answer is a page, or another address to go to.
type answer struct {
	title  string
	body   templ.Component
	status int    // 200 by default
	to     string // instead of a page: a path of ours
	script bool   // the page uses the one script that there is

	fragment templ.Component // instead of a page: a part of one, for that script
}

// handler answers a visit.
type handler func(v *visit) (answer, error)

// signedIn is the permission that everybody has who is signed in.
const signedIn auth.Action = ""

// maxForm bounds what a form may send.
const maxForm = 512 << 10

// open is a page for everybody.
func (s *site) open(h handler) http.Handler {
	return s.auth.Sessions().LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serve(s.newVisit(w, r), h)
	}))
}

// page is for who is signed in and may do what it takes.
func (s *site) page(need auth.Action, h handler) http.Handler {
	return s.open(func(v *visit) (answer, error) {
		if err := s.recognise(v); err != nil {
			return answer{}, err
		}
		if need != signedIn {
			if err := v.caller.Require(need); err != nil {
				return answer{}, err
			}
		}
		return h(v)
	})
}

// serve runs a handler and makes a page of what it gives, error or not.
func (s *site) serve(v *visit, h handler) {
	v.w.Header().Set("Cache-Control", "no-store")
	if v.r.Method == http.MethodPost {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
		if err := v.r.ParseForm(); err != nil {
			s.write(v, s.trouble(v, stanna.Errorf(stanna.Invalid, "the form could not be read; go back and send it again")))
			return
		}
	}
	a, err := h(v)
	if errors.Is(err, auth.NotSignedIn) {
		a, err = answer{to: signInPath(v.r)}, nil
	}
	if err != nil {
		a = s.trouble(v, err)
	}
	s.write(v, a)
}

func (s *site) write(v *visit, a answer) {
	if a.to != "" {
		http.Redirect(v.w, v.r, a.to, http.StatusSeeOther)
		return
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	var page bytes.Buffer
	whole := a.fragment
	if whole == nil {
		whole = shell(s.frame(v, a), a.body)
	}
	if err := whole.Render(v.ctx, &page); err != nil {
		s.log.Error("write a page", "path", v.r.URL.Path, "request", v.id, "error", err)
		http.Error(v.w, "Something went wrong here. The request id is "+v.id+".", http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(a.status)
	_, _ = v.w.Write(page.Bytes()) // a browser that has gone away needs no answer
}

// statusOf translates the kind of trouble.
func statusOf(err error) int {
	switch stanna.CodeOf(err) {
	case stanna.Invalid:
		return http.StatusBadRequest
	case stanna.Unauthenticated:
		return http.StatusUnauthorized
	case stanna.Forbidden:
		return http.StatusForbidden
	case stanna.NotFound:
		return http.StatusNotFound
	case stanna.Conflict:
		return http.StatusConflict
	case stanna.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// patient tells a browser how long to wait, when that is the trouble.
func patient(v *visit, err error) (wait *auth.TooMany, ok bool) {
	if ok = errors.As(err, &wait); ok {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait.Wait.Seconds())))
	}
	return wait, ok
}

// signInPath is where somebody unknown is sent, and from there back.
func signInPath(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.URL.RequestURI() == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(r.URL.RequestURI())
}
