package message

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/slack-go/slack"
)

// Rendered is a message as Slack takes it. Text is never empty and says
// everything that the blocks say; it is escaped already.
//
// Send it with unfurl_links and unfurl_media off, and chat.update with
// parse=none: its default differs from chat.postMessage's.
type Rendered struct {
	Text   string
	Blocks []slack.Block
}

// TextOnly is the message for when Slack refuses the layout: the words alone.
func TextOnly(r Rendered) Rendered { return Rendered{Text: r.Text} }

// Owner is the customer-success manager of a client. SlackID is "" when
// nobody in Slack has that e-mail.
type Owner struct {
	Name    string
	Email   string
	SlackID string
}

// Links are the absolute addresses of an alert's pages; what is "" is left
// out.
type Links struct {
	Alert string // our page about the alert: why it was raised, everything in full
	Rule  string // the rule's page
}

// ThreadView is what is known about one client at one destination.
type ThreadView struct {
	Settings stanna.Settings
	Client   stanna.Client
	State    stanna.State
	Alerts   []AlertView // all that were told in this thread, open and closed, newest first
	Owner    Owner
	Link     string // of the client
	Intended Intended
	Now      time.Time
}

// AlertView is one alert of a thread.
type AlertView struct {
	stanna.Alert
	Playbook string // the rule's: what to do next, text or a link
	Links    Links
}

// Intended says where a message was meant to go when it comes to the fallback
// channel instead. The zero value says nothing.
type Intended struct {
	Name string // "#old-channel"
	Why  string // "it is archived"
}

// SummaryView is a message that tells many alerts at once.
type SummaryView struct {
	Settings stanna.Settings
	Items    []SummaryItem // in any order; those that matter most are named
	Tally    Tally         // of the whole group; the zero value: counted from Items
	Link     string        // the page that lists all of them
	Reason   string        // why they are told together: "This channel had fallen behind"
	Intended Intended
	Now      time.Time
}

// SummaryItem is one alert of a summary.
type SummaryItem struct {
	Client stanna.Client
	Alert  stanna.Alert
	Owner  Owner
	Link   string // our page about the alert
}

// Tally counts the alerts of a summary when Items are only some of them.
type Tally struct {
	Clients int
	Open    map[stanna.Severity]int
	Closed  int
}

// TestView is what a test message needs.
type TestView struct {
	Settings      stanna.Settings
	WorkspaceName string
	By            string // who asked for it
	Link          string // the page of the Slack connection
	Intended      Intended
	Now           time.Time
}
