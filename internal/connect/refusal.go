package connect

import (
	"errors"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
)

// Refusal is the kind of trouble that an error is about, for a door that
// answers each in its own way: errors.Is(err, connect.Cancelled). The error
// itself is a sentence for the person.
type Refusal string

// The refusals on the way to a connection.
const (
	NotConfigured  Refusal = "no Slack app is configured"
	Cancelled      Refusal = "the person pressed Cancel at Slack"
	Denied         Refusal = "Slack did not let the app be installed"
	NoState        Refusal = "the installation began at Slack and not with us"
	StaleState     Refusal = "the state is unknown, used or too old"
	OtherBrowser   Refusal = "another browser began this"
	OtherUser      Refusal = "another user began this"
	NoCode         Refusal = "Slack sent no code"
	ExchangeFailed Refusal = "Slack did not give a token for the code"
	OrgWide        Refusal = "the app was installed for a whole organisation"
	TeamTaken      Refusal = "another workspace of this server has the team"
	OtherTeam      Refusal = "a team that is not connected, and another one was meant"
	BadToken       Refusal = "the pasted token cannot be used"
	TooManyTeams   Refusal = "the workspace has as many teams as it may"
	HomeNeeded     Refusal = "the default channel is in the team"
)

// The refusals of a connection that is needed and does not work.
const (
	NotConnected Refusal = "Slack is not connected"
	NeedsRepair  Refusal = "the connection is broken until a person mends it"
	NotNow       Refusal = "the connection cannot be used at the moment"
)

func (r Refusal) Error() string { return string(r) }

// refuse makes the error of a refusal; cause may be nil.
func refuse(r Refusal, code stanna.Code, message string, cause error) *stanna.Error {
	return &stanna.Error{Code: code, Message: message, Err: errors.Join(r, cause)}
}

// The errors of a missing, a broken and a busy connection also carry a
// [slack.Outcome], so that whoever wanted to send treats them as if Slack had
// said it: keep what waits and stop, or wait.

func notConnected() error {
	const repair = "An admin connects Slack on the Integrations page."
	return refuse(NotConnected, stanna.Conflict, "Slack is not connected. "+repair, standIn(slack.Permanent, slack.ClassConnection, "not_connected", repair, 0))
}

func needsRepair(c stanna.Connection) error {
	return refuse(NeedsRepair, stanna.Conflict, "The Slack connection does not work. "+c.Repair,
		standIn(slack.Permanent, slack.ClassConnection, "connection_broken", c.Repair, 0))
}

func notNow(message string, after time.Duration) error {
	return refuse(NotNow, stanna.Unavailable, message, standIn(slack.Retry, slack.ClassWait, "token_not_ready", "", max(after, time.Second)))
}

func standIn(kind slack.Kind, class slack.Class, code, repair string, after time.Duration) error {
	return &slack.Error{Outcome: slack.Outcome{Kind: kind, Class: class, Code: code, Scope: slack.ScopeTeam, After: after,
		Detail: "Slack was not called: " + code, Repair: repair}}
}
