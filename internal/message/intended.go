package message

import (
	"github.com/gostanna/stanna"
)

// note says where the message was meant to go: "Meant for #old. The channel is
// archived. Unarchive it in Slack, or choose another. Sent here instead",
// "Meant for Ana Silva, who is away until Mon 30 Nov; sent to their deputy".
func (in Intended) note(l tongue) []phrase {
	name := l.known(in.Name, 100)
	if name == nil {
		return nil
	}
	if in.Reason == "" && !in.Away {
		return []phrase{in.channel(l, name)}
	}
	meant, why := l.phrase("Meant for {who}, who cannot be reached", with{"who": name}), l.known(in.Why, 200)
	switch {
	case in.Away && !in.BackAt.IsZero():
		meant = l.phrase("Meant for {who}, who is away until {day}", with{"who": name, "day": l.Day(in.BackAt)})
	case in.Away:
		meant = l.phrase("Meant for {who}, who is away", with{"who": name})
	case why != nil:
		meant = l.phrase("Meant for {who}, who {why}", with{"who": name, "why": why})
	}
	switch in.Reason {
	case stanna.ReasonDeputy:
		return []phrase{l.phrase("{meant}; sent to their deputy", with{"meant": meant})}
	case stanna.ReasonManager:
		return []phrase{l.phrase("{meant}; sent to their manager", with{"meant": meant})}
	}
	return []phrase{l.phrase("{meant}; sent here instead", with{"meant": meant})}
}

// channel says why a channel does not have the message. What is to be done
// about it is whole sentences.
func (in Intended) channel(l tongue, name phrase) phrase {
	why := l.known(in.Why, 400)
	if why == nil {
		return l.phrase("Meant for {channel}, which cannot be reached; sent here instead", with{"channel": name})
	}
	return l.phrase("Meant for {channel}. {why} Sent here instead.", with{"channel": name, "why": sentenceOf(why)})
}
