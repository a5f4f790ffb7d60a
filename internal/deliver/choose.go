package deliver

import (
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// A lane is behind when what waits would take longer than this to tell one by
// one. Of what is critical, so many are told singly before the summary.
const (
	behindAfter     = 5 * time.Second
	singlesOfAStorm = 3
)

// choose picks the job of a lane to work on. Posts go before updates: an
// update corrects what people have, a post tells what they do not know yet.
func (c *Courier) choose(tx *store.Tx, lane *stanna.Lane, now time.Time) (stanna.Job, stanna.Message, error) {
	for {
		// One more than a lane that is not behind can have.
		limit := 2
		if c.pace > 0 {
			limit = int(behindAfter/c.pace) + 2
		}
		waiting, err := tx.WaitingMessages(lane.Name, lane.Workspace(), now, limit)
		if err != nil || len(waiting) == 0 {
			return stanna.Job{}, stanna.Message{}, err
		}
		first := waiting[0]
		if first.Job.Kind == stanna.RedrawJob {
			if m := first.Message; m.TS != "" && m.Rendered == m.Revision && m.SummaryID == "" {
				return c.chooseUpdate(tx, lane, first, now)
			}
			// Whatever makes it true writes it as it looks now.
			if err := tx.EndJob(first.Job.ID, stanna.JobDone, ""); err != nil {
				return stanna.Job{}, stanna.Message{}, err
			}
			continue
		}
		if first.Message.Rendered == first.Message.Revision && first.Message.TS != "" && len(first.Message.Unsaid) == 0 {
			// Another job made it true already.
			if err := tx.EndJob(first.Job.ID, stanna.JobDone, ""); err != nil {
				return stanna.Job{}, stanna.Message{}, err
			}
			continue
		}
		if first.Message.TS != "" && len(nextHistory(first.Message)) == 0 {
			return c.chooseUpdate(tx, lane, first, now)
		}
		posts := 0
		for _, w := range waiting {
			if w.Message.TS == "" || saysAloud(w.Message) {
				posts++
			}
		}
		if c.pace == 0 || time.Duration(posts-1)*c.pace <= behindAfter {
			lane.Memo = ""
			return first.Job, first.Message, nil
		}
		return c.chooseBehind(tx, lane, now)
	}
}

// chooseUpdate lets an update through if its own gate has a token:
// chat.update is limited by the minute and a team
// (https://docs.slack.dev/apis/web-api/rate-limits, Tier 3: 50 a minute).
// Without one, the lane waits for it, and no post waits, for there is none.
func (c *Courier) chooseUpdate(tx *store.Tx, lane *stanna.Lane, w store.WaitingMessage, now time.Time) (stanna.Job, stanna.Message, error) {
	if c.pace == 0 {
		return w.Job, w.Message, nil
	}
	at, err := takeToken(tx, lane.Gate()+"/update", now)
	if err != nil {
		return stanna.Job{}, stanna.Message{}, err
	}
	if at.After(now) {
		return stanna.Job{}, stanna.Message{}, tx.DelayJob(w.Job.ID, at)
	}
	return w.Job, w.Message, nil
}

// chooseBehind works a lane that has fallen behind: the most urgent of what
// is critical comes first and singly, a few times; then one summary tells all
// the rest.
func (c *Courier) chooseBehind(tx *store.Tx, lane *stanna.Lane, now time.Time) (stanna.Job, stanna.Message, error) {
	singles, _ := strconv.Atoi(lane.Memo)
	if singles < singlesOfAStorm {
		w, ok, err := tx.MostUrgentPost(lane.Name, lane.Workspace(), now, stanna.Critical.Rank())
		if err != nil {
			return stanna.Job{}, stanna.Message{}, err
		}
		if ok {
			lane.Memo = strconv.Itoa(singles + 1)
			return w.Job, w.Message, nil
		}
	}
	lane.Memo = ""
	return c.summarise(tx, lane, now)
}

// summarise puts everything that waits to be posted on a lane into one
// summary. Its members are fixed in this transaction, which also marks it as
// being sent.
func (c *Courier) summarise(tx *store.Tx, lane *stanna.Lane, now time.Time) (stanna.Job, stanna.Message, error) {
	to := stanna.Destination(lane.Road())
	m := stanna.Message{Workspace: lane.Workspace(), ID: store.NewID("sum"), Kind: stanna.Summary, Destination: to, Intended: to,
		Revision: 1, CreatedAt: now}
	if err := tx.PutMessages(m); err != nil {
		return stanna.Job{}, m, err
	}
	n, err := tx.Fold(lane.Name, m.Workspace, m.ID, now)
	if err != nil {
		return stanna.Job{}, m, err
	}
	job := stanna.Job{ID: store.NewID("job"), Lane: lane.Name, Kind: stanna.MessageJob, Ref: m.ID, Priority: stanna.High.Rank(), Due: now, CreatedAt: now}
	if err := tx.AddJob(job); err != nil {
		return stanna.Job{}, m, err
	}
	return job, m, tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: "message.coalesced",
		Subject: m.ID, Reason: stanna.ReasonCoalesced, Details: map[string]string{"destination": string(to), "threads": strconv.Itoa(n)}})
}
