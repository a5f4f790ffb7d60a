package connect

import (
	"strings"
	"time"

	"github.com/gostanna/stanna/internal/slack"
)

// buttons says whether messages have buttons, and whether what is pressed
// arrives and can be acted on.
func (l *Line) buttons(f facts) Question {
	q := Question{Question: "buttons"}
	if !f.workspace.Settings.Buttons {
		q.add("buttons", Skipped, "Switch them on with PUT /api/settings or on the Slack page.", "Messages have links, and no buttons: they are switched off.")
	} else {
		q.add("buttons", OK, "", "Messages have buttons.")
	}
	if missing := lacking(f.connections, slack.FeatureButtons.Scopes()); len(missing) > 0 {
		q.add("who_pressed", Failed, "An admin connects Slack again and allows it.", "Slack does not tell who presses, because these permissions are missing: %s.", strings.Join(missing, ", "))
	} else {
		q.add("who_pressed", OK, "", "Slack tells who presses, by their e-mail address.")
	}
	road, trouble, repair := l.road(f.connections)
	switch {
	case trouble != "":
		q.add("road", Failed, repair, "%s", trouble)
	case road == RoadSocket:
		q.add("road", OK, "", "Presses arrive over Socket Mode, connected since %s.", f.at(l.socket.State().Since))
	default:
		q.add("road", OK, "", "Presses are taken at %s, which must be the Request URL under Interactivity of the Slack app.", l.InteractionsURL())
	}
	if at := l.pressed.Load(); at > 0 {
		q.add("last_press", OK, "", "The last press came at %s.", f.at(time.Unix(at, 0)))
	} else {
		q.add("last_press", Skipped, "", "Nobody has pressed anything since this server started.")
	}
	if !f.workspace.Settings.Buttons {
		return q.settle("Messages have links, and no buttons: they are switched off. Nothing stands in the way of switching them on.")
	}
	return q.settle("Messages have buttons, and what is pressed arrives.")
}
