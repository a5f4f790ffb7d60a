package slack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// TestNoSecretLeaks makes every call on every failing road, among them a
// server that hands back whatever it was sent, and looks for the secrets in
// everything that can be printed of the result.
func TestNoSecretLeaks(t *testing.T) {
	echo := func(format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			form := r.PostForm.Encode()
			for _, k := range []string{"token", "code", "refresh_token", "client_secret"} {
				if v := r.PostForm.Get(k); v != "" {
					form = v + " " + form
				}
			}
			says(strings.ReplaceAll(format, "SECRET", strings.ReplaceAll(form, `"`, "")))(w, r)
		}
	}
	// An error code made of the client secret passes for one: it has letters
	// and digits only.
	codeIs := func(key string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			says(`{"ok":false,"error":"`+r.PostForm.Get(key)+`"}`)(w, r)
		}
	}
	roads := map[string]http.HandlerFunc{
		"500":             status(500),
		"403":             status(403),
		"429":             status(429),
		"reset":           reset,
		"refusal":         says(`{"ok":false,"error":"invalid_auth"}`),
		"garbage":         says("<html>"),
		"echo":            echo("SECRET"),
		"echo as code":    echo(`{"ok":false,"error":"SECRET"}`),
		"echo as message": echo(`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["SECRET"]}}`),
		"echo as needed":  echo(`{"ok":false,"error":"missing_scope","needed":"SECRET"}`),
		"token as needed": func(w http.ResponseWriter, r *http.Request) {
			says(`{"ok":false,"error":"missing_scope","needed":"`+r.PostForm.Get("token")+`"}`)(w, r)
		},
		"echo as ok":            echo(`{"ok":"SECRET"}`),
		"echo as field":         echo(`{"ok":true,"channel":"SECRET","user_id":{"SECRET":1},"user":["SECRET"],"team":"SECRET","channels":"SECRET"}`),
		"client secret as code": codeIs("client_secret"),
		"token as code":         codeIs("token"),
		"path as message": func(w http.ResponseWriter, r *http.Request) {
			says(`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["`+r.Host+r.URL.Path+`"]}}`)(w, r)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/?"+r.PostForm.Encode(), http.StatusFound)
		},
	}
	addresses := map[string]string{"refused": dead(), "no address": "::not an address::"}
	for name, h := range roads {
		addresses[name] = serve(t, h).URL
	}
	for name, addr := range addresses {
		a, c := app(t, addr), client(t, addr)
		for call, result := range map[string]any{
			"Post":      c.Post(t.Context(), "C1", Content{Text: "hello", Blocks: blocks}),
			"Reply":     c.Reply(t.Context(), "C1", "1.1", Content{Text: "hello", Blocks: blocks}),
			"Update":    c.Update(t.Context(), "C1", "1.1", Content{Text: "hello", Blocks: blocks}),
			"Exchange":  second(a.Exchange(t.Context(), testCode, "https://stanna.example.com/cb")),
			"Refresh":   second(a.Refresh(t.Context(), testRefresh)),
			"Uninstall": a.Uninstall(t.Context(), testToken),
			"AuthTest":  second(c.AuthTest(t.Context())),
			"Channels":  third(c.Channels(t.Context(), PublicChannels, "T1", "")),
			"Channel":   second(c.Channel(t.Context(), "C1")),
			"Join":      second(c.Join(t.Context(), "C1")),
			"OpenDM":    second(c.OpenDM(t.Context(), "U1")),
			"Lookup":    second(c.LookupEmail(t.Context(), "ana@acme.com")),
			"Revoke":    c.Revoke(t.Context()),
			"Broadcast": c.Broadcast(t.Context(), "C1", "1.1", Content{Text: "hello", Blocks: blocks}),
			"User":      second(c.User(t.Context(), "U1")),
			"OpenView":  c.OpenView(t.Context(), "1.2.a", modal),
			"Respond":   Respond(t.Context(), pool(t), addr, stanna.Secret(addr+"/actions/"+testTicket), "hello"),
			"Elsewhere": Respond(t.Context(), pool(t), addr, stanna.Secret("https://evil.example/"+testTicket), "hello"),
			"No URL":    Respond(t.Context(), pool(t), addr, stanna.Secret("http://\x7f/"+testTicket), "hello"),
		} {
			if err, isErr := result.(error); isErr && err != nil {
				o, ok := OutcomeOf(err)
				if !ok {
					t.Errorf("%s, %s: no Outcome in %v", name, call, err)
				}
				hunt(t, name+", "+call, o, err, err.Error())
			} else if !isErr && result != nil {
				hunt(t, name+", "+call, result)
			}
		}
	}
	hunt(t, "the client", client(t, dead()), *client(t, dead()), app(t, dead()), Tokens{AccessToken: testToken, RefreshToken: testRefresh})
}

func hunt(t *testing.T, where string, things ...any) {
	t.Helper()
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, nil))
	for _, x := range things {
		fmt.Fprintf(&b, "%v %+v %#v %s\n", x, x, x, x)
		log.LogAttrs(context.Background(), slog.LevelInfo, "x", slog.Any("x", x))
	}
	text, _ := io.ReadAll(&b)
	for _, s := range []string{testToken.Reveal(), testClientSecret.Reveal(), testCode, testRefresh.Reveal(), "sign-secret-1", testAppToken.Reveal(), testTicket} {
		if bytes.Contains(text, []byte(s)) || bytes.Contains(text, []byte(url.QueryEscape(s))) {
			t.Errorf("%s: a secret is in %s", where, text)
		}
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }
