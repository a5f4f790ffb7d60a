package main

import (
	"context"
	"fmt"
	"time"
)

// errors measures a Slack that answers every fifth call with 500.
func (b *bench) errors(ctx context.Context) ([]result, error) {
	const lanes, each = 20, time.Second / 4
	clients := book(b.short(10*time.Second) / each)
	st, err := b.set(ctx, scenery{channels: lanes, tell: lanes, book: clients, before: true})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	if err := st.slack.fault(ctx, map[string]any{"kind": "status", "status": 500, "method": "chat.postMessage", "probability": .2}); err != nil {
		return nil, err
	}
	sent := map[string]time.Time{}
	w, err := dial(st.address)
	if err != nil {
		return nil, err
	}
	defer w.close()
	for i := range int(clients) {
		sent[clientID(i)] = time.Now()
		status, answer, err := w.post(head(st.address, st.key, "application/json"), fall(i))
		if err == nil {
			err = oneAccepted(0, status, answer)
		}
		if err != nil {
			return nil, err
		}
		pause(ctx, each)
	}
	if err := st.delivered(ctx, int(clients)*lanes); err != nil {
		return nil, err
	}
	posts, err := st.slack.posts(ctx)
	if err != nil {
		return nil, err
	}
	failed, err := st.slack.refused(ctx, "http_500")
	if err != nil {
		return nil, err
	}
	var waits []time.Duration
	for _, p := range posts {
		waits = append(waits, p.PostedAt.Sub(sent[nameIn(p.Text)]))
	}
	all, worst := int(clients)*lanes, quantile(waits, 1)
	return []result{{
		Bar: "20 % of calls answered 500", Wanted: "all delivered, worst ≤ 3 s",
		Measured: fmt.Sprintf("%d of %d delivered, worst %.2f s", len(posts), all, worst.Seconds()), Met: len(posts) == all && worst <= 3*time.Second,
		Note: fmt.Sprintf("%d falls, 4 a second, each told in %d channels, pacing off; %d of %d calls were answered 500. From just before the request; p50 %.0f ms, p99 %.0f ms.",
			clients, lanes, failed, failed+len(posts), ms(quantile(waits, .5)), ms(quantile(waits, .99))),
	}}, nil
}
