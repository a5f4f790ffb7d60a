package press

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const acme, globex = "acme.com", "globex.com"

// room is a desk with two workspaces, each with a team of its own, a client
// and an alert that stands in Slack. Ana has a role in the first.
type room struct {
	*testing.T
	*Desk
	mu     sync.Mutex
	became []string
}

func each(t *testing.T, test func(*room)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		cfg := sandbox.DefaultConfig()
		cfg.BotToken, cfg.Scopes = "xoxb-1", []string{"chat:write", "users:read", "users:read.email"}
		box := sandbox.New(cfg, sandbox.Options{Now: time.Now})
		server := httptest.NewServer(box.Handler())
		r, log := &room{T: t}, slog.New(slog.NewTextHandler(t.Output(), nil))
		clock := stanna.NewClock(time.Now)
		line := connect.New(connect.Options{Store: s, Now: time.Now, Log: log, HTTP: slack.NewHTTPClient(nil), App: slack.App{URL: server.URL}})
		r.Desk = New(Options{Store: s, Line: line, Clock: clock, Log: log, PublicURL: "https://stanna.example.com", Auth: auth.New(s, auth.Options{Now: time.Now}),
			Intake: intake.New(intake.Options{Store: s, Clock: clock, Log: log, Wake: func(...string) {}, Count: func(stanna.Became, int) {}}),
			Count: func(b string) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.became = append(r.became, b)
			}})
		t.Cleanup(func() { r.Close(); line.Close(); server.Close(); box.Close() })
		r.update(func(tx *store.Tx) error {
			if err := tx.AddUser(stanna.User{ID: "usr_ana", Email: "ana.silva@example.com", Roles: map[string]stanna.Role{acme: stanna.Director}}); err != nil {
				return err
			}
			if err := r.fill(tx, acme, cfg.Team.ID, "a"); err != nil {
				return err
			}
			if err := r.fill(tx, acme, "", "b"); err != nil {
				return err
			}
			return r.fill(tx, globex, "T0GLOBEX01", "c")
		})
		test(r)
	})
}

// fill gives a workspace a client, an alert and its thread, all of one name,
// which stands in the channel of that name at the time of that name.
func (r *room) fill(tx *store.Tx, workspace, team, name string) error {
	now := time.Now()
	if team != "" {
		if err := tx.AddWorkspace(stanna.Workspace{ID: workspace, Settings: stanna.Settings{Buttons: true}, CreatedAt: now}); err != nil {
			return err
		}
		if err := tx.PutConnection(stanna.Connection{Workspace: workspace, TeamID: team, AppID: "A0SANDBOX1", AccessToken: "xoxb-1", Scopes: []string{"users:read", "users:read.email"}, Health: stanna.Healthy}); err != nil {
			return err
		}
	}
	to := stanna.SlackChannel("T", "C"+name)
	m := stanna.Message{Workspace: workspace, ID: "msg_" + name, Kind: stanna.Thread, ClientID: name, Destination: to, Intended: to, Channel: "C" + name, TS: "1." + name, Revision: 1, Sending: 1, Rendered: 1, CreatedAt: now}
	a := stanna.Alert{Workspace: workspace, ID: "alr_" + name, RuleID: "r", RuleName: "Health drop", ClientID: name, Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: now, UpdatedAt: now}
	n := stanna.Notification{Workspace: workspace, ID: "ntf_" + name, AlertID: a.ID, ClientID: name, MessageID: m.ID, Destination: to, Event: stanna.Opened, Status: stanna.Delivered, CreatedAt: now}
	if err := tx.PutClients([]stanna.Client{{Workspace: workspace, ID: name, Name: name, CreatedAt: now}}, now); err != nil {
		return err
	}
	if err := tx.PutMessages(m); err != nil {
		return err
	}
	if err := tx.PutAlerts([]stanna.Alert{a}); err != nil {
		return err
	}
	return tx.AddNotifications(n)
}

func (r *room) update(fn func(*store.Tx) error) {
	r.Helper()
	if err := r.Store.Update(context.Background(), fn); err != nil {
		r.Fatal(err)
	}
}

// press is Ana's press on the message of that name.
func (r *room) press(on string, mark message.Mark) slack.Press {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slack.Press{Kind: slack.PressAction, TeamID: "T0SANDBOX1", AppID: "A0SANDBOX1", UserID: "U0ANASILVA", ActionID: string(mark.Deed), Value: mark.String(),
		ActionTS: fmt.Sprint(len(r.became), mark), ChannelID: "C" + on, MessageTS: "1." + on}
}

// take takes a press and gives what became of it.
func (r *room) take(p slack.Press) string {
	r.Helper()
	r.Take(r.Context(), p)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.became[len(r.became)-1]
}

