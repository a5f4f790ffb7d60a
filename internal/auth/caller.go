package auth

import (
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Kind says whether a person or a program is asking.
type Kind string

// A person has a role; a program has the scopes of its key.
const (
	Person  Kind = "user"
	Program Kind = "key"
)

// Caller is who is asking, in one workspace.
type Caller struct {
	Workspace string
	Kind      Kind
	ID        string
	Name      string
	Email     string         // of a person
	Role      stanna.Role    // of a person
	Scopes    []stanna.Scope // of a program; not to be changed
}

// Actor names the caller in the audit trail: "user:usr_…", "key:key_…".
func (c Caller) Actor() string { return string(c.Kind) + ":" + c.ID }

// Action is something that not everybody may do.
type Action string

// The actions, as the doors ask for them.
const (
	ReadFigures      Action = "figures.read"      // sums and trends of the portfolio, or of one's own accounts
	ReadClients      Action = "clients.read"      // clients, their state and alerts
	ReadInteractions Action = "interactions.read" // single conversations and signals of a client; explain
	WriteClients     Action = "clients.write"     // create, change, import, assign
	SendSignals      Action = "signals.send"      //
	ActOnAlerts      Action = "alerts.act"        // take up, assign, snooze, resolve, silence, log an intervention
	NotifyClients    Action = "clients.notify"    // send a client's state to Slack now
	ReadRules        Action = "rules.read"        // rules, routes, templates, backtests
	WriteRules       Action = "rules.write"       //
	ReadDeliveries   Action = "deliveries.read"   // the log of notifications
	ResendDeliveries Action = "deliveries.resend" //
	ReadAudit        Action = "audit.read"        //
	ReadSettings     Action = "settings.read"     //
	WriteSettings    Action = "settings.write"    //
	ReadConnections  Action = "connections.read"  // status, channels, diagnosis of integrations
	Connect          Action = "connections.write" // connect, configure and disconnect integrations
	ManageUsers      Action = "users.manage"      //
	ManageKeys       Action = "keys.manage"       //
)

type permit struct {
	roles  []stanna.Role
	scopes []stanna.Scope
}

// permits is the one table of who may do what. The admin role and the admin
// scope may do everything in it and are not repeated; so may nobody what is
// not in it.
var permits = map[Action]permit{
	ReadFigures:      {roles: []stanna.Role{stanna.Director, stanna.CSM, stanna.Leadership}, scopes: []stanna.Scope{stanna.ScopeRead}},
	ReadClients:      {roles: []stanna.Role{stanna.Director, stanna.CSM, stanna.Leadership}, scopes: []stanna.Scope{stanna.ScopeRead, stanna.ScopeClients}},
	ReadInteractions: {roles: []stanna.Role{stanna.Director, stanna.CSM}, scopes: []stanna.Scope{stanna.ScopeRead}},
	WriteClients:     {roles: []stanna.Role{stanna.Director}, scopes: []stanna.Scope{stanna.ScopeClients}},
	SendSignals:      {roles: []stanna.Role{stanna.Director}, scopes: []stanna.Scope{stanna.ScopeSignals}},
	ActOnAlerts:      {roles: []stanna.Role{stanna.Director, stanna.CSM}},
	NotifyClients:    {roles: []stanna.Role{stanna.Director, stanna.CSM}},
	ReadRules:        {roles: []stanna.Role{stanna.Director, stanna.CSM}, scopes: []stanna.Scope{stanna.ScopeRead}},
	WriteRules:       {roles: []stanna.Role{stanna.Director}},
	ReadDeliveries:   {roles: []stanna.Role{stanna.Director, stanna.CSM}, scopes: []stanna.Scope{stanna.ScopeRead}},
	ResendDeliveries: {roles: []stanna.Role{stanna.Director}},
	ReadAudit:        {roles: []stanna.Role{stanna.Director}, scopes: []stanna.Scope{stanna.ScopeRead}},
	ReadSettings:     {roles: []stanna.Role{stanna.Director}, scopes: []stanna.Scope{stanna.ScopeRead}},
	WriteSettings:    {},
	ReadConnections:  {roles: []stanna.Role{stanna.Director, stanna.CSM}, scopes: []stanna.Scope{stanna.ScopeRead}},
	Connect:          {},
	ManageUsers:      {},
	ManageKeys:       {},
}

// May says whether the caller may do it.
func (c Caller) May(a Action) bool {
	p, ok := permits[a]
	switch {
	case !ok:
		return false
	case c.Kind == Person:
		return c.Role == stanna.Admin || slices.Contains(p.roles, c.Role)
	case c.Kind == Program:
		for _, s := range c.Scopes {
			if s == stanna.ScopeAdmin || slices.Contains(p.scopes, s) {
				return true
			}
		}
	}
	return false
}

// Require is May with an error that says who could.
func (c Caller) Require(a Action) error {
	if c.May(a) {
		return nil
	}
	p := permits[a]
	if c.Kind == Program {
		scopes := words(append(slices.Clone(p.scopes), stanna.ScopeAdmin), " or ")
		return stanna.Errorf(stanna.Forbidden, "this API key may not do that (%s); use one with the scope %s", a, scopes)
	}
	roles := words(append(slices.Clone(p.roles), stanna.Admin), " or ")
	return stanna.Errorf(stanna.Forbidden, "your role may not do that (%s); ask somebody who is %s", a, roles)
}

// OwnAccountsOnly says whether the caller sees only the clients whose CSM
// owner they are.
func (c Caller) OwnAccountsOnly() bool { return c.Kind == Person && c.Role == stanna.CSM }

// Sees says whether the caller sees the accounts of a CSM owner (an e-mail).
func (c Caller) Sees(owner string) bool {
	return !c.OwnAccountsOnly() || owner != "" && strings.EqualFold(strings.TrimSpace(owner), c.Email)
}

// In refuses a workspace other than the caller's own. Without one asked for,
// the caller's is meant.
func (c Caller) In(workspace string) error {
	if workspace == "" || workspace == c.Workspace {
		return nil
	}
	if c.Kind == Program {
		return refused(WorkspaceMismatch, stanna.Forbidden, "API key does not have access to this workspace; leave workspaceId out or use a key of that workspace")
	}
	return refused(WorkspaceMismatch, stanna.Forbidden, "this is not the workspace you are in; switch to it first, or ask its admin for a role")
}

func words[T ~string](list []T, between string) string {
	text := make([]string, len(list))
	for i, w := range list {
		text[i] = string(w)
	}
	return strings.Join(text, between)
}
