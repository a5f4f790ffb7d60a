package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// placeBook is every place where something can be told, to choose from.
type placeBook struct {
	Channels, People []option
	More             int // channels that are not listed
	names            channels
	connected        bool
}

// placeField is a choice of places in a form.
type placeField struct {
	Field       string // as refusals name it
	Label, Hint string
	Chosen      []option
	Book        *placeBook
	Typed       string
	Wrong       string
	NoOwner     bool // the account's owner cannot be chosen
}

func (v *visit) placesOf(tx *store.Tx) (*placeBook, error) {
	b := &placeBook{}
	lines, err := tx.Connections(v.workspace())
	if err != nil {
		return nil, err
	}
	b.connected = len(lines) > 0
	manages := v.caller.May(auth.Connect)
	if b.names, err = v.channelsOf(tx, manages); err != nil {
		return nil, err
	}
	list, err := tx.Channels(v.workspace())
	if err != nil {
		return nil, err
	}
	for _, ch := range list {
		switch {
		case ch.Archived || ch.Private && !manages:
		case len(b.Channels) == maxOptions:
			b.More++
		default:
			b.Channels = append(b.Channels, option{Value: string(stanna.SlackChannel(ch.TeamID, ch.ID)), Label: optionLabel(ch, lines)})
		}
	}
	b.People, err = v.colleagues(tx)
	return b, err
}

// colleagues are the people to choose from: the members of the workspace and
// whom Slack knows.
func (v *visit) colleagues(tx *store.Tx) (list []option, err error) {
	directory, err := tx.People(v.workspace())
	if err != nil {
		return nil, err
	}
	users, err := tx.Users(v.workspace())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for email, p := range directory {
		if p.SlackID != "" || p.Name != "" {
			names[email] = p.Name
		}
	}
	for _, u := range users {
		email := strings.ToLower(u.Email)
		names[email] = cmp.Or(u.Name, names[email])
	}
	for email, name := range names {
		o := option{Value: string(stanna.ToPerson(email)), Label: email}
		if name != "" {
			o.Label = name + " (" + email + ")"
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b option) int { return cmp.Compare(a.Label, b.Label) })
	return list[:min(len(list), maxOptions)], nil
}

// field is a choice of places with those that are chosen.
func (b *placeBook) field(name, label, hint string, chosen []stanna.Destination, t typed, w wrongs) placeField {
	f := placeField{Field: name, Label: label, Hint: hint, Book: b, Wrong: w.at(name)}
	if f.Wrong != "" {
		f.Typed = t.or(name+".typed", "") // what was understood is among the chosen
	}
	for _, d := range chosen {
		f.Chosen = append(f.Chosen, option{string(d), b.names.destination(d), true})
	}
	return f
}

// readPlaces reads the places that a form names: those that stay, the one that
// was chosen from the list, and those that were typed.
func (s *site) readPlaces(v *visit, name string, w wrongs) (to []stanna.Destination, err error) {
	add := func(d stanna.Destination) {
		if d != "" && !slices.Contains(to, d) {
			to = append(to, d)
		}
	}
	for _, x := range v.r.PostForm[name] {
		add(stanna.Destination(x))
	}
	for _, x := range v.r.PostForm[name+".add"] {
		d := stanna.Destination(x)
		if _, _, ok := d.Slack(); ok { // it may be shared with another company since the list was read
			if _, err := s.line.Recent(v.ctx, v.workspace(), d); err != nil {
				return nil, err
			}
		}
		add(d)
	}
	for _, text := range listOf(v.given(name + ".typed")) {
		d, err := s.readPlace(v, text)
		if code := stanna.CodeOf(err); code == stanna.Invalid || code == stanna.NotFound || code == stanna.Conflict || code == stanna.Unavailable {
			w.add(name, err.Error())
			continue
		}
		if err != nil {
			return nil, err
		}
		add(d)
	}
	return to, nil
}

// readPlace is a place as a person types it.
func (s *site) readPlace(v *visit, text string) (stanna.Destination, error) {
	switch {
	case strings.EqualFold(text, "owner"):
		return stanna.ToOwner, nil
	case policy.ValidEmail(text):
		return stanna.ToPerson(text), nil
	case strings.Contains(text, "@") && !strings.Contains(text, "://"):
		return "", stanna.Errorf(stanna.Invalid, "%q is no e-mail address", text)
	}
	ch, err := s.line.Lookup(v.ctx, v.workspace(), text)
	if err != nil {
		return "", err
	}
	return stanna.SlackChannel(ch.TeamID, ch.ID), nil
}
