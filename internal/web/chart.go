package web

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// The field of a chart, in the units of its SVG.
const (
	chartWidth, chartHeight = 720.0, 240.0
	chartLeft, chartRight   = 34.0, 668.0
	chartTop, chartBottom   = 14.0, 210.0
	chartPoints             = 300 // more than can be told apart
	chartDots               = 45  // more values than that are drawn as a line alone
	chartRows               = 60  // of the table beside it
)

// chart is a health trend, drawn on the server.
type chart struct {
	Empty  string // what to say instead
	Title  string
	Desc   string
	Bands  []chartBand
	Levels []chartTick // at the left edge
	Days   []chartTick // along the bottom
	Line   string
	Dots   []chartDot
	Marks  []chartMark
	Rows   []chartRow
	Left   int // rows that the table leaves out
}

type chartBand struct{ Class, Y, Height, Label, LabelY string }

type chartTick struct{ X, Y, Label, Anchor string }

type chartDot struct{ X, Y string }

type chartMark struct{ Class, X, Y, Top, Label, LabelX, LabelY, Anchor string }

type chartRow struct {
	At    stamp
	Value string
	Zone  mark
}

// moment is a point of a trend that the page speaks of.
type moment struct {
	class, label string
	stanna.Point
}

// chartOf draws a history between two times, with the zones behind it and
// the moments marked.
func chartOf(l locale.Local, h stanna.History, from, to time.Time, moments ...moment) chart {
	points := inside(h.Since(from.Add(-time.Second)), to)
	if len(points) == 0 {
		return chart{Empty: "No health score in this time."}
	}
	if len(points) == 1 && len(moments) == 0 {
		return chart{Empty: "One score so far: " + l.Number(points[0].Value) + ", " + stampOf(l, points[0].At).Short + ". The trend begins with the second."}
	}
	points = thinned(points, chartPoints)
	first, last := points[0], points[len(points)-1]
	if to.Sub(last.At) > last.At.Sub(first.At)/2+time.Hour {
		to = last.At // so that long silence does not press the trend to the edge
	}
	from = first.At
	for _, m := range moments {
		if m.At.Before(from) {
			from = m.At
		}
		if m.At.After(to) {
			to = m.At
		}
	}
	if to.Sub(from) < time.Minute {
		from, to = from.Add(-30*time.Minute), to.Add(30*time.Minute)
	}
	x := func(t time.Time) float64 {
		return chartLeft + (chartRight-chartLeft)*float64(t.Sub(from))/float64(to.Sub(from))
	}
	c := chart{Title: "Health from " + stampOf(l, from).Full + " to " + stampOf(l, to).Full,
		Desc: "It began at " + l.Number(first.Value) + " and is " + l.Number(last.Value) + " now. Red is up to " + l.Number(l.Settings.RiskThreshold) +
			", green above " + l.Number(l.Settings.HealthyAbove) + "."}
	c.frame(l, from, to, x)
	var line strings.Builder
	for i, p := range points {
		word := "L"
		if i == 0 {
			word = "M"
		}
		line.WriteString(word + f(x(p.At)) + " " + f(chartY(p.Value)))
		if len(points) <= chartDots {
			c.Dots = append(c.Dots, chartDot{f(x(p.At)), f(chartY(p.Value))})
		}
	}
	c.Line = line.String()
	for _, m := range moments {
		at, y := x(m.At), chartY(m.Value)
		mark := chartMark{Class: m.class, X: f(at), Y: f(y), Top: f(chartTop), Label: m.label + " " + l.Number(m.Value), LabelX: f(at + 8), LabelY: f(y - 9), Anchor: "start"}
		if at > (chartLeft+chartRight)/2 {
			mark.LabelX, mark.Anchor = f(at-8), "end"
		}
		if y < chartTop+24 {
			mark.LabelY = f(y + 20)
		}
		c.Marks = append(c.Marks, mark)
	}
	for i := len(points) - 1; i >= 0 && len(c.Rows) < chartRows; i-- {
		p := points[i]
		c.Rows = append(c.Rows, chartRow{stampOf(l, p.At), l.Number(p.Value), zoneMark(l.Settings.ZoneOf(p.Value))})
	}
	c.Left = len(points) - len(c.Rows)
	return c
}

