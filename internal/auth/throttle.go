package auth

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/gostanna/stanna"
)

// TooMany is the cause of a refusal for too many attempts; the doors answer
// it with 429 and Retry-After.
type TooMany struct{ Wait time.Duration }

func (e *TooMany) Error() string { return fmt.Sprintf("too many attempts; wait %s", e.Wait) }

func tooMany(wait time.Duration) error {
	wait = wait.Truncate(time.Second) + time.Second
	return &stanna.Error{Code: stanna.Unavailable, Err: &TooMany{wait},
		Message: fmt.Sprintf("too many attempts to sign in; try again in %s, or ask an admin for a sign-in link", wait)}
}

// patience is how many attempts are free and how the wait grows after them.
// The wait has an end, so that nobody is locked out for good by somebody
// else's guessing.
type patience struct {
	free    int
	first   time.Duration // the first wait; each next one is twice as long
	longest time.Duration
	forget  time.Duration // without an attempt for so long all is forgotten
	most    int           // how many are remembered; the one not seen for the longest time goes
}

// throttle slows guessing down, for each account and for each address it
// comes from. It is kept in memory: a restart forgives, and each replica
// counts for itself.
type throttle struct {
	mu        sync.Mutex
	accounts  *ledger
	addresses *ledger
}

func newThrottle() *throttle {
	return &throttle{
		accounts: newLedger(patience{free: 5, first: 2 * time.Second, longest: 5 * time.Minute, forget: time.Hour, most: 10_000}),
		// An office shares an address, so it gets more, and waits less.
		addresses: newLedger(patience{free: 30, first: time.Second, longest: time.Minute, forget: 15 * time.Minute, most: 10_000}),
	}
}

// enter counts an attempt before it is made, so that many at once cannot slip
// through, or says how long to wait. A refused attempt is not counted.
func (t *throttle) enter(account, address digest, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := max(t.accounts.wait(account, now), t.addresses.wait(address, now)); wait > 0 {
		return wait
	}
	t.accounts.count(account, now)
	t.addresses.count(address, now)
	return 0
}

// succeeded takes a counted attempt back. The account starts anew; the
// address only gets this attempt back, else one valid account would be a
// licence to guess the others.
func (t *throttle) succeeded(account, address digest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.accounts.remove(account)
	t.addresses.giveBack(address)
}

// ledger counts attempts by digest, for a bounded number of them.
type ledger struct {
	patience
	newest *list.List // of *tally; the one seen last is in front
	at     map[digest]*list.Element
}

type tally struct {
	who      digest
	attempts int
	last     time.Time
	until    time.Time
}

func newLedger(p patience) *ledger { return &ledger{p, list.New(), map[digest]*list.Element{}} }

func (l *ledger) wait(who digest, now time.Time) time.Duration {
	if e, ok := l.at[who]; ok && who != (digest{}) {
		return e.Value.(*tally).until.Sub(now)
	}
	return 0
}

func (l *ledger) count(who digest, now time.Time) {
	if who == (digest{}) {
		return
	}
	e, ok := l.at[who]
	if !ok {
		if len(l.at) >= l.most {
			l.remove(l.newest.Back().Value.(*tally).who)
		}
		e = l.newest.PushFront(&tally{who: who})
		l.at[who] = e
	}
	l.newest.MoveToFront(e)
	t := e.Value.(*tally)
	if now.Sub(t.last) > l.forget {
		t.attempts = 0
	}
	t.attempts++
	t.last = now
	if over := t.attempts - l.free; over >= 0 {
		t.until = now.Add(min(l.longest, l.first<<min(over, 30)))
	}
}

func (l *ledger) giveBack(who digest) {
	if e, ok := l.at[who]; ok {
		t := e.Value.(*tally)
		if t.attempts--; t.attempts < l.free {
			t.until = time.Time{}
		}
	}
}

func (l *ledger) remove(who digest) {
	if e, ok := l.at[who]; ok {
		l.newest.Remove(e)
		delete(l.at, who)
	}
}

// digest stands for an e-mail address, a network address or a token where the
// text must not be kept. The zero digest stands for nothing.
type digest [8]byte

func digestOf(kind, text string) (d digest) {
	if text == "" {
		return d
	}
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	copy(d[:], sum[:])
	return d
}

func (d digest) String() string { return hex.EncodeToString(d[:]) }

func emailDigest(clean string) digest { return digestOf("email", clean) }

// addressDigest takes "192.0.2.1" or "192.0.2.1:443". IPv6 addresses count by
// their /64, which is what one customer of a provider gets.
func addressDigest(remote string) digest {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		port, err := netip.ParseAddrPort(remote)
		if err != nil {
			return digestOf("address", remote)
		}
		addr = port.Addr()
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			addr = p.Addr()
		}
	}
	return digestOf("address", addr.String())
}
