package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/slack"
)

const (
	slackPage   = "/integrations/slack" // the page of the connection
	stateCookie = "stanna_slack"        // binds the way back from Slack to the browser that left
	stateLife   = 600                   // seconds; the state and Slack's code live as long

	// What the next page shows once, from the session; the pages know them by
	// the same names.
	flashGood = "flash.good"
	flashBad  = "flash.bad"
)

// slackStart sends a browser to Slack's consent page, so its errors are pages
// too. A script with an admin key that keeps cookies and follows redirects may
// come as well; the consent is a person's all the same, unless the sandbox
// approves by itself.
func (a *api) slackStart(v *visit, r *http.Request) error {
	who, ok, err := a.personOrKey(r)
	if err != nil {
		return err
	}
	if !ok {
		return a.see(v, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	v.caller = who
	query := r.URL.Query()
	to := query.Get("returnTo")
	if to == "" {
		to = slackPage
	}
	err = who.Require(auth.Connect)
	if err == nil {
		err = who.In(query.Get("workspaceId"))
	}
	var consent, token string
	if err == nil {
		consent, token, err = a.Line.Start(r.Context(), who.Workspace, who.Actor(),
			connect.Wish{ReturnTo: to, Features: features(query), Team: query.Get("team"), Another: query.Has("another")})
	}
	if err != nil {
		return a.back(v, r, slackPage, err, "")
	}
	a.setState(v, token, stateLife)
	http.Redirect(v, r, consent, http.StatusSeeOther)
	return nil
}

// slackCallback is where Slack sends the browser back to.
func (a *api) slackCallback(v *visit, r *http.Request) error {
	who, ok, err := a.personOrKey(r)
	if err != nil {
		return err
	}
	actor := ""
	if ok {
		v.caller, actor = who, who.Actor()
	}
	token := ""
	if cookie, err := r.Cookie(stateCookie); err == nil {
		token = cookie.Value
	}
	result, err := a.Line.Callback(r.Context(), r.URL.Query(), token, actor)
	a.setState(v, "", -1)
	to := result.ReturnTo
	if to == "" {
		to = slackPage
	}
	good := "Connected to the Slack workspace " + result.Connection.TeamName + "."
	return a.back(v, r, to, err, good)
}

// personOrKey is who comes: the person signed in, or else the program whose
// key is given. ok is false when it is neither.
func (a *api) personOrKey(r *http.Request) (who auth.Caller, ok bool, err error) {
	who, ok, err = a.person(r)
	if ok || err != nil && !errors.Is(err, auth.NotSignedIn) {
		return who, ok, err
	}
	who, err = a.Auth.Authenticate(r.Context(), r.Header)
	if errors.Is(err, auth.MissingKey) {
		return who, false, nil
	}
	return who, err == nil, err
}

// back sends the browser to one of our pages with what came of it: as a code
// in the address, for scripts, and as a sentence in the session, to be shown
// once. Trouble of ours is an error like everywhere.
func (a *api) back(v *visit, r *http.Request, to string, err error, good string) error {
	code, sentence, kind := "connected", good, flashGood
	if err != nil {
		if stanna.CodeOf(err) == "" {
			return err
		}
		code, sentence, kind = resultCode(err), err.Error(), flashBad
	}
	a.flash(r, kind, sentence)
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return a.see(v, r, to+sep+"result="+code)
}

// resultCode names a refusal in an address.
func resultCode(err error) string {
	for refusal, code := range map[error]string{
		connect.NotConfigured: "not_configured", connect.Cancelled: "cancelled", connect.Denied: "denied", connect.NoState: "no_state",
		connect.StaleState: "stale_state", connect.OtherBrowser: "other_browser", connect.OtherUser: "other_user", connect.NoCode: "no_code",
		connect.ExchangeFailed: "exchange_failed", connect.OrgWide: "org_wide", connect.TeamTaken: "team_taken", connect.OtherTeam: "other_team", connect.TooManyTeams: "too_many_teams",
	} {
		if errors.Is(err, refusal) {
			return code
		}
	}
	return string(stanna.CodeOf(err))
}

// flash puts a sentence into the visitor's session, if they have one.
func (a *api) flash(r *http.Request, kind, sentence string) {
	sessions := a.Auth.Sessions()
	cookie, err := r.Cookie(sessions.Cookie.Name)
	if err != nil {
		return
	}
	ctx, err := sessions.Load(r.Context(), cookie.Value)
	if err != nil || sessions.Token(ctx) == "" {
		return // the code in the address must do
	}
	sessions.Put(ctx, kind, sentence)
	if _, _, err := sessions.Commit(context.WithoutCancel(ctx)); err != nil {
		a.Log.Warn("keep a sentence for the next page", "error", err)
	}
}

// setState sets or, with a negative life, removes the state cookie. Lax lets
// it come back from Slack's page.
func (a *api) setState(v *visit, value string, life int) {
	http.SetCookie(v, &http.Cookie{Name: stateCookie, Value: value, Path: a.prefix() + slack.CallbackPath, MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(strings.ToLower(a.PublicURL), "https://")})
}

// see sends a browser to one of our pages.
func (a *api) see(v *visit, r *http.Request, page string) error {
	http.Redirect(v, r, a.prefix()+page, http.StatusSeeOther)
	return nil
}

// prefix is the path in front of our own that a proxy takes away, or "".
func (a *api) prefix() string {
	u, err := url.Parse(a.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// features are those asked for: features=owners,private_channels.
func features(query url.Values) (list []slack.Feature) {
	for _, value := range query["features"] {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				list = append(list, slack.Feature(name))
			}
		}
	}
	return list
}

func describeStart(_ huma.Registry, op *huma.Operation) {
	op.Description = "For a browser: leads an admin who is signed in to Slack's consent page, anybody else to the sign-in page first."
	op.Parameters = []*huma.Param{
		{Name: "features", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "What more to ask for, separated by commas: private_channels, owners, post_anywhere"},
		{Name: "team", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "The connected Slack team to connect again; the home without it"},
		{Name: "another", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "With any value: a Slack team beside those that are connected"},
		{Name: "returnTo", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Our page to show afterwards"},
		{Name: "workspaceId", In: "query", Schema: &huma.Schema{Type: huma.TypeString}},
	}
	op.Responses["303"] = &huma.Response{Description: "To Slack, to the sign-in page, or to " + slackPage + "?result=…"}
}

func describeCallback(_ huma.Registry, op *huma.Operation) {
	op.Description = "For a browser that comes back from Slack."
	for _, name := range []string{"code", "state", "error"} {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.Responses["303"] = &huma.Response{Description: "To our page, with result=connected, cancelled, denied, stale_state, other_browser, other_user, exchange_failed, org_wide, team_taken, other_team, too_many_teams, ..."}
}
