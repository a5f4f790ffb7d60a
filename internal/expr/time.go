package expr

import "strings"

// Mentions says whether the text speaks of a name or of what is below it:
// signal.data.score mentions "signal".
func (p *program) Mentions(name string) bool {
	for _, m := range p.names {
		if m.shown == name || strings.HasPrefix(m.shown, name+".") {
			return true
		}
	}
	return false
}

// MentionsTime says whether what the text says may change though nothing
// comes in, and whether it can only when a new day begins where the workspace
// is.
func (p *program) MentionsTime() (yes, daily bool) {
	daily = true
	for _, m := range p.names {
		switch theLanguage().names[m.index].path {
		case "now", "state.healthChange7d", "state.healthChange30d":
			yes, daily = true, false
		case "client.daysToRenewal", "client.ageDays", "state.engagementChange", "state.daysSinceContact", "alert.openDays":
			yes = true
		}
	}
	return yes, yes && daily
}
