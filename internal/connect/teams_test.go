package connect

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

const (
	home  = "T0SANDBOX1"
	other = "T0GLOBEX01"
	ben   = "ben.adams@example.com"
)

// twoTeams adds a Slack team that the app is not in yet.
func twoTeams(c *sandbox.Config) {
	c.Teams = []sandbox.TeamSetup{{Team: sandbox.TeamConfig{ID: other, Name: "Globex"},
		Channels: []sandbox.ChannelConfig{{ID: "C0GHEALTH1", Name: "customer-health", IsMember: true}, {ID: "C0GLOBEX01", Name: "globex-only", IsMember: true}},
		Users:    []sandbox.UserConfig{{ID: "U0BENADAMS", Email: ben, Name: "Ben Adams"}}}}
}

// also connects a further team as a person does.
func (st *stage) also(team string, features ...slack.Feature) stanna.Connection {
	st.Helper()
	to, browser, err := st.Start(st.Context(), acme, ana, Wish{ReturnTo: "/integrations", Features: features, Another: true})
	st.must(err)
	r, err := st.Callback(st.Context(), st.consent(to, url.Values{"sandbox_team": {team}}), browser, ana)
	st.must(err)
	st.idle()
	return r.Connection
}

// states are the teams of the workspace with their health, the home first.
func (st *stage) states() (list []string) {
	st.Helper()
	s, err := st.Status(st.Context(), acme)
	st.must(err)
	for _, t := range s.Teams {
		list = append(list, t.TeamID+" "+string(t.Health))
	}
	return list
}

func TestSeveralTeams(t *testing.T) {
	each(t, twoTeams, func(st *stage) {
		st.connect(acme, slack.FeatureOwners)

		// On the way to the connected team another one was chosen: nothing moves.
		to, browser, err := st.Start(st.Context(), acme, ana, Wish{})
		st.must(err)
		_, err = st.Callback(st.Context(), st.consent(to, url.Values{"sandbox_team": {other}}), browser, ana)
		st.refused(err, OtherTeam)
		if got := st.states(); !slices.Equal(got, []string{home + " healthy"}) {
			st.Fatalf("connected: %v", got)
		}
		if _, _, err := st.Start(st.Context(), acme, ana, Wish{Team: other}); stanna.CodeOf(err) != stanna.Invalid {
			st.Errorf("a team that is not connected cannot be connected again: %v", err)
		}

		c := st.also(other, slack.FeatureOwners)
		if c.Home || c.TeamName != "Globex" {
			st.Errorf("%+v", c)
		}
		if got := st.states(); !slices.Equal(got, []string{home + " healthy", other + " healthy"}) {
			st.Errorf("connected: %v", got)
		}
		for team, want := range map[string]string{"": home, home: home, other: other} {
			if c, err := st.Token(st.Context(), acme, team); err != nil || c.TeamID != want {
				st.Errorf("the token for %q is %s's, %v", team, c.TeamID, err)
			}
		}

		// Channels are those of both; a name that both have is nobody's.
		for typed, want := range map[string]stanna.Destination{"#globex-only": "slack:T0GLOBEX01:C0GLOBEX01", "C0GLOBEX01": "slack:T0GLOBEX01:C0GLOBEX01",
			"slack:T0SANDBOX1:C0HEALTH01": "slack:T0SANDBOX1:C0HEALTH01", "https://app.slack.com/client/T0GLOBEX01/C0GHEALTH1": "slack:T0GLOBEX01:C0GHEALTH1", "#cs-alerts": "slack:T0SANDBOX1:C0ALERTS01"} {
			if ch, err := st.Lookup(st.Context(), acme, typed); err != nil || stanna.SlackChannel(ch.TeamID, ch.ID) != want {
				st.Errorf("%q is %s %s, %v", typed, ch.TeamID, ch.ID, err)
			}
		}
		if _, err := st.Lookup(st.Context(), acme, "#customer-health"); stanna.CodeOf(err) != stanna.Invalid || !contains(err.Error(), "slack:T0GLOBEX01:C0GHEALTH1") {
			st.Errorf("a name that two teams have: %v", err)
		}

		// People are found where they are.
		p, err := st.Person(st.Context(), acme, ben)
		if err != nil || p.Direct("") != "slack:T0GLOBEX01:U0BENADAMS" {
			st.Errorf("%+v, %v", p, err)
		}
		if u, colleague, err := st.Member(st.Context(), c, p.SlackID); err != nil || !colleague || u.Email != ben {
			st.Errorf("%+v, %v, %v", u, colleague, err)
		}
	})
}

