package stanna

import "time"

// AuditEntry says who or what did what, and why. It is written in the
// transaction of the deed and never changed: within a second it is bound into
// its workspace's chain by a sequence number and a MAC over itself and the
// MAC before it. It holds ids and digests, never customer text.
type AuditEntry struct {
	Workspace string
	ID        string
	Seq       int64 // place in the chain, from 1; 0 while not bound
	At        time.Time
	Actor     string            // "system", "user:usr_…", "key:key_…", "slack"
	Action    string            // "alert.opened", "message.sent", "settings.changed", ...
	Subject   string            // id of what it was done to
	Reason    Reason            // why; "" where the action says it all
	Details   map[string]string // ids, figures, digests
	MAC       []byte
}

// ActorSystem is the actor of what nobody asked for: rules, timers, roads.
const ActorSystem = "system"
