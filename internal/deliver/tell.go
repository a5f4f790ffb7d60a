package deliver

import (
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// tell promises an event to the endpoints that asked for it.
func (c *Courier) tell(tx *store.Tx, e stanna.Event, err error) error {
	if err != nil {
		return err
	}
	lanes, err := tx.Tell(c.clock.Real(), e)
	if len(lanes) > 0 {
		tx.OnCommit(c.look)
	}
	return err
}

// tellDigest tells other programs of a digest that was posted.
func (c *Courier) tellDigest(tx *store.Tx, m stanna.Message) error {
	why := m.Occasion.Why
	if why != stanna.ReasonDailyDigest && why != stanna.ReasonWeeklyDigest {
		return nil
	}
	e, err := stanna.NewEvent(stanna.Event{Workspace: m.Workspace, Type: stanna.DigestSent, At: c.clock.Now(m.Workspace), Subject: m.ID},
		stanna.DigestNews{Digest: stanna.DigestFacts{MessageID: m.ID, Destination: m.Destination, Date: m.Occasion.Date, Weekly: why == stanna.ReasonWeeklyDigest,
			Late: m.Occasion.Late, Since: stanna.SinceTime(m.Occasion.Since)}})
	return c.tell(tx, e, err)
}

// tellDead tells of a message that is dead, before its notifications are
// marked so.
func (s *sending) tellDead(tx *store.Tx, m stanna.Message, repair string, now time.Time) error {
	ids, err := tx.WaitingNotifications(m)
	if err != nil {
		return err
	}
	name, err := placeName(tx, m.Workspace, m.Destination)
	if err != nil {
		return err
	}
	t := stanna.Trouble{About: string(m.Destination), Name: name, Since: stanna.SinceTime(now), Code: s.outcome.Code, Repair: repair, NotificationIDs: ids}
	e, err := t.Notice(m.Workspace, stanna.DeliveryFailed, now, fmt.Sprintf("Slack refused a message to %s for good (%s).", name, s.outcome.Code))
	return s.tell(tx, e, err)
}

// tellBroken tells of a channel that nothing can be sent to.
func (c *Courier) tellBroken(tx *store.Tx, ch stanna.Channel, code string, now time.Time) error {
	t, sentence := ch.Trouble(now)
	t.Code = code
	e, err := t.Notice(ch.Workspace, stanna.ChannelBroken, now, sentence)
	return c.tell(tx, e, err)
}

// tellCircuit tells that a team has been out of reach for long, or is in
// reach again.
func (c *Courier) tellCircuit(tx *store.Tx, workspace, gate string, since time.Time, kind stanna.EventType, now time.Time) error {
	team, waiting, err := theTeam(tx, workspace, gate)
	if err != nil {
		return err
	}
	t := stanna.Trouble{About: gate, Name: team, Since: stanna.SinceTime(since), Waiting: waiting}
	sentence := fmt.Sprintf("Slack answers again for %s; what waits is being sent.", team)
	if kind == stanna.LanePaused {
		sentence = fmt.Sprintf("Slack has not answered for %s since %s; messages wait and are sent when it does.", team, since.UTC().Format("15:04 UTC"))
		t.Repair = "Nothing needs to be done if Slack is down, see https://slack-status.com. Else check that this server can reach slack.com."
	}
	e, err := t.Notice(workspace, kind, now, sentence)
	return c.tell(tx, e, err)
}

// theTeam is what people call the team of a gate, and how much waits for it.
func theTeam(tx *store.Tx, workspace, gate string) (name string, waiting int, err error) {
	team := strings.TrimPrefix(gate, "slack:")
	if waiting, err = tx.WaitingFor(workspace, gate+":"); err != nil {
		return "", 0, err
	}
	conn, ok, err := tx.ConnectionTo(workspace, team)
	if !ok {
		conn.TeamID = team
	}
	return conn.Name(), waiting, err
}

// placeName is what people call a destination in Slack.
func placeName(tx *store.Tx, workspace string, d stanna.Destination) (string, error) {
	team, channel, _ := d.Slack()
	if d.Direct() {
		return "a person (" + channel + ")", nil
	}
	c, ok, err := tx.Channel(workspace, team, channel)
	if !ok {
		c.Name = channel
	}
	return "#" + c.Name, err
}
