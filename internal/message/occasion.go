package message

import (
	"github.com/gostanna/stanna"
)

// occasion is why many alerts are told together, in the words of a workspace.
type occasion struct {
	tongue
	stanna.Occasion
}

// kind is the occasion itself: several reasons to wait lead to the same one.
func (o occasion) kind() stanna.Reason {
	switch o.Why {
	case stanna.ReasonOutsideHours, stanna.ReasonAwayDigest, stanna.ReasonRedirected:
		return stanna.ReasonOutsideHours
	case stanna.ReasonDailyDigest, stanna.ReasonDigestOnly, stanna.ReasonUnstable:
		return stanna.ReasonDailyDigest
	case stanna.ReasonWeeklyDigest, stanna.ReasonFirstContact, stanna.ReasonFoundInBackfill, stanna.ReasonSilenced, stanna.ReasonWhileSnoozed,
		stanna.ReasonManyAtOnce, stanna.ReasonReleased:
		return o.Why
	}
	return ""
}

// calls says whether owners are mentioned: a digest, what stood before and
// what is likely a change of scoring should sound on nobody's phone.
func (o occasion) calls() bool {
	switch o.kind() {
	case stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonFirstContact, stanna.ReasonFoundInBackfill, stanna.ReasonManyAtOnce, stanna.ReasonReleased:
		return false
	}
	return true
}

// words are the title of a summary and what stands in small print below it.
func (o occasion) words(t Tally) (title string, lead []string) {
	since, from, last := "", "", " since your last digest"
	if !o.Since.IsZero() {
		since, from = " since "+o.Moment(o.Since), "since "+o.Moment(o.Since)
	}
	if t.Closed > 0 {
		since, last = "", ""
	}
	severities := t.bySeverity(o.tongue)
	switch o.kind() {
	case stanna.ReasonOutsideHours:
		title, lead = "While you were away: "+o.count(t)+since, []string{severities}
		if since == "" {
			lead = append(lead, from)
		}
	case stanna.ReasonDailyDigest:
		title, lead = o.digest("Daily digest")+": "+o.count(t)+last, []string{severities, from, o.late()}
	case stanna.ReasonWeeklyDigest:
		title, lead = o.digest("Weekly summary")+": "+o.count(t)+last, []string{severities, from, o.late()}
	case stanna.ReasonFirstContact:
		title = "Already so when the rule began: " + o.clients(t)
		lead = []string{severities, "listed once; nothing of it has just happened"}
	case stanna.ReasonFoundInBackfill:
		title = "Found in history that came in late: " + o.clients(t)
		lead = []string{severities, "listed once; nothing of it has just happened"}
	case stanna.ReasonSilenced:
		title, lead = "The silence is over: "+o.count(t)+" still open", []string{severities, from}
		if t.Closed > 0 || t.open() == 0 {
			title = "The silence is over: " + o.count(t)
		}
	case stanna.ReasonWhileSnoozed:
		title, lead = "The snooze is over: "+o.count(t), []string{severities}
	case stanna.ReasonReleased:
		title, lead = "These had waited: "+o.count(t), []string{severities, from}
	case stanna.ReasonManyAtOnce:
		title, lead = "Many moved at once and were held: "+o.count(t), []string{severities, "the hold is over"}
	default:
		title, lead = t.headline(o.tongue), []string{"this channel had fallen behind, so these are told together"}
	}
	if o.Recovered > 0 {
		lead = append(lead, o.Number(float64(o.Recovered))+" recovered meanwhile")
	}
	said := lead[:0]
	for _, line := range lead {
		if line != "" {
			said = append(said, line)
		}
	}
	return title, said
}

// count is how many alerts there are; once some are closed it counts down.
func (o occasion) count(t Tally) string {
	switch open, all := t.open(), t.all(); {
	case all == 0:
		return "no alerts"
	case open == 0 && all == 1:
		return "the alert has closed"
	case open == 0:
		return "all " + o.Count(all, "alert") + " closed"
	case t.Closed > 0:
		return o.Number(float64(open)) + " of " + o.Count(all, "alert") + " still open"
	default:
		return o.Count(open, "alert")
	}
}

func (o occasion) clients(t Tally) string {
	if t.Closed > 0 || t.Clients == 0 {
		return o.count(t)
	}
	return o.Count(t.Clients, "client")
}

func (o occasion) digest(name string) string {
	if day, ok := o.DayOf(o.Occasion.Date); ok {
		return name + ", " + o.Day(day)
	}
	return name
}

func (o occasion) late() string {
	if !o.Late {
		return ""
	}
	return "late: the server was down when it was due"
}
