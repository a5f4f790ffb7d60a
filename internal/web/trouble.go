package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// troubleView is a page that could not be shown, and what to do.
type troubleView struct {
	Heading   string
	Message   string
	RequestID string
	Admins    []string // who could, when the visitor may not
	Home      bool
}

// nowhere is a path that leads to no page.
func (s *site) nowhere(v *visit) (answer, error) {
	// Who is signed in keeps the frame around the page; who is not need not
	// sign in to learn that there is nothing here.
	_ = s.recognise(v)
	return answer{}, stanna.Errorf(stanna.NotFound, "there is no page at this address; it may have been mistyped, or what it showed is gone")
}

// trouble makes a page of an error. What is not meant for people is logged
// and shown as an id to quote.
func (s *site) trouble(v *visit, err error) answer {
	status := statusOf(err)
	t := troubleView{RequestID: v.id, Message: sentence(err.Error()), Home: v.known()}
	switch status {
	case http.StatusNotFound:
		t.Heading = "Not found"
	case http.StatusForbidden:
		t.Heading = "This is not for your role"
		if !v.known() {
			t.Heading = "Refused"
		}
		t.Admins = s.admins(v)
	case http.StatusInternalServerError:
		t.Heading = "Something went wrong here"
		t.Message = "It is our fault, not yours. Try again in a moment; if it stays, tell whoever runs this server the request id below."
		s.log.Error("answer a page", "method", v.r.Method, "path", v.r.URL.Path, "request", v.id, "error", err)
	case http.StatusServiceUnavailable:
		t.Heading = "Please try again"
		if _, ok := patient(v, err); ok {
			status = http.StatusTooManyRequests
		}
	default:
		t.Heading = "That did not work"
	}
	return answer{title: t.Heading, status: status, body: troublePage(t)}
}

// admins are the people who could do what the visitor may not.
func (s *site) admins(v *visit) (list []string) {
	if !v.known() {
		return nil
	}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		users, err := tx.Users(v.workspace())
		for _, u := range users {
			if u.Roles[v.workspace()] == stanna.Admin {
				list = append(list, u.Email)
			}
		}
		return err
	})
	if err != nil {
		s.log.Error("list admins", "request", v.id, "error", err)
	}
	return list[:min(len(list), 3)]
}

// sentence makes a sentence of an error: a capital letter and a full stop.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "!") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
