package route

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Plan is a workspace's routing table, silences and hours, made ready. It is
// safe for concurrent use.
type Plan struct {
	Settings stanna.Settings
	Silences []Silence

	lines  []line
	hours  stanna.Calendar
	own    sync.Map // by rule: the hours of those that have their own; making them ready takes its time
	digest stanna.DigestCalendar
}

// matcher is a matcher with its condition compiled.
type matcher struct {
	stanna.Matcher
	condition *expr.Condition
}

type line struct {
	stanna.RouteLine
	matcher
}

// Silence is a silence made ready.
type Silence struct {
	stanna.Silence
	matcher
}

// Compile makes the routing table and the silences ready. What [CheckLines]
// refuses is an error.
func Compile(settings stanna.Settings, lines []stanna.RouteLine, silences []stanna.Silence) (*Plan, error) {
	p := &Plan{Settings: settings.WithDefaults()}
	zone := p.Settings.Location()
	p.hours = p.Settings.BusinessHours.In(zone)
	p.digest = p.Settings.Digest.In(zone, p.hours)
	for i, l := range lines {
		m, err := compile(l.Match, fmt.Sprintf("routes[%d].match", i))
		if err != nil {
			return nil, err
		}
		p.lines = append(p.lines, line{l, m})
	}
	for _, s := range silences {
		m, err := compile(s.Matcher, "matcher")
		if err != nil {
			return nil, fmt.Errorf("silence %s: %w", s.ID, err)
		}
		p.Silences = append(p.Silences, Silence{s, m})
	}
	return p, nil
}

func compile(m stanna.Matcher, field string) (matcher, error) {
	c := matcher{Matcher: m}
	if m.Condition == "" {
		return c, nil
	}
	var err error
	if c.condition, err = expr.CompileCondition(m.Condition); err != nil {
		var e *expr.Error
		if errors.As(err, &e) {
			return c, stanna.InvalidField(field+".condition", "%s", e.Error())
		}
	}
	return c, err
}

// fits says whether news is what the matcher is about. A condition that
// cannot be worked out does not fit.
func (m matcher) fits(s stanna.Settings, n News) bool {
	if !m.Fits(s, n.Alert, n.Client, n.State) {
		return false
	}
	if m.condition == nil {
		return true
	}
	yes, err := m.condition.Holds(&expr.Input{Settings: s, Client: &n.Client, State: n.State, Signal: n.Signal, Alert: &n.Alert, Now: n.Now})
	return err == nil && yes
}

// CheckMatcher says what is wrong with a matcher, or nil.
func CheckMatcher(m stanna.Matcher, field string) error {
	if err := m.Validate(field); err != nil {
		return err
	}
	_, err := compile(m, field)
	return err
}

// CheckLines says what is wrong with a routing table, or nil: a line without
// a destination, or one that is never reached.
func CheckLines(lines []stanna.RouteLine) error {
	if len(lines) > stanna.MaxRouteLines {
		return stanna.InvalidField("routes", "may have %d lines", stanna.MaxRouteLines)
	}
	for i, l := range lines {
		at := fmt.Sprintf("routes[%d]", i)
		if len(l.To) == 0 {
			return stanna.InvalidField(at+".to", "is required: say where it goes")
		}
		if err := CheckMatcher(l.Match, at+".match"); err != nil {
			return err
		}
		for j, before := range lines[:i] {
			if !before.Continue && covers(before.Match, l.Match) {
				return stanna.InvalidField(at, "is never reached: line %d takes everything that would fit it and does not continue", j+1)
			}
		}
	}
	return nil
}

// covers says whether a surely fits all that b fits. It does not look into
// conditions: they cover only when they are the same.
func covers(a, b stanna.Matcher) bool {
	return subset(b.Types, a.Types) && subset(b.Rules, a.Rules) && subset(b.Severities, a.Severities) &&
		(a.Condition == "" || a.Condition == b.Condition) && coversFilter(a.Filter, b.Filter)
}

func coversFilter(a, b stanna.Filter) bool {
	for field, want := range a.Custom {
		if !strings.EqualFold(b.Custom[field], want) {
			return false
		}
	}
	return a.MinMRR <= b.MinMRR && subset(b.Tiers, a.Tiers) && subset(b.Zones, a.Zones) && subset(b.Owners, a.Owners) &&
		subset(b.Tags, a.Tags) && subset(b.Only, a.Only) && len(a.Never) == 0
}

// subset says whether a list allows no more than another; an empty list
// allows everything.
func subset[T ~string](list, of []T) bool {
	if len(of) == 0 {
		return true
	}
	if len(list) == 0 {
		return false
	}
	for _, x := range list {
		found := false
		for _, y := range of {
			found = found || strings.EqualFold(string(x), string(y))
		}
		if !found {
			return false
		}
	}
	return true
}

// Silenced is the silence in force that matches the news, the one that ends
// last, or nil.
func (p *Plan) Silenced(n News) *Silence {
	var last *Silence
	for i := range p.Silences {
		s := &p.Silences[i]
		if s.Active(n.Now) && s.fits(p.Settings, n) && (last == nil || s.EndsAt.After(last.EndsAt)) {
			last = s
		}
	}
	return last
}

// gatherFor is how long what stood already waits for others of its kind, to
// be listed with them.
const gatherFor = 10 * time.Minute
