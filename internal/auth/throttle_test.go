package auth

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestWaitGrowsAndEnds(t *testing.T) {
	th := newThrottle()
	who := emailDigest("ana@acme.com")
	now := noon
	var waits []time.Duration
	for range 14 {
		if w := th.enter(who, digest{}, now); w > 0 {
			waits = append(waits, w)
			if again := th.enter(who, digest{}, now); again != w {
				t.Fatalf("asking again changed the wait from %s to %s", w, again)
			}
			now = now.Add(w)
			if w := th.enter(who, digest{}, now); w > 0 {
				t.Fatalf("after the wait there is another of %s", w)
			}
		}
	}
	want := []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
		64 * time.Second, 128 * time.Second, 256 * time.Second, 300 * time.Second}
	if len(waits) != len(want) {
		t.Fatalf("waits %v, want %v", waits, want)
	}
	for i := range want {
		if waits[i] != want[i] {
			t.Errorf("wait %d is %s, want %s", i, waits[i], want[i])
		}
	}
	if w := th.enter(emailDigest("ben@acme.com"), digest{}, now); w > 0 {
		t.Errorf("somebody else waits %s", w)
	}
	now = now.Add(time.Hour + time.Second)
	for n := range 5 {
		if w := th.enter(who, digest{}, now); w > 0 {
			t.Fatalf("attempt %d after an hour's rest waits %s", n, w)
		}
	}
}

func TestAddressIsGuardedOverManyAccounts(t *testing.T) {
	th := newThrottle()
	from := addressDigest("192.0.2.1")
	mine := emailDigest("mallory@acme.com")
	for n := range 30 {
		if w := th.enter(emailDigest(string(rune('a'+n))+"@acme.com"), from, noon); w > 0 {
			t.Fatalf("attempt %d waits %s", n, w)
		}
	}
	if th.enter(mine, from, noon) == 0 {
		t.Fatal("31 accounts were tried from one address without a wait")
	}
	later := noon.Add(time.Minute)
	if w := th.enter(mine, from, later); w > 0 {
		t.Fatal(w)
	}
	th.succeeded(mine, from) // one valid account is no licence to guess the others
	th.enter(mine, from, later)
	if th.enter(emailDigest("z@acme.com"), from, later) == 0 {
		t.Error("a success wiped the slate of the whole address")
	}
}

func TestLedgerIsBounded(t *testing.T) {
	l := newLedger(patience{free: 1, first: time.Hour, longest: time.Hour, forget: 2 * time.Hour, most: 100})
	first := emailDigest("0")
	l.count(first, noon)
	for n := range 5000 {
		l.count(addressDigest(time.Duration(n).String()), noon)
		if n == 50 {
			l.count(first, noon) // seen again, so others go before it
		}
		if n == 120 && l.wait(first, noon) <= 0 {
			t.Fatal("the one seen lately was forgotten before the others")
		}
	}
	if len(l.at) != 100 || l.newest.Len() != 100 {
		t.Errorf("%d and %d are remembered, want 100", len(l.at), l.newest.Len())
	}
}

func TestAddressDigest(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1:5000", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "[2001:db8::ffff]:443", true},
		{"2001:db8::1%eth0", "2001:db8::1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"unix", "", false},
	} {
		if got := addressDigest(c.a) == addressDigest(c.b); got != c.same {
			t.Errorf("%s and %s: same is %v", c.a, c.b, got)
		}
	}
}
