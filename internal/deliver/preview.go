package deliver

import (
	"cmp"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/store"
)

// Preview is how an alert would be told now in the words of a template, at
// the template's channel.
func Preview(tx *store.Tx, links Links, now time.Time, w stanna.Workspace, a stanna.Alert, t *message.Template) (message.Rendered, error) {
	v := viewer{tx: tx, links: links, now: now}
	at, err := placeOf(tx, w, t.Channel)
	if err != nil {
		return message.Rendered{}, err
	}
	if err := v.meet(w.ID, at); err != nil {
		return message.Rendered{}, err
	}
	w.Settings = v.audience(w.Settings, at)
	view := message.ThreadView{Message: "preview", Settings: w.Settings, People: v.team, Now: now, Link: links.Portfolio(),
		Template: t, TemplatePage: links.Template(t.Type, t.Channel)}
	if a.ClientID != "" {
		p, err := tx.Portrait(w.ID, a.ClientID)
		if err != nil {
			return message.Rendered{}, err
		}
		view.Client, view.State, view.Owner, view.Link = p.Client, p.State, v.owner(p.Client), links.Client(w.Settings, p.Client)
	}
	view.Alerts, err = v.alerts(w.ID, []stanna.Alert{a})
	return message.Brand(message.Thread(view), w.Settings.Branding), err
}

// placeOf is the channel of a template; one for all channels is for the home.
func placeOf(tx *store.Tx, w stanna.Workspace, channel string) (stanna.Destination, error) {
	home, _, err := tx.Connection(w.ID)
	if err != nil || channel == "" {
		return stanna.SlackChannel(home.TeamID, ""), err
	}
	c, _, err := tx.FindChannel(w.ID, channel)
	return stanna.SlackChannel(cmp.Or(c.TeamID, home.TeamID), channel), err
}
