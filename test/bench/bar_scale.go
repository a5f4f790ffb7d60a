package main

import (
	"context"
	"fmt"
	"time"
)

// scale measures what a signal costs in a small book and in large ones, and
// the memory that a large one takes.
func (b *bench) scale(ctx context.Context) ([]result, error) {
	small, err := b.costIn(ctx, 1000, 0)
	if err != nil {
		return nil, err
	}
	large, err := b.costIn(ctx, 100_000, 0)
	if err != nil {
		return nil, err
	}
	results := []result{compare(small, large), {
		Bar: "memory with 100,000 clients under load", Wanted: "≤ 250 MB",
		Measured: fmt.Sprintf("%.0f MB, at most %.0f MB", large.memory, large.peak), Met: large.peak <= 250,
		Note: "Resident memory at the end of the load of the line above, and the most it ever was, the import of the book included.",
	}}
	if b.big {
		million, err := b.costIn(ctx, 1_000_000, 0)
		if err != nil {
			return nil, err
		}
		results = append(results, compare(small, million))
	}
	return results, nil
}

// manyRules is how many rules a workspace has that keeps very many.
const manyRules = 50

// fifty measures what a signal costs under fifty rules, in a small book and
// in a large one.
func (b *bench) fifty(ctx context.Context) ([]result, error) {
	few, err := b.costIn(ctx, 1000, 0)
	if err != nil {
		return nil, err
	}
	small, err := b.costIn(ctx, 1000, manyRules)
	if err != nil {
		return nil, err
	}
	size := book(100_000)
	if b.big {
		size = 1_000_000
	}
	large, err := b.costIn(ctx, size, manyRules)
	if err != nil {
		return nil, err
	}
	r := compare(small, large)
	r.Bar = fmt.Sprintf("cost of a signal at %s and at %s clients, %d rules", thousands(int(small.book)), thousands(int(large.book)), manyRules)
	r.Note = fmt.Sprintf("Rules with filters and rules with conditions in halves, beside those a workspace begins with. The same at %s clients with those alone: %s. ",
		thousands(int(few.book)), perSecond(few.rate)) + r.Note
	return []result{r}, nil
}

// cost is what one signal costs in a book.
type cost struct {
	book         book
	rate         float64
	cpu          time.Duration
	u            usage
	memory, peak float64
	imported     time.Duration
}

func (b *bench) costIn(ctx context.Context, n book, rules int) (c cost, err error) {
	begun := time.Now()
	st, err := b.set(ctx, scenery{book: n, before: true, rules: rules})
	if err != nil {
		return c, err
	}
	defer st.clear()
	c = cost{book: n, imported: time.Since(begun)}
	st.settle(ctx)
	if c.rate, c.u, err = st.singles(ctx, n, "x", b.short(8*time.Second)); err != nil {
		return c, err
	}
	c.cpu = c.u.each(c.rate)
	c.memory, c.peak, err = st.server.memory()
	return c, err
}

func compare(small, large cost) result {
	ratio := small.rate / large.rate
	return result{
		Bar: fmt.Sprintf("cost of a signal at %s and at %s clients", thousands(int(small.book)), thousands(int(large.book))), Wanted: "ratio ≤ 2 (to 1,000,000 clients)",
		Measured: fmt.Sprintf("ratio %.2f: %s and %s", ratio, perSecond(small.rate), perSecond(large.rate)), Met: ratio <= 2,
		Note: fmt.Sprintf("One signal a request over 16 connections, clients in no order, each with a score before. Server CPU a signal: %s and %s, ratio %.2f. "+
			"Importing the large book with a score each took %.1f s. %s.", small.cpu.Round(time.Microsecond), large.cpu.Round(time.Microsecond),
			float64(large.cpu)/float64(small.cpu), large.imported.Seconds(), large.u),
	}
}
