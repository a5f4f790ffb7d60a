package stanna

import (
	"cmp"
	"slices"
	"time"
)

// Connection is an installation of our Slack app in a Slack team. A workspace
// may have several; a team belongs to one workspace.
type Connection struct {
	Workspace      string
	TeamID         string
	Home           bool // the team that is meant where none is named: that of the default and the fallback channel
	TeamName       string
	EnterpriseID   string
	EnterpriseName string
	AppID          string
	BotUserID      string
	Scopes         []string
	AccessToken    Secret
	RefreshToken   Secret    // "" without token rotation
	ExpiresAt      time.Time // zero: never
	InstalledBy    string    // Slack user id; "" when the token was pasted
	InstalledAt    time.Time
	CheckedAt      time.Time
	Health         Health
	Repair         string // what a person must do, when Health is Broken
}

// Name is what people call the team.
func (c Connection) Name() string { return cmp.Or(c.TeamName, c.TeamID) }

// Health is whether a connection or a channel works.
type Health string

// A broken one needs a person; its Repair says what they must do.
const (
	Healthy Health = "healthy"
	Broken  Health = "broken"
)

// Has says whether the installation was granted the scope.
func (c Connection) Has(scope string) bool { return slices.Contains(c.Scopes, scope) }

// Channel is a Slack channel as last seen.
type Channel struct {
	Workspace string
	TeamID    string
	ID        string
	Name      string
	Private   bool
	Archived  bool
	Member    bool // our bot is in it
	Shared    bool // with another organisation (Slack Connect)
	SeenAt    time.Time
	Health    Health
	Repair    string
}

// Trouble is what is told of a channel that is broken.
func (c Channel) Trouble(now time.Time) (t Trouble, sentence string) {
	to, name := SlackChannel(c.TeamID, c.ID), "#"+cmp.Or(c.Name, c.ID)
	if to.Direct() {
		name = "a person (" + c.ID + ")"
	}
	return Trouble{About: string(to), Name: name, Since: SinceTime(now), Repair: c.Repair},
		"Nothing can be sent to " + name + " in Slack; what is for there goes to the fallback channel, if there is one."
}
