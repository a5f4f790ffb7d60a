package stanna

import "strings"

// Destination is where a message goes: "slack:T123:C456" is a channel of a
// Slack team. With the workspace before it, it names the lane that carries
// its messages.
type Destination string

// SlackChannel is the destination of a channel of a Slack team.
func SlackChannel(team, channel string) Destination {
	return Destination("slack:" + team + ":" + channel)
}

// Slack gives the team and the channel of a Slack destination.
func (d Destination) Slack() (team, channel string, ok bool) {
	rest, ok := strings.CutPrefix(string(d), "slack:")
	if !ok {
		return "", "", false
	}
	team, channel, ok = strings.Cut(rest, ":")
	return team, channel, ok && team != "" && channel != ""
}

// Lane is the road to the destination for one workspace.
func (d Destination) Lane(workspace string) string { return workspace + "/" + string(d) }
