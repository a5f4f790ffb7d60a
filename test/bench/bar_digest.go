package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
)

// digest measures how long a weekly digest over a large book takes, from the
// database to what it says: the benchmark of the digest room.
func (b *bench) digest(ctx context.Context) ([]result, error) {
	clients := 100_000
	if b.quick {
		clients = 20_000
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkWeekly$", "-benchtime", "5x", "./internal/digest")
	cmd.Env = append(os.Environ(), "STANNA_BENCH_CLIENTS="+strconv.Itoa(clients))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -bench BenchmarkWeekly ./internal/digest: %w: %.500s", err, out)
	}
	took := func(name string) float64 {
		m := regexp.MustCompile(`engine=sqlite/clients=\d+` + name + `-?\d*\s+\d+\s+(\d+) ns/op`).FindSubmatch(out)
		if m == nil {
			return 0
		}
		x, _ := strconv.ParseFloat(string(m[1]), 64) // the pattern lets nothing else through
		return x / 1e9
	}
	one, fifty := took(""), took("/owners=50")
	if one == 0 || fifty == 0 {
		return nil, fmt.Errorf("go test -bench BenchmarkWeekly ./internal/digest told nothing: %.500s", out)
	}
	return []result{{
		Bar: "weekly digest over 100,000 clients", Wanted: "≤ 1 s",
		Measured: fmt.Sprintf("%.2f s for %s clients", one, thousands(clients)), Met: one*100_000/float64(clients) <= 1,
		Note: fmt.Sprintf("The benchmark of internal/digest on SQLite: a year of scores a client, one in five at risk, one in twelve with an alert of this week, 27 weeks of marks. "+
			"One digest each for 50 owners, of one reading of the book: %.2f s.", fifty),
	}}, nil
}
