package route_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
)

const (
	a        = stanna.Destination("slack:T1:CA")
	b        = stanna.Destination("slack:T1:CB")
	standard = stanna.Destination("slack:T1:CDEF")
	fallback = stanna.Destination("slack:T1:CFALL")
)

func broken(list ...stanna.Destination) map[stanna.Destination]bool {
	set := map[stanna.Destination]bool{}
	for _, d := range list {
		set[d] = true
	}
	return set
}

func TestPick(t *testing.T) {
	both := stanna.Settings{DefaultChannel: "CDEF", FallbackChannel: "CFALL"}
	own := func(d stanna.Destination) route.Choice {
		return route.Choice{Destination: d, Intended: d, Reason: stanna.ReasonRuleDestination}
	}
	for name, c := range map[string]struct {
		destinations []stanna.Destination
		settings     stanna.Settings
		noTeam       bool
		broken       map[stanna.Destination]bool
		want         []route.Choice
		silence      stanna.Reason
	}{
		"not connected":                {[]stanna.Destination{a}, both, true, nil, nil, stanna.ReasonNotConnected},
		"no channel chosen":            {nil, stanna.Settings{}, false, nil, nil, stanna.ReasonNoDestination},
		"a fallback is no default":     {nil, stanna.Settings{FallbackChannel: "CFALL"}, false, nil, nil, stanna.ReasonNoDestination},
		"default channel":              {nil, both, false, nil, []route.Choice{{Destination: standard, Intended: standard, Reason: stanna.ReasonDefaultChannel}}, ""},
		"the rule's own":               {[]stanna.Destination{a, b}, both, false, nil, []route.Choice{own(a), own(b)}, ""},
		"own, without any default":     {[]stanna.Destination{a}, stanna.Settings{}, false, nil, []route.Choice{own(a)}, ""},
		"default broken":               {nil, both, false, broken(standard), []route.Choice{{Destination: fallback, Intended: standard, Reason: stanna.ReasonFallback}}, ""},
		"one of two broken":            {[]stanna.Destination{a, b}, both, false, broken(a), []route.Choice{{Destination: fallback, Intended: a, Reason: stanna.ReasonFallback}, own(b)}, ""},
		"both broken: told once":       {[]stanna.Destination{a, b}, both, false, broken(a, b), []route.Choice{{Destination: fallback, Intended: a, Reason: stanna.ReasonFallback}}, ""},
		"fallback is wanted too":       {[]stanna.Destination{a, fallback}, both, false, broken(a), []route.Choice{own(fallback)}, ""},
		"fallback is wanted first":     {[]stanna.Destination{fallback, a}, both, false, broken(a), []route.Choice{own(fallback)}, ""},
		"named twice":                  {[]stanna.Destination{a, a}, both, false, nil, []route.Choice{own(a)}, ""},
		"broken without a fallback":    {[]stanna.Destination{a}, stanna.Settings{}, false, broken(a), []route.Choice{own(a)}, ""},
		"broken, and the fallback too": {[]stanna.Destination{a}, both, false, broken(a, fallback), []route.Choice{own(a)}, ""},
		"the fallback itself broken":   {[]stanna.Destination{fallback}, both, false, broken(fallback), []route.Choice{own(fallback)}, ""},
		"what else is broken":          {[]stanna.Destination{a}, both, false, broken(b), []route.Choice{own(a)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := route.Map{Settings: c.settings, Team: "T1", Broken: c.broken}
			if c.noTeam {
				m.Team = ""
			}
			got, silence := route.Pick(stanna.Rule{Destinations: c.destinations}, m)
			if diff := cmp.Diff(c.want, got); diff != "" || silence != c.silence {
				t.Errorf("silence %q, want %q; %s", silence, c.silence, diff)
			}
			if (len(got) == 0) != (silence != "") {
				t.Errorf("%d choices and the silence %q", len(got), silence)
			}
		})
	}
}

func TestFallback(t *testing.T) {
	for name, c := range map[string]struct {
		m    route.Map
		of   stanna.Destination
		want stanna.Destination
	}{
		"there is one": {route.Map{Team: "T1", Settings: stanna.Settings{FallbackChannel: "CFALL"}}, a, fallback},
		"none chosen":  {route.Map{Team: "T1"}, a, ""},
		"no team":      {route.Map{Settings: stanna.Settings{FallbackChannel: "CFALL"}}, a, ""},
		"of itself":    {route.Map{Team: "T1", Settings: stanna.Settings{FallbackChannel: "CFALL"}}, fallback, ""},
		"broken too":   {route.Map{Team: "T1", Settings: stanna.Settings{FallbackChannel: "CFALL"}, Broken: broken(fallback)}, a, ""},
	} {
		if got := c.m.Fallback(c.of); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
