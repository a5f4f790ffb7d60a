package stanna

import (
	"cmp"
	"time"
)

// Person is somebody who may be told, known by e-mail: a CSM, their deputy
// or manager.
type Person struct {
	Workspace string
	Email     string // lower case
	Name      string
	SlackID   string // "" when nobody in Slack has that e-mail
	TeamID    string // the Slack team where they are; "": the home team
	SeenAt    time.Time
	Habits
}

// Habits are what a person, or an admin for them, has set.
type Habits struct {
	Deputy  string    `json:"deputy,omitempty"`  // e-mail of who stands in
	Manager string    `json:"manager,omitempty"` // e-mail; told when the deputy cannot be
	AwayAt  time.Time `json:"awayAt,omitzero"`   // since when they are away; zero: they are here
	BackAt  time.Time `json:"backAt,omitzero"`   // zero while away: until they say so
	Hours   *Hours    `json:"hours,omitempty"`   // their own; nil: the workspace's

	Timezone string      `json:"timezone,omitempty"` // IANA name; the workspace's by default
	Locale   string      `json:"locale,omitempty"`   // BCP 47; the workspace's by default
	Budget   *int        `json:"budget,omitempty"`   // messages a day; nil: the workspace's, 0: no limit
	Digest   *DigestTime `json:"digest,omitempty"`   // when their own digest comes; nil: with the workspace's
}

// Direct is where a direct message reaches the person, or "" when they are not
// in Slack. Home is the workspace's home team.
func (p Person) Direct(home string) Destination {
	if p.SlackID == "" {
		return ""
	}
	return SlackChannel(cmp.Or(p.TeamID, home), p.SlackID)
}

// Location is the person's time zone, or the workspace's.
func (h Habits) Location(s Settings) *time.Location {
	if loc, err := time.LoadLocation(h.Timezone); err == nil && h.Timezone != "" {
		return loc
	}
	return s.Location()
}

// Away says whether the person is away.
func (h Habits) Away(now time.Time) bool {
	return !h.AwayAt.IsZero() && !now.Before(h.AwayAt) && (h.BackAt.IsZero() || now.Before(h.BackAt))
}

// RouteLine is a line of a workspace's routing table: what fits goes to these
// destinations.
type RouteLine struct {
	Name     string        `json:"name,omitempty"`
	Match    Matcher       `json:"match,omitzero"`
	To       []Destination `json:"to"`
	Continue bool          `json:"continue,omitempty"` // the lines after it are asked as well
}

// MaxRouteLines bounds a routing table.
const MaxRouteLines = 200
