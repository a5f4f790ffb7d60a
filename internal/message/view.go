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
	Foot   []slack.Attachment // with an accent: whose message it is
	Failed *Failure           // of the template that it was to be laid out by; nil: none
}

// TextOnly is the message for when Slack refuses the layout: the words alone.
func TextOnly(r Rendered) Rendered { return Rendered{Text: r.Text} }

// Owner is a person of the team: the customer-success manager of a client, or
// who did something about an alert. SlackID is "" when nobody in the Slack
// team where it is read has that e-mail.
type Owner struct {
	Name    string
	Email   string
	SlackID string
}

// People are the persons of the team by their e-mail in lower case. Who is
// not among them is shown by the e-mail itself.
type People map[string]Owner

// PeopleOf are the people of a directory as a Slack team knows them: those of
// another team are named, and cannot be mentioned.
func PeopleOf(directory map[string]stanna.Person, team string) People {
	people := make(People, len(directory))
	for email, p := range directory {
		o := Owner{Name: p.Name, Email: email}
		if p.TeamID == "" || p.TeamID == team {
			o.SlackID = p.SlackID
		}
		people[email] = o
	}
	return people
}

// Links are the absolute addresses of an alert's pages; what is "" is left
// out.
type Links struct {
	Alert string // our page about the alert: why it was raised, everything in full
	Rule  string // the rule's page
}

// ThreadView is what is known about one client at one destination. Without a
// client it is about the whole portfolio.
type ThreadView struct {
	Settings stanna.Settings
	Client   stanna.Client
	State    stanna.State
	Alerts   []AlertView // all that were told in this thread, open and closed, newest first
	Owner    Owner
	People   People // who took up, snoozed or closed the alerts
	Link     string // of the client, or of the portfolio
	Intended Intended
	Now      time.Time

	// Of the message: its buttons carry them.
	Message  string
	Revision int64

	// The words for alerts of the leading one's type; nil: the standard form.
	Template     *Template
	TemplatePage string
}

// AlertView is one alert of a thread.
type AlertView struct {
	stanna.Alert
	Playbook   string                  // the rule's: what to do next, text or a link
	Escalation []stanna.EscalationStep // the rule's
	Links      Links
}

// Intended says where a message was meant to go when it comes elsewhere. The
// zero value says nothing.
type Intended struct {
	Name string // "#old-channel", or a person's name
	Why  string // of a channel: what is wrong and what to do, in sentences; of a person: "is not in Slack"

	// Reason is set for a person: ReasonDeputy, ReasonManager or
	// ReasonNobodyThere says who has it instead.
	Reason stanna.Reason
	Away   bool      // the person is away
	BackAt time.Time // and is back then; zero: nobody knows
}

// SummaryView is a message that tells many alerts at once.
type SummaryView struct {
	Settings stanna.Settings
	Items    []SummaryItem   // in any order; those that matter most are named
	Tally    Tally           // of the whole group; the zero value: counted from Items
	Link     string          // the page that lists all of them
	Occasion stanna.Occasion // why they are told together; of several reasons the weightiest
	People   People          // who took up, snoozed or closed the alerts
	Intended Intended
	Now      time.Time

	Digest *stanna.Digest // what is said beside the alerts that waited for it; nil: they are all
	Leads  DigestLeads
}

// DigestLeads are the addresses that a digest leads to.
type DigestLeads struct {
	Clients map[string]string // by id, of those that it names
	Moved   string            // the page that lists what moved
	Whole   string            // the page where things stand
}

// SummaryItem is one alert of a summary. An alert of the whole portfolio has
// no client.
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

// NoticeView is that many clients moved the same way at once.
type NoticeView struct {
	Settings stanna.Settings
	Surge    stanna.Surge
	TypeName string // of the alerts, as people say it in English: "Health drop"
	Link     string // the page that lists what is held, and asks before it releases or discards
	People   People // who released or discarded it
	Intended Intended
	Now      time.Time
}

// PortraitView is a client's state, sent by hand.
type PortraitView struct {
	Settings stanna.Settings
	Client   stanna.Client
	State    stanna.State
	Alerts   []AlertView // that are open
	Owner    Owner
	People   People
	Link     string // of the client
	By       string // who sent it: an e-mail, or the name of a program
	Intended Intended
	Now      time.Time
}

// TestView is what a test message needs.
type TestView struct {
	Settings      stanna.Settings
	WorkspaceName string
	By            string // who asked for it
	Link          string // the page of the Slack connection
	Intended      Intended
	Now           time.Time

	// Of a template that is tried: Link is its page.
	Template *Template
	Specimen string // by name; the first when there is none of that name
}
