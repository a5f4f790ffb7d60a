package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// house is the rooms between a signal and Slack, wired as app wires them,
// without the doors.
type house struct {
	*testing.T
	store   *store.Store
	clock   *stanna.Clock
	intake  *intake.Intake
	sandbox *sandbox.Sandbox
	team    string
}

type fixedLine struct{ conn stanna.Connection }

func (l fixedLine) Token(context.Context, string, string) (stanna.Connection, error) {
	return l.conn, nil
}
func (l fixedLine) Recent(_ context.Context, workspace string, d stanna.Destination) (stanna.Channel, error) {
	_, id, _ := d.Slack()
	return stanna.Channel{Workspace: workspace, ID: id, Health: stanna.Healthy}, nil
}

func (l fixedLine) TokenExpired(context.Context, string, string) error { return nil }
func (l fixedLine) MarkBroken(tx *store.Tx, workspace, team, repair string, now time.Time) error {
	return nil
}

const acme = "acme.com"

func newHouse(t *testing.T, s *store.Store, pace time.Duration) *house {
	t.Helper()
	cfg := sandbox.DefaultConfig()
	cfg.BotToken = "xoxb-test-token"
	cfg.Scopes = slack.Scopes()
	if pace == 0 {
		cfg.PostsPerSecond, cfg.UpdatesPerMinute = 0, 0
	}
	for i := range 20 {
		cfg.Channels = append(cfg.Channels, sandbox.ChannelConfig{ID: fmt.Sprintf("C0MANY%04d", i), Name: fmt.Sprintf("many-%d", i), IsMember: true})
	}
	slackd := sandbox.New(cfg, sandbox.Options{Now: time.Now})
	server := httptest.NewServer(slackd.Handler())
	clock := stanna.NewClock(time.Now)
	conn := stanna.Connection{Workspace: acme, TeamID: cfg.Team.ID, AccessToken: "xoxb-test-token", Health: stanna.Healthy, InstalledAt: time.Now()}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))

	var q *queue.Queue
	courier := deliver.New(deliver.Options{Store: s, Clock: clock, Line: fixedLine{conn}, HTTP: slack.NewHTTPClient(nil), SlackURL: server.URL,
		Links: deliver.Links{PublicURL: "https://stanna.example"}, Pace: pace, Look: func() { q.Look() }, LookAt: func(at time.Time) { q.LookAt(at) }, Count: func(string, time.Duration) {}, Log: log})
	q = queue.New(queue.Options{Store: s, Handlers: map[string]queue.Handler{"slack": courier}, Now: clock.Real, Log: log})
	in := intake.New(intake.Options{Store: s, Clock: clock, Wake: q.Wake, Count: func(stanna.Became, int) {}, Log: log})

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	go in.Run(ctx, 1)
	t.Cleanup(func() { cancel(); <-done; server.Close(); slackd.Close() })

	if err := s.Update(ctx, func(tx *store.Tx) error {
		w := stanna.Workspace{ID: acme, Name: "Acme", CreatedAt: time.Now(), Settings: stanna.Settings{DefaultChannel: cfg.Channels[0].ID,
			Frequency: map[stanna.Severity]stanna.Frequency{stanna.Medium: stanna.RealTime, stanna.Low: stanna.RealTime}}} // nothing waits for a digest
		if err := tx.AddWorkspace(w); err != nil {
			return err
		}
		for _, r := range rule.First(acme) {
			if err := tx.PutRule(r, stanna.ActorSystem, time.Now()); err != nil {
				return err
			}
		}
		return tx.PutConnection(conn)
	}); err != nil {
		t.Fatal(err)
	}
	return &house{T: t, store: s, clock: clock, intake: in, sandbox: slackd, team: cfg.Team.ID}
}

func (h *house) client(id, name string) {
	h.Helper()
	if _, err := h.intake.PutClients(context.Background(), acme, "test", []stanna.Client{{ID: id, Name: name, MRR: stanna.MoneyOf(12400, "USD")}}); err != nil {
		h.Fatal(err)
	}
}

// score sends a score and gives what became of it.
func (h *house) score(client string, score float64, at time.Time) intake.Outcome {
	h.Helper()
	data, _ := json.Marshal(map[string]any{"score": score})
	out, err := h.intake.Signals(context.Background(), acme, []stanna.Signal{{ID: fmt.Sprintf("%s-%d-%g", client, at.UnixNano(), score), ClientID: client,
		Type: stanna.HealthScoredType, OccurredAt: at, Source: "test", Data: data}}, false)
	if err != nil {
		h.Fatal(err)
	}
	if out[0].Err != nil {
		h.Fatal(out[0].Err)
	}
	return out[0]
}

