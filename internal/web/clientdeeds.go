package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// deedsView is what can be done about a client.
type deedsView struct {
	Path      string
	Explain   bool // the visitor may ask why
	Follows   bool // the visitor follows it
	Followers []string
	MayFollow bool
	Silence   string // address of the form
	Silences  []silenceRow
	Send      bool
	Book      *placeBook
}

func (v *visit) deedsOf(tx *store.Tx, c stanna.Client) (d deedsView, err error) {
	d = deedsView{Path: clientPath(c.ID), Explain: v.detailed(), MayFollow: v.caller.May(auth.ActOnAlerts), Send: v.caller.May(auth.NotifyClients)}
	followers, err := tx.Followers(v.workspace(), []string{c.ID})
	if err != nil {
		return d, err
	}
	d.Follows = slices.Contains(followers[c.ID], strings.ToLower(v.caller.Email))
	who, err := v.namesOf(tx)
	if err != nil {
		return d, err
	}
	for _, email := range followers[c.ID] {
		d.Followers = append(d.Followers, who.of(email))
	}
	if v.caller.May(auth.ActOnAlerts) {
		d.Silence = "/silences/new?" + url.Values{"only": {c.ID}}.Encode()
		current, err := tx.CurrentSilences(v.workspace(), v.local.Now)
		if err != nil {
			return d, err
		}
		current = slices.DeleteFunc(current, func(s stanna.Silence) bool { return !slices.Contains(s.Matcher.Filter.Only, c.ID) })
		if d.Silences, err = v.silenceRows(tx, current); err != nil {
			return d, err
		}
	}
	if d.Send {
		d.Book, err = v.placesOf(tx)
	}
	return d, err
}

// follow has the visitor told of what happens to a client, or no longer.
func (s *site) follow(v *visit) (answer, error) {
	id, on := v.r.PathValue("id"), v.given("follow") == "yes"
	if err := s.policy.Follow(v.ctx, v.workspace(), v.by(), id, v.caller.Email, on); err != nil {
		return s.sorry(v, clientPath(id), err)
	}
	if on {
		return s.done(v, clientPath(id), "You follow this account: its alerts come to you by direct message as well, once Slack knows you by "+v.caller.Email+".")
	}
	return s.done(v, clientPath(id), "You follow this account no longer.")
}

// sendState sends a client's state as it is now.
func (s *site) sendState(v *visit) (answer, error) {
	id := v.r.PathValue("id")
	back := clientPath(id) + "#send"
	w := wrongs{}
	to, err := s.readPlaces(v, "to", w)
	switch {
	case err != nil:
		return answer{}, err
	case len(w) > 0:
		err = stanna.Errorf(stanna.Invalid, "%s", w.at("to"))
	case len(to) == 0:
		err = stanna.Errorf(stanna.Invalid, "choose where it goes")
	}
	if err == nil {
		var names []string
		names, err = s.sendTo(v, id, to)
		if err == nil {
			return s.done(v, clientPath(id)+"#messages", "It is on its way to "+strings.Join(names, ", ")+".")
		}
	}
	return s.sorry(v, back, err)
}

// sendTo promises a client's state to places; a person must be in Slack.
func (s *site) sendTo(v *visit, id string, to []stanna.Destination) (names []string, err error) {
	var places []stanna.Destination
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		p, err := v.portrait(tx, id)
		if err != nil {
			return err
		}
		lines, err := tx.Connections(v.workspace())
		if err == nil && len(lines) == 0 {
			err = stanna.Errorf(stanna.Conflict, "Slack is not connected, so that nothing can be sent")
		}
		if err != nil {
			return err
		}
		book, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		for _, d := range to {
			email, person := d.Person()
			if d == stanna.ToOwner {
				if email, person = p.Client.CSMOwner, true; email == "" {
					return stanna.Errorf(stanna.Invalid, "this client has no owner; choose a channel or a person")
				}
			}
			if person {
				who, _, err := tx.Person(v.workspace(), email)
				if err != nil {
					return err
				}
				if who.SlackID == "" {
					return stanna.Errorf(stanna.Invalid, "nobody in Slack has the address %s, as far as is known; choose a channel", email)
				}
				d = who.Direct(lines[0].TeamID)
			}
			if team, _, ok := d.Slack(); !ok || teamOf(lines, team).TeamID == "" {
				return stanna.Errorf(stanna.Invalid, "choose a channel or a person of the connected Slack")
			}
			places, names = append(places, d), append(names, book.destination(d))
		}
		return nil
	})
	for _, d := range places {
		if err == nil {
			_, err = s.intake.SendPortrait(v.ctx, v.workspace(), v.by(), id, d)
		}
	}
	return names, err
}
