package store

import (
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const jobColumns = `id, lane, kind, ref, priority, due, attempt, state, last_error, created_at`

func scanJob(s scanner) (stanna.Job, error) {
	var j stanna.Job
	var due, created int64
	err := s.Scan(&j.ID, &j.Lane, &j.Kind, &j.Ref, &j.Priority, &due, &j.Attempt, &j.State, &j.LastError, &created)
	j.Due, j.CreatedAt = fromMicros(due), fromMicros(created)
	return j, err
}

// Enqueue puts jobs on their lanes, in the caller's transaction. A job whose
// kind and ref already wait on the lane becomes one with it and keeps the
// higher priority. The lane's row is written last and always: whoever
// releases the lane waits for us, or we for them, so no wake-up is lost.
func (tx *Tx) Enqueue(jobs ...stanna.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if len(jobs) > 1 {
		jobs = merged(jobs)
	}
	args := make([]any, 0, 10*len(jobs))
	due := map[string]int64{}
	for _, j := range jobs {
		at := micros(j.Due)
		args = append(args, NewID("job"), j.Lane, j.Kind, j.Ref, j.Priority, at, j.Attempt, stanna.JobWaiting, "", micros(j.CreatedAt))
		if first, ok := due[j.Lane]; !ok || at < first {
			due[j.Lane] = at
		}
	}
	if err := tx.insert(`insert into job (`+jobColumns+`)`, `on conflict (lane, kind, ref) where state = 'waiting'
		do update set priority = case when excluded.priority > job.priority then excluded.priority else job.priority end,
			due = case when excluded.due < job.due then excluded.due else job.due end`, 10, args); err != nil {
		return err
	}
	lanes := make([]string, 0, len(due))
	for lane := range due {
		lanes = append(lanes, lane)
	}
	slices.Sort(lanes)
	rows := make([]any, 0, 10*len(lanes))
	for _, lane := range lanes {
		rows = append(rows, lane, stanna.Lane{Name: lane}.Gate(), due[lane], 0, "", 0, 0, 0, "", "")
	}
	return tx.insert(`insert into lane (name, gate, next_due, not_before, leased_by, leased_until, epoch, failures, memo, paused)`,
		`on conflict (name) do update set next_due =
			case when lane.next_due is null or lane.next_due > excluded.next_due then excluded.next_due else lane.next_due end`, 10, rows)
}

// merged makes jobs of one lane, kind and ref one, in the place of the first:
// a statement may not meet a key twice.
func merged(jobs []stanna.Job) []stanna.Job {
	at := make(map[[3]string]int, len(jobs))
	out := make([]stanna.Job, 0, len(jobs))
	for _, j := range jobs {
		key := [3]string{j.Lane, j.Kind, j.Ref}
		i, twice := at[key]
		if !twice {
			at[key] = len(out)
			out = append(out, j)
			continue
		}
		out[i].Priority = max(out[i].Priority, j.Priority)
		if j.Due.Before(out[i].Due) {
			out[i].Due = j.Due
		}
	}
	return out
}

// LockLanes holds the rows of those lanes that exist until the transaction
// ends. The names are sorted. SQLite has one writer and needs no lock.
func (tx *Tx) LockLanes(names []string) error {
	if tx.dialect.forUpdate == "" {
		return nil
	}
	for chunk := range slices.Chunk(names, 256) {
		list, args := inList(tx, 1, chunk)
		if _, err := collect(tx, value[string], `select name from lane where name in `+list+` order by name `+tx.dialect.forUpdate, args...); err != nil {
			return err
		}
	}
	return nil
}

// DueLanes lists lanes that have work at now, that no holder has, and whose
// gate is open; the longest due first. Of the lanes whose circuit is open it
// lists one, for the probe.
func (tx *Tx) DueLanes(now time.Time, limit int) ([]string, error) {
	return collect(tx, value[string], `select name from lane where next_due <= $1 and not_before <= $1 and paused = '' and leased_until < `+tx.dialect.clock+`
		and not exists (select 1 from gate g where g.name = lane.gate and (g.not_before > $1
			or g.failures >= $3 and lane.name > (select min(first.name) from lane first where first.gate = g.name
				and first.next_due <= $1 and first.not_before <= $1 and first.paused = '')))
		order by next_due limit $2`, micros(now), limit, CircuitOpens)
}

// LeftLanes lists lanes that have been due since before a time, may be worked,
// and are worked by nobody.
func (tx *Tx) LeftLanes(before time.Time) ([]string, error) {
	return collect(tx, value[string], `select name from lane where next_due <= $1 and not_before <= $1 and paused = '' and leased_until < `+tx.dialect.clock+`
		and not exists (select 1 from gate g where g.name = lane.gate and (g.not_before > $1 or g.failures >= $2)) order by name limit 20`, micros(before), CircuitOpens)
}

// NextDue is when the next free lane has work, or the zero time.
func (tx *Tx) NextDue() (time.Time, error) {
	at, _, err := one(tx, value[sql.NullInt64], `select min(case when next_due > not_before then next_due else not_before end)
		from lane where next_due is not null and paused = '' and leased_until < `+tx.dialect.clock)
	return fromMicros(at.Int64), err
}

// ClaimLane takes a lane for a holder, if it is due and free. The lease runs
// by the database's clock. Jobs found sending were left by a holder that is
// gone; they are returned.
func (tx *Tx) ClaimLane(name, holder string, lease time.Duration, now time.Time) (lane stanna.Lane, orphans []stanna.Job, ok bool, err error) {
	lane, ok, err = one(tx, scanLane, `update lane set leased_by = $2, leased_until = `+tx.dialect.clock+` + $3, epoch = epoch + 1
		where name = (select name from lane where name = $1 and next_due <= $4 and not_before <= $4 and paused = ''
			and leased_until < `+tx.dialect.clock+` `+tx.dialect.skipLocked+`)
		returning `+laneColumns, name, holder, lease.Microseconds(), micros(now))
	if err != nil || !ok {
		return lane, nil, false, err
	}
	orphans, err = collect(tx, scanJob, `select `+jobColumns+` from job where lane = $1 and state = 'sending'`, name)
	return lane, orphans, err == nil, err
}

const laneColumns = `name, not_before, epoch, failures, memo, paused`

func scanLane(s scanner) (l stanna.Lane, err error) {
	var notBefore int64
	err = s.Scan(&l.Name, &notBefore, &l.Epoch, &l.Failures, &l.Memo, &l.Paused)
	l.NotBefore = fromMicros(notBefore)
	return l, err
}

// FreeLanes ends every lease. Only who is sure to be alone may call it: the
// one server of a SQLite file, when it starts.
func (tx *Tx) FreeLanes() error {
	_, err := tx.exec(`update lane set leased_until = 0 where leased_until > 0`)
	return err
}

// RenewLane prolongs a lease that is still the holder's.
func (tx *Tx) RenewLane(name, holder string, epoch int64, lease time.Duration) (bool, error) {
	n, err := tx.exec(`update lane set leased_until = `+tx.dialect.clock+` + $4 where name = $1 and leased_by = $2 and epoch = $3`,
		name, holder, epoch, lease.Microseconds())
	return n == 1, err
}

// HoldLane takes the lane's row for the rest of the transaction and gives it
// as it stands: somebody may have paused it meanwhile. When it is not the
// holder's any more (ok is false), nothing may be written.
func (tx *Tx) HoldLane(name, holder string, epoch int64) (lane stanna.Lane, ok bool, err error) {
	return one(tx, scanLane, `update lane set epoch = epoch where name = $1 and leased_by = $2 and epoch = $3 returning `+laneColumns, name, holder, epoch)
}

// SaveLane writes down what the holder learned, without letting go.
func (tx *Tx) SaveLane(l stanna.Lane) error {
	_, err := tx.exec(`update lane set not_before = $2, failures = $3, memo = $4, paused = $5 where name = $1`,
		l.Name, micros(l.NotBefore), l.Failures, l.Memo, l.Paused)
	return err
}

// ReleaseLane lets go of a lane whose row this transaction holds, and
// recomputes when it is next due. That is a statement of its own, after the
// row is locked: in one statement PostgreSQL would read the jobs as they were
// before the lock, and miss one that was enqueued meanwhile. It says when that
// is; zero when nothing waits.
func (tx *Tx) ReleaseLane(name string) (next time.Time, err error) {
	due, _, err := one(tx, value[sql.NullInt64], `update lane set leased_by = '', leased_until = 0,
		next_due = (select min(due) from job where job.lane = $1 and job.state = 'waiting') where name = $1 returning next_due`, name)
	return fromMicros(due.Int64), err
}

// WaitingJobs lists the jobs of a lane that are due, the oldest first.
func (tx *Tx) WaitingJobs(lane string, now time.Time, limit int) ([]stanna.Job, error) {
	return collect(tx, scanJob, `select `+jobColumns+` from job where lane = $1 and state = 'waiting' and due <= $2 order by due, id limit $3`,
		lane, micros(now), limit)
}

// AddJob puts a job on a lane that this transaction holds.
func (tx *Tx) AddJob(j stanna.Job) error {
	_, err := tx.exec(`insert into job (`+jobColumns+`) values ($1, $2, $3, $4, $5, $6, 0, 'waiting', '', $7)`,
		j.ID, j.Lane, j.Kind, j.Ref, j.Priority, micros(j.Due), micros(j.CreatedAt))
	return err
}

// DelayJob makes a waiting job wait longer.
func (tx *Tx) DelayJob(id string, due time.Time) error {
	_, err := tx.exec(`update job set due = $2 where id = $1`, id, micros(due))
	return err
}

// WaitingMessage is a job that waits, with the message it is to make true.
type WaitingMessage struct {
	Job     stanna.Job
	Message stanna.Message
}

var waitingMessages = `select j.id, j.lane, j.kind, j.ref, j.priority, j.due, j.attempt, j.state, j.last_error, j.created_at, ` + messageOf + `
	from job j join message m on m.workspace = $2 and m.id = j.ref
	where j.lane = $1 and j.kind in ('message', 'redraw') and j.state = 'waiting' and j.due <= $3`

// messageOf are the columns of a message that is joined as m.
var messageOf = "m." + strings.Join(strings.Fields(strings.ReplaceAll(messageColumns, ",", " ")), ", m.")

func scanWaitingMessage(s scanner) (w WaitingMessage, err error) {
	j := &w.Job
	var due, created int64
	var r messageRow
	if err := s.Scan(append([]any{&j.ID, &j.Lane, &j.Kind, &j.Ref, &j.Priority, &due, &j.Attempt, &j.State, &j.LastError, &created}, r.columns()...)...); err != nil {
		return w, err
	}
	j.Due, j.CreatedAt = fromMicros(due), fromMicros(created)
	w.Message, err = r.message()
	return w, err
}

// byCall puts what people hear of before what corrects what they have: posts
// and what a thread's history says aloud, then edits, then what only looks
// otherwise.
const byCall = `case when j.kind = 'redraw' then 2 when m.ts = '' or m.unsaid like '%"broadcast":true%' then 0 else 1 end`

// WaitingMessages lists what is due on a lane: what calls people before what
// does not, the oldest first.
func (tx *Tx) WaitingMessages(lane, workspace string, now time.Time, limit int) ([]WaitingMessage, error) {
	return collect(tx, scanWaitingMessage, waitingMessages+` order by `+byCall+`, j.due, j.id limit $4`,
		lane, workspace, micros(now), limit)
}

// MostUrgentPost is the oldest message waiting to be posted on a lane that is
// at least so urgent.
func (tx *Tx) MostUrgentPost(lane, workspace string, now time.Time, priority int) (WaitingMessage, bool, error) {
	return one(tx, scanWaitingMessage, waitingMessages+` and m.ts = '' and j.priority >= $4 order by j.priority desc, j.due, j.id limit 1`,
		lane, workspace, micros(now), priority)
}

// BeginJob marks a job as under way.
func (tx *Tx) BeginJob(id string) error {
	_, err := tx.exec(`update job set state = 'sending', attempt = attempt + 1 where id = $1`, id)
	return err
}

// EndJob ends a job that was under way, done or dead.
func (tx *Tx) EndJob(id string, state stanna.JobState, trouble string) error {
	_, err := tx.exec(`update job set state = $2, last_error = $3 where id = $1`, id, state, trouble)
	return err
}

// RetryJob makes a job that was under way wait again. If the same work was
// enqueued meanwhile, that one stands for both.
func (tx *Tx) RetryJob(j stanna.Job, due time.Time, trouble string) error {
	n, err := tx.exec(`update job set attempt = $4, last_error = $5,
			due = case when due < $6 then $6 else due end,
			priority = case when priority < $7 then $7 else priority end
		where lane = $1 and kind = $2 and ref = $3 and state = 'waiting'`, j.Lane, j.Kind, j.Ref, j.Attempt, trouble, micros(due), j.Priority)
	if err != nil {
		return err
	}
	if n > 0 {
		return tx.EndJob(j.ID, stanna.JobDone, "joined a newer job")
	}
	_, err = tx.exec(`update job set state = 'waiting', due = $2, last_error = $3 where id = $1`, j.ID, micros(due), trouble)
	return err
}

// PauseLanes stops, or with reason "" starts again, every lane that passes a
// gate.
func (tx *Tx) PauseLanes(gate string, reason stanna.Reason) error {
	_, err := tx.exec(`update lane set paused = $2, not_before = 0, failures = 0 where gate = $1`, gate, reason)
	return err
}

// CircuitOpens is how many failures of transport in a row open a circuit.
const CircuitOpens = 5

// Gate is what the lanes of one Slack team share for one method: a not-before
// and a circuit, and a bucket of tokens.
type Gate struct {
	Name      string
	NotBefore time.Time
	Failures  int       // transport failures in a row
	Since     time.Time // of the first of them
	Tokens    float64
	FilledAt  time.Time
	Holder    string // who closed it last, where that matters
}

// Gate is the gate of that name, as new when nobody has passed it yet, held
// until the transaction ends.
func (tx *Tx) Gate(name string) (Gate, error) {
	g, ok, err := tx.gate(name)
	if err != nil || ok || tx.dialect.forUpdate == "" {
		return g, err
	}
	// Only a row can be held: two who find none would both count from zero.
	if err := tx.insert(`insert into gate (`+gateColumns+`)`, `on conflict (name) do nothing`, 7, []any{name, 0, 0, 0, 0, 0, ""}); err != nil {
		return g, err
	}
	g, _, err = tx.gate(name)
	return g, err
}

const gateColumns = `name, not_before, failures, since, tokens, filled_at, holder`

func (tx *Tx) gate(name string) (Gate, bool, error) {
	g, ok, err := one(tx, func(s scanner) (Gate, error) {
		var g Gate
		var notBefore, since, filled int64
		err := s.Scan(&g.Name, &notBefore, &g.Failures, &since, &g.Tokens, &filled, &g.Holder)
		g.NotBefore, g.Since, g.FilledAt = fromMicros(notBefore), fromMicros(since), fromMicros(filled)
		return g, err
	}, `select `+gateColumns+` from gate where name = $1 `+tx.dialect.forUpdate, name)
	g.Name = name
	return g, ok, err
}

// PutGate stores a gate.
func (tx *Tx) PutGate(g Gate) error {
	_, err := tx.exec(`insert into gate (name, not_before, failures, since, tokens, filled_at, holder) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (name) do update set not_before = excluded.not_before, failures = excluded.failures, since = excluded.since,
		tokens = excluded.tokens, filled_at = excluded.filled_at, holder = excluded.holder`,
		g.Name, micros(g.NotBefore), g.Failures, micros(g.Since), g.Tokens, micros(g.FilledAt), g.Holder)
	return err
}

// JobCounts says how many jobs of the workspace's lanes are in each state.
func (tx *Tx) JobCounts() (map[stanna.JobState]int, error) {
	counts := map[stanna.JobState]int{}
	type row struct {
		state stanna.JobState
		n     int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.state, &r.n) },
		`select state, count(*) from job where state <> 'done' group by state`)
	for _, r := range rows {
		counts[r.state] = r.n
	}
	return counts, err
}

