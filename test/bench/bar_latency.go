package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/app"
	"github.com/gostanna/stanna/internal/store"
)

// latency measures how long it takes from a signal to its message in Slack,
// at 200 a second over 200 channels. Rules cannot route by client yet, so each
// channel is the default channel of a workspace of its own.
func (b *bench) latency(ctx context.Context) ([]result, error) {
	const lanes, perSecond = 200, 200
	seconds := int(b.short(16 * time.Second).Seconds())
	each := book(seconds) // clients of each workspace, each of which falls once
	keys := make([]string, lanes)
	st, err := b.set(ctx, scenery{channels: lanes, prepare: func(ctx context.Context, st *stage) error { return st.manyWorkspaces(ctx, keys) }})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	for i, key := range keys {
		if err := st.furnishTenant(ctx, i, key, each); err != nil {
			return nil, err
		}
	}
	// The chores of so many workspaces at the start are not what is measured.
	pause(ctx, 2*time.Second)
	m := st.meter()
	sent, answered, err := st.fallSteadily(ctx, keys, perSecond, int(each)*lanes)
	u := m.read()
	if err != nil {
		return nil, err
	}
	if err := st.allPosted(ctx, len(sent)); err != nil {
		return nil, err
	}
	posts, err := st.slack.posts(ctx)
	if err != nil {
		return nil, err
	}
	var waits []time.Duration
	for _, p := range posts {
		if at, ok := sent[nameIn(p.Text)]; ok {
			waits = append(waits, p.PostedAt.Sub(at))
		}
	}
	if len(waits) != len(sent) {
		return nil, fmt.Errorf("%d falls were sent and %d messages name their client", len(sent), len(waits))
	}
	p50, p99 := quantile(waits, .5), quantile(waits, .99)
	return []result{{
		Bar: "signal → Slack call at 200/s, over 200 channels", Wanted: "p50 ≤ 3 ms, p99 ≤ 15 ms",
		Measured: fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, worst %.0f ms", ms(p50), ms(p99), ms(quantile(waits, 1))),
		Met:      p50 <= 3*time.Millisecond && p99 <= 15*time.Millisecond, Peer: "p50 2.4 ms, p99 9–15 ms",
		Note: fmt.Sprintf("%d falls of as many clients in %d workspaces, each with a channel of its own; from just before a request is sent until the sandbox "+
			"has the message, two durable commits on the way. The answer itself: p50 %.1f ms, p99 %.1f ms. %s.",
			len(sent), lanes, ms(quantile(answered, .5)), ms(quantile(answered, .99)), u),
	}}, nil
}

// manyWorkspaces makes a workspace with a key and a connection for each
// channel. One Slack team can be connected once, and the sandbox is one team:
// here each connection says that it is another, which nobody checks.
func (st *stage) manyWorkspaces(ctx context.Context, keys []string) error {
	s, err := app.StoreConfig{Data: st.dir + "/data"}.OpenStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	desk := app.NewDesk(s)
	for i := range keys {
		id := fmt.Sprintf("tenant%d.example", i)
		if _, err := desk.EnsureWorkspace(ctx, id); err != nil {
			return err
		}
		key, _, err := desk.Auth.CreateKey(ctx, id, "bench", []stanna.Scope{stanna.ScopeAdmin}, stanna.ActorSystem)
		if err != nil {
			return err
		}
		keys[i] = key.Reveal()
		if err := s.Update(ctx, func(tx *store.Tx) error {
			w, err := tx.Workspace(id)
			if err != nil {
				return err
			}
			w.Settings.DefaultChannel = channelID(i)
			if err := tx.PutSettings(w); err != nil {
				return err
			}
			return tx.PutConnection(stanna.Connection{Workspace: id, TeamID: fmt.Sprintf("T0BENCH%04d", i), AccessToken: botToken,
				Health: stanna.Healthy, InstalledAt: time.Now()})
		}); err != nil {
			return err
		}
	}
	return nil
}

// furnishTenant gives one of many workspaces its clients, by names that tell
// them apart in Slack.
func (st *stage) furnishTenant(ctx context.Context, i int, key string, n book) error {
	csv := strings.ReplaceAll(string(n.csv()), ",Client c", fmt.Sprintf(",Client t%03dc", i))
	url := "http://" + st.address
	if err := talk(ctx, "POST", url+"/api/clients/import", key, "text/csv", []byte(csv), nil); err != nil {
		return err
	}
	return talk(ctx, "POST", url+"/api/signals", key, "application/x-ndjson", n.before(), nil)
}

// nameIn is the name of the client that a message is about.
func nameIn(text string) string {
	_, after, _ := strings.Cut(text, "Client ")
	name, _, _ := strings.Cut(after, " ")
	return name
}

// fallSteadily sends the fall of each client of each workspace at an even
// pace, and gives when each was sent, and how long the answers took.
func (st *stage) fallSteadily(ctx context.Context, keys []string, perSecond, n int) (sent map[string]time.Time, answered []time.Duration, err error) {
	const senders = 32
	sent = make(map[string]time.Time, n)
	var mu sync.Mutex
	var all sync.WaitGroup
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begun := time.Now()
	for s := range senders {
		w, err := dial(st.address)
		if err != nil {
			return nil, nil, err
		}
		all.Go(func() {
			defer w.close()
			for i := s; i < n && ctx.Err() == nil; i += senders {
				pause(ctx, time.Until(begun.Add(time.Duration(i)*time.Second/time.Duration(perSecond))))
				body, head := fall(i/len(keys)), head(st.address, keys[i%len(keys)], "application/json")
				at := time.Now()
				status, answer, err := w.post(head, body)
				took := time.Since(at)
				if err == nil {
					err = oneAccepted(0, status, answer)
				}
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				sent[fmt.Sprintf("t%03d%s", i%len(keys), clientID(i/len(keys)))] = at
				answered = append(answered, took)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return sent, answered, context.Cause(ctx)
}

// allPosted waits until so many messages stand in Slack.
func (st *stage) allPosted(ctx context.Context, want int) error {
	for {
		n, err := st.slack.posted(ctx)
		if err != nil || n >= want {
			return err
		}
		if pause(ctx, 20*time.Millisecond); ctx.Err() != nil {
			return fmt.Errorf("%d of %d messages were posted: %w", n, want, context.Cause(ctx))
		}
	}
}

// quantile is the value that this share of the list does not exceed.
func quantile(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
