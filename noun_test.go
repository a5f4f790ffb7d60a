package stanna_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/gostanna/stanna"
)

func TestDestinationAndLane(t *testing.T) {
	d := stanna.SlackChannel("T1", "C1")
	lane := stanna.Lane{Name: d.Lane("acme.com")}
	if lane.Name != "acme.com/slack:T1:C1" || lane.Workspace() != "acme.com" || stanna.Destination(lane.Road()) != d || lane.Gate() != "slack:T1" {
		t.Errorf("lane %q of %q on %q behind %q", lane.Name, lane.Workspace(), lane.Road(), lane.Gate())
	}
	for _, bad := range []stanna.Destination{"", "slack:", "slack:T1", "slack:T1:", "slack::C1", "webhook:ep_1", "Slack:T1:C1"} {
		if team, channel, ok := bad.Slack(); ok {
			t.Errorf("%q is a channel %q of %q", bad, channel, team)
		}
	}
	if gate := (stanna.Lane{Name: "acme.com/timer:daily"}).Gate(); gate != "" {
		t.Errorf("a timer has the gate %q", gate)
	}
}

func TestErrors(t *testing.T) {
	err := fmt.Errorf("save: %w", stanna.Errorf(stanna.Conflict, "read %d: %w", 1, io.EOF))
	if stanna.CodeOf(err) != stanna.Conflict || !errors.Is(err, io.EOF) || err.Error() != "save: read 1: EOF" {
		t.Errorf("got %v of code %q", err, stanna.CodeOf(err))
	}
	hidden := &stanna.Error{Code: stanna.Unavailable, Message: "later", Err: io.EOF}
	if hidden.Error() != "later" || !errors.Is(hidden, io.EOF) {
		t.Errorf("got %v", hidden)
	}
	if stanna.CodeOf(io.EOF) != "" || stanna.CodeOf(nil) != "" {
		t.Error("what is internal has a code")
	}
	if e := stanna.InvalidField("a", "is %d %%", 7); e.Message != "a: is 7 %" || e.Fields["a"] != "is 7 %" {
		t.Errorf("got %q, %v", e.Message, e.Fields)
	}
}

func TestPermissions(t *testing.T) {
	admin, reader := stanna.APIKey{Scopes: []stanna.Scope{stanna.ScopeAdmin}}, stanna.APIKey{Scopes: []stanna.Scope{stanna.ScopeRead}}
	for _, s := range stanna.Scopes() {
		if !admin.May(s) {
			t.Errorf("an admin key may not %s", s)
		}
		if reader.May(s) != (s == stanna.ScopeRead) {
			t.Errorf("a reading key and %s: %v", s, reader.May(s))
		}
	}
	revoked := stanna.APIKey{RevokedAt: noon}
	if revoked.Active() || !reader.Active() {
		t.Error("a revoked key is active, or one that lives is not")
	}
}

func TestUnknownHealth(t *testing.T) {
	var s stanna.State
	if score, known := s.HealthScore(); score != 50 || known {
		t.Errorf("a new client shows %g, known: %v", score, known)
	}
	s.Health.Add(noon, 0)
	if score, known := s.HealthScore(); score != 0 || !known {
		t.Errorf("a score of 0 shows %g, known: %v", score, known)
	}
}
