package connect

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

func TestConnecting(t *testing.T) {
	each(t, func(c *sandbox.Config) { c.App.OptionalScopes = []string{"groups:read"} }, func(st *stage) {
		to, browser, err := st.Start(st.Context(), acme, ana,
			Wish{ReturnTo: "/integrations?tab=slack", Features: []slack.Feature{slack.FeaturePrivateChannels, slack.FeaturePostAnywhere}})
		st.must(err)
		asked, err := url.Parse(to)
		st.must(err)
		if got := asked.Query().Get("redirect_uri"); got != "https://stanna.example.com"+slack.CallbackPath {
			st.Errorf("redirect_uri is %s", got)
		}
		back := st.consent(to, url.Values{"decline": {"groups:read"}})
		r, err := st.Callback(st.Context(), back, browser, ana)
		st.must(err)
		if r.Workspace != acme || r.ReturnTo != "/integrations?tab=slack" || r.Connection.TeamID != st.cfg.Team.ID {
			st.Errorf("got %+v", r)
		}
		st.idle()
		if got := <-st.after; got != acme {
			st.Errorf("AfterConnect was called for %s", got)
		}
		c, ok := st.stored(acme)
		if !ok || c.Health != stanna.Healthy || c.AccessToken == "" || !c.Has("chat:write.public") || c.Has("groups:read") {
			st.Errorf("stored %+v", c)
		}
		if got := st.trail(acme, st.cfg.Team.ID); !slices.Contains(got, "slack.connected") {
			st.Errorf("the trail says %v", got)
		}
		list, at, stale, err := st.Channels(st.Context(), acme)
		st.must(err)
		if len(list) != 3 || at.IsZero() || stale { // the public ones that are not archived
			st.Errorf("%d channels at %v, stale %v", len(list), at, stale)
		}

		// The same way back again.
		_, err = st.Callback(st.Context(), back, browser, ana)
		st.refused(err, StaleState)

		// Connecting for another feature keeps what was there.
		c = st.connect(acme, slack.FeatureOwners)
		if !c.Has("chat:write.public") || !c.Has("users:read.email") {
			st.Errorf("scopes %v", c.Scopes)
		}
	})
}

func TestTheWayBackIsRefused(t *testing.T) {
	each(t, func(c *sandbox.Config) { c.Team.EnterpriseID, c.Team.EnterpriseName = "E0ORG00001", "Org" }, func(st *stage) {
		start := func() (string, string) {
			to, browser, err := st.Start(st.Context(), acme, ana, Wish{ReturnTo: "/integrations"})
			st.must(err)
			return to, browser
		}
		try := func(kind Refusal, query url.Values, browser, user string) Result {
			st.Helper()
			r, err := st.Callback(st.Context(), query, browser, user)
			st.refused(err, kind)
			return r
		}

		to, browser := start()
		cancelled := st.consent(to, url.Values{"deny": {"1"}})
		if r := try(Cancelled, cancelled, browser, ana); r.ReturnTo != "/integrations" {
			st.Errorf("after Cancel back to %q", r.ReturnTo)
		}
		try(Denied, url.Values{"error": {"<script>"}}, "", ana)
		try(Denied, url.Values{"error": {"user_email_unverified"}}, "", ana)

		to, browser = start()
		try(NoState, st.consent(to, url.Values{"no_state": {"1"}}), browser, ana)

		to, browser = start()
		forged := st.consent(to, nil)
		forged.Set("state", randomToken())
		try(StaleState, forged, browser, ana)

		to, _ = start()
		try(OtherBrowser, st.consent(to, nil), randomToken(), ana)
		to, _ = start()
		try(OtherBrowser, st.consent(to, nil), "", ana)
		to, browser = start()
		try(OtherUser, st.consent(to, nil), browser, "usr_eve")
		to, browser = start()
		back := st.consent(to, nil)
		back.Del("code")
		try(NoCode, back, browser, ana)

		to, browser = start()
		back = st.consent(to, nil)
		st.clock.forward(10 * time.Minute)
		try(StaleState, back, browser, ana)

		to, browser = start()
		try(OrgWide, st.consent(to, url.Values{"org": {"1"}}), browser, ana)
		if got := st.trail(acme, "E0ORG00001"); !slices.Equal(got, []string{"slack.org_wide_refused"}) {
			st.Errorf("the trail says %v", got)
		}

		to, browser = start()
		back = st.consent(to, nil)
		st.fault(sandbox.Fault{Kind: sandbox.FaultOKFalse, Method: "oauth.v2.access", Error: "bad_redirect_uri", Count: 1})
		_, err := st.Callback(st.Context(), back, browser, ana)
		st.refused(err, ExchangeFailed)
		if !strings.Contains(err.Error(), "https://stanna.example.com"+slack.CallbackPath) {
			st.Errorf("%q does not say what to register", err)
		}

		to, browser = start()
		back = st.consent(to, nil)
		st.fault(sandbox.Fault{Kind: sandbox.FaultResetAfter, Method: "oauth.v2.access", Count: 1})
		_, err = st.Callback(st.Context(), back, browser, ana)
		st.refused(err, ExchangeFailed)
		if stanna.CodeOf(err) != stanna.Unavailable {
			st.Errorf("code %s", stanna.CodeOf(err))
		}
		if _, ok := st.stored(acme); ok {
			st.Error("one of them connected")
		}
	})
}

