package deliver

import (
	"time"

	"github.com/gostanna/stanna/internal/store"
)

// The circuit of a team: after so many failures of transport in a row it
// opens. Then one probe a second goes through for a minute, and after that
// one in double the time, up to ten minutes.
const (
	probeEvery   = time.Second
	probeQuick   = time.Minute
	probeSlowest = 10 * time.Minute
)

// The bucket of updates holds a burst and fills at the rate of Tier 3.
const (
	updateBurst     = 10
	updatePerSecond = 50.0 / 60
)

// pass says whether a team's gate lets a call through now, and when it opens
// next. With an open circuit it lets one probe through and closes behind it.
func pass(tx *store.Tx, name string, now time.Time) (open bool, opensAt time.Time, err error) {
	g, err := tx.Gate(name)
	if err != nil {
		return false, time.Time{}, err
	}
	if g.NotBefore.After(now) {
		return false, g.NotBefore, nil
	}
	if g.Failures < store.CircuitOpens {
		return true, time.Time{}, nil
	}
	g.NotBefore = now.Add(probeWait(g, now))
	return true, g.NotBefore, tx.PutGate(g)
}

func probeWait(g store.Gate, now time.Time) time.Duration {
	wait := probeEvery
	for at := probeQuick; now.Sub(g.Since) > at && wait < probeSlowest; at *= 2 {
		wait *= 2
	}
	return min(wait, probeSlowest)
}

// People are told of an outage that lasts longer than this, once: the gate
// remembers by its holder that they were.
const (
	longOutage = 10 * time.Minute
	outageTold = "told"
)

// failed counts a failure of transport and opens the circuit with the fifth.
// long says that it is time to tell people.
func failed(tx *store.Tx, name string, now time.Time) (g store.Gate, long bool, err error) {
	if g, err = tx.Gate(name); err != nil {
		return g, false, err
	}
	if g.Failures == 0 {
		g.Since = now
	}
	g.Failures++
	open := g.Failures >= store.CircuitOpens
	if open && !g.NotBefore.After(now) {
		g.NotBefore = now.Add(probeWait(g, now))
	}
	if long = open && now.Sub(g.Since) >= longOutage && g.Holder != outageTold; long {
		g.Holder = outageTold
	}
	return g, long, tx.PutGate(g)
}

// succeeded closes the circuit, and gives the gate as it was.
func succeeded(tx *store.Tx, name string) (was store.Gate, err error) {
	was, err = tx.Gate(name)
	if err != nil || was.Failures == 0 {
		return was, err
	}
	g := was
	g.Failures, g.NotBefore, g.Since, g.Holder = 0, time.Time{}, time.Time{}, ""
	return was, tx.PutGate(g)
}

// limited takes a 429 in. The lane that met it waits by itself; when a second
// lane meets one meanwhile, it is the team that is limited, and its gate
// closes.
func limited(tx *store.Tx, name, lane string, until, now time.Time) error {
	g, err := tx.Gate(name + "/limited")
	if err != nil {
		return err
	}
	if g.NotBefore.After(now) && g.Holder != lane {
		if err := closeGate(tx, name, until); err != nil {
			return err
		}
	}
	g.NotBefore, g.Holder = until, lane
	return tx.PutGate(g)
}

// closeGate lets nothing of a team through until then.
func closeGate(tx *store.Tx, name string, until time.Time) error {
	g, err := tx.Gate(name)
	if err != nil || !until.After(g.NotBefore) {
		return err
	}
	g.NotBefore = until
	return tx.PutGate(g)
}

// takeToken takes a token out of a bucket, or says when there will be one.
func takeToken(tx *store.Tx, name string, now time.Time) (at time.Time, err error) {
	g, err := tx.Gate(name)
	if err != nil {
		return now, err
	}
	if g.NotBefore.After(now) {
		return g.NotBefore, nil
	}
	if g.FilledAt.IsZero() {
		g.Tokens = updateBurst
	} else {
		g.Tokens = min(updateBurst, g.Tokens+now.Sub(g.FilledAt).Seconds()*updatePerSecond)
	}
	g.FilledAt = now
	if g.Tokens < 1 {
		return now.Add(time.Duration((1 - g.Tokens) / updatePerSecond * float64(time.Second))), tx.PutGate(g)
	}
	g.Tokens--
	return now, tx.PutGate(g)
}

// returnToken puts back a token that was not used.
func returnToken(tx *store.Tx, name string) error {
	g, err := tx.Gate(name)
	if err != nil {
		return err
	}
	g.Tokens = min(updateBurst, g.Tokens+1)
	return tx.PutGate(g)
}
