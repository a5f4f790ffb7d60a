package store

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// AlertsByID gives the alerts of those ids that exist. At most 256.
func (tx *Tx) AlertsByID(workspace string, ids []string) ([]stanna.Alert, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := inList(tx, 2, ids)
	return collect(tx, scanAlert, `select `+alertColumns+` from alert where workspace = $1 and id in `+list, append([]any{workspace}, args...)...)
}

// SparedSince counts what was meant for a destination and was over before it
// was told, among what has been held since then.
func (tx *Tx) SparedSince(workspace string, to stanna.Destination, since time.Time) (int, error) {
	n, _, err := one(tx, value[int], `select count(distinct alert_id) from notification where workspace = $1 and destination = $2
		and status = 'spared' and reason = $3 and held_since >= $4`, workspace, to, stanna.ReasonEndedBeforeTold, micros(since))
	return n, err
}

// HeldBy lists what a surge holds, oldest first.
func (tx *Tx) HeldBy(workspace, surge string, limit int) ([]stanna.Notification, error) {
	return collect(tx, scanNotification, `select `+notificationColumns+` from notification where workspace = $1 and status = 'held' and surge = $2
		order by created_at, id limit $3`, workspace, surge, limit)
}

// ReholdSurge makes what a surge holds due at a time.
func (tx *Tx) ReholdSurge(workspace, surge string, at time.Time) error {
	_, err := tx.exec(`update notification set held_until = $3 where workspace = $1 and surge = $2 and status = 'held'`, workspace, surge, micros(at))
	return err
}

// SurgeNotices lists the messages that tell of a surge, locked.
func (tx *Tx) SurgeNotices(workspace, surge string) ([]stanna.Message, error) {
	list, err := collect(tx, scanMessage, `select `+messageColumns+` from message where workspace = $1 and kind = 'notice'
		order by id `+tx.dialect.forUpdate, workspace)
	return slices.DeleteFunc(list, func(m stanna.Message) bool { return m.Occasion.Surge != surge }), err
}

// BookSize is how many clients take part: neither excluded nor gone.
func (tx *Tx) BookSize(workspace string) (int, error) {
	n, _, err := one(tx, value[int], figures+`select count(*)`+takingPart, workspace)
	return n, err
}
