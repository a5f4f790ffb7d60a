package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// replica measures how soon the lanes of a killed replica go on at another,
// on PostgreSQL.
func (b *bench) replica(ctx context.Context) ([]result, error) {
	r := result{Bar: "a replica killed (PostgreSQL)", Wanted: "its lanes go on within 10 s"}
	address, stop, err := b.openPostgres(ctx)
	if err != nil {
		r.Skipped, r.Measured, r.Note = true, "not measured", "PostgreSQL could not be started: "+oneLine(err)
		return []result{r}, nil
	}
	defer stop()
	const lanes = 20
	clients := book(150)
	if b.quick {
		clients = 50
	}
	st, err := b.set(ctx, scenery{channels: lanes, tell: lanes, book: clients, before: true, postgres: address})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	second, secondAddress, err := st.serve(ctx, "second")
	if err != nil {
		return nil, err
	}
	defer second.stop()
	// Slack is slow, so that the first is in the middle of all its lanes when it dies.
	if err := st.slack.fault(ctx, map[string]any{"kind": "slow", "method": "chat.postMessage", "delay_ms": 50}); err != nil {
		return nil, err
	}
	if err := st.lines(ctx, clients.falls(), int(clients)); err != nil {
		return nil, err
	}
	pause(ctx, time.Second)
	before, err := st.slack.posts(ctx)
	if err != nil {
		return nil, err
	}
	st.server.kill()
	killed := time.Now()
	st.address = secondAddress
	if err := st.delivered(ctx, int(clients)*lanes); err != nil {
		return nil, err
	}
	posts, err := st.slack.posts(ctx)
	if err != nil {
		return nil, err
	}
	next := map[string]time.Duration{} // by lane
	for _, p := range posts {
		// What Slack had taken before the kill and answers slowly is not the second's.
		if after := p.PostedAt.Sub(killed); after > 100*time.Millisecond && (next[p.Channel] == 0 || after < next[p.Channel]) {
			next[p.Channel] = after
		}
	}
	var worst time.Duration
	for _, d := range next {
		worst = max(worst, d)
	}
	repeats, missing, err := st.repeats(ctx, int(clients), lanes)
	if err != nil {
		return nil, err
	}
	r.Measured = fmt.Sprintf("the last of %d lanes went on after %.1f s; %d messages missing, %d repeated", len(next), worst.Seconds(), missing, repeats)
	r.Met = len(next) == lanes && worst <= 10*time.Second && missing == 0 && repeats <= lanes
	r.Note = fmt.Sprintf("%d messages wait on %d lanes, all worked by the replica that took the signals in; %d were told when it was killed. fsync on.", int(clients)*lanes, lanes, len(before))
	return []result{r}, nil
}

// openPostgres starts a throw-away PostgreSQL, unless the caller gave one.
func (b *bench) openPostgres(ctx context.Context) (address string, stop func(), err error) {
	if b.postgres != "" {
		return b.postgres, func() {}, nil
	}
	const script = "test/postgres"
	if installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); err != nil || len(installed) == 0 {
		return "", nil, fmt.Errorf("it is not installed; `%s install` does that on Debian", script)
	}
	dir := filepath.Join(b.dir, "postgres")
	cmd := exec.CommandContext(ctx, script, "start", dir)
	cmd.Env = append(os.Environ(), "FSYNC=on")
	// Its output must be a file: the database keeps what it was given open.
	said, err := os.Create(filepath.Join(b.dir, "postgres.said"))
	if err != nil {
		return "", nil, err
	}
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		return "", nil, fmt.Errorf("%s: %w", script, err)
	}
	text, err := os.ReadFile(said.Name())
	if err != nil {
		return "", nil, err
	}
	stop = func() { _ = exec.Command(script, "stop", dir).Run() } // the script ends it by its folder
	i := strings.Index(string(text), "postgres://")
	if i < 0 {
		stop()
		return "", nil, fmt.Errorf("%s said: %s", script, text)
	}
	address, _, _ = strings.Cut(string(text[i:]), "\n")
	return address, stop, nil
}
