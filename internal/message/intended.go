package message

import (
	"github.com/gostanna/stanna"
)

// note says where the message was meant to go: "Meant for #old-channel, but
// it is archived; sent here instead", "Meant for Ana Silva, who is away until
// Mon 30 Nov; sent to their deputy".
func (in Intended) note(l tongue) []phrase {
	name, why := l.known(in.Name, 100), l.known(in.Why, 200)
	if name == nil {
		return nil
	}
	var meant phrase
	fill := with{"who": name, "why": why, "day": l.Day(in.BackAt)}
	switch {
	case in.Away && !in.BackAt.IsZero():
		meant = l.phrase("Meant for {who}, who is away until {day}", fill)
	case in.Away:
		meant = l.phrase("Meant for {who}, who is away", fill)
	case in.Reason != "" && why != nil:
		meant = l.phrase("Meant for {who}, who {why}", fill)
	case in.Reason != "":
		meant = l.phrase("Meant for {who}, who cannot be reached", fill)
	case why != nil:
		meant = l.phrase("Meant for {who}, but {why}", fill)
	default:
		meant = l.phrase("Meant for {who}, but it cannot be reached", fill)
	}
	fill = with{"meant": meant}
	switch in.Reason {
	case stanna.ReasonDeputy:
		return []phrase{l.phrase("{meant}; sent to their deputy", fill)}
	case stanna.ReasonManager:
		return []phrase{l.phrase("{meant}; sent to their manager", fill)}
	}
	return []phrase{l.phrase("{meant}; sent here instead", fill)}
}
