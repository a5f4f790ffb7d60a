package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gostanna/stanna/internal/mail/mailtest"
	"github.com/gostanna/stanna/internal/store/storetest"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"stanna": main})
}

// TestScripts tells the stories of test/scripts against the real program,
// each on every database.
func TestScripts(t *testing.T) {
	shared := os.Getenv("STANNA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	if abs, err := filepath.Abs(shared); err == nil {
		shared = abs
	}
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("..", "..", "test", "scripts"),
				RequireExplicitExec: true,
				Setup: func(env *testscript.Env) error {
					env.Setenv("ENGINE", engine)
					env.Setenv("SHARED", shared)
					env.Setenv("STORM", strconv.Itoa(storm))
					env.Setenv("GORACE", gorace)
					env.Setenv("STANNA_REQUESTS_PER_MINUTE", "0") // stories ask again and again
					env.Setenv("STANNA_DATA", filepath.Join(env.WorkDir, "data"))
					if engine == "postgres" {
						env.Setenv("STANNA_DATABASE_URL", storetest.URL(env.T().(testing.TB), engine))
						env.Setenv("STANNA_KEYSET", filepath.Join(env.WorkDir, "keyset.json"))
					}
					s := &stage{servers: map[string]*exec.Cmd{}, browsers: map[string]*http.Client{}, receivers: map[string]*receiver{}, env: env}
					env.Values["stage"] = s
					env.Defer(s.clear)
					return nil
				},
				Condition: func(cond string) (bool, error) {
					switch cond {
					case "sqlite", "postgres":
						return cond == engine, nil
					case "shared":
						_, err := os.Stat(shared)
						return err == nil || os.Getenv("CI") == "true", nil
					}
					return false, fmt.Errorf("unknown condition %s", cond)
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"sandbox": cmdSandbox, "serve": cmdServe, "sigkill": cmdKill, "shutdown": cmdStop,
					"http": cmdHTTP, "browse": cmdBrowse, "slack": cmdSlack, "thread": cmdThread, "follow-links": cmdFollowLinks, "setvar": cmdSetvar, "until": cmdUntil, "expand": cmdExpand,
					"slack-between": cmdSlackBetween, "pour-and-kill": cmdPourAndKill, "pour-again": cmdPourAgain, "sql": cmdSQL, "unguard": cmdUnguard,
					"play": cmdPlay, "signal": cmdSignal, "pass": cmdPass,
					"stripe": cmdStripe, "post": cmdPost,
					"user": cmdUser, "press": cmdPress, "form": cmdForm, "hears": cmdHears,
					"receiver": cmdReceiver, "mailbox": cmdMailbox, "logged": cmdLogged,
				},
			})
		})
	}
}

// stage is what runs beside a script.
type stage struct {
	env      *testscript.Env
	mu       sync.Mutex
	servers  map[string]*exec.Cmd
	browser  *http.Client
	browsers map[string]*http.Client
	stripe   *stripetest.Fake

	receivers map[string]*receiver
	mailbox   *mailtest.Server
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value("stage").(*stage) }

// clear ends what the script left running.
func (s *stage) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cmd := range s.servers {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
}

