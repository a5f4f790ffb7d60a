package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// rules measures how often a second one core can judge one rule: the
// benchmark of the rule room, of which the slowest case counts.
func (b *bench) rules(ctx context.Context) ([]result, error) {
	length := "2s"
	if b.quick {
		length = "500ms"
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkJudge$", "-benchtime", length, "-cpu", "1", "./internal/rule")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -bench BenchmarkJudge ./internal/rule: %w: %.500s", err, out)
	}
	worst, measured := 0.0, ""
	for _, m := range regexp.MustCompile(`(?m)^BenchmarkJudge/(\S+)\s.*?([\d.e+]+) evaluations/s`).FindAllSubmatch(out, -1) {
		rate, err := strconv.ParseFloat(string(m[2]), 64)
		if err != nil {
			return nil, err
		}
		if worst == 0 || rate < worst {
			worst = rate
		}
		measured += fmt.Sprintf(", %s %.1f M/s", m[1], rate/1e6)
	}
	if measured == "" {
		return nil, fmt.Errorf("go test -bench BenchmarkJudge ./internal/rule told nothing: %.500s", out)
	}
	return []result{{
		Bar: "rule evaluation, a core", Wanted: "≥ 1,000,000/s", Measured: measured[2:], Met: worst >= 1e6,
		Note: "The benchmark of internal/rule on one core, a client with a year of hourly scores: nothing happens, an alert opens, an alert is open. The slowest counts.",
	}}, nil
}
