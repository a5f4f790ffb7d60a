package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// backtest measures how long it takes to play a year of 10,000 clients through
// ten rules, one of them a condition: the benchmark of the backtest room.
func (b *bench) backtest(ctx context.Context) ([]result, error) {
	clients := 10_000
	if b.quick {
		clients = 2_000
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkBacktest$/json=false", "-benchtime", "1x", "./internal/backtest")
	cmd.Env = append(os.Environ(), "STANNA_BENCH_CLIENTS="+strconv.Itoa(clients))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -bench BenchmarkBacktest ./internal/backtest: %w: %.500s", err, out)
	}
	figure := func(unit string) float64 {
		m := regexp.MustCompile(`([\d.e+]+) ` + unit).FindSubmatch(out)
		if m == nil {
			return 0
		}
		x, _ := strconv.ParseFloat(string(m[1]), 64) // the pattern lets nothing else through
		return x
	}
	took, signals, alerts := figure("ns/op")/1e9, figure("signals"), figure("alerts")
	if took == 0 {
		return nil, fmt.Errorf("go test -bench BenchmarkBacktest ./internal/backtest told nothing: %.500s", out)
	}
	return []result{{
		Bar: "backtest, 10,000 clients × 365 days × 10 rules", Wanted: "≤ 15 s",
		Measured: strings.TrimSpace(fmt.Sprintf("%.1f s for %s clients", took, thousands(clients))), Met: took*10_000/float64(clients) <= 15,
		Note: fmt.Sprintf("The benchmark of internal/backtest on all cores, history in memory: %s signals (a score and an engagement a day, a churn reading a week), %s alerts, one rule a CEL condition.",
			thousands(int(signals)), thousands(int(alerts))),
	}}, nil
}
