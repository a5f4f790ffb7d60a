package message

import (
	"github.com/gostanna/stanna"
)

// note says where the message was meant to go: "Meant for #old-channel, but
// it is archived; sent here instead", "Meant for Ana Silva, who is away until
// Mon 30 Nov; sent to their deputy".
func (in Intended) note(l tongue) []phrase {
	name, why := outside(in.Name, 100), outside(in.Why, 200)
	if name == nil {
		return nil
	}
	instead := "sent here instead"
	switch in.Reason {
	case stanna.ReasonDeputy:
		instead = "sent to their deputy"
	case stanna.ReasonManager:
		instead = "sent to their manager"
	}
	switch {
	case in.Away && !in.BackAt.IsZero():
		why = say(words(", who is away until " + l.Day(in.BackAt)))
	case in.Away:
		why = say(words(", who is away"))
	case in.Reason != "" && why != nil:
		why = say(words(", who "), why)
	case in.Reason != "":
		why = say(words(", who cannot be reached"))
	case why != nil:
		why = say(words(", but "), why)
	default:
		why = say(words(", but it cannot be reached"))
	}
	return []phrase{say(words("Meant for "), name, why, words("; "+instead))}
}
