package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// user EMAIL ROLE: somebody with a role in acme.com.
func cmdUser(ts *testscript.TestScript, neg bool, args []string) {
	id := "usr_" + strings.NewReplacer("@", "_", ".", "_").Replace(args[0])
	cmdSQL(ts, false, []string{
		fmt.Sprintf("insert into user_account (id, email, name, password_hash, created_at) values ('%s', '%s', '', '', 0)", id, args[0]),
		fmt.Sprintf("insert into membership (user_id, workspace, role) values ('%s', 'acme.com', '%s')", id, args[1]),
	})
}

// ask asks the sandbox's control API and reads the answer.
func ask(ts *testscript.TestScript, method, path string, body, answer any) {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		ts.Check(err)
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, ts.Getenv("SANDBOX")+path, in)
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("%s %s answered %d: %s", method, path, resp.StatusCode, text)
	}
	ts.Check(json.Unmarshal(text, answer))
}

// interaction is what the sandbox tells of a press.
type interaction struct {
	Warning string `json:"warning"`
	Sent    []struct {
		Status int    `json:"status"`
		Body   string `json:"body"`
		TookMS int64  `json:"took_ms"`
	} `json:"sent"`
}

// shown writes what Slack was answered, one line a sending, and what the
// person is warned of. Slack waits three seconds.
func (i interaction) shown(ts *testscript.TestScript) {
	for _, a := range i.Sent {
		fmt.Fprintf(ts.Stdout(), "%d %s\n", a.Status, a.Body)
		if a.TookMS > 2900 {
			ts.Fatalf("it was answered after %d ms", a.TookMS)
		}
	}
	if i.Warning != "" {
		fmt.Fprintf(ts.Stdout(), "warning: %s\n", i.Warning)
	}
}

// press [-tamper] [-age=S] [-repeat=N] [-team=T] WHO DEED REGEXP: somebody
// presses what does the deed in the newest message that matches. The lines
// before the first answer are as shown gives them.
func cmdPress(ts *testscript.TestScript, neg bool, args []string) {
	order := map[string]any{}
	for ; strings.HasPrefix(args[0], "-"); args = args[1:] {
		name, value, _ := strings.Cut(args[0], "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "-tamper":
			order["tamper"] = true
		case "-age":
			order["age_s"] = n
		case "-repeat":
			order["repeat"] = n
		case "-team":
			order["team"] = value
		default:
			ts.Fatalf("press knows no %s", name)
		}
	}
	who, deed, match := args[0], args[1], regexp.MustCompile("(?s)"+strings.Join(args[2:], " "))
	var found bool
	wait(ts, "a message with "+deed+" that matches "+match.String(), func() bool {
		var messages []struct {
			Channel string          `json:"channel"`
			TS      string          `json:"ts"`
			Text    string          `json:"text"`
			Deleted bool            `json:"deleted"`
			Blocks  json.RawMessage `json:"blocks"`
		}
		ask(ts, http.MethodGet, "/sandbox/messages", nil, &messages)
		for _, m := range messages {
			if m.Deleted || !match.MatchString(m.Text) {
				continue
			}
			if strings.Contains(string(m.Blocks), `"v1|`+deed+`|`) {
				order["channel"], order["ts"], order["action_id"], found = m.Channel, m.TS, deed, true
				if option := regexp.MustCompile(`"(v1\|` + regexp.QuoteMeta(deed) + `\|[^"]*)"`).FindStringSubmatch(string(m.Blocks)); !strings.Contains(string(m.Blocks), `"action_id":"`+deed+`"`) {
					order["action_id"], order["value"] = "more", option[1]
				}
			}
		}
		return found
	})
	order["user"] = who
	people := strings.Split(who, ",")
	answers := make([]interaction, len(people))
	var wg sync.WaitGroup
	for i, one := range people { // several press at once
		mine := map[string]any{}
		for k, v := range order {
			mine[k] = v
		}
		mine["user"] = one
		wg.Go(func() { ask(ts, http.MethodPost, "/sandbox/press", mine, &answers[i]) })
	}
	wg.Wait()
	for _, a := range answers {
		a.shown(ts)
	}
}

// form WHO FIELD=VALUE: somebody fills in the form that they have open, and
// sends it.
func cmdForm(ts *testscript.TestScript, neg bool, args []string) {
	field, value, _ := strings.Cut(args[1], "=")
	wait(ts, "a form for "+args[0], func() bool {
		var views []struct {
			User string `json:"user"`
		}
		ask(ts, http.MethodGet, "/sandbox/views", nil, &views)
		return len(views) > 0
	})
	var i interaction
	ask(ts, http.MethodPost, "/sandbox/submit", map[string]any{"user": args[0], "values": map[string]any{field: map[string]string{field: value}}}, &i)
	i.shown(ts)
}

// hears WHO REGEXP: waits until somebody was told that and nobody else.
func cmdHears(ts *testscript.TestScript, neg bool, args []string) {
	match := regexp.MustCompile("(?s)" + strings.Join(args[1:], " "))
	var last string
	heard := func() bool {
		var messages []struct {
			Text string `json:"text"`
		}
		ask(ts, http.MethodGet, "/sandbox/ephemerals?user="+args[0], nil, &messages)
		if len(messages) > 0 {
			last = messages[len(messages)-1].Text
		}
		return match.MatchString(last)
	}
	if neg {
		if heard() {
			ts.Fatalf("%s was told: %s", args[0], last)
		}
		return
	}
	for deadline := time.Now().Add(20 * time.Second); !heard(); {
		if time.Now().After(deadline) {
			ts.Fatalf("%s never heard %s, but last: %s", args[0], match, last)
		}
		<-time.After(10 * time.Millisecond)
	}
	fmt.Fprintln(ts.Stdout(), last)
}
