package slack

import (
	"errors"
	"time"

	"github.com/gostanna/stanna"
)

// Outcome is what became of a call.
type Outcome struct {
	Kind Kind

	// Of a delivered message, as Slack answered: a post to U… answers with
	// D…, and an update must use that one.
	Channel string
	TS      string

	After  time.Duration // retry: wait at least this long; 0: Slack named no time, use your own back-off
	Scope  Scope         // retry: how much has to wait
	Class  Class         // what kind of trouble; "" when delivered
	Code   string        // Slack's error code, or one of ours: no_connection, no_answer, bad_answer, http_502
	Needed string        // the OAuth scopes that were missing
	Detail string        // what happened, for the log and the delivery page; no secrets
	Repair string        // what a person must do; "" when nobody must
}

// Kind is what an Outcome comes to.
type Kind string

// The kinds. An unknown message may stand in Slack: sending it again may tell
// it twice, not sending it may tell it never. Everything else is certain.
const (
	Delivered Kind = "delivered"
	Retry     Kind = "retry"     // it is not in Slack; the same call can succeed later by itself
	Permanent Kind = "permanent" // it is not in Slack; the same call fails until somebody does what Repair says
	Unknown   Kind = "unknown"   // the request was sent and no sense came back
)

// Scope is how much has to wait with a retry. (OAuth scopes are plain strings
// in this package.)
type Scope string

// A retry concerns the message alone, its destination, or the whole team.
const (
	ScopeMessage Scope = "message"
	ScopeLane    Scope = "lane"
	ScopeTeam    Scope = "team"
)

// Class is the kind of trouble behind an Outcome: what the caller does next.
type Class string

// The classes, and what each asks of the caller.
const (
	ClassConnection  Class = "connection"   // pause the team and keep what waits; a person connects again
	ClassToken       Class = "token"        // refresh the token, then repeat; kind retry, but not before the refresh
	ClassScope       Class = "scope"        // switch off the feature that needs it and offer to connect again
	ClassPolicy      Class = "policy"       // an admin of the Slack workspace or organisation must allow it
	ClassDestination Class = "destination"  // mark the destination broken, use the fallback
	ClassRequest     Class = "request"      // our fault: try once as text only, never the same again
	ClassMessage     Class = "message_gone" // the message cannot be updated any more: post anew
	ClassPress       Class = "press"        // the press is too old to be answered so: ask the person to press again
	ClassSetup       Class = "setup"        // the app's settings at Slack and ours disagree
	ClassConsent     Class = "consent"      // connecting was not finished: begin again
	ClassWait        Class = "wait"         // wait
	ClassAmbiguous   Class = "ambiguous"    // it may have happened
	ClassOther       Class = "other"        // a code that is not in the table
)

// Error is a call that was not carried out, or not for certain. Its text says
// what happened and what to do and holds no secret. It unwraps to a
// [stanna.Error], so that the doors can answer with it.
type Error struct {
	Method  string // "conversations.open"
	Outcome Outcome
}

// Error gives what happened and what to do.
func (e *Error) Error() string {
	if e.Outcome.Repair == "" {
		return e.Outcome.Detail
	}
	return e.Outcome.Detail + ". " + e.Outcome.Repair
}

// Unwrap gives the same as trouble for a person: unavailable when it may pass
// by itself, conflict when somebody must act.
func (e *Error) Unwrap() error {
	code := stanna.Unavailable
	if e.Outcome.Kind == Permanent {
		code = stanna.Conflict
	}
	return &stanna.Error{Code: code, Message: e.Error()}
}

// OutcomeOf is the Outcome that err carries; ok is false when err did not
// come from a call to Slack.
func OutcomeOf(err error) (o Outcome, ok bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Outcome, true
	}
	return Outcome{}, false
}
