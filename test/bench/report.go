package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// table is the results for a terminal.
func table(results []result) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tBAR\tWANTED\tMEASURED\tALERTMANAGER 0.34")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.verdict(), r.Bar, r.Wanted, r.Measured, r.Peer)
	}
	_ = w.Flush() // into memory
	return b.String()
}

// document is docs/benchmarks.md.
func document(m *machine, results []result, quick bool) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `make bench`, which builds the program, runs it beside a Slack of our own on one machine, and measures what the design asks for. " +
		"The store is the durable one as shipped: SQLite with `synchronous=FULL`. The sender and the sandbox Slack share the cores with the server.\n\n")
	fmt.Fprintf(&b, "Last run: %s.%s\nMachine: %s.\n\n", m.ending(), map[bool]string{true: " A quick one, with noisier figures."}[quick], m)
	b.WriteString("| | bar | wanted | measured | Alertmanager 0.34 |\n|---|---|---|---|---|\n")
	met, measured := 0, 0
	for _, r := range results {
		verdict := r.verdict()
		switch {
		case r.Skipped:
			measured--
		case r.Met:
			met++
		default:
			verdict = "**missed**"
		}
		measured++
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", verdict, cell(r.Bar), cell(r.Wanted), cell(r.Measured), cell(r.Peer))
	}
	fmt.Fprintf(&b, "\n%d of %d bars that were measured are met. Alertmanager's figures are from a machine of this size, where it does the same job.\n\n## How each was measured\n\n", met, measured)
	for _, r := range results {
		fmt.Fprintf(&b, "- **%s.** %s\n", r.Bar, r.Note)
	}
	b.WriteString("\n## Not measured here\n\n" +
		"A book of 1,000,000 clients is measured with `go run ./test/bench -only scale -big`.\n")
	return b.String()
}

func cell(s string) string {
	if s == "" {
		return "—"
	}
	return strings.ReplaceAll(s, "|", "\\|")
}

// perSecond is a rate for people.
func perSecond(rate float64) string { return thousands(int(rate)) + "/s" }

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
