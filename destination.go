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

// ToOwner is the direct message to the CSM who owns the account, whoever that
// is when there is something to tell.
const ToOwner Destination = "owner"

// ToPerson is the direct message to somebody known by e-mail.
func ToPerson(email string) Destination { return Destination("person:" + strings.ToLower(email)) }

// Person gives the e-mail of a destination that is a person.
func (d Destination) Person() (email string, ok bool) {
	if email, ok = strings.CutPrefix(string(d), "person:"); !ok || email == "" {
		return "", false
	}
	return email, true
}

// Direct says whether the destination is a direct message: Slack takes a
// person's id in the place of a channel's.
func (d Destination) Direct() bool {
	_, channel, ok := d.Slack()
	return ok && (channel[0] == 'U' || channel[0] == 'W' || channel[0] == 'D')
}

// Lane is the road to the destination for one workspace.
func (d Destination) Lane(workspace string) string { return workspace + "/" + string(d) }