// until waits for a condition, and fails when it does not come.
func (h *house) until(what string, ok func() bool) {
	h.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			var texts []string
			for _, m := range h.sandbox.Messages() {
				texts = append(texts, m.ChannelName+": "+m.Text)
			}
			h.Fatalf("%s did not come; in Slack:\n%s", what, strings.Join(texts, "\n"))
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestSignalReachesSlack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		h.client("c1", "Globex")
		now := time.Now()
		h.score("c1", 60, now.Add(-time.Hour))
		out := h.score("c1", 38, now)
		if len(out.Alerts) != 1 || out.Alerts[0].Event != stanna.Opened {
			t.Fatalf("alerts = %+v, reason %s", out.Alerts, out.Reason)
		}
		h.until("the message", func() bool { return len(h.sandbox.Messages()) == 1 })
		m := h.sandbox.Messages()[0]
		if !strings.Contains(m.Text, "Globex health fell 22 points to 38") {
			t.Errorf("text = %q", m.Text)
		}
		h.score("c1", 20, now.Add(time.Second))
		h.until("the update", func() bool { return strings.Contains(h.sandbox.Messages()[0].Text, "to 20") })
		if out := h.score("c1", 70, now.Add(2*time.Second)); out.Reason != stanna.ReasonRecovered {
			t.Errorf("reason = %s", out.Reason)
		}
		h.until("the end", func() bool { return strings.Contains(h.sandbox.Messages()[0].Text, "recovered") })
		if _, top := h.histories(); len(top) != 1 {
			t.Errorf("%d messages about one episode", len(top))
		}
		h.until("the last note", func() bool { return h.counts()[stanna.Delivered] == 3 && len(h.unsaid()) == 0 })
		if err := BindTrail(context.Background(), s, func(*store.Tx, string) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.View(context.Background(), func(tx *store.Tx) error {
			head, loose, err := tx.VerifyAudit(acme, nil)
			if head.Seq < 5 || loose != 0 {
				t.Errorf("the trail has %d entries, %d loose", head.Seq, loose)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// fall brings n clients down at once, in slices, as a feed would.
func (h *house) fall(n int, from, to float64) {
	h.Helper()
	now := time.Now()
	var clients []stanna.Client
	var signals []stanna.Signal
	for i := range n { // each with a source of its own: from one, so many would be held
		id := fmt.Sprintf("s%05d", i)
		clients = append(clients, stanna.Client{ID: id, Name: "Client " + id, MRR: stanna.MoneyOf(float64(1000+i), "USD")})
		for k, score := range []float64{from, to} {
			signals = append(signals, stanna.Signal{ID: fmt.Sprintf("%s-%d", id, k), ClientID: id, Type: stanna.HealthScoredType,
				OccurredAt: now.Add(time.Duration(k-2) * time.Hour), Source: "feed " + id, Data: json.RawMessage(fmt.Sprintf(`{"score":%g}`, score))})
		}
	}
	for len(clients) > 0 {
		k := min(len(clients), intake.Slice)
		if _, err := h.intake.PutClients(context.Background(), acme, "test", clients[:k]); err != nil {
			h.Fatal(err)
		}
		clients = clients[k:]
	}
	for len(signals) > 0 {
		k := min(len(signals), intake.Slice)
		if _, err := h.intake.Signals(context.Background(), acme, signals[:k], true); err != nil {
			h.Fatal(err)
		}
		signals = signals[k:]
	}
}

func TestStormIsToldInOneSummary(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, time.Second)
		const clients = 300
		h.fall(clients, 60, 30)
		h.until("every notification", func() bool { return h.counts()[stanna.Delivered] == clients })
		if n := len(h.sandbox.Messages()); n > 5 {
			t.Errorf("%d messages for one storm", n)
		}
		last := h.sandbox.Messages()[len(h.sandbox.Messages())-1]
		if !strings.Contains(last.Text, "https://stanna.example/alerts?group=sum_") {
			t.Errorf("the summary has no link to its alerts: %s", last.Text)
		}
		if calls := h.sandbox.Stats().Methods["chat.postMessage"]; calls > 5 {
			t.Errorf("%d calls", calls)
		}
	})
}

func (h *house) counts() map[stanna.NotificationStatus]int {
	h.Helper()
	var counts map[stanna.NotificationStatus]int
	if err := h.store.View(context.Background(), func(tx *store.Tx) (err error) {
		counts, err = tx.NotificationCounts(acme)
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return counts
}

// TestSummaryIsKeptTrue: what was told among many stays told there; a client
// that gets much worse earns a message of its own, and one that recovers is
// said to have, in the summary.
func TestSummaryIsKeptTrue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, time.Second)
		const clients = 30
		h.fall(clients, 80, 60)
		h.until("every notification", func() bool { return h.counts()[stanna.Delivered] == clients })
		before := h.sandbox.Messages()
		summary := before[len(before)-1]
		if !strings.Contains(summary.Text, "clients need you") {
			t.Fatalf("the last message is no summary: %s", summary.Text)
		}
		h.score("s00020", 30, time.Now())
		h.until("a message of its own", func() bool {
			all := h.sandbox.Messages()
			return len(all) == len(before)+1 && strings.Contains(all[len(all)-1].Text, "Client s00020 health fell 50 points to 30 (red)")
		})
		h.score("s00021", 79, time.Now())
		h.until("the summary brought up to date", func() bool {
			for _, m := range h.sandbox.Messages() {
				if m.TS == summary.TS {
					return strings.Contains(m.Text, "29 of 30 alerts still open: 1 critical, 28 medium") && strings.Contains(m.Text, "Client s00021 recovered")
				}
			}
			return false
		})
		if n := len(h.sandbox.Messages()); n != len(before)+1 {
			t.Errorf("%d messages", n)
		}
		h.until("the notes", func() bool { return h.counts()[stanna.Waiting] == 0 })
	})
}
