package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// play TIME: a sandbox Slack with every feature granted and no limits, a
// server whose workspace acme.com is connected to it, tells #customer-health
// and follows its signals from that time on, and an admin's API key in $KEY.
func cmdPlay(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv("STANNA_POSTS_PER_SECOND", "0")
	config := `{"bot_token": "xoxb-play", "posts_per_second": 0, "updates_per_minute": 0,
		"scopes": ["chat:write", "channels:read", "groups:read", "im:write", "users:read", "users:read.email"],
		"channels": [{"id": "C0HEALTH01", "name": "customer-health", "is_member": true}, {"id": "C0ALERTS01", "name": "cs-alerts", "is_member": true},
			{"id": "C0VIPROOM1", "name": "vip", "is_member": true}, {"id": "C0BOSSES01", "name": "bosses", "is_member": true}, {"id": "C0NIGHT001", "name": "night", "is_member": true}]}`
	ts.Check(os.WriteFile(ts.MkAbs("play-sandbox.json"), []byte(config), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("play-token"), []byte("xoxb-play\n"), 0o600))
	cmdSandbox(ts, false, []string{"play-sandbox.json"})
	cmdServe(ts, false, []string{"--play", "acme.com@" + args[0]})
	ts.Check(ts.Exec("stanna", "keys", "create", "--workspace", "acme.com", "--name", "play", "--scopes", "admin"))
	cmdSetvar(ts, false, []string{"KEY", `(sk-\S+)`})
	ts.Setenv("PLAY", args[0])
	connect := []string{"-c", "stanna slack connect --workspace acme.com --channel C0HEALTH01 < play-token"}
	ts.Check(ts.Exec("sh", connect...))
	cmdUntil(ts, false, []string{"cs-alerts", http.MethodGet, "/api/integrations/slack/channels"}) // stories name channels
}

// signals numbers what scripts send.
var signals atomic.Int64

// signal TIME CLIENT TYPE DATA [SOURCE]: sends one signal of that time; the
// answer becomes stdout. TIME is as 2026-11-23T10:00:00Z, or 10:00 on the day
// that time has reached.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	source := "play"
	if len(args) > 4 {
		source = args[4]
	}
	at := moment(ts, args[0])
	ts.Setenv("PLAY", at)
	body := fmt.Sprintf(`{"id":"play-%d","clientId":%q,"type":%q,"occurredAt":%q,"source":%q,"data":%s}`, signals.Add(1), args[1], args[2], at, source, args[3])
	cmdHTTP(ts, false, []string{"200", http.MethodPost, "/api/signals", "-d", body})
}

// pass TIME: lets time pass to then.
func cmdPass(ts *testscript.TestScript, neg bool, args []string) {
	if ts.Getenv("CLOCK") == "" {
		cmdHTTP(ts, false, []string{"201", http.MethodPut, "/api/clients/clock", "-d", `{"name":"Clock"}`})
		ts.Setenv("CLOCK", "made")
	}
	cmdSignal(ts, false, []string{args[0], "clock", "custom.tick", `{}`})
}

func moment(ts *testscript.TestScript, text string) string {
	if !strings.Contains(text, "T") {
		day, _, _ := strings.Cut(ts.Getenv("PLAY"), "T")
		text = day + "T" + text + ":00Z"
	}
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		ts.Fatalf("%v", err)
	}
	return text
}