// start runs the program in the background; its output goes to NAME.log.
func (s *stage) start(ts *testscript.TestScript, name string, args ...string) {
	program, err := exec.LookPath("stanna")
	ts.Check(err)
	cmd := exec.Command(program, args...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(environ(ts), "HOME="+ts.Getenv("WORK"))
	log, err := os.OpenFile(filepath.Join(ts.Getenv("WORK"), name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	cmd.Stdout, cmd.Stderr = log, log
	ts.Check(cmd.Start())
	ts.Check(log.Close())
	s.mu.Lock()
	s.servers[name] = cmd
	s.mu.Unlock()
}

// gorace ends the program at a race, and spares each of its many processes the
// second that the race detector sleeps at the end of one.
const gorace = "halt_on_error=1 atexit_sleep_ms=20"

// environ is the script's environment, as far as the program reads it.
func environ(ts *testscript.TestScript) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "GORACE=" + gorace}
	for _, name := range []string{"STANNA_DATA", "STANNA_DATABASE_URL", "STANNA_KEYSET", "STANNA_SLACK_URL", "STANNA_SLACK_CLIENT_ID",
		"STANNA_SLACK_CLIENT_SECRET", "STANNA_SLACK_SIGNING_SECRET", "STANNA_PUBLIC_URL", "STANNA_POSTS_PER_SECOND", "STANNA_ADMIN_EMAIL",
		"STANNA_REQUESTS_PER_MINUTE", "STANNA_SLACK_APP_TOKEN", "STANNA_STRIPE_URL", "STANNA_STRIPE_CONNECT_URL", "STANNA_STRIPE_CLIENT_ID", "STANNA_STRIPE_CLIENT_SECRET",
		"STANNA_SMTP_URL", "STANNA_SMTP_FROM", "STANNA_WEBHOOK_ALLOW", "STANNA_HEARTBEAT_URL", "STANNA_HEARTBEAT_EVERY", "STANNA_EVENT_LOG", "TMPDIR"} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// freePort is a loopback address that nobody listens on at this moment.
func freePort(ts *testscript.TestScript) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	return l.Addr().String()
}

// wait waits for a condition and fails the script when it does not come.
func wait(ts *testscript.TestScript, what string, ok func() bool) {
	for deadline := time.Now().Add(40 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			ts.Fatalf("%s did not come", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// sandbox [CONFIG.json]: starts the sandbox Slack and points the server at it.
func cmdSandbox(ts *testscript.TestScript, neg bool, args []string) {
	address := freePort(ts)
	command := []string{"sandbox", "--listen", address}
	if len(args) > 0 {
		command = append(command, "--config", ts.MkAbs(args[0]))
	}
	stageOf(ts).start(ts, "sandbox", command...)
	ts.Setenv("SANDBOX", "http://"+address)
	ts.Setenv("STANNA_SLACK_URL", "http://"+address)
	ts.Setenv("STANNA_SLACK_CLIENT_ID", "1111111111.2222222222")
	ts.Setenv("STANNA_SLACK_CLIENT_SECRET", "sandbox-client-secret")
	ts.Setenv("STANNA_SLACK_SIGNING_SECRET", "sandbox-signing-secret")
	awaitURL(ts, "the sandbox", "http://"+address+"/sandbox/state")
}

// serve [NAME] [FLAG…]: starts a server and waits until it is ready. $URL is
// its address. "serve again [NAME]" starts one that has ended where it was.
func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	again := len(args) > 0 && args[0] == "again"
	if again {
		args = args[1:]
	}
	name := "server"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	address := freePort(ts)
	if again {
		address = strings.TrimPrefix(ts.Getenv(strings.ToUpper(name)+"_URL"), "http://")
	}
	if ts.Getenv("STANNA_PUBLIC_URL") == "" || name == "server" {
		ts.Setenv("STANNA_PUBLIC_URL", "http://"+address)
	}
	if ts.Getenv("ENGINE") == "postgres" {
		if _, err := os.Stat(ts.Getenv("STANNA_KEYSET")); errors.Is(err, os.ErrNotExist) {
			ts.Check(ts.Exec("stanna", "keyset", "create", ts.Getenv("STANNA_KEYSET")))
		}
	}
	stageOf(ts).start(ts, name, append([]string{"serve", "--listen", address}, args...)...)
	ts.Setenv("URL", "http://"+address)
	ts.Setenv(strings.ToUpper(name)+"_URL", "http://"+address)
	awaitURL(ts, name, "http://"+address+"/readyz")
}

func awaitURL(ts *testscript.TestScript, what, address string) {
	wait(ts, what, func() bool {
		resp, err := http.Get(address)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// sigkill NAME: ends a server as a power cut would (SIGKILL).
func cmdKill(ts *testscript.TestScript, neg bool, args []string) { end(ts, args, syscall.SIGKILL) }

// shutdown NAME: asks a server to end, and waits until it has.
func cmdStop(ts *testscript.TestScript, neg bool, args []string) { end(ts, args, syscall.SIGTERM) }

func end(ts *testscript.TestScript, args []string, sig os.Signal) {
	s := stageOf(ts)
	s.mu.Lock()
	cmd := s.servers[args[0]]
	delete(s.servers, args[0])
	s.mu.Unlock()
	if cmd == nil {
		ts.Fatalf("nothing called %s runs", args[0])
	}
	ts.Check(cmd.Process.Signal(sig))
	err := cmd.Wait()
	if sig == syscall.SIGTERM && err != nil {
		ts.Fatalf("%s did not end well: %v", args[0], err)
	}
}

// http STATUS METHOD PATH [FILE|-d TEXT] [-H 'Name: value']…: asks the server,
// with the API key in $KEY if it is set. The answer's body becomes stdout,
// its headers stderr.
func cmdHTTP(ts *testscript.TestScript, neg bool, args []string) {
	want, method, target := args[0], args[1], args[2]
	if !strings.HasPrefix(target, "http") {
		target = ts.Getenv("URL") + target
	}
	var body io.Reader
	header := http.Header{}
	kind := ""
	for i := 3; i < len(args); i++ {
		switch args[i] {
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header.Set(name, value)
		case "-d":
			i++
			body, kind = strings.NewReader(args[i]), "application/json"
		default:
			text := ts.ReadFile(args[i])
			body = strings.NewReader(text)
			kind = map[string]string{".ndjson": "application/x-ndjson", ".csv": "text/csv"}[filepath.Ext(args[i])]
			if kind == "" {
				kind = "application/json"
			}
		}
	}
	req, err := http.NewRequest(method, target, body)
	ts.Check(err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if key := ts.Getenv("KEY"); key != "" && strings.HasPrefix(target, ts.Getenv("URL")) {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for name := range header {
		req.Header.Set(name, header.Get(name))
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	show(ts, resp, want)
}

// browse STATUS METHOD PATH [name=value…] [-H 'Name: value']: asks like a browser that keeps
// cookies and follows redirects, unless a redirect is what is wanted; the last
// line of stderr is where it ended. "browse new" is another browser, "browse
// as NAME" one of several.
func cmdBrowse(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if args[0] == "as" {
		s.browser = s.browsers[args[1]]
	}
	if s.browser == nil || args[0] == "new" {
		jar, err := cookiejar.New(nil)
		ts.Check(err)
		s.browser = &http.Client{Jar: jar}
		if args[0] == "as" {
			s.browsers[args[1]] = s.browser
		}
	}
	if args[0] == "new" || args[0] == "as" {
		return
	}
	want, method, target := args[0], args[1], args[2]
	s.browser.CheckRedirect = nil
	if strings.HasPrefix(want, "3") {
		s.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	if !strings.HasPrefix(target, "http") {
		target = ts.Getenv("URL") + target
	}
	form, header := url.Values{}, http.Header{}
	for i := 3; i < len(args); i++ {
		if args[i] == "-H" {
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header.Set(name, value)
			continue
		}
		name, value, _ := strings.Cut(args[i], "=")
		form.Add(name, value)
	}
	var body io.Reader
	if method != http.MethodGet {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, target, body)
	ts.Check(err)
	req.Header = header
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := s.browser.Do(req)
	ts.Check(err)
	show(ts, resp, want)
}

func show(ts *testscript.TestScript, resp *http.Response, want string) {
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", answer)
	_ = resp.Header.Write(ts.Stderr())
	fmt.Fprintf(ts.Stderr(), "at %s\n", resp.Request.URL)
	if strconv.Itoa(resp.StatusCode) != want {
		ts.Fatalf("%s %s answered %d, not %s: %s", resp.Request.Method, resp.Request.URL, resp.StatusCode, want, answer)
	}
}

// slack N: waits until N messages stand in the sandbox; their texts, one a
// line with the channel before it, become stdout. "slack N REGEXP" waits until
// N of them match.
func cmdSlack(ts *testscript.TestScript, _ bool, args []string) { standing(ts, args, false) }

// thread N [REGEXP]: the same of the replies in threads.
func cmdThread(ts *testscript.TestScript, _ bool, args []string) { standing(ts, args, true) }

func standing(ts *testscript.TestScript, args []string, replies bool) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	match := regexp.MustCompile("(?s)" + strings.Join(args[1:], " "))
	var lines []string
	var count int
	poll := func() bool {
		resp, err := http.Get(ts.Getenv("SANDBOX") + "/sandbox/messages")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		var messages []struct {
			Channel string `json:"channel_name"`
			Text    string `json:"text"`
			Deleted bool   `json:"deleted"`
			Parent  string `json:"thread_ts"`
			Aloud   bool   `json:"broadcast"`
		}
		if json.NewDecoder(resp.Body).Decode(&messages) != nil {
			return false
		}
		lines, count = nil, 0
		for _, m := range messages {
			if m.Deleted || (m.Parent != "") != replies {
				continue
			}
			line := "#" + m.Channel + " " + strings.ReplaceAll(m.Text, "\n", " ")
			if m.Aloud {
				line += " [also in the channel]"
			}
			lines = append(lines, line)
			if match.MatchString(line) {
				count++
			}
		}
		return count == want
	}
	for deadline := time.Now().Add(30 * time.Second); !poll(); {
		if time.Now().After(deadline) {
			ts.Fatalf("%d messages match %q, not %d:\n%s", count, match, want, strings.Join(lines, "\n"))
		}
		<-time.After(20 * time.Millisecond)
	}
	fmt.Fprintln(ts.Stdout(), strings.Join(lines, "\n"))
}

// follow-links N: asks for every address of ours in every message, as the
// browser that browse has, and as link scanners do; there are N at least.
func cmdFollowLinks(ts *testscript.TestScript, _ bool, args []string) {
	resp, err := http.Get(ts.Getenv("SANDBOX") + "/sandbox/messages")
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ours := regexp.MustCompile(regexp.QuoteMeta(ts.Getenv("URL")) + `/[^\s"|\\>&]*`)
	seen := map[string]bool{}
	for _, address := range ours.FindAllString(string(body), -1) {
		if seen[address] {
			continue
		}
		seen[address] = true
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			req, err := http.NewRequest(method, address, nil)
			ts.Check(err)
			resp, err := stageOf(ts).browser.Do(req)
			ts.Check(err)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				ts.Fatalf("%s %s answered %d", method, address, resp.StatusCode)
			}
		}
		fmt.Fprintln(ts.Stdout(), address)
	}
	if least, _ := strconv.Atoi(args[0]); len(seen) < least {
		ts.Fatalf("only %d links: %v", len(seen), seen)
	}
}

// setvar NAME REGEXP: takes the first group that matches in the last stdout or
// stderr.
func cmdSetvar(ts *testscript.TestScript, neg bool, args []string) {
	out := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	found := regexp.MustCompile(args[1]).FindStringSubmatch(out)
	if len(found) == 0 {
		ts.Fatalf("%s is not in: %s", args[1], out)
	}
	ts.Setenv(args[0], found[len(found)-1])
}

// until REGEXP METHOD PATH [-H 'Name: value' | -d JSON]: asks again and again until the
// answer matches.
func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	match := regexp.MustCompile(args[0])
	target := args[2]
	if !strings.HasPrefix(target, "http") {
		target = ts.Getenv("URL") + target
	}
	var last []byte
	for deadline := time.Now().Add(30 * time.Second); ; {
		var body io.Reader
		if len(args) == 5 && args[3] == "-d" {
			body = strings.NewReader(args[4])
		}
		req, err := http.NewRequest(args[1], target, body)
		ts.Check(err)
		req.Header.Set("Authorization", "Bearer "+ts.Getenv("KEY"))
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		} else if len(args) == 5 {
			name, value, _ := strings.Cut(args[4], ": ")
			req.Header.Set(name, value)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			last, _ = io.ReadAll(resp.Body)
			resp.Body.Close()
			if match.Match(last) {
				fmt.Fprintf(ts.Stdout(), "%s\n", last)
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s %s never matched %s; last: %s", args[1], target, match, last)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// expand FILE: replaces $NAME and ${NAME} in a file, NOW and NOW-2h among
// them as times.
func cmdExpand(ts *testscript.TestScript, neg bool, args []string) {
	now := time.Now().UTC()
	text := regexp.MustCompile(`\bNOW(-\d+[smh]|-\d+d|\+\d+[smh])?\b`).ReplaceAllStringFunc(ts.ReadFile(args[0]), func(s string) string {
		shift := strings.TrimPrefix(s, "NOW")
		if strings.HasSuffix(shift, "d") {
			days, err := strconv.Atoi(strings.TrimSuffix(shift, "d"))
			ts.Check(err)
			return now.AddDate(0, 0, days).Format(time.RFC3339)
		}
		if shift == "" {
			return now.Format(time.RFC3339)
		}
		d, err := time.ParseDuration(strings.TrimPrefix(shift, "+"))
		ts.Check(err)
		return now.Add(d).Format(time.RFC3339)
	})
	text = os.Expand(text, ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// slack-between LOW HIGH: so many messages stand in the sandbox.
func cmdSlackBetween(ts *testscript.TestScript, neg bool, args []string) {
	resp, err := http.Get(ts.Getenv("SANDBOX") + "/sandbox/messages")
	ts.Check(err)
	defer resp.Body.Close()
	var messages []json.RawMessage
	ts.Check(json.NewDecoder(resp.Body).Decode(&messages))
	low, _ := strconv.Atoi(args[0])
	high, _ := strconv.Atoi(args[1])
	if len(messages) < low || len(messages) > high {
		ts.Fatalf("%d messages stand in Slack, not %d to %d", len(messages), low, high)
	}
}

// sql STATEMENT: what somebody with the database's password can do.
func cmdSQL(ts *testscript.TestScript, neg bool, args []string) {
	driver, source := "sqlite", "file:"+filepath.Join(ts.Getenv("STANNA_DATA"), "stanna.db")+"?_pragma=busy_timeout(10000)" // the server writes too
	if ts.Getenv("ENGINE") == "postgres" {
		driver, source = "pgx", ts.Getenv("STANNA_DATABASE_URL")
	}
	db, err := sql.Open(driver, source)
	ts.Check(err)
	defer db.Close()
	for _, statement := range args {
		_, err = db.Exec(statement)
		if neg != (err != nil) {
			ts.Fatalf("%s: %v", statement, err)
		}
	}
}

// unguard: takes the triggers away that keep audit entries as they are.
func cmdUnguard(ts *testscript.TestScript, neg bool, args []string) {
	statements := []string{"drop trigger audit_no_update", "drop trigger audit_no_delete"}
	if ts.Getenv("ENGINE") == "postgres" {
		statements = []string{"drop trigger audit_no_change on audit_entry"}
	}
	cmdSQL(ts, false, statements)
}

// answer is what the server says of one line of a stream.
type answer struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// pour sends a file of signals and reads the answer to each line as it comes.
func pour(ts *testscript.TestScript, file string, each func(answer)) {
	in, err := os.Open(ts.MkAbs(file))
	ts.Check(err)
	defer in.Close()
	req, err := http.NewRequest(http.MethodPost, ts.Getenv("URL")+"/api/signals", in)
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("Authorization", "Bearer "+ts.Getenv("KEY"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the line broke before an answer
	}
	defer resp.Body.Close()
	for dec := json.NewDecoder(resp.Body); ; {
		var a answer
		if dec.Decode(&a) != nil {
			return
		}
		if a.ID != "" {
			each(a)
		}
	}
}

// pour-and-kill FILE N: sends a file of signals, and pulls the server's plug
// when N of them were answered. What was answered is kept in answered.txt.
func cmdPourAndKill(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var answered []string
	pour(ts, args[0], func(a answer) {
		answered = append(answered, a.ID)
		if len(answered) == n {
			end(ts, []string{"server"}, syscall.SIGKILL)
		}
	})
	if len(answered) < n {
		ts.Fatalf("only %d were answered", len(answered))
	}
	fmt.Fprintf(ts.Stdout(), "%d were answered before the line broke\n", len(answered))
	ts.Check(os.WriteFile(ts.MkAbs("answered.txt"), []byte(strings.Join(answered, "\n")), 0o600))
}

// pour-again FILE: sends the file once more; every signal that was answered
// before must be known.
func cmdPourAgain(ts *testscript.TestScript, neg bool, args []string) {
	was := map[string]bool{}
	for _, id := range strings.Fields(ts.ReadFile("answered.txt")) {
		was[id] = true
	}
	counts := map[string]int{}
	pour(ts, args[0], func(a answer) {
		counts[a.Status]++
		if was[a.ID] && a.Status != "duplicate" {
			ts.Fatalf("%s had been answered and was lost: now it is %s", a.ID, a.Status)
		}
	})
	fmt.Fprintf(ts.Stdout(), "accepted %d, duplicate %d, other %d\n", counts["accepted"]+counts["late"]+counts["backfill"], counts["duplicate"], counts["rejected"])
}