// Who no team knew is looked for again once there is another one.
func TestAFurtherTeamKnowsMorePeople(t *testing.T) {
	each(t, twoTeams, func(st *stage) {
		st.connect(acme, slack.FeatureOwners)
		st.must(st.Meet(st.Context(), acme, ben))
		known := func() (p stanna.Person) {
			st.update(func(tx *store.Tx) (err error) { p, _, err = tx.Person(acme, ben); return err })
			return p
		}
		if p := known(); p.SlackID != "" || p.SeenAt.IsZero() {
			st.Fatalf("%+v", p)
		}
		st.update(func(tx *store.Tx) error {
			return tx.PutHabits(acme, "ana.silva@example.com", stanna.Habits{Deputy: ben})
		})
		st.also(other, slack.FeatureOwners)
		if p := known(); p.TeamID != other || p.SlackID != "U0BENADAMS" {
			st.Errorf("%+v", p)
		}
	})
}

func TestOneTeamBreaksAndTheOtherGoesOn(t *testing.T) {
	each(t, twoTeams, func(st *stage) {
		st.connect(acme)
		st.also(other)
		st.lane(acme, "C0HEALTH01")
		st.update(func(tx *store.Tx) error {
			return tx.Enqueue(stanna.Job{Lane: stanna.SlackChannel(other, "C0GLOBEX01").Lane(acme), Kind: stanna.MessageJob, Ref: "msg_2", Due: st.clock.now(), CreatedAt: st.clock.now()})
		})
		st.clock.forward(time.Minute)
		_, err := st.slack.Team(other).SetFault(sandbox.Fault{Kind: sandbox.FaultOKFalse, Method: "*", Error: "account_inactive"})
		st.must(err)
		if err := st.Check(st.Context(), acme); !isRefusal(err, NeedsRepair) {
			st.Errorf("got %v", err)
		}
		if got := st.states(); !slices.Equal(got, []string{home + " healthy", other + " broken"}) {
			st.Errorf("health: %v", got)
		}
		if got := st.paused(acme); got[stanna.ReasonPaused] != 1 || len(got) != 1 {
			st.Errorf("lanes that stand still: %v", got)
		}
		d, err := st.Diagnose(st.Context(), acme)
		st.must(err)
		failed := ""
		for _, f := range d.Checks {
			if f.State == Failed && f.Check == "token" {
				failed += f.Team
			}
		}
		if failed != other || d.State != Failed {
			st.Errorf("the checks name %q, %+v", failed, d)
		}
		st.slack.Team(other).ClearFaults("")
		st.must(st.Check(st.Context(), acme))
		if got := st.paused(acme); len(got) != 0 || !slices.Equal(st.states(), []string{home + " healthy", other + " healthy"}) {
			st.Errorf("mended: %v, %v", got, st.states())
		}
	})
}

// The home stays while its channels are the default ones; another goes alone.
func TestDisconnectOneOfTwo(t *testing.T) {
	each(t, twoTeams, func(st *stage) {
		st.connect(acme)
		st.also(other)
		_, err := st.Disconnect(st.Context(), acme, home, ana)
		st.refused(err, HomeNeeded)
		_, err = st.Disconnect(st.Context(), acme, "T0NOBODY01", ana)
		st.refused(err, NotConnected)
		st.update(func(tx *store.Tx) error {
			_, err := tx.PutRouting(acme, []stanna.RouteLine{{To: []stanna.Destination{"slack:T0GLOBEX01:C0GLOBEX01"}}}, ana, st.clock.now())
			return err
		})
		d, err := st.Disconnect(st.Context(), acme, other, ana)
		st.must(err)
		if !contains(d.Sentence, "(one channel) waits until it is connected again") {
			st.Errorf("said: %s", d.Sentence)
		}
		found, err := st.Diagnose(st.Context(), acme)
		st.must(err)
		if !slices.ContainsFunc(found.Checks, func(f Finding) bool { return f.Check == "stranded" && f.State == Failed }) {
			st.Errorf("the checks say nothing of it: %+v", found)
		}
		if got := st.states(); !slices.Equal(got, []string{home + " healthy"}) {
			st.Errorf("left: %v", got)
		}
		st.also(other)
		st.update(func(tx *store.Tx) error {
			w, err := tx.Workspace(acme)
			w.Settings.DefaultChannel, w.Settings.FallbackChannel = "", ""
			return errorsOr(err, tx.PutSettings(w))
		})
		_, err = st.Disconnect(st.Context(), acme, "", ana)
		st.must(err)
		if c, ok := st.stored(acme); !ok || c.TeamID != other || !c.Home {
			st.Errorf("the home is %+v", c)
		}
	})
}
