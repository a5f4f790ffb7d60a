package message

import (
	"maps"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// catalogue says who writes about which alert type. A new type is a file and
// a line here.
var catalogue = map[stanna.AlertType]func(chapter) telling{
	stanna.HealthDrop: healthDrop,
}

// Types lists the alert types that have words of their own, in no order.
func Types() []stanna.AlertType { return slices.Collect(maps.Keys(catalogue)) }

// chapter is one alert and what it stands on.
type chapter struct {
	locale.Local
	client stanna.Client
	state  stanna.State
	alert  stanna.Alert
	page   string // our page about the alert
}

// telling is what an alert type has to say. The layout of a thread and of a
// summary make their messages from it. All but change may be empty.
type telling struct {
	change phrase   // follows the client's name: "health fell 22 points to 38 (red)"
	since  phrase   // follows the change in a sentence: "in 7 days"
	course []phrase // small print: "60 → 38 in 7 days ▇▆▃", "first told at 38"
	past   phrase   // once it is closed: "health fell from 60 to 38"
	back   phrase   // how it recovered: "38 → 57"
	now    phrase   // where it stands, when it closed without recovering: "41 (yellow)"
	why    reasons
}

// reasons are what the source gave, in order of weight.
type reasons struct {
	source phrase // who measured
	lines  []phrase
	more   func(shown int) phrase
}

// tell lets the alert's type speak; a type without an entry is told by the
// name of its rule.
func (c chapter) tell() telling {
	if write, ok := catalogue[c.alert.Type]; ok {
		return write(c)
	}
	rule := outside(c.alert.RuleName, 100)
	if rule == nil {
		rule = say(words("an alert"))
	}
	return telling{change: rule, past: rule}
}

// nameOf is the client's name, or what else it can be known by.
func nameOf(c stanna.Client, most int) phrase {
	for _, s := range []string{c.Name, c.Domain, c.ID} {
		if p := outside(s, most); p != nil {
			return p
		}
	}
	return say(words("A client without a name"))
}
