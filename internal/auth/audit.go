package auth

import (
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// What auth writes into the audit trail.
const (
	auditSignedIn     = "user.signed_in"
	auditSignInFailed = "user.sign_in_failed"
	auditSignedOut    = "user.signed_out"
	auditPasswordSet  = "user.password_set"
	auditLinkMade     = "user.link_made"
	auditLinkUsed     = "user.link_used"
	auditUserAdded    = "user.added"
	auditRoleSet      = "user.role_set"
	auditUserRemoved  = "user.removed"
	auditKeyCreated   = "key.created"
	auditKeyRevoked   = "key.revoked"
)

// actorVisitor is somebody at the door of whom nothing is known yet.
const actorVisitor = "visitor"

func actorOf(userID string) string { return string(Person) + ":" + userID }

// auditUser writes what a user did, or what was done to them, into the trail
// of each workspace that lets them in: each of their admins must see it.
func (a *Auth) auditUser(tx *store.Tx, u stanna.User, actor, action string, details map[string]string) error {
	var entries []stanna.AuditEntry
	for _, workspace := range slices.Sorted(maps.Keys(u.Roles)) {
		entries = append(entries, a.entry(workspace, actor, action, u.ID, details))
	}
	return tx.Audit(entries...)
}

func (a *Auth) entry(workspace, actor, action, subject string, details map[string]string) stanna.AuditEntry {
	return stanna.AuditEntry{Workspace: workspace, At: a.now(), Actor: actor, Action: action, Subject: subject, Details: details}
}

// auditStranger writes a failed sign-in of somebody who has no account into
// the trail of the workspace it was probably meant for: the one that the
// e-mail's domain names, or the only one there is. A guess at a server with
// several is nobody's business.
func (a *Auth) auditStranger(tx *store.Tx, email string, details map[string]string) error {
	all, err := tx.Workspaces()
	if err != nil {
		return err
	}
	_, domain, _ := strings.Cut(email, "@")
	for _, w := range all {
		if len(all) == 1 || w.ID == domain {
			return tx.Audit(a.entry(w.ID, actorVisitor, auditSignInFailed, "", details))
		}
	}
	return nil
}
