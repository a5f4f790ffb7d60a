// Package route answers WHERE an alert goes: the destinations of its rule,
// else the workspace's default channel, each with the reason. Pure: what a
// preview shows is what will happen.
//
// It does not know whether a message arrives, nor how it is worded.
package route

import (
	"slices"

	"github.com/gostanna/stanna"
)

// Map is what is known of the roads when an alert is routed.
type Map struct {
	Settings stanna.Settings
	Team     string                      // the connected Slack team; "" when there is none
	Broken   map[stanna.Destination]bool // destinations that a person must mend
}

// Choice is one destination of an alert.
type Choice struct {
	Destination stanna.Destination
	Intended    stanna.Destination // where it would have gone, were that not broken; else the destination itself
	Reason      stanna.Reason
}

// Pick chooses the destinations of a rule's alert. Without one it gives the
// reason for the silence.
func Pick(rule stanna.Rule, m Map) ([]Choice, stanna.Reason) {
	if m.Team == "" {
		return nil, stanna.ReasonNotConnected
	}
	wanted, reason := rule.Destinations, stanna.ReasonRuleDestination
	if len(wanted) == 0 {
		if m.Settings.DefaultChannel == "" {
			return nil, stanna.ReasonNoDestination
		}
		wanted, reason = []stanna.Destination{stanna.SlackChannel(m.Team, m.Settings.DefaultChannel)}, stanna.ReasonDefaultChannel
	}
	choices := make([]Choice, 0, len(wanted))
	for _, d := range wanted {
		c := Choice{Destination: d, Intended: d, Reason: reason}
		if fallback := m.Fallback(d); m.Broken[d] && fallback != "" {
			c.Destination, c.Reason = fallback, stanna.ReasonFallback
		}
		// One place is told once, in its own right rather than for another.
		if i := slices.IndexFunc(choices, func(x Choice) bool { return x.Destination == c.Destination }); i < 0 {
			choices = append(choices, c)
		} else if c.Reason != stanna.ReasonFallback {
			choices[i] = c
		}
	}
	return choices, ""
}

// Fallback is where the messages of a broken destination go, or "" when
// there is no other place that works.
func (m Map) Fallback(d stanna.Destination) stanna.Destination {
	if m.Team == "" || m.Settings.FallbackChannel == "" {
		return ""
	}
	f := stanna.SlackChannel(m.Team, m.Settings.FallbackChannel)
	if f == d || m.Broken[f] {
		return ""
	}
	return f
}
