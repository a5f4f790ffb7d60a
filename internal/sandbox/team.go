package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bot user of the app in the first team.
const (
	botUserID = "U0SANDBOT1"
	botID     = "B0SANDBOT1"
)

// bot is who the app is in a team.
type bot struct{ userID, id string }

// botOf names the bot of the team that comes at the given place, from 0.
func botOf(place int) bot {
	if place == 0 {
		return bot{botUserID, botID}
	}
	number := strconv.Itoa(place + 1)
	return bot{"U0SANDBOT" + number, "B0SANDBOT" + number}
}

const keepEphemerals = 1000

// team is the workspace: who and what is in it, and every message. Sandbox.mu guards it.
type team struct {
	TeamConfig
	channels []*channel // in the order of their making, which is the order of conversations.list
	byID     map[string]*channel
	users    []*user
	messages history
	// ephemerals are what one person sees, oldest first. Slack forgets them when the person reloads.
	ephemerals []*message
}

type user struct {
	UserConfig
	dm *channel // the app's DM with this person, once opened
}

type channel struct {
	ChannelConfig
	im        *user // the other person, if this is a DM
	messages  []*message
	byTS      map[string]*message
	replies   map[string]int // ts of a parent → replies that stand
	lastTS    int64          // microseconds; a ts is unique in its channel
	postPace  pacer
	createdAt int64
}

func newTeam(setup TeamSetup) *team {
	t := &team{TeamConfig: setup.Team, byID: map[string]*channel{}}
	for _, ch := range setup.Channels {
		t.addChannel(ch)
	}
	for _, u := range setup.Users {
		t.users = append(t.users, &user{UserConfig: u})
	}
	return t
}

func (t *team) addChannel(cfg ChannelConfig) *channel {
	ch := &channel{ChannelConfig: cfg, byTS: map[string]*message{}, replies: map[string]int{}, createdAt: 1700000000 + int64(len(t.channels))}
	t.channels = append(t.channels, ch)
	t.byID[cfg.ID] = ch
	return ch
}

// find takes an id, or a name with or without #, as chat.postMessage does.
func (t *team) find(ref string) *channel {
	if ch := t.byID[ref]; ch != nil {
		return ch
	}
	name := strings.TrimPrefix(ref, "#")
	for _, ch := range t.channels {
		if ch.im == nil && ch.Name == name {
			return ch
		}
	}
	return nil
}

func (t *team) user(id string) *user {
	i := slices.IndexFunc(t.users, func(u *user) bool { return u.ID == id })
	if i < 0 {
		return nil
	}
	return t.users[i]
}

// userByEmail finds a person as users.lookupByEmail does: not a deactivated one, and not somebody of another company,
// whose address is theirs to show.
func (t *team) userByEmail(email string) *user {
	i := slices.IndexFunc(t.users, func(u *user) bool {
		return !u.Deleted && !u.IsStranger && email != "" && strings.EqualFold(u.Email, email)
	})
	if i < 0 {
		return nil
	}
	return t.users[i]
}

// person takes an id or an e-mail address, of anybody.
func (t *team) person(ref string) *user {
	i := slices.IndexFunc(t.users, func(u *user) bool {
		return u.ID == ref || ref != "" && strings.EqualFold(u.Email, ref)
	})
	if i < 0 {
		return nil
	}
	return t.users[i]
}

// whisper keeps an ephemeral message, the last keepEphemerals of them.
func (t *team) whisper(m *message) {
	if len(t.ephemerals) == keepEphemerals {
		t.ephemerals = t.ephemerals[1:]
	}
	t.ephemerals = append(t.ephemerals, m)
}

// openDM returns the app's DM with a person and whether it was already open.
func (t *team) openDM(u *user) (dm *channel, already bool) {
	if u.dm != nil {
		return u.dm, true
	}
	u.dm = t.addChannel(ChannelConfig{ID: "D" + u.ID[1:], IsMember: true})
	u.dm.im = u
	return u.dm, false
}

// nextTS gives a message its ts: seconds, a point and six digits. In a channel it is both the id and the order of a
// message, so two posts of the same microsecond get different ones.
func (ch *channel) nextTS(now time.Time) string {
	ch.lastTS = max(now.UnixMicro(), ch.lastTS+1)
	return formatTS(ch.lastTS)
}

func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// title is the channel as a person would write it.
func (ch *channel) title() string {
	if ch.im != nil {
		return "@" + ch.im.Name
	}
	return "#" + ch.Name
}

// visible says whether the app may know that the channel exists: a private channel shows itself to members only.
func (ch *channel) visible() bool { return !ch.IsPrivate || ch.IsMember }