func (r *room) status(workspace, alert string) (s stanna.AlertStatus) {
	r.Helper()
	r.update(func(tx *store.Tx) error {
		a, err := tx.Alert(workspace, alert)
		s = a.Status
		return err
	})
	return s
}

// A mark is believed only where it agrees with what we know to stand there,
// whoever may have written it.
func TestForgedMarks(t *testing.T) {
	each(t, func(r *room) {
		take := message.Mark{Deed: message.DeedTake, Alert: "alr_a", Message: "msg_a"}
		with := func(change func(*slack.Press)) slack.Press {
			p := r.press("a", take)
			p.ActionTS += fmt.Sprintf("%p", &p)
			change(&p)
			return p
		}
		mark := func(deed message.Deed, alert, msg string) func(*slack.Press) {
			return func(p *slack.Press) { p.Value = message.Mark{Deed: deed, Alert: alert, Message: msg}.String() }
		}
		for name, x := range map[string]struct {
			change func(*slack.Press)
			became string
		}{
			"another alert":            {mark(message.DeedTake, "alr_b", "msg_a"), becameRefused},
			"another message":          {mark(message.DeedTake, "alr_b", "msg_b"), becameRefused},
			"another workspace's":      {mark(message.DeedTake, "alr_c", "msg_c"), becameRefused},
			"no such message":          {mark(message.DeedTake, "alr_a", "msg_z"), becameRefused},
			"no such deed":             {mark("delete", "alr_a", "msg_a"), becameRefused},
			"no mark":                  {func(p *slack.Press) { p.Value = "take it" }, becameRefused},
			"another channel":          {func(p *slack.Press) { p.ChannelID = "Cb" }, becameRefused},
			"a message from before":    {func(p *slack.Press) { p.MessageTS = "0.9" }, becameRefused},
			"a form of another deed":   {func(p *slack.Press) { p.Kind, p.ViewID, p.Form, p.Meta = slack.PressForm, "V1", "resolve", p.Value }, becameRefused},
			"a team that is not here":  {func(p *slack.Press) { p.TeamID = "T0NOWHERE1" }, becameForeign},
			"another app":              {func(p *slack.Press) { p.AppID = "A0OTHER001" }, becameForeign},
			"somebody of another team": {func(p *slack.Press) { p.UserTeamID = "T0OTHER001" }, becameRefused},
		} {
			if got := r.take(with(x.change)); got != x.became {
				r.Errorf("%s: %s, want %s", name, got, x.became)
			}
		}
		for _, x := range [][2]string{{acme, "alr_a"}, {acme, "alr_b"}, {globex, "alr_c"}} {
			if s := r.status(x[0], x[1]); s != stanna.AlertOpen {
				r.Errorf("%s is %s", x[1], s)
			}
		}
		if got := r.take(r.press("a", take)); got != becameDone || r.status(acme, "alr_a") != stanna.AlertTaken {
			r.Errorf("what is right: %s, %s", got, r.status(acme, "alr_a"))
		}
	})
}

// A message may stand twice after a call that may have arrived, and who is
// quick presses before Slack's answer is written down.
func TestWhereTheMessageStands(t *testing.T) {
	each(t, func(r *room) {
		mark := message.Mark{Deed: message.DeedOf(stanna.VerdictUseful), Alert: "alr_a", Message: "msg_a"}
		twin := r.press("a", mark)
		twin.MessageTS = "2.a"
		stand := func(change func(*stanna.Message)) {
			r.update(func(tx *store.Tx) error {
				m, err := tx.Message(acme, "msg_a")
				if change(&m); err != nil {
					return err
				}
				return tx.PutMessages(m)
			})
		}
		stand(func(m *stanna.Message) { m.Repeated = true })
		if got := r.take(twin); got != becameDone {
			r.Errorf("the other of two: %s", got)
		}
		stand(func(m *stanna.Message) { m.TS, m.Channel, m.Repeated = "", "", false })
		if got := r.take(r.press("a", mark)); got != becameDone {
			r.Errorf("right after it was posted: %s", got)
		}
	})
}

// The same press is done once, however often and wherever it comes.
func TestARepeatedPress(t *testing.T) {
	each(t, func(r *room) {
		p := r.press("a", message.Mark{Deed: message.DeedTake, Alert: "alr_a", Message: "msg_a"})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { r.Take(r.Context(), p) })
		}
		all.Wait()
		done := 0
		for _, b := range r.became {
			if b == becameDone {
				done++
			} else if b != becameRepeat {
				r.Errorf("one was %s", b)
			}
		}
		if done != 1 || len(r.became) != 8 {
			r.Errorf("%v", r.became)
		}
	})
}
