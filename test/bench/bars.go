package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// bar is one line of the design's table, or a few that are measured together.
type bar struct {
	name    string
	within  time.Duration // the longest that measuring it may take
	measure func(*bench, context.Context) ([]result, error)
}

// result is what was measured, beside what was wanted.
type result struct {
	Bar      string
	Wanted   string
	Measured string
	Met      bool
	Skipped  bool   // could not be measured here, for the reason in the note
	Peer     string // what Alertmanager 0.34 does on such a machine
	Note     string // what exactly was measured
}

func (r result) verdict() string {
	switch {
	case r.Skipped:
		return "—"
	case r.Met:
		return "met"
	}
	return "MISSED"
}

// bars are what can be reached now, in the order of the design.
func bars() []bar {
	return []bar{
		{"single", time.Minute, (*bench).single},
		{"many", time.Minute, (*bench).many},
		{"latency", time.Minute, (*bench).latency},
		{"paced", time.Minute, (*bench).paced},
		{"storm", time.Minute, (*bench).storm},
		{"errors", time.Minute, (*bench).errors},
		{"outage", time.Minute, (*bench).outage},
		{"killed", 2 * time.Minute, (*bench).killed},
		{"replica", 90 * time.Second, (*bench).replica},
		{"scale", 15 * time.Minute, (*bench).scale}, // a million clients take their time to import
		{"fifty", 20 * time.Minute, (*bench).fifty},
		{"import", 10 * time.Minute, (*bench).imports},
		{"rules", 2 * time.Minute, (*bench).rules},
		{"backtest", 5 * time.Minute, (*bench).backtest},
		{"digest", 5 * time.Minute, (*bench).digest},
		{"stripe", 5 * time.Minute, (*bench).stripe},
		{"webhooks", 3 * time.Minute, (*bench).webhooks},
		{"start", time.Minute, (*bench).start},
	}
}

func names() []string {
	var list []string
	for _, b := range bars() {
		list = append(list, b.name)
	}
	return list
}

// choose picks the bars that are named, or all.
func choose(only string) ([]bar, error) {
	if only == "" {
		return bars(), nil
	}
	var chosen []bar
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(bars(), func(b bar) bool { return b.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no bar %q; there are %s", name, strings.Join(names(), " "))
		}
		chosen = append(chosen, bars()[i])
	}
	return chosen, nil
}

// short is d, or less of it in a quick run.
func (b *bench) short(d time.Duration) time.Duration {
	if b.quick {
		return d * 3 / 8
	}
	return d
}
