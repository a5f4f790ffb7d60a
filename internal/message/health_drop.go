package message

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// healthDrop tells a fall of the health score.
func healthDrop(c chapter) telling {
	e := c.alert.Evidence
	base, opened, value := locale.Tenth(e.Base), locale.Tenth(e.Opened), locale.Tenth(e.Value)
	t := telling{
		past: c.phrase("health fell from {from} to {to}", with{"from": base, "to": opened}),
		back: c.arrow(min(opened, locale.Tenth(e.Worst)), value),
		now:  say(words(c.standing(value))),
		why:  c.factors(value - base),
		told: []string{healthField},
		four: withoutHealth,
	}
	if fall := locale.Tenth(base - value); fall > 0 {
		t.change = c.phrase("health fell {n} {n|point|points} to {standing}", with{"n": fall, "standing": c.standing(value)})
	} else {
		t.change = c.phrase("health is {standing}", with{"standing": c.standing(value)})
	}
	t.since = c.since(e)
	t.course = c.course(t.since)
	t.steps = c.byCauseOr("see what the score is made of before you act on it")
	return t
}

// since is how long a score took from its base to its newest value.
func (c chapter) since(e stanna.Evidence) phrase {
	switch {
	case e.FirstSeen:
		return c.phrase("since first seen, {time} ago", with{"time": c.Lasting(c.Now.Sub(e.BaseAt))})
	case !e.BaseAt.IsZero() && !e.ValueAt.IsZero():
		return c.phrase("in {time}", with{"time": c.Lasting(e.ValueAt.Sub(e.BaseAt))})
	}
	return nil
}

// course is the small print of the score's way: from where, how fast, and
// what had been told before.
func (c chapter) course(since phrase) []phrase {
	e := c.alert.Evidence
	opened, value, worst := locale.Tenth(e.Opened), locale.Tenth(e.Value), locale.Tenth(e.Worst)
	way := joined(" ", c.arrow(locale.Tenth(e.Base), value), since)
	if line := c.sparkline(c.state.Health); line != "" {
		way = joined(" ", way, say(words(line)))
	}
	course := []phrase{way}
	if value != opened {
		course = append(course, c.phrase("first told at {value}", with{"value": opened}))
		if worst < min(value, opened) {
			course = append(course, c.phrase("lowest {value}", with{"value": worst}))
		}
	}
	return course
}

func (c chapter) arrow(from, to float64) phrase { return c.way(c.Number(from), c.Number(to)) }

// standing is a score with its zone: "38 (red)".
func (c chapter) standing(score float64) string {
	if !locale.IsNumber(score) {
		return c.Text("not known")
	}
	return c.Number(score) + " (" + c.zone(c.Settings.ZoneOf(score)) + ")"
}

// zone is the word for a zone, or "" for what is none.
func (t tongue) zone(z stanna.Zone) string {
	switch z {
	case stanna.Red:
		return t.Text("red")
	case stanna.Yellow:
		return t.Text("yellow")
	case stanna.Green:
		return t.Text("green")
	}
	return ""
}