func TestATeamBelongsToOneWorkspace(t *testing.T) {
	each(t, nil, func(st *stage) {
		st.connect(acme)
		to, browser, err := st.Start(st.Context(), globex, ana, Wish{})
		st.must(err)
		_, err = st.Callback(st.Context(), st.consent(to, nil), browser, ana)
		st.refused(err, TeamTaken)
		if got := st.trail(globex, st.cfg.Team.ID); !slices.Equal(got, []string{"slack.connect_refused"}) {
			st.Errorf("the trail says %v", got)
		}
		if c, err := st.Token(st.Context(), acme, ""); err != nil || c.Health != stanna.Healthy {
			st.Errorf("the first workspace was harmed: %v", err)
		}
		// A team that is not connected is added on purpose only.
		st.update(func(tx *store.Tx) error {
			c, _, err := tx.Connection(acme)
			err = errorsOr(err, tx.RemoveConnection(acme, c.TeamID))
			c.TeamID = "T0BEFORE01"
			return errorsOr(err, tx.PutConnection(c))
		})
		to, browser, err = st.Start(st.Context(), acme, ana, Wish{})
		st.must(err)
		_, err = st.Callback(st.Context(), st.consent(to, nil), browser, ana)
		st.refused(err, OtherTeam)
	})
}

func errorsOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestStartingIsRefused(t *testing.T) {
	each(t, nil, func(st *stage) {
		for _, page := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "integrations", "/a\nb"} {
			if _, _, err := st.Start(st.Context(), acme, ana, Wish{ReturnTo: page}); stanna.CodeOf(err) != stanna.Invalid {
				st.Errorf("returnTo %q: %v", page, err)
			}
		}
		if _, _, err := st.Start(st.Context(), acme, ana, Wish{Features: []slack.Feature{"read_everything"}}); stanna.CodeOf(err) != stanna.Invalid {
			st.Error(err)
		}
		if _, _, err := st.Start(st.Context(), "nobody.com", ana, Wish{}); stanna.CodeOf(err) != stanna.NotFound {
			st.Error(err)
		}
		bare := st.options
		bare.App.ClientID = ""
		_, _, err := New(bare).Start(st.Context(), acme, ana, Wish{})
		st.refused(err, NotConfigured)
		bare = st.options
		bare.PublicURL = "http://stanna.example.com"
		_, _, err = New(bare).Start(st.Context(), acme, ana, Wish{})
		st.refused(err, NotConfigured)
	})
}

func TestPastedToken(t *testing.T) {
	const pasted = "xoxb-1234567890-abcdefghij"
	each(t, func(c *sandbox.Config) { c.BotToken, c.Scopes = pasted, slack.Scopes() }, func(st *stage) {
		for _, wrong := range []string{"", "xoxp-1234567890123", "xapp-1-1234567890", "xoxe.xoxb-1-1234567890", "https://hooks.slack.com/services/T/B/x", "xoxb-1234567890 and more", "xoxb-0987654321-wrong"} {
			_, err := st.ConnectToken(st.Context(), acme, ana, stanna.Secret(wrong), false)
			st.refused(err, BadToken)
		}
		c, err := st.ConnectToken(st.Context(), acme, ana, "  "+pasted+"\n", false)
		st.must(err)
		st.idle()
		if c.TeamID != st.cfg.Team.ID || !c.Has("chat:write") || c.InstalledBy != "" || c.BotUserID == "" {
			st.Errorf("got %+v", c)
		}
		if got, _ := st.stored(acme); got.AccessToken != pasted {
			st.Error("the token was not stored")
		}
	})
}