// PruneJobs forgets jobs that are done and older than before.
func (tx *Tx) PruneJobs(before time.Time) (int64, error) {
	return tx.exec(`delete from job where state = 'done' and created_at < $1`, micros(before))
}

// TakeTurn says whether it is the caller's turn to do what one replica does
// every so often, and books the next turn.
func (tx *Tx) TakeTurn(name string, every time.Duration, now time.Time) (bool, error) {
	n, err := tx.exec(`insert into gate (name, not_before, failures, since, tokens, filled_at, holder) values ($1, $2, 0, 0, 0, 0, '')
		on conflict (name) do update set not_before = excluded.not_before where gate.not_before <= $3`,
		"turn:"+name, micros(now.Add(every)), micros(now))
	return n == 1, err
}

// TryLane locks a lane's row for the rest of the transaction, or says that
// somebody else has it. It serves work that is done wholly in a transaction.
func (tx *Tx) TryLane(name string) (bool, error) {
	if _, err := tx.exec(`insert into lane (name, gate, next_due, not_before, leased_by, leased_until, epoch, failures, memo, paused)
		values ($1, '', null, 0, '', 0, 0, 0, '', '') on conflict (name) do nothing`, name); err != nil {
		return false, err
	}
	_, ok, err := one(tx, value[string], `select name from lane where name = $1 `+tx.dialect.skipLocked, name)
	return ok, err
}
