package main

import (
	"context"
	"fmt"
	"time"
)

// outage measures a Slack that is away for eight seconds while 20 lanes have
// something to say.
func (b *bench) outage(ctx context.Context) ([]result, error) {
	const lanes, clients, away = 20, book(5), 8 * time.Second
	const circuit = 5 // failures that open it
	st, err := b.set(ctx, scenery{channels: lanes, tell: lanes, book: clients, before: true})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	if err := st.slack.fault(ctx, map[string]any{"kind": "outage", "for_ms": away.Milliseconds()}); err != nil {
		return nil, err
	}
	end := time.Now().Add(away)
	if err := st.lines(ctx, clients.falls(), int(clients)); err != nil {
		return nil, err
	}
	pause(ctx, time.Until(end))
	if err := st.delivered(ctx, int(clients)*lanes); err != nil {
		return nil, err
	}
	var log struct {
		Calls []struct {
			At     time.Time
			Method string
			Status int
		}
	}
	if err := talk(ctx, "GET", st.slack.url+"/sandbox/calls", "", "", nil, &log); err != nil {
		return nil, err
	}
	var failed []time.Time
	var last time.Time
	for _, c := range log.Calls {
		switch {
		case c.Method != "chat.postMessage":
		case c.Status == 503:
			failed = append(failed, c.At)
		case c.At.After(last):
			last = c.At
		}
	}
	// What was on its way already when the circuit opened is no probe.
	probes := 0
	if len(failed) > circuit {
		for _, at := range failed[circuit:] {
			if at.Sub(failed[circuit-1]) > 300*time.Millisecond {
				probes++
			}
		}
	}
	late := last.Sub(end)
	return []result{{
		Bar: "8 s outage, 20 lanes, pacing off", Wanted: "last message ≤ 2 s after its end, ≤ 20 probes",
		Measured: fmt.Sprintf("last message %.2f s after its end, %d probes", late.Seconds(), probes), Met: late <= 2*time.Second && probes <= 20,
		Note: fmt.Sprintf("%d messages waiting, %d on each lane. In all %d calls met the outage, those among them that were on their way when the circuit opened.",
			int(clients)*lanes, clients, len(failed)),
	}}, nil
}
