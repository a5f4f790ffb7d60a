package relay

import (
	"context"
	"fmt"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// TellSilence tells of the sources that have been silent for longer than they
// may, once for each silence.
func (r *Relay) TellSilence(ctx context.Context) error {
	var silent []stanna.Source
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		silent, err = tx.FallenSilent(r.Now())
		return err
	})
	for _, x := range silent {
		if err == nil {
			err = r.Store.Update(ctx, func(tx *store.Tx) error { return r.tellSilent(tx, x) })
		}
	}
	return err
}

func (r *Relay) tellSilent(tx *store.Tx, x stanna.Source) error {
	now := r.Now()
	mine, err := tx.NoteSilence(x, now)
	if err != nil || !mine {
		return err
	}
	t := stanna.Trouble{About: "source:" + x.ID, Name: x.Name, Since: stanna.SinceTime(x.HeardAt),
		Repair: "Look whether " + x.Name + " still sends, and to the address that stands on the page of the source."}
	e, err := t.Notice(x.Workspace, stanna.SourceSilent, now, fmt.Sprintf("Nothing has come from %s for longer than it may be silent.", x.Name))
	return r.tell(tx, e, err)
}
