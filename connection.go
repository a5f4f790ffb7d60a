package stanna

import (
	"slices"
	"time"
)

// Connection is an installation of our Slack app in a Slack team. A team
// belongs to one workspace.
type Connection struct {
	Workspace      string
	TeamID         string // "" for an org-wide installation
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
