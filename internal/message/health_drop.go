package message

import "github.com/gostanna/stanna/internal/locale"

// healthDrop tells a fall of the health score.
func healthDrop(c chapter) telling {
	e := c.alert.Evidence
	base, opened, value := locale.Tenth(e.Base), locale.Tenth(e.Opened), locale.Tenth(e.Value)
	t := telling{
		past: say(words("health fell from " + c.Number(base) + " to " + c.Number(opened))),
		back: say(words(c.arrow(min(opened, locale.Tenth(e.Worst)), value))),
		now:  say(words(c.standing(value))),
		why:  c.factors(value - base),
		told: []string{healthField},
	}
	if fall := locale.Tenth(base - value); fall > 0 {
		t.change = say(words("health fell " + c.Number(fall) + pointsTo(fall) + c.standing(value)))
	} else {
		t.change = say(words("health is " + c.standing(value)))
	}
	if e.FirstSeen {
		t.since = say(words("since first seen, " + c.Lasting(c.Now.Sub(e.BaseAt)) + " ago"))
	} else if !e.BaseAt.IsZero() && !e.ValueAt.IsZero() {
		t.since = say(words("in " + c.Lasting(e.ValueAt.Sub(e.BaseAt))))
	}
	t.course = c.course(t.since)
	t.steps = c.byCause()
	return t
}

// course is the small print of the score's way: from where, how fast, and
// what had been told before.
func (c chapter) course(since phrase) []phrase {
	e := c.alert.Evidence
	opened, value, worst := locale.Tenth(e.Opened), locale.Tenth(e.Value), locale.Tenth(e.Worst)
	way := joined(" ", say(words(c.arrow(locale.Tenth(e.Base), value))), since)
	if line := c.sparkline(c.state.Health); line != "" {
		way = joined(" ", way, say(words(line)))
	}
	course := []phrase{way}
	if value != opened {
		course = append(course, say(words("first told at "+c.Number(opened))))
		if worst < min(value, opened) {
			course = append(course, say(words("lowest "+c.Number(worst))))
		}
	}
	return course
}

func (c chapter) arrow(from, to float64) string { return c.Number(from) + " → " + c.Number(to) }

// standing is a score with its zone: "38 (red)".
func (c chapter) standing(score float64) string {
	if !locale.IsNumber(score) {
		return "not known"
	}
	return c.Number(score) + " (" + string(c.Settings.ZoneOf(score)) + ")"
}

func pointsTo(fall float64) string {
	if fall == 1 {
		return " point to "
	}
	return " points to "
}
