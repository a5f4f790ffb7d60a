package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// signInView is the form, with what was wrong the last time.
type signInView struct {
	Email string
	Next  string
	Wrong string
	Wait  string // how long to wait before trying again
}

// linkView is the page that asks before a link is used up.
type linkView struct {
	Token string
	Next  string
	Wrong string
}

// welcomeView asks for a password: the first, or another.
type welcomeView struct {
	First  bool
	Email  string
	Wrong  string
	Fields map[string]string
}

func (s *site) signInPage(v *visit) (answer, error) {
	next := localPath(v.asked("next"))
	if s.recognise(v) == nil {
		return answer{to: orHome(next)}, nil
	}
	return signInForm(signInView{Next: next}, http.StatusOK), nil
}

func signInForm(f signInView, status int) answer {
	return answer{title: "Sign in", body: signInBody(f), status: status}
}

func (s *site) signIn(v *visit) (answer, error) {
	f := signInView{Email: v.given("email"), Next: localPath(v.given("next"))}
	user, err := s.auth.CheckPassword(v.ctx, f.Email, stanna.Secret(v.r.PostFormValue("password")), v.r.RemoteAddr)
	if wait, ok := patient(v, err); ok {
		f.Wait = v.local.Lasting(wait.Wait)
		if wait.Wait.Minutes() < 1 {
			f.Wait = v.local.Count(int(wait.Wait.Seconds()), "second")
		}
		return signInForm(f, http.StatusTooManyRequests), nil
	}
	if errors.Is(err, auth.WrongPassword) {
		f.Wrong = sentence(err.Error())
		return signInForm(f, http.StatusUnauthorized), nil
	}
	if err == nil {
		err = s.auth.StartSession(v.ctx, user, auth.ByPassword)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{to: orHome(f.Next)}, nil
}

// linkPage only asks: scanners of mail and chat follow links, and the link is
// good once.
func (s *site) linkPage(v *visit) (answer, error) {
	v.w.Header().Set("Referrer-Policy", "no-referrer") // the token is in the address
	f := linkView{Token: v.asked("token"), Next: localPath(v.asked("next"))}
	return answer{title: "Sign in", body: linkBody(f)}, nil
}

func (s *site) useLink(v *visit) (answer, error) {
	next := localPath(v.given("next"))
	user, err := s.auth.UseLink(v.ctx, stanna.Secret(v.given("token")))
	if errors.Is(err, auth.UsedLink) {
		return answer{title: "Sign in", body: linkBody(linkView{Wrong: sentence(err.Error())}), status: http.StatusUnauthorized}, nil
	}
	if err == nil {
		err = s.auth.StartSession(v.ctx, user, auth.ByLink)
	}
	switch {
	case err != nil:
		return answer{}, err
	case next == "" && !user.HasPassword:
		return answer{to: "/welcome"}, nil
	}
	return answer{to: orHome(next)}, nil
}

func (s *site) signOut(v *visit) (answer, error) {
	if err := s.auth.SignOut(v.ctx); err != nil {
		return answer{}, err
	}
	return answer{to: "/sign-in"}, nil
}

func (s *site) welcomePage(v *visit) (answer, error) {
	f, err := s.welcomeView(v)
	return answer{title: f.title(), body: welcomeBody(f)}, err
}

func (s *site) welcomeView(v *visit) (f welcomeView, err error) {
	f.Email = v.caller.Email
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		account, err := tx.Account(v.caller.ID)
		f.First = !account.HasPassword
		return err
	})
	return f, err
}

func (f welcomeView) title() string {
	if f.First {
		return "Welcome"
	}
	return "Change your password"
}

func (s *site) welcome(v *visit) (answer, error) {
	f, err := s.welcomeView(v)
	if err != nil {
		return answer{}, err
	}
	current, next := stanna.Secret(v.r.PostFormValue("current")), stanna.Secret(v.r.PostFormValue("password"))
	if v.r.PostFormValue("repeat") != next.Reveal() {
		err = stanna.InvalidField("repeat", "is not the same as the password above")
	} else {
		err = s.auth.ChangePassword(v.ctx, current, next)
	}
	if code := stanna.CodeOf(err); code == stanna.Invalid || code == stanna.Unavailable {
		f.Wrong = sentence(err.Error())
		if e := new(stanna.Error); errors.As(err, &e) {
			f.Fields = e.Fields
		}
		return answer{title: f.title(), body: welcomeBody(f), status: statusOf(err)}, nil
	}
	if err != nil {
		return answer{}, err
	}
	return s.done(v, "/", "Your password is set. Sessions on other devices have ended.")
}

func (s *site) chooseWorkspace(v *visit) (answer, error) {
	if err := s.auth.ChooseWorkspace(v.ctx, v.given("workspace")); err != nil {
		return answer{}, err
	}
	return answer{to: "/"}, nil
}

// localPath is next if it leads to a page of ours, else "". Browsers take
// //host and /\host for another server.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) || strings.HasPrefix(u.Path, "/sign-") {
		return ""
	}
	return next
}

func orHome(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
