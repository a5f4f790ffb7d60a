package message

import (
	"cmp"
	"math"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// maxReasons is how many reasons are shown; who wants more reads the page.
const maxReasons = 7

// factors are the reasons that the source gave for a change, the weightiest
// first. When each has its impact, what is shown always adds up to the
// change: by a last line "other", or by what the hidden ones come to. A change
// that is no number is not known, and nothing is made to add up to it.
func (c chapter) factors(change float64) reasons {
	r := reasons{source: outside(c.alert.Evidence.Source, 80)}
	list := slices.Clone(c.alert.Evidence.Factors)
	list = slices.DeleteFunc(list, func(f stanna.Factor) bool { return clean(f.Name, 1)+clean(f.Detail, 1) == "" })
	if len(list) == 0 {
		return r
	}
	weighed := true
	for _, f := range list {
		weighed = weighed && f.Impact != nil && locale.IsNumber(*f.Impact)
	}
	sums := weighed && locale.IsNumber(change)
	if weighed {
		// The reasons that pull the way the score went come first; where that
		// is not known, the heaviest.
		slices.SortStableFunc(list, func(a, b stanna.Factor) int {
			switch {
			case !sums:
				return cmp.Compare(math.Abs(*b.Impact), math.Abs(*a.Impact))
			case change > 0:
				a, b = b, a
			}
			return cmp.Compare(*a.Impact, *b.Impact)
		})
	}
	rest := change // what the reasons before do not account for
	left := make([]float64, len(list)+1)
	for i, f := range list {
		left[i] = rest
		if sums {
			rest -= locale.Tenth(*f.Impact)
		}
		r.lines = append(r.lines, c.factor(f))
	}
	left[len(list)] = rest
	if sums && locale.Tenth(rest) != 0 {
		r.lines = append(r.lines, say(words(c.Text("other")+" ("+c.Signed(rest)+")")))
	}
	r.more = func(shown int) phrase {
		shown = min(shown, len(list))
		line, n := c.Text("other"), len(list)-shown
		switch {
		case n > 0 && sums && locale.Tenth(rest) != 0:
			line = c.Text("and {n} more {n|reason|reasons} and other", with{"n": n})
		case n > 0:
			line = c.Text("and {n} more {n|reason|reasons}", with{"n": n})
		}
		if sums {
			line += " (" + c.Signed(left[shown]) + ")"
		}
		return joined(" · ", say(words(line)), link(c.page, c.Text("See all")))
	}
	return r
}

// factor writes one reason: "Usage: 118 a day, usually 200 (−11)".
func (c chapter) factor(f stanna.Factor) phrase {
	line := joined(": ", outside(f.Name, 80), outside(f.Detail, 240))
	if f.Impact != nil && locale.IsNumber(*f.Impact) {
		line = say(line, words(" ("+c.Signed(*f.Impact)+")"))
	}
	return line
}

// listed are reasons of our own finding, in a row.
func (c chapter) listed(lines ...phrase) reasons {
	lines = slices.DeleteFunc(lines, func(p phrase) bool { return len(p) == 0 })
	return reasons{source: outside(c.alert.Evidence.Source, 80), lines: lines, more: func(shown int) phrase {
		return joined(" · ", c.phrase("and {n} more", with{"n": len(lines) - shown}), link(c.page, c.Text("See all")))
	}}
}
