package intake

import (
	"time"

	"github.com/gostanna/stanna"
)

// news is an event of an alert for other programs: as it was when it
// happened, since more may follow in the same transaction.
type news struct {
	kind   stanna.EventType
	at     time.Time
	alert  stanna.Alert
	client stanna.Client
}

// happened takes an event down, for people and for other programs.
func (b *batch) happened(e event) {
	b.events = append(b.events, e)
	b.news = append(b.news, news{typeOf(e), e.at, *e.Alert, e.client.Client})
}

// typeOf is what an event is called outside. Whether people are told at once,
// later or not at all makes no difference to it.
func typeOf(e event) stanna.EventType {
	switch {
	case e.kind == stanna.Opened:
		return stanna.AlertOpened
	case e.kind == stanna.Resolved:
		return stanna.AlertClosed
	case e.kind == changedByPerson && e.Alert.Why == stanna.ReasonTakenUp:
		return stanna.AlertTakenUp
	}
	return stanna.AlertUpdated
}

// tell promises what happened to the endpoints that asked for it. It comes
// last in a transaction: lanes to Slack are locked before lanes to endpoints,
// as couriers do.
func (b *batch) tell() error {
	if len(b.news) == 0 {
		return nil
	}
	if heard, err := b.tx.AnyEndpoint(b.workspace); err != nil || !heard {
		return err
	}
	events := make([]stanna.Event, len(b.news))
	for i, n := range b.news {
		var err error
		events[i], err = stanna.NewEvent(stanna.Event{Workspace: b.workspace, Type: n.kind, At: n.at, Subject: n.alert.ID}, stanna.NewsOf(n.alert, n.client))
		if err != nil {
			return err
		}
	}
	lanes, err := b.tx.Tell(b.real, events...)
	b.lanes = append(b.lanes, lanes...)
	return err
}
