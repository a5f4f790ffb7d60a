package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// ChannelChange makes a channel or changes one. A nil field leaves what is there.
type ChannelChange struct {
	ID         string  `json:"id"`
	Name       *string `json:"name"`
	IsPrivate  *bool   `json:"is_private"`
	IsArchived *bool   `json:"is_archived"`
	IsMember   *bool   `json:"is_member"`

	IsExtShared *bool `json:"is_ext_shared"`
	IsOrgShared *bool `json:"is_org_shared"`
}

// SetChannel renames, archives, makes private, shares, or moves the bot in or out; an id that is not there is made.
func (s *Sandbox) SetChannel(change ChannelChange) (ChannelConfig, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.team.byID[change.ID]
	if ch == nil && change.Name != nil && change.ID == "" {
		ch = s.team.find(*change.Name)
	}
	if ch == nil {
		if change.Name == nil || *change.Name == "" {
			return ChannelConfig{}, fmt.Errorf("there is no channel %q; to make one give a name", change.ID)
		}
		if s.team.find(*change.Name) != nil {
			return ChannelConfig{}, fmt.Errorf("the name %q is taken", *change.Name)
		}
		if change.ID == "" {
			change.ID = randomID("C", 10)
		}
		if !regexp.MustCompile(`^[CG][A-Z0-9]+$`).MatchString(change.ID) {
			return ChannelConfig{}, fmt.Errorf("channel id %q must be C or G followed by capitals and digits", change.ID)
		}
		ch = s.team.addChannel(ChannelConfig{ID: change.ID})
	}
	if ch.im != nil {
		return ChannelConfig{}, errors.New("a DM cannot be changed")
	}
	if change.Name != nil {
		ch.Name = *change.Name
	}
	set(&ch.IsPrivate, change.IsPrivate)
	set(&ch.IsArchived, change.IsArchived)
	set(&ch.IsMember, change.IsMember)
	set(&ch.IsExtShared, change.IsExtShared)
	set(&ch.IsOrgShared, change.IsOrgShared)
	s.notify()
	return ch.ChannelConfig, nil
}

func set(field, to *bool) {
	if to != nil {
		*field = *to
	}
}

func (s *Sandbox) controlChannel(r *http.Request) (any, error) {
	var change ChannelChange
	if err := readControl(r, &change); err != nil {
		return nil, err
	}
	return orError(s.SetChannel(change))
}

// SetUser makes a person, or replaces the one with that id.
func (s *Sandbox) SetUser(u UserConfig) (UserConfig, error) {
	if u.ID == "" {
		u.ID = randomID("U", 10)
	}
	if !regexp.MustCompile(`^[UW][A-Z0-9]+$`).MatchString(u.ID) {
		return u, fmt.Errorf("user id %q must be U or W followed by capitals and digits", u.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.team.user(u.ID); old != nil {
		old.UserConfig = u
	} else {
		s.team.users = append(s.team.users, &user{UserConfig: u})
	}
	s.notify()
	return u, nil
}

func (s *Sandbox) controlUser(r *http.Request) (any, error) {
	var u UserConfig
	if err := readControl(r, &u); err != nil {
		return nil, err
	}
	return orError(s.SetUser(u))
}

// State is what stands now, in short. It shows no whole token.
type State struct {
	Team      TeamConfig   `json:"team"`
	AppID     string       `json:"app_id"`
	Installed bool         `json:"installed"`
	OrgWide   bool         `json:"org_wide"`
	Scopes    string       `json:"scopes"`
	Tokens    []TokenState `json:"tokens"`
	EventsURL string       `json:"events_url"`

	Interactivity    bool   `json:"interactivity"`
	InteractivityURL string `json:"interactivity_url"`
	SocketMode       bool   `json:"socket_mode"`
	Sockets          int    `json:"sockets"` // connections that are open

	Channels []ChannelState `json:"channels"`
	Users    []UserConfig   `json:"users"`
	Faults   []Fault        `json:"faults"`
	Calls    int64          `json:"calls"`
	Posted   int64          `json:"posted"`
}

// TokenState is a token: live, expired, or the error that it is answered with.
type TokenState struct {
	Hint      string    `json:"hint"`
	State     string    `json:"state"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// ChannelState is a channel and how many messages stand in it.
type ChannelState struct {
	ChannelConfig
	Title    string `json:"title"`
	IsIM     bool   `json:"is_im"`
	Messages int    `json:"messages"`
}

// State returns what stands now.
func (s *Sandbox) State() State {
	faults := s.Faults()
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.installed()
	out := State{Team: s.cfg.Team, AppID: s.cfg.App.ID, Installed: inst.active, OrgWide: inst.org,
		Scopes: inst.scopes.String(), EventsURL: s.app.eventsURL, Interactivity: s.app.interactivity,
		InteractivityURL: s.app.interactivityURL, SocketMode: s.app.socketMode, Sockets: len(s.sockets.open), Faults: faults, Calls: s.calls.seq,
		Posted: s.team.messages.seq, Tokens: []TokenState{}, Channels: []ChannelState{}, Users: []UserConfig{}}
	byAge := slices.SortedFunc(maps.Values(s.tokens), func(a, b *token) int { return a.serial - b.serial })
	for _, t := range byAge {
		state := TokenState{Hint: t.hint(), State: "live", ExpiresAt: t.expiresAt}
		if t.dead != "" {
			state.State = t.dead
		} else if t.expired(s.now()) {
			state.State = "token_expired"
		}
		out.Tokens = append(out.Tokens, state)
	}
	for _, ch := range s.team.channels {
		out.Channels = append(out.Channels, ChannelState{ch.ChannelConfig, ch.title(), ch.im != nil, len(ch.byTS)})
	}
	for _, u := range s.team.users {
		out.Users = append(out.Users, u.UserConfig)
	}
	return out
}
