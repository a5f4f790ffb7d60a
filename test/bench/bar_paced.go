package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// paced measures a few alerts at once for one channel that takes one message
// a second.
func (b *bench) paced(ctx context.Context) ([]result, error) {
	const alerts = book(30)
	t, err := b.tellAll(ctx, alerts, func(st *stage) error {
		w, err := dial(st.address)
		if err != nil {
			return err
		}
		defer w.close()
		head := head(st.address, st.key, "application/json")
		for i := range int(alerts) {
			status, answer, err := w.post(head, fall(i))
			if err == nil {
				err = oneAccepted(0, status, answer)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	singly := len(t.posts) == int(alerts)
	return []result{{
		Bar: "30 alerts to one channel at 1 message/s", Wanted: "all told within 31 s singly or 5 s coalesced; ≤ 2 refused calls",
		Measured: fmt.Sprintf("all told in %.1f s, %d messages, %d refused calls", t.took.Seconds(), len(t.posts), t.refused),
		Met:      t.refused <= 2 && t.complete(int(alerts)) == nil && (t.took <= 5*time.Second || singly && t.took <= 31*time.Second),
		Peer:     "13 of 30 told in 120 s",
		Note:     "One fall a request over one connection; the sandbox refuses what comes faster. From the first request to the last message. " + t.account(int(alerts)),
	}}, nil
}

// storm measures ten thousand alerts at once for one such channel.
func (b *bench) storm(ctx context.Context) ([]result, error) {
	const alerts = book(10_000)
	body := alerts.falls()
	var took time.Duration
	t, err := b.tellAll(ctx, alerts, func(st *stage) error {
		begun := time.Now()
		err := st.lines(ctx, body, int(alerts))
		took = time.Since(begun)
		return err
	})
	if err != nil {
		return nil, err
	}
	return []result{{
		Bar: "10,000 alerts to one channel at 1 message/s", Wanted: "all told within 5 s in ≤ 5 ranked messages, each accounted for and linked",
		Measured: fmt.Sprintf("all told in %.1f s, %d messages", t.took.Seconds(), len(t.posts)),
		Met:      t.took <= 5*time.Second && len(t.posts) <= 5 && t.complete(int(alerts)) == nil,
		Note: fmt.Sprintf("10,000 clients fall in one NDJSON request, which took %.1f s to be accepted (%s). From its first byte to the last message. %s %d refused calls.",
			took.Seconds(), perSecond(float64(alerts)/took.Seconds()), t.account(int(alerts)), t.refused),
	}}, nil
}

// telling is what became of many alerts for one channel.
type telling struct {
	took    time.Duration // until the last message
	posts   []post
	refused int
	alerts  int             // that the server lists
	told    map[string]bool // alerts with a delivered notification
	groups  int             // messages that link to a page of their alerts
}

// complete says what is missing, or nil.
func (t telling) complete(alerts int) error {
	if t.alerts != alerts || len(t.told) != alerts {
		return fmt.Errorf("%d alerts are listed and %d of them told", t.alerts, len(t.told))
	}
	if len(t.posts) < alerts && t.groups == 0 {
		return fmt.Errorf("no message links to a page of the alerts it is about")
	}
	return nil
}

func (t telling) account(alerts int) string {
	if err := t.complete(alerts); err != nil {
		return "But " + err.Error() + "."
	}
	return fmt.Sprintf("/api/alerts lists %d and /api/notifications a delivered one for each; %d messages link to the page of their alerts.", t.alerts, t.groups)
}

// tellAll lets every client of a book fall, and waits until all are told.
func (b *bench) tellAll(ctx context.Context, n book, fall func(*stage) error) (t telling, err error) {
	st, err := b.set(ctx, scenery{channels: 1, pace: 1, book: n, before: true})
	if err != nil {
		return t, err
	}
	defer st.clear()
	begun := time.Now()
	if err := fall(st); err != nil {
		return t, err
	}
	if err := st.delivered(ctx, int(n)); err != nil {
		return t, err
	}
	if t.posts, err = st.slack.posts(ctx); err != nil {
		return t, err
	}
	for _, p := range t.posts {
		t.took = max(t.took, p.PostedAt.Sub(begun))
		if strings.Contains(p.Text+string(p.Blocks), "/alerts?group=") {
			t.groups++
		}
	}
	if t.refused, err = st.slack.refused(ctx, "ratelimited"); err != nil {
		return t, err
	}
	if t.alerts, err = st.total(ctx, "/api/alerts"); err != nil {
		return t, err
	}
	t.told, err = st.toldAlerts(ctx)
	return t, err
}

// toldAlerts is every alert that has a delivered notification.
func (st *stage) toldAlerts(ctx context.Context) (map[string]bool, error) {
	told := map[string]bool{}
	for offset := 0; ; offset += 200 {
		var page struct {
			Notifications []struct{ AlertID string }
			Pagination    struct{ HasMore bool }
		}
		if err := st.ask(ctx, "GET", fmt.Sprintf("/api/notifications?status=delivered&limit=200&offset=%d", offset), "", nil, &page); err != nil {
			return nil, err
		}
		for _, n := range page.Notifications {
			told[n.AlertID] = true
		}
		if !page.Pagination.HasMore {
			return told, nil
		}
	}
}
