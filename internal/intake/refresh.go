package intake

import (
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Refresh has a thread that stands in Slack written anew, though nothing has
// happened to its alerts.
func (in *Intake) Refresh(ctx context.Context, workspace, message string) error {
	return in.change(ctx, workspace, func(b *batch) error {
		m, err := b.tx.Message(workspace, message)
		if err != nil || m.TS == "" || m.SummaryID != "" {
			return err
		}
		return b.refresh(m)
	})
}

// Redraw has the living threads of a look brought to how threads look now,
// where they stand and where that differs. Nobody is told, since nothing has
// happened. Slack takes about fifty edits a minute; the lanes see to it.
func (in *Intake) Redraw(ctx context.Context, workspace string, looks ...store.Look) error {
	for _, look := range looks {
		for last, more := "", true; more; {
			err := in.change(ctx, workspace, func(b *batch) error {
				list, err := b.tx.StandingThreads(workspace, look, last, Slice)
				if err != nil {
					return err
				}
				if more = len(list) == Slice; more {
					last = list[len(list)-1].ID
				}
				return b.redraw(list)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// redraw has messages looked at again.
func (b *batch) redraw(list []stanna.Message) error {
	jobs := make([]stanna.Job, len(list))
	for i, m := range list {
		lane := m.Destination.Lane(b.workspace)
		b.lanes = append(b.lanes, lane)
		jobs[i] = stanna.Job{Lane: lane, Kind: stanna.RedrawJob, Ref: m.ID, Priority: stanna.Info.Rank(), Due: b.real, CreatedAt: b.real}
	}
	b.lanes = unique(b.lanes)
	return b.tx.Enqueue(jobs...)
}

// refresh has a message written anew. Lanes are locked before messages, as
// whoever works one does.
func (b *batch) refresh(m stanna.Message) error {
	lane := m.Destination.Lane(b.workspace)
	if err := b.tx.LockLanes([]string{lane}); err != nil {
		return err
	}
	if err := b.tx.Revise(b.workspace, m.ID); err != nil {
		return err
	}
	b.lanes = append(b.lanes, lane)
	return b.tx.Enqueue(stanna.Job{Lane: lane, Kind: stanna.MessageJob, Ref: m.ID, Priority: stanna.Info.Rank(), Due: b.real, CreatedAt: b.real})
}
