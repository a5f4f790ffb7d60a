package connect

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// tellBroken tells whoever asked for it that nothing can be sent to a team
// until a person does what repair says, and how much waits.
func tellBroken(tx *store.Tx, c stanna.Connection, code string, now time.Time) error {
	waiting, err := tx.WaitingFor(c.Workspace, gateOf(c)+":")
	if err != nil {
		return err
	}
	t := stanna.Trouble{About: gateOf(c), Name: c.Name(), Since: stanna.SinceTime(now), Waiting: waiting, Code: code, Repair: c.Repair}
	return tell(tx, t, c.Workspace, stanna.ConnectionBroken, now, "The connection to Slack ("+c.Name()+") does not work; what is for it waits.")
}

// tellRestored tells that it works again. Since then it was broken.
func tellRestored(tx *store.Tx, c stanna.Connection, since, now time.Time) error {
	waiting, err := tx.WaitingFor(c.Workspace, gateOf(c)+":")
	if err != nil {
		return err
	}
	t := stanna.Trouble{About: gateOf(c), Name: c.Name(), Since: stanna.SinceTime(since), Waiting: waiting}
	return tell(tx, t, c.Workspace, stanna.ConnectionRestored, now, "The connection to Slack ("+c.Name()+") works again; what waited is being sent.")
}

// tellDeadChannel tells of a channel that nothing can be sent to, if somebody
// has chosen it: one that a person only looks at concerns nobody.
func tellDeadChannel(tx *store.Tx, ch stanna.Channel, now time.Time) error {
	c, _, err := tx.ConnectionTo(ch.Workspace, ch.TeamID)
	if err != nil {
		return err
	}
	if chosen, err := chosenChannels(tx, c); err != nil || !chosen[ch.ID] {
		return err
	}
	t, sentence := ch.Trouble(now)
	return tell(tx, t, ch.Workspace, stanna.ChannelBroken, now, sentence)
}

// tell promises a notice. The lanes that it wakes are found within a second.
func tell(tx *store.Tx, t stanna.Trouble, workspace string, kind stanna.EventType, now time.Time, sentence string) error {
	e, err := t.Notice(workspace, kind, now, sentence)
	if err != nil {
		return err
	}
	_, err = tx.Tell(now, e)
	return err
}

func gateOf(c stanna.Connection) string { return "slack:" + c.TeamID }
