package intake

import (
	"context"

	"github.com/gostanna/stanna"
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

// RefreshThreads has every living thread written anew, since how threads look
// has changed. Slack takes about fifty edits a minute; the lanes see to it.
func (in *Intake) RefreshThreads(ctx context.Context, workspace string) error {
	for last := ""; ; {
		var list []stanna.Message
		err := in.change(ctx, workspace, func(b *batch) (err error) {
			if list, err = b.tx.StandingThreads(workspace, last, Slice); err != nil {
				return err
			}
			return b.refresh(list...)
		})
		if err != nil || len(list) < Slice {
			return err
		}
		last = list[len(list)-1].ID
	}
}

// refresh has messages written anew. Lanes are locked before messages, as
// whoever works one does.
func (b *batch) refresh(list ...stanna.Message) error {
	var names []string
	var jobs []stanna.Job
	for _, m := range list {
		lane := m.Destination.Lane(b.workspace)
		names = append(names, lane)
		jobs = append(jobs, stanna.Job{Lane: lane, Kind: stanna.MessageJob, Ref: m.ID, Priority: stanna.Info.Rank(), Due: b.real, CreatedAt: b.real})
	}
	names = unique(names)
	if err := b.tx.LockLanes(names); err != nil {
		return err
	}
	for _, m := range list {
		if err := b.tx.Revise(b.workspace, m.ID); err != nil {
			return err
		}
	}
	b.lanes = append(b.lanes, names...)
	return b.tx.Enqueue(jobs...)
}
