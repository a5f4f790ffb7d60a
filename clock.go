package stanna

import (
	"sync"
	"time"
)

// Clock tells the time of meaning: what windows, ages, schedules and dates
// are counted by. It is real time, except in a workspace that follows its
// signals because it plays history. Lanes, leases and retries use Real.
type Clock struct {
	real func() time.Time

	mu      sync.Mutex
	follows map[string]time.Time
}

// NewClock is a clock on real time.
func NewClock(real func() time.Time) *Clock {
	return &Clock{real: real, follows: map[string]time.Time{}}
}

// Real is the real time.
func (c *Clock) Real() time.Time { return c.real() }

// Follow makes a workspace's time stand at from and move with its signals.
func (c *Clock) Follow(workspace string, from time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.follows[workspace] = from
}

// Follows says whether the workspace's time follows its signals.
func (c *Clock) Follows(workspace string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.follows[workspace]
	return ok
}

// Now is the workspace's time.
func (c *Clock) Now(workspace string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.follows[workspace]; ok {
		return t
	}
	return c.real()
}

// See is Now after a signal of that time has come: a workspace that follows
// its signals moves on, never back.
func (c *Clock) See(workspace string, occurredAt time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.follows[workspace]
	if !ok {
		return c.real()
	}
	if occurredAt.After(t) {
		t = occurredAt
		c.follows[workspace] = t
	}
	return t
}
