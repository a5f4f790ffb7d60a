// Command bench measures Stanna against the bars of its design, on the real
// program: it builds the binary, starts a server and a Slack of our own as
// processes on loopback, plays the sender from this process, and prints what
// it measured beside what was wanted. A whole run also rewrites
// docs/benchmarks.md, with the machine that the figures came from.
//
// Each bar is one function in a file of its own; bars.go lists them. Nothing
// here knows how the server does its work, but for the setting up of many
// workspaces at once, which no command does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// bench is one run.
type bench struct {
	dir      string // everything that the run leaves on disk, removed at its end
	binary   string // the program that is measured
	quick    bool
	big      bool
	postgres string // an address given by the caller
	quiet    time.Duration
}

func main() {
	only := flag.String("only", "", "measure only these bars, separated by commas: "+strings.Join(names(), " "))
	quick := flag.Bool("quick", false, "shorter measurements, noisier figures")
	big := flag.Bool("big", false, "measure a book of 1,000,000 clients too, which takes minutes")
	out := flag.String("out", "", "write the report here (default: docs/benchmarks.md after a whole run)")
	binary := flag.String("binary", "", "measure this program instead of building one")
	postgres := flag.String("postgres", "", "address of a PostgreSQL for the bar of the killed replica (default: start one, if installed)")
	quiet := flag.Duration("quiet", 0, "wait up to so long before each bar until other programs leave the cores alone")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{binary: *binary, quick: *quick, big: *big, postgres: *postgres, quiet: *quiet}
	if err := b.run(ctx, *only, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures the bars that were asked for, one after the other.
func (b *bench) run(ctx context.Context, only, out string) (err error) {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	if out == "" && only == "" && !b.quick {
		out = "docs/benchmarks.md"
	}
	if b.dir, err = os.MkdirTemp("", "stanna-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := os.Chmod(b.dir, 0o755); err != nil { // PostgreSQL's own user must pass
		return err
	}
	m := lookAtMachine(b.dir)
	fmt.Println(m)
	if b.binary == "" {
		fmt.Println("building …")
		if b.binary, err = build(ctx, b.dir); err != nil {
			return err
		}
	}
	begun := time.Now()
	var results []result
	for _, bar := range chosen {
		results = append(results, b.measure(ctx, bar)...)
		if ctx.Err() != nil {
			return errors.New("stopped; everything that was started has ended")
		}
	}
	m.finish(begun)
	fmt.Println()
	fmt.Print(table(results))
	fmt.Println(m.ending())
	if out == "" {
		return nil
	}
	fmt.Println("written to", out)
	return os.WriteFile(out, []byte(document(m, results, b.quick)), 0o644)
}

// measure runs one bar within its time and says how it went. A bar that
// cannot be measured is a miss, with the reason.
func (b *bench) measure(ctx context.Context, bar bar) []result {
	fmt.Printf("%-10s …", bar.name)
	b.awaitQuiet(ctx)
	begun := time.Now()
	limited, cancel := context.WithTimeoutCause(ctx, bar.within, fmt.Errorf("it took longer than %s", bar.within))
	defer cancel()
	results, err := bar.measure(b, limited)
	if err != nil {
		if cause := context.Cause(limited); cause != nil && limited.Err() != nil {
			err = errors.Join(cause, err)
		}
		results = append(results, result{Bar: bar.name, Wanted: "—", Measured: "not measured", Note: oneLine(err)})
	}
	fmt.Printf("\r%-10s   %.1f s\n", bar.name, time.Since(begun).Seconds())
	for _, r := range results {
		fmt.Printf("  %-6s %s: %s\n         wanted %s\n         %s\n", r.verdict(), r.Bar, r.Measured, r.Wanted, r.Note)
	}
	return results
}

// awaitQuiet waits until the machine has nothing else to do, if it was asked
// for.
func (b *bench) awaitQuiet(ctx context.Context) {
	calm := 0
	for end := time.Now().Add(b.quiet); calm < 3 && time.Now().Before(end) && ctx.Err() == nil; {
		busy := cpuBusy()
		pause(ctx, 500*time.Millisecond)
		if calm++; cpuBusy()-busy > 100*time.Millisecond {
			calm = 0
		}
	}
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
