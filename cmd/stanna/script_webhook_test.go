package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/gostanna/stanna/internal/mail/mailtest"
)

// receiver is a program that takes webhooks, and answers as it is told.
type receiver struct {
	mu     sync.Mutex
	got    []posted
	status int
	times  int // the next so many are answered with status; below 0: all
	to     string
	marked int // how many had come at the mark
}

// posted is a request as it came.
type posted struct {
	method, target, body string
	header               http.Header
	answered             int
}

func (p posted) line() string {
	return fmt.Sprintf("%d %s %s %s %s", p.answered, p.method, p.target, p.header.Get("webhook-id"), strings.ReplaceAll(p.body, "\n", " "))
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	p := posted{req.Method, req.URL.RequestURI(), string(body), req.Header, http.StatusOK}
	if r.times != 0 {
		r.times--
		p.answered = r.status
		if r.to != "" {
			w.Header().Set("Location", r.to)
		}
	}
	r.got = append(r.got, p)
	w.WriteHeader(p.answered)
}

func (r *receiver) all() []posted {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *receiver) matching(match *regexp.Regexp) (list []posted) {
	for _, p := range r.all() {
		if match.MatchString(p.line()) {
			list = append(list, p)
		}
	}
	return list
}

// receiver NAME: starts a receiver of webhooks; $NAME is its address.
//
// receiver NAME answer STATUS [TIMES [LOCATION]]: answers so from now on, or
// the next so many times; 0 times: as usual.
//
// receiver NAME got N REGEXP: waits until exactly N requests match, each as
// "ANSWERED METHOD PATH ID BODY"; they become stdout, one a line.
//
// receiver NAME signed SECRET REGEXP: every request that matches was signed by
// the secret, as the official library says; with ! none was.
//
// receiver NAME same REGEXP: those that match have one id and one body.
//
// receiver NAME save FILE REGEXP: writes the bodies of those that match into a
// file, one after the other.
//
// receiver NAME mark, and later none: none has come since; more: waits until
// one has.
func cmdReceiver(ts *testscript.TestScript, neg bool, args []string) {
	s, name := stageOf(ts), args[0]
	if len(args) == 1 {
		r := &receiver{}
		server := httptest.NewServer(r)
		ts.Defer(server.Close)
		s.receivers[name] = r
		ts.Setenv(name, server.URL)
		return
	}
	r := s.receivers[name]
	match := regexp.MustCompile("(?s)" + args[len(args)-1])
	switch args[1] {
	case "answer":
		r.answer(ts, args[2:])
	case "got":
		want, err := strconv.Atoi(args[2])
		ts.Check(err)
		awaitCount(ts, "requests", want, match, func() (lines []string) {
			for _, p := range r.all() {
				lines = append(lines, p.line())
			}
			return lines
		})
	case "signed":
		w, err := standard.NewWebhook(args[2])
		ts.Check(err)
		list := r.matching(match)
		if len(list) == 0 {
			ts.Fatalf("none matches %s", match)
		}
		for _, p := range list {
			if err := w.Verify([]byte(p.body), p.header); (err == nil) == neg {
				ts.Fatalf("%s: %v", p.line(), err)
			}
		}
	case "same":
		list := r.matching(match)
		for _, p := range list {
			if p.body != list[0].body || p.header.Get("webhook-id") != list[0].header.Get("webhook-id") {
				ts.Fatalf("another: %s\n%s", p.line(), list[0].line())
			}
		}
	case "save":
		var text strings.Builder
		for _, p := range r.matching(match) {
			text.WriteString(p.body)
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text.String()), 0o600))
	case "mark":
		r.marked = len(r.all())
	case "none":
		if n := len(r.all()) - r.marked; n > 0 {
			ts.Fatalf("%d came", n)
		}
	case "more":
		wait(ts, "another request", func() bool { return len(r.all()) > r.marked })
	default:
		ts.Fatalf("receiver knows no %s", args[1])
	}
}

func (r *receiver) answer(ts *testscript.TestScript, args []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	r.status, err = strconv.Atoi(args[0])
	ts.Check(err)
	r.times, r.to = -1, ""
	if len(args) > 1 {
		r.times, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	if len(args) > 2 {
		r.to = args[2]
	}
}

// mailbox: starts a mail server, by which servers started from then on send.
//
// mailbox N REGEXP: waits until exactly N letters match, by recipient, subject
// and text; they become stdout.
func cmdMailbox(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if len(args) == 0 {
		box, err := mailtest.Start("127.0.0.1:0", nil)
		ts.Check(err)
		ts.Defer(box.Close)
		s.mailbox = box
		ts.Setenv("STANNA_SMTP_URL", "smtp://"+box.Address+"?from=stanna@acme.com")
		return
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	match := regexp.MustCompile("(?s)" + args[1])
	awaitCount(ts, "letters", want, match, func() (lines []string) {
		for _, l := range s.mailbox.Letters() {
			lines = append(lines, l.To+": "+l.Subject()+"\n"+l.Text)
		}
		return lines
	})
}

// logged FILE REGEXP: waits until lines of an event log match; they become
// stdout.
//
// logged all FILE…: the files together hold every entry of each workspace from
// the first on, in order and once.
func cmdLogged(ts *testscript.TestScript, neg bool, args []string) {
	if args[0] == "all" {
		seq := map[string]int{}
		for _, file := range args[1:] {
			for line := range strings.Lines(ts.ReadFile(file)) {
				var entry struct {
					WorkspaceID string
					Seq         int
				}
				ts.Check(json.Unmarshal([]byte(line), &entry))
				if seq[entry.WorkspaceID]++; entry.Seq != seq[entry.WorkspaceID] {
					ts.Fatalf("%s has entry %d where %d should be: %s", file, entry.Seq, seq[entry.WorkspaceID], line)
				}
			}
		}
		return
	}
	match := regexp.MustCompile(args[1])
	wait(ts, args[1]+" in "+args[0], func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err != nil {
			return false
		}
		found := false
		for line := range strings.Lines(string(text)) {
			if match.MatchString(line) {
				found = true
				fmt.Fprint(ts.Stdout(), line)
			}
		}
		return found
	})
}

// awaitCount waits until so many of something match, and shows them.
func awaitCount(ts *testscript.TestScript, what string, want int, match *regexp.Regexp, list func() []string) {
	for deadline := time.Now().Add(40 * time.Second); ; {
		all := list()
		var matching []string
		for _, x := range all {
			if match.MatchString(x) {
				matching = append(matching, x)
			}
		}
		if len(matching) == want {
			fmt.Fprintln(ts.Stdout(), strings.Join(matching, "\n"))
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%d %s match, not %d, of these:\n%s", len(matching), what, want, strings.Join(all, "\n"))
		}
		<-time.After(20 * time.Millisecond)
	}
}
