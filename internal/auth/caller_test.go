package auth

import (
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// TestPermits spells the whole table out in another form, so that a slip in
// one is seen.
func TestPermits(t *testing.T) {
	// columns: admin director csm leadership | signals clients read admin
	table := `
		figures.read      y y y y | - - y y
		clients.read      y y y y | - y y y
		interactions.read y y y - | - - y y
		clients.write     y y - - | - y - y
		signals.send      y y - - | y - - y
		alerts.act        y y y - | - - - y
		clients.notify    y y y - | - - - y
		rules.read        y y y - | - - y y
		rules.write       y y - - | - - - y
		deliveries.read   y y y - | - - y y
		deliveries.resend y y - - | - - - y
		audit.read        y y - - | - - y y
		settings.read     y y - - | - - y y
		settings.write    y - - - | - - - y
		connections.read  y y y - | - - y y
		connections.write y - - - | - - - y
		users.manage      y - - - | - - - y
		keys.manage       y - - - | - - - y`
	roles := []stanna.Role{stanna.Admin, stanna.Director, stanna.CSM, stanna.Leadership}
	seen := 0
	for line := range strings.Lines(strings.TrimSpace(table)) {
		f := strings.Fields(strings.Replace(line, "|", "", 1))
		action := Action(f[0])
		seen++
		for i, role := range roles {
			check(t, Caller{Kind: Person, ID: "usr_1", Role: role, Scopes: stanna.Scopes()}, action, f[1+i] == "y")
		}
		for i, scope := range stanna.Scopes() {
			check(t, Caller{Kind: Program, ID: "key_1", Role: stanna.Admin, Scopes: []stanna.Scope{scope}}, action, f[5+i] == "y")
		}
		check(t, Caller{}, action, false)
		check(t, Caller{Kind: Person}, action, false)
		check(t, Caller{Kind: Program}, action, false)
	}
	if seen != len(permits) {
		t.Errorf("%d actions are spelled out, %d are in the table", seen, len(permits))
	}
	check(t, Caller{Kind: Person, Role: stanna.Admin}, "made.up", false)
}

func check(t *testing.T, c Caller, a Action, want bool) {
	t.Helper()
	if c.May(a) != want {
		t.Errorf("%s %s %v: %s is %v", c.Kind, c.Role, c.Scopes, a, !want)
	}
	err := c.Require(a)
	if (err == nil) != want || err != nil && stanna.CodeOf(err) != stanna.Forbidden {
		t.Errorf("%s %s %v: Require(%s) = %v", c.Kind, c.Role, c.Scopes, a, err)
	}
}

func TestRequireSaysWhoCould(t *testing.T) {
	err := Caller{Kind: Person, Role: stanna.CSM}.Require(WriteRules)
	if err == nil || !strings.Contains(err.Error(), "director or admin") {
		t.Error(err)
	}
	err = Caller{Kind: Program, Scopes: []stanna.Scope{stanna.ScopeSignals}}.Require(WriteClients)
	if err == nil || !strings.Contains(err.Error(), "clients or admin") {
		t.Error(err)
	}
	if len(permits[WriteRules].roles) != 1 {
		t.Error("saying who could changed the table")
	}
}

func TestCallerSees(t *testing.T) {
	csm := Caller{Kind: Person, Role: stanna.CSM, Email: "ana@acme.com"}
	for owner, want := range map[string]bool{"ana@acme.com": true, "Ana@Acme.com ": true, "ben@acme.com": false, "": false} {
		if csm.Sees(owner) != want {
			t.Errorf("a csm and the accounts of %q: %v", owner, !want)
		}
	}
	if (Caller{Kind: Person, Role: stanna.CSM}).Sees("") {
		t.Error("a csm without an e-mail sees the accounts that nobody owns")
	}
	for _, c := range []Caller{{Kind: Person, Role: stanna.Director}, {Kind: Program, Scopes: stanna.Scopes()}} {
		if c.OwnAccountsOnly() || !c.Sees("ben@acme.com") || !c.Sees("") {
			t.Errorf("%s %s sees only their own", c.Kind, c.Role)
		}
	}
}

func TestCallerActorAndWorkspace(t *testing.T) {
	if got := (Caller{Kind: Person, ID: "usr_1"}).Actor(); got != "user:usr_1" {
		t.Error(got)
	}
	if got := (Caller{Kind: Program, ID: "key_1"}).Actor(); got != "key:key_1" {
		t.Error(got)
	}
	for _, kind := range []Kind{Person, Program} {
		c := Caller{Kind: kind, Workspace: "acme.com"}
		if c.In("") != nil || c.In("acme.com") != nil || stanna.CodeOf(c.In("beta.com")) != stanna.Forbidden || stanna.CodeOf(c.In("ACME.com")) != stanna.Forbidden {
			t.Errorf("%s: the workspace is not guarded", kind)
		}
	}
}
