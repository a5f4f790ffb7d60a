package policy_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const acme = "acme.com"

var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	alerts = stanna.SlackChannel("T1", "C0ALERTS1")
	vips   = stanna.SlackChannel("T1", "C0VIPS001")
	ana    = intake.By{Actor: "user:usr_ana", Name: "ana@acme.com"}
)

// house is a workspace with Slack connected, two clients and one admin.
type house struct {
	*testing.T
	*policy.Keeper
	store *store.Store
	ctx   context.Context

	mu    sync.Mutex
	now   time.Time
	swept int

	redrawn []store.Look
}

func each(t *testing.T, test func(*house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := &house{T: t, store: s, ctx: context.Background(), now: monday}
		h.Keeper = policy.New(policy.Options{Store: s, Clock: stanna.NewClock(h.time), Log: slog.New(slog.DiscardHandler), Sweep: func(context.Context, string) (bool, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.swept++
			return false, nil
		}, Redraw: func(_ context.Context, _ string, looks ...store.Look) error {
			h.redrawn = append(h.redrawn, looks...)
			return nil
		}})
		h.change(func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: acme, Name: "Acme", CreatedAt: monday}); err != nil {
				return err
			}
			if err := tx.PutConnection(stanna.Connection{Workspace: acme, TeamID: "T1", TeamName: "Acme", Health: stanna.Healthy, InstalledAt: monday}); err != nil {
				return err
			}
			if err := tx.PutChannels(
				stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0ALERTS1", Name: "alerts", Member: true, Health: stanna.Healthy},
				stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0VIPS001", Name: "vips", Member: true, Health: stanna.Healthy},
				stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0OLD0001", Name: "old", Archived: true, Health: stanna.Broken}); err != nil {
				return err
			}
			if err := tx.PutPerson(stanna.Person{Workspace: acme, Email: "bo@acme.com", SlackID: "U0BO", SeenAt: monday}); err != nil {
				return err
			}
			for _, r := range rule.First(acme) {
				r.ActiveSince = monday
				if err := tx.PutRule(r, stanna.ActorSystem, monday); err != nil {
					return err
				}
			}
			if err := tx.AddUser(stanna.User{ID: "usr_ana", Email: "ana@acme.com", Roles: map[string]stanna.Role{acme: stanna.Admin}, CreatedAt: monday}); err != nil {
				return err
			}
			return tx.PutClients([]stanna.Client{{Workspace: acme, ID: "c1", Name: "One", CSMOwner: "bo@acme.com"}, {Workspace: acme, ID: "c2", Name: "Two"}}, monday)
		})
		test(h)
	})
}

func (h *house) time() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }

func (h *house) forward(d time.Duration) { h.mu.Lock(); defer h.mu.Unlock(); h.now = h.now.Add(d) }

func (h *house) change(fn func(*store.Tx) error) {
	h.Helper()
	if err := h.store.Update(h.ctx, fn); err != nil {
		h.Fatal(err)
	}
}

// rule saves a rule that works, after edits.
func (h *house) rule(edits ...func(*stanna.Rule)) policy.Saved {
	h.Helper()
	s, err := h.SaveRule(h.ctx, acme, ana, draft(edits...), nil)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func draft(edits ...func(*stanna.Rule)) stanna.Rule {
	r := stanna.Rule{Name: "Falls of VIPs", Type: stanna.HealthDrop, Status: stanna.RuleActive, Terms: stanna.Terms{Destinations: []stanna.Destination{alerts}}}
	for _, e := range edits {
		e(&r)
	}
	return r
}

// version is that of the workspace, which every change raises.
func (h *house) version() (v int64) {
	h.Helper()
	if err := h.store.View(h.ctx, func(tx *store.Tx) (err error) { v, err = tx.WorkspaceVersion(acme); return err }); err != nil {
		h.Fatal(err)
	}
	return v
}

// refused checks that err names a field, and that nothing in force changed.
func (h *house) refused(err error, field string, before int64) {
	h.Helper()
	var e *stanna.Error
	if !asError(err, &e) || e.Code != stanna.Invalid || e.Fields[field] == "" {
		h.Errorf("refused with %v, want field %s", err, field)
	}
	if now := h.version(); now != before {
		h.Errorf("%s: the workspace went from version %d to %d", field, before, now)
	}
}