// frame draws what stands behind the line: zones, levels, days.
func (c *chart) frame(l locale.Local, from, to time.Time, x func(time.Time) float64) {
	s := l.Settings
	for _, b := range []struct {
		low, high float64
		zone      stanna.Zone
	}{{0, s.RiskThreshold, stanna.Red}, {s.RiskThreshold, s.HealthyAbove, stanna.Yellow}, {s.HealthyAbove, 100, stanna.Green}} {
		top, bottom := chartY(b.high), chartY(b.low)
		c.Bands = append(c.Bands, chartBand{string(b.zone), f(top), f(bottom - top), zoneMark(b.zone).Word, f(top + 13)})
	}
	for _, level := range []float64{0, s.RiskThreshold, s.HealthyAbove, 100} {
		c.Levels = append(c.Levels, chartTick{X: f(chartLeft - 6), Y: f(chartY(level) + 4), Label: l.Number(level), Anchor: "end"})
	}
	layout := "2 Jan"
	switch span := to.Sub(from); {
	case span < 36*time.Hour:
		layout = "15:04"
	case span < 5*24*time.Hour:
		layout = "Mon 15:04"
	case span > 300*24*time.Hour:
		layout = "Jan 2006"
	}
	const steps = 4
	for i := range steps + 1 {
		t := from.Add(time.Duration(float64(to.Sub(from)) * float64(i) / steps))
		tick := chartTick{X: f(x(t)), Y: f(chartBottom + 18), Label: t.In(l.Zone).Format(layout), Anchor: "middle"}
		switch i {
		case 0:
			tick.Anchor = "start"
		case steps:
			tick.Anchor = "end"
		}
		c.Days = append(c.Days, tick)
	}
}

// spark is a trend without a frame.
type spark struct {
	Line string
	Desc string
}

const sparkWidth, sparkHeight = 160.0, 36.0

// sparkOf draws the shape of the newest values, from their least to their
// most.
func sparkOf(l locale.Local, h stanna.History, since time.Time) spark {
	points := thinned(h.Since(since), 120)
	if len(points) < 2 {
		return spark{}
	}
	low, high := points[0].Value, points[0].Value
	for _, p := range points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	first, last := points[0].At, points[len(points)-1].At
	var line strings.Builder
	for i, p := range points {
		word := "L"
		if i == 0 {
			word = "M"
		}
		across, up := 0.5, 0.5
		if last.After(first) {
			across = float64(p.At.Sub(first)) / float64(last.Sub(first))
		}
		if high > low {
			up = (p.Value - low) / (high - low)
		}
		line.WriteString(word + f(2+across*(sparkWidth-4)) + " " + f(sparkHeight-3-up*(sparkHeight-6)))
	}
	return spark{line.String(), "Between " + l.Number(low) + " and " + l.Number(high)}
}

// thinned keeps the last value of each of n slices of time, and the first of
// all.
func thinned(points []stanna.Point, n int) []stanna.Point {
	if len(points) <= n {
		return points
	}
	first, last := points[0].At, points[len(points)-1].At
	width := last.Sub(first)/time.Duration(n-1) + 1
	kept := []stanna.Point{points[0]}
	for i, p := range points[1:] {
		end := i+2 == len(points)
		if end || points[i+2].At.Sub(first)/width != p.At.Sub(first)/width {
			kept = append(kept, p)
		}
	}
	return kept
}

func inside(points []stanna.Point, to time.Time) []stanna.Point {
	for len(points) > 0 && points[len(points)-1].At.After(to.Add(time.Second)) {
		points = points[:len(points)-1]
	}
	return points
}

func chartY(value float64) float64 {
	return chartBottom - (chartBottom-chartTop)*math.Max(0, math.Min(100, value))/100
}

// f is a length of the drawing.
func f(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
