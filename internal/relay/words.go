package relay

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// headlines are what a letter's subject says. They name nothing that somebody
// typed in: subjects are read by many.
var headlines = map[stanna.EventType]string{
	stanna.DeliveryFailed:     "A message could not be delivered",
	stanna.ConnectionBroken:   "A connection does not work",
	stanna.ConnectionRestored: "A connection works again",
	stanna.ChannelBroken:      "A channel cannot be reached",
	stanna.LanePaused:         "Messages have to wait",
	stanna.LaneResumed:        "Messages are being sent again",
	stanna.SourceSilent:       "A source has gone silent",
	stanna.EndpointTest:       "This is a test",
}

// mostTold is how many things one letter tells at length.
const mostTold = 20

// told is one thing that a letter says: the newest of some events of one type
// about one subject.
type told struct {
	stanna.Event
	stanna.Trouble
	first time.Time
	times int
}

// words writes a letter: what happened, since when, what waits, what to do,
// and where to look.
func (r *Relay) words(w stanna.Workspace, to stanna.Endpoint, list []stanna.Delivery) (subject, text string) {
	all := gathered(list)
	headline := headlines[all[0].Type]
	if n := len(all) - 1; n > 0 {
		headline += fmt.Sprintf(", and %d more", n)
	}
	var b strings.Builder
	for _, t := range all[:min(len(all), mostTold)] {
		r.say(&b, w.Settings.Location(), t)
		b.WriteString("\n\n")
	}
	if n := len(all) - mostTold; n > 0 {
		fmt.Fprintf(&b, "And %d more; all of them are in the log at %s.\n\n", n, r.PublicURL+PageOf(stanna.Event{Subject: to.Road()}))
	}
	fmt.Fprintf(&b, "%s gets the notices of %s from Stanna. Change that at %s", to.Title(), w.ID, r.PublicURL+"/integrations/webhooks")
	return fmt.Sprintf("[Stanna %s] %s", w.ID, headline), b.String()
}

// gathered brings events of one type about one subject together.
func gathered(list []stanna.Delivery) (all []*told) {
	type key struct {
		subject string
		kind    stanna.EventType
	}
	at := map[key]*told{}
	for _, d := range list {
		k := key{d.Event.Subject, d.Event.Type}
		t := at[k]
		if t == nil {
			t = &told{first: d.Event.At}
			at[k], all = t, append(all, t)
		}
		t.Event, t.Trouble = d.Event, stanna.Trouble{}
		t.times++
		_ = json.Unmarshal(d.Event.Data, &t.Trouble) // the sentence is said in any case
	}
	return all
}

func (r *Relay) say(b *strings.Builder, zone *time.Location, t *told) {
	when := func(at time.Time) string { return at.In(zone).Format("Mon 2 Jan 2006 15:04 MST") }
	b.WriteString(t.Text)
	if n := t.times - 1; n > 0 {
		fmt.Fprintf(b, " (and %s since %s)", times(n), when(t.first))
	}
	if t.Since != nil && t.Type != stanna.EndpointTest {
		b.WriteString("\nSince " + when(*t.Since) + ".")
	}
	if t.Waiting > 0 {
		b.WriteString(" " + count(t.Waiting, "message") + " waiting; none is lost.")
	}
	if t.Repair != "" {
		b.WriteString("\nWhat to do: " + t.Repair)
	}
	b.WriteString("\n" + r.PublicURL + PageOf(t.Event))
}

func times(n int) string {
	if n == 1 {
		return "once more"
	}
	return fmt.Sprintf("%d more times", n)
}
