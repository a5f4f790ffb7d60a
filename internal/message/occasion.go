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
	since := ""
	if !o.Since.IsZero() {
		since = o.Text("since {when}", with{"when": o.Moment(o.Since)})
	}
	severities, count := t.bySeverity(o.tongue), with{"alerts": o.count(t)}
	switch o.kind() {
	case stanna.ReasonOutsideHours:
		title, lead = o.Text("While you were away: {alerts}", count), []string{severities}
		if t.Closed > 0 {
			lead = append(lead, since)
		} else if since != "" {
			title = o.Text("While you were away: {alerts} since {when}", with{"alerts": o.count(t), "when": o.Moment(o.Since)})
		}
	case stanna.ReasonDailyDigest:
		title, lead = o.digest(t, o.Text("Daily digest")), []string{severities, since, o.late()}
	case stanna.ReasonWeeklyDigest:
		title, lead = o.digest(t, o.Text("Weekly summary")), []string{severities, since, o.late()}
	case stanna.ReasonFirstContact:
		title = o.Text("Already so when the rule began: {clients}", with{"clients": o.clients(t)})
		lead = []string{severities, o.Text("listed once; nothing of it has just happened")}
	case stanna.ReasonFoundInBackfill:
		title = o.Text("Found in history that came in late: {clients}", with{"clients": o.clients(t)})
		lead = []string{severities, o.Text("listed once; nothing of it has just happened")}
	case stanna.ReasonSilenced:
		title, lead = o.Text("The silence is over: {n} {n|alert|alerts} still open", with{"n": t.open()}), []string{severities, since}
		if t.Closed > 0 || t.open() == 0 {
			title = o.Text("The silence is over: {alerts}", count)
		}
	case stanna.ReasonWhileSnoozed:
		title, lead = o.Text("The snooze is over: {alerts}", count), []string{severities}
	case stanna.ReasonReleased:
		title, lead = o.Text("These had waited: {alerts}", count), []string{severities, since}
	case stanna.ReasonManyAtOnce:
		title, lead = o.Text("Many moved at once and were held: {alerts}", count), []string{severities, o.Text("the hold is over")}
	default:
		title, lead = t.headline(o.tongue), []string{o.Text("this channel had fallen behind, so these are told together")}
	}
	if o.Recovered > 0 {
		lead = append(lead, o.Text("{n} recovered meanwhile", with{"n": o.Recovered}))
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
		return o.Text("no alerts")
	case open == 0 && all == 1:
		return o.Text("the alert has closed")
	case open == 0:
		return o.Text("all {n} {n|alert|alerts} closed", with{"n": all})
	case t.Closed > 0:
		return t.stillOpen(o.tongue)
	default:
		return o.Text("{n} {n|alert|alerts}", with{"n": open})
	}
}

func (o occasion) clients(t Tally) string {
	if t.Closed > 0 || t.Clients == 0 {
		return o.count(t)
	}
	return o.Text("{n} {n|client|clients}", with{"n": t.Clients})
}

// digest is the title of a digest: "Daily digest, Mon 23 Nov: 5 alerts since
// your last digest".
func (o occasion) digest(t Tally, name string) string {
	if day, ok := o.DayOf(o.Occasion.Date); ok {
		name = o.Text("{digest}, {day}", with{"digest": name, "day": o.Day(day)})
	}
	parts := with{"digest": name, "alerts": o.count(t)}
	if t.Closed > 0 {
		return o.Text("{digest}: {alerts}", parts)
	}
	return o.Text("{digest}: {alerts} since your last digest", parts)
}

func (o occasion) late() string {
	if !o.Late {
		return ""
	}
	return o.Text("late: the server was down when it was due")
}
