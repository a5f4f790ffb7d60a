package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// rawPost posts and returns what came over the wire: status and body, or "cut".
func (st *stage) rawPost(channel string) string {
	st.t.Helper()
	// A client of its own without kept connections: a reset must not be retried on another one by net/http.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	form := url.Values{"channel": {channel}, "text": {"x"}, "token": {pasted}}
	resp, err := client.PostForm(st.url+"/api/chat.postMessage", form)
	if err != nil {
		return "cut"
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	text := string(body)
	if strings.Contains(text, `"bot_profile"`) && json.Valid(body) {
		text = "answer"
	}
	return fmt.Sprintf("%d %s %s", resp.StatusCode, resp.Header.Get("Retry-After"), text)
}

func TestFaults(t *testing.T) {
	const page = "<html><body><h1>Server Error</h1></body></html>"
	for _, test := range []struct {
		name   string
		fault  Fault
		want   string // a prefix
		stored int
		logged string
	}{
		{"ok:false", Fault{Kind: FaultOKFalse, Error: "is_archived"}, `200  {"ok":false,"error":"is_archived"}`, 0, "is_archived"},
		{"ok:false after the deed", Fault{Kind: FaultOKFalse, Error: "fatal_error", After: true}, `200  {"ok":false,"error":"fatal_error"}`, 1, "fatal_error"},
		{"500", Fault{Kind: FaultStatus}, "500  " + page, 0, "http_500"},
		{"502 after the deed", Fault{Kind: FaultStatus, Status: 502, After: true}, "502  " + page, 1, "http_502"},
		{"503 with Retry-After", Fault{Kind: FaultStatus, Status: 503, RetryAfter: 7}, "503 7 " + page, 0, "http_503"},
		{"429", Fault{Kind: FaultRateLimit, RetryAfter: 30}, `429 30 {"ok":false,"error":"ratelimited"}`, 0, "ratelimited"},
		{"429 without a number", Fault{Kind: FaultRateLimit}, `429 1 `, 0, "ratelimited"},
		{"slow", Fault{Kind: FaultSlow, DelayMS: 1}, `200  answer`, 1, ""},
		{"reset before", Fault{Kind: FaultResetBefore}, "cut", 0, "reset"},
		{"reset after", Fault{Kind: FaultResetAfter}, "cut", 1, "reset"},
		{"outage", Fault{Kind: FaultOutage}, "503  " + page, 0, "http_503"},
		{"outage that refuses", Fault{Kind: FaultOutage, Mode: "close"}, "cut", 0, "reset"},
		{"a page instead of JSON", Fault{Kind: FaultGarbage}, "200  <!DOCTYPE html>", 0, "garbage"},
		{"half an answer", Fault{Kind: FaultGarbage, Mode: "truncated"}, `200  {"channel":"C0HEALTH01","message":{"type":"message"`, 1, "garbage"},
		{"an empty answer", Fault{Kind: FaultGarbage, Mode: "empty"}, "200  ", 0, "garbage"},
		{"for another method", Fault{Kind: FaultOutage, Method: "chat.update"}, `200  answer`, 1, ""},
		{"for another channel", Fault{Kind: FaultOutage, Channel: "C0ALERTS01"}, `200  answer`, 1, ""},
		{"for this channel", Fault{Kind: FaultOutage, Method: "chat.postMessage", Channel: "C0HEALTH01"}, "503  ", 0, "http_503"},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := newStage(t, nil)
			if _, err := st.SetFault(test.fault); err != nil {
				t.Fatal(err)
			}
			got := st.rawPost("C0HEALTH01")
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("over the wire: %q, want %q", got, test.want)
			}
			diff(t, "stored", len(st.Messages()), test.stored)
			call := st.Calls()[0]
			diff(t, "logged", []any{call.Error, call.OK, call.Channel}, []any{test.logged, test.logged == "", "C0HEALTH01"})
		})
	}
}

func TestFaultsEnd(t *testing.T) {
	st := newStage(t, nil)
	st.SetFault(Fault{Kind: FaultOKFalse, Error: "first_code", Count: 2})
	st.SetFault(Fault{Kind: FaultOKFalse, Error: "second_code", ForMS: 8000})
	st.want(st.call("auth.test", nil), "first_code")
	st.want(st.call("auth.test", nil), "first_code")
	st.want(st.call("auth.test", nil), "second_code")
	st.clock.forward(7999 * time.Millisecond)
	st.want(st.call("auth.test", nil), "second_code")
	st.clock.forward(time.Millisecond)
	st.want(st.call("auth.test", nil), "ok")
	diff(t, "faults in force", len(st.Faults()), 0)

	one, _ := st.SetFault(Fault{Kind: FaultOutage})
	st.SetFault(Fault{Kind: FaultOutage})
	diff(t, "cleared by id", st.ClearFaults(one.ID), 1)
	diff(t, "cleared all", st.ClearFaults(""), 1)
	st.want(st.call("auth.test", nil), "ok")
}

func TestFaultProbability(t *testing.T) {
	st := newStage(t, nil)
	st.SetFault(Fault{Kind: FaultOKFalse, Error: "unlucky", Probability: 0.5})
	for range 400 {
		st.call("api.test", nil)
	}
	// Fair coins leave this band once in some hundred million runs.
	if n := st.Stats().Outcomes["api.test"]["unlucky"]; n < 140 || n > 260 {
		t.Errorf("%d of 400 calls failed, want about 200", n)
	}
}

func TestFaultsAreRefusedWithTheReason(t *testing.T) {
	st := newStage(t, nil)
	for _, test := range []struct{ body, names string }{
		{`{"kind":"explode"}`, `"explode" is unknown`},
		{`{"kind":"ok_false"}`, `needs \"error\"`},
		{`{"kind":"ok_false","error":"\"},{"}`, `needs \"error\"`},
		{`{"kind":"slow"}`, `needs \"delay_ms\"`},
		{`{"kind":"outage","mode":"html"}`, `mode \"html\" does not go with`},
		{`{"kind":"status","status":200}`, `400 to 599`},
		{`{"kind":"status","probability":2}`, `probability`},
		{`{"kind":"status","staus":500}`, `staus`},
	} {
		var out map[string]any
		status := st.control("POST", "/sandbox/faults", test.body, &out)
		message, _ := out["error"].(string)
		if status != http.StatusBadRequest || !strings.Contains(message, strings.ReplaceAll(test.names, `\"`, `"`)) {
			t.Errorf("%s: %d %q, want one that names %s", test.body, status, message, test.names)
		}
	}
}

func TestASlowAnswerIsGivenUpWithTheCaller(t *testing.T) {
	st := newStage(t, nil)
	st.SetFault(Fault{Kind: FaultSlow, DelayMS: 3_600_000})
	client := &http.Client{Timeout: 20 * time.Millisecond}
	_, err := client.Get(st.url + "/api/auth.test")
	var timeout interface{ Timeout() bool }
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("answered with %v", err)
	}
	if err := st.WaitFor(t.Context(), func() bool { return len(st.Calls()) == 1 }); err != nil {
		t.Fatal(err)
	}
	diff(t, "logged", st.Calls()[0].Error, "caller_gone")
}
