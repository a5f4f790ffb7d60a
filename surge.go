package stanna

import "time"

// Surge is many clients moving the same way at once, from one source: likelier
// a change of the source than as many unhappy customers. One message says so;
// the alerts are held until it is over, and then told.
type Surge struct {
	Workspace string
	ID        string
	Type      AlertType
	Source    string // who reported the moves
	Status    SurgeStatus
	Clients   int // that have moved so far
	Book      int // clients that take part, when it began
	BeganAt   time.Time
	Until     time.Time // when what is held is told by itself
	EndedBy   string    // who released or discarded it (e-mail, or a program); "" when its time was over
	UpdatedAt time.Time
}

// SurgeStatus is what became of a surge.
type SurgeStatus string

// A surge holds its alerts until it is released, by itself or by a person, or
// discarded.
const (
	SurgeHolding   SurgeStatus = "holding"
	SurgeReleased  SurgeStatus = "released"
	SurgeDiscarded SurgeStatus = "discarded"
)

// What makes many one surge: so many clients and such a share of the book
// within the time, by DESIGN's measure; and how long their alerts are held.
const (
	SurgeClients = 10
	SurgePercent = 5
	SurgeWithin  = time.Hour
	SurgeHolds   = time.Hour
)

// Revision is one version of something that people keep: a rule, the routing
// table, the settings.
type Revision struct {
	Workspace string
	Subject   string // "rule:ID", "routes", "settings"
	Version   int
	Body      string // JSON
	Author    string // an audit actor
	At        time.Time
}
