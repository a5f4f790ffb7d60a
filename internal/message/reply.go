package message

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Reply is what somebody is told, and nobody else, after a press that the
// message itself does not answer.
type Reply string

// The replies. All but the first two say why nothing was done, and what to do.
const (
	ReplyNoted    Reply = "noted"    // a verdict: nothing is seen of it
	ReplyRelieved Reply = "relieved" // somebody else was on it

	ReplyTaken      Reply = "taken"      // another pressed at the same moment
	ReplyClosed     Reply = "closed"     //
	ReplyForeign    Reply = "foreign"    // their Slack workspace is not connected
	ReplyStale      Reply = "stale"      // the button is not of this message
	ReplyOff        Reply = "off"        // buttons are switched off
	ReplyNobody     Reply = "nobody"     // no user has their e-mail address
	ReplyUnverified Reply = "unverified" // Slack does not vouch for the address
	ReplyStranger   Reply = "stranger"   // a guest, or of another organisation
	ReplyBlind      Reply = "blind"      // we may not look up who they are
	ReplyRole       Reply = "role"       // their role may not
	ReplyNotTheirs  Reply = "not_theirs" // the account is another's
	ReplyLate       Reply = "late"       // Slack does not open the form any more
	ReplyDay        Reply = "day"        // of a form: the day cannot be
	ReplyOutcome    Reply = "outcome"    // of a form: nothing was chosen
	ReplyTrouble    Reply = "trouble"    // ours
	ReplySlow       Reply = "slow"       // it is not done yet
)

// ReplyView is what a reply speaks of.
type ReplyView struct {
	Settings stanna.Settings
	Client   stanna.Client
	Alert    stanna.Alert
	Verdict  stanna.Verdict // that was given
	Before   string         // who was on it
	People   People
	Page     string // the alert's page
	Now      time.Time
}

// Say writes a reply as Slack shows it; shown in a form, it has no marks.
func (r Reply) Say(v ReplyView, inForm bool) string {
	c := chapter{tongue: tongue{locale.For(v.Settings, v.Now)}, client: v.Client, alert: v.Alert, people: v.People, page: v.Page}
	said := c.reply(r, v)
	if inForm {
		return said.write(plain, maxField)
	}
	return joined(" ", said, link(v.Page, c.Text("Open the alert"))).write(mrkdwn, maxSection)
}

func (c chapter) reply(r Reply, v ReplyView) phrase {
	switch r {
	case ReplyNoted:
		return c.noted(v.Verdict)
	case ReplyRelieved:
		return c.phrase("You are on it now, in place of {who}.", with{"who": c.who(v.Before)})
	case ReplyTaken:
		return c.phrase("Nothing was changed: {taken}. To take it over, press again in a minute.", with{"taken": c.taken()})
	case ReplyClosed:
		return c.phrase("Nothing was changed, for this alert is closed: {ending}.", with{"ending": c.withName(c.subject(), c.ending(c.tell()))})
	case ReplyForeign:
		return c.phrase("Nothing was changed: your Slack workspace is not connected with Stanna.")
	case ReplyStale:
		return c.phrase("Nothing was changed: this button is not of the message as it stands. Use the newest message about this client, or the alert's page.")
	case ReplyOff:
		return c.phrase("Nothing was changed: buttons are switched off. It can be done on the alert's page.")
	case ReplyNobody:
		return c.phrase("Nothing was changed: Stanna knows no user with the e-mail address that you have in Slack. Ask an admin of Stanna to invite you.")
	case ReplyUnverified:
		return c.phrase("Nothing was changed: Slack does not vouch for your e-mail address. Confirm it in Slack, and press again.")
	case ReplyStranger:
		return c.phrase("Nothing was changed: only members of this Slack workspace can do that, and no guests or bots.")
	case ReplyBlind:
		return c.phrase("Nothing was changed: Stanna may not see who you are in Slack. An admin of Stanna connects Slack again, with buttons switched on.")
	case ReplyRole:
		return c.phrase("Nothing was changed: your role in Stanna does not act on alerts. Ask the owner of the account, or an admin to give you another role.")
	case ReplyNotTheirs:
		return c.phrase("Nothing was changed: you act on your own accounts, and this is not one of them. Ask its owner, or a director.")
	case ReplyLate:
		return c.phrase("Slack opens a form within three seconds only, and this time they were over. Press again.")
	case ReplyDay:
		return c.phrase("Choose a day from tomorrow on, within {days} days.", with{"days": int(stanna.MaxSnooze / oneDay)})
	case ReplyOutcome:
		return c.phrase("Choose what became of it.")
	case ReplySlow:
		return c.phrase("This takes longer than Slack waits. See in a moment whether the message has changed; if not, press again.")
	}
	return c.phrase("That did not work, and the trouble is on our side. Try again in a moment.")
}

// noted says what was noted, and what it did to the alert.
func (c chapter) noted(v stanna.Verdict) phrase {
	said := english("Noted as useful.")
	switch v {
	case stanna.VerdictNotUseful:
		said = english("Noted as not useful.")
	case stanna.VerdictKnown:
		said = english("Noted as already known.")
	case stanna.VerdictTooLate:
		said = english("Noted as too late.")
	}
	if c.alert.Open() {
		return say(c.phrase(said), words(" "), c.phrase("The alert stays open."))
	}
	return say(c.phrase(said), words(" "), c.phrase("The alert is closed."))
}
