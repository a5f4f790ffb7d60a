package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	workspace = "acme.com"
	botToken  = "xoxb-bench"
)

// stage is a server and a Slack of our own, with one workspace and its key.
type stage struct {
	*bench
	dir     string
	slack   *slack
	server  *process
	address string // of the server
	key     string
	env     []string
}

// scenery says how a stage is set up.
type scenery struct {
	channels int     // that Slack has; the first is the default
	tell     int     // how many of them the rule tells, when more than the default
	pace     float64 // messages a second to one channel, both promised and enforced; 0: no limit
	book     book    // clients, imported
	before   bool    // every client has a first score, two hours old
	rules    int     // that the workspace has, when more than it begins with
	postgres string
	prepare  func(context.Context, *stage) error // before the server starts
}

var stages atomic.Int64

// set builds a stage. Whatever it started is ended by clear, also after an
// error.
func (b *bench) set(ctx context.Context, s scenery) (st *stage, err error) {
	st = &stage{bench: b, dir: filepath.Join(b.dir, fmt.Sprintf("stage%d", stages.Add(1)))}
	defer func() {
		if err != nil {
			st.clear()
		}
	}()
	if err = os.Mkdir(st.dir, 0o755); err != nil {
		return st, err
	}
	if st.slack, err = b.openSlack(ctx, st.dir, max(1, s.channels), s.pace); err != nil {
		return st, err
	}
	st.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + st.dir, "STANNA_DATA=" + filepath.Join(st.dir, "data"), "STANNA_SLACK_URL=" + st.slack.url,
		"STANNA_POSTS_PER_SECOND=" + strconv.FormatFloat(s.pace, 'g', -1, 64),
		"STANNA_REQUESTS_PER_MINUTE=0", "STANNA_REQUESTS_PER_DAY=0", "STANNA_SIGNALS_PER_MINUTE=0"}
	if s.postgres != "" {
		keyset := filepath.Join(st.dir, "keyset.json")
		st.env = append(st.env, "STANNA_DATABASE_URL="+s.postgres, "STANNA_KEYSET="+keyset)
		if _, err = st.command(ctx, "", "keyset", "create", keyset); err != nil {
			return st, err
		}
	}
	if st.key, err = st.command(ctx, "", "keys", "create", "--workspace", workspace, "--name", "bench", "--scopes", "admin"); err != nil {
		return st, err
	}
	if _, err = st.command(ctx, botToken+"\n", "slack", "connect", "--workspace", workspace); err != nil {
		return st, err
	}
	if s.prepare != nil {
		if err = s.prepare(ctx, st); err != nil {
			return st, err
		}
	}
	if st.server, st.address, err = st.serve(ctx, "server"); err != nil {
		return st, err
	}
	return st, st.furnish(ctx, s)
}

// furnish brings in what the server is to know.
func (st *stage) furnish(ctx context.Context, s scenery) error {
	settings := fmt.Appendf(nil, `{"defaultChannel":%q}`, channelID(0))
	if err := st.ask(ctx, "PUT", "/api/integrations/slack/settings", "application/json", settings, nil); err != nil {
		return err
	}
	if s.tell > 0 {
		to := make([]string, s.tell)
		for i := range to {
			to[i] = channelID(i)
		}
		body, err := json.Marshal(map[string]any{"destinations": to})
		if err != nil {
			return err
		}
		if err := st.ask(ctx, "PUT", "/api/rules/rule_health_drop", "application/json", body, nil); err != nil {
			return err
		}
	}
	if err := st.rules(ctx, s.rules); err != nil {
		return err
	}
	if s.book > 0 {
		var report struct{ Created, Rejected int }
		if err := st.ask(ctx, "POST", "/api/clients/import", "text/csv", s.book.csv(), &report); err != nil {
			return err
		}
		if report.Created != int(s.book) {
			return fmt.Errorf("%d of %d clients were imported, %d rejected", report.Created, s.book, report.Rejected)
		}
	}
	if s.before {
		return st.lines(ctx, s.book.before(), int(s.book))
	}
	return nil
}

// rules adds rules until there are so many: half of them watch health with
// filters of their own, half are conditions over several figures.
func (st *stage) rules(ctx context.Context, want int) error {
	var list struct{ Rules []json.RawMessage }
	if err := st.ask(ctx, "GET", "/api/rules", "", nil, &list); err != nil {
		return err
	}
	for i := len(list.Rules); i < want; i++ {
		rule := map[string]any{"name": fmt.Sprintf("Rule %d", i), "type": "health_drop", "thresholds": map[string]any{"dropPoints": 20 + i%30},
			"filter": map[string]any{"minMrr": 100 * i, "tiers": []string{"growth", "enterprise"}}}
		if i%2 == 0 {
			rule = map[string]any{"name": fmt.Sprintf("Rule %d", i), "type": "custom", "condition": fmt.Sprintf("state.health < %d && client.mrr >= %d && client.tier == 'enterprise'", 5+i%10, 100*i)}
		}
		body, err := json.Marshal(rule)
		if err != nil {
			return err
		}
		if err := st.ask(ctx, "POST", "/api/rules", "application/json", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until the server has nothing left to do: after an import the
// rules are asked about every client.
func (st *stage) settle(ctx context.Context) {
	for calm := 0; calm < 3 && ctx.Err() == nil; {
		before := cpuOf(st.server.pid())
		pause(ctx, 500*time.Millisecond)
		if calm++; cpuOf(st.server.pid())-before > 50*time.Millisecond {
			calm = 0
		}
	}
}

// lines streams signals and checks that all were accepted.
func (st *stage) lines(ctx context.Context, body []byte, want int) error {
	var report struct{ Accepted, Late, Rejected, Failed int }
	err := st.ask(ctx, "POST", "/api/signals", "application/x-ndjson", body, &report)
	if err == nil && report.Accepted != want {
		err = fmt.Errorf("%d of %d signals were accepted: %+v", report.Accepted, want, report)
	}
	return err
}

// serve starts a server and waits until it is ready.
func (st *stage) serve(ctx context.Context, name string) (*process, string, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	p, err := launch(st.dir, name, st.binary, st.env, "serve", "--listen", address)
	if err != nil {
		return nil, "", err
	}
	if err := p.awaitOK(ctx, "http://"+address+"/readyz"); err != nil {
		p.kill()
		return nil, "", err
	}
	return p, address, nil
}

// command runs one of the program's commands to its end and gives what it
// printed.
func (st *stage) command(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, st.binary, args...)
	cmd.Env, cmd.Stdin = st.env, strings.NewReader(stdin)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("stanna %s: %w: %s", args[0], err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

// clear ends what the stage started and removes what it left.
func (st *stage) clear() {
	st.server.stop()
	if st.slack != nil {
		st.slack.process.stop()
	}
	_ = os.RemoveAll(st.dir) // the run's folder goes at the end
}
