package stanna

import (
	"slices"
	"time"
)

// User is a person who may sign in.
type User struct {
	ID          string
	Email       string
	Name        string
	Roles       map[string]Role // by workspace
	HasPassword bool
	CreatedAt   time.Time
}

// Role is what a user may do in a workspace.
type Role string

// The roles. An admin may do everything, integrations among it; a director
// sees the whole portfolio and keeps the rules; a csm their own accounts;
// leadership the figures of the portfolio without detail.
const (
	Admin      Role = "admin"
	Director   Role = "director"
	CSM        Role = "csm"
	Leadership Role = "leadership"
)

// APIKey lets a program in. The key itself is shown once and kept as a hash.
type APIKey struct {
	Workspace  string
	ID         string
	Name       string
	Masked     string // "sk-abc123...xyz789"
	Scopes     []Scope
	CreatedBy  string
	CreatedAt  time.Time
	LastUsedAt time.Time
	RevokedAt  time.Time
}

// Scope is what an API key may do.
type Scope string

// The scopes: send signals, read and write clients, read everything, change
// settings and connections.
const (
	ScopeSignals Scope = "signals"
	ScopeClients Scope = "clients"
	ScopeRead    Scope = "read"
	ScopeAdmin   Scope = "admin"
)

// Scopes lists every scope.
func Scopes() []Scope { return []Scope{ScopeSignals, ScopeClients, ScopeRead, ScopeAdmin} }

// Active says whether the key still opens the door.
func (k APIKey) Active() bool { return k.RevokedAt.IsZero() }

// May says whether the key has the scope; admin has all of them, and clients
// may be read by whoever may write them.
func (k APIKey) May(s Scope) bool {
	return slices.Contains(k.Scopes, s) || slices.Contains(k.Scopes, ScopeAdmin)
}
