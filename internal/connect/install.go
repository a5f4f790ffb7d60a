package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// MaxTeams bounds the Slack teams of a workspace. Each is asked and checked
// daily, and a person chooses among them.
const MaxTeams = 20

// install stores a new connection, with all that follows from it, in one
// transaction. Another allows a team beside those that are connected.
func (l *Line) install(ctx context.Context, c stanna.Connection, another bool, actor string) (stanna.Connection, error) {
	granted := c.Scopes
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		// Lanes before the connection: that is the order of whoever works one.
		if err := tx.PauseTeam(c.Workspace, c.TeamID, ""); err != nil {
			return err
		}
		before, had, err := tx.LockConnection(c.Workspace, c.TeamID)
		if err != nil {
			return err
		}
		others, err := tx.Connections(c.Workspace)
		if err != nil {
			return err
		}
		taken, isTaken, err := tx.ConnectionOfTeam(c.TeamID)
		switch {
		case err != nil:
			return err
		case isTaken && taken.Workspace != c.Workspace:
			return teamTaken()
		case !had && len(others) > 0 && !another:
			return refuse(OtherTeam, stanna.Conflict, "Another Slack workspace was chosen than the one that is connected, "+others[0].Name()+". "+
				"If you want both, connect it with \"Connect another Slack workspace\". Else begin again and choose "+others[0].Name()+" at the top right of Slack's page; "+
				"the app was also installed in the one you chose, so remove it there.", nil)
		case !had && len(others) >= MaxTeams:
			return refuse(TooManyTeams, stanna.Conflict, fmt.Sprintf("A workspace speaks to at most %d Slack workspaces. Disconnect one first.", MaxTeams), nil)
		}
		c.Home = !had && len(others) == 0 || before.Home
		c.Scopes = granted
		if had && before.Health == stanna.Healthy && before.AppID == c.AppID {
			// Scopes add up at Slack until the app is removed; the daily check
			// knows better, should the answer have told them all.
			c.Scopes = slices.Compact(slices.Sorted(slices.Values(slices.Concat(before.Scopes, granted))))
		}
		if err := tx.PutConnection(c); stanna.CodeOf(err) == stanna.Conflict {
			return teamTaken()
		} else if err != nil {
			return err
		}
		if err := tx.MendChannels(c.Workspace, c.TeamID); err != nil {
			return err
		}
		if !had && len(others) > 0 {
			if err := tx.SeekPeople(c.Workspace); err != nil {
				return err
			}
		}
		for _, gate := range []string{"slack:" + c.TeamID, refreshGate(c), readingGate(c)} {
			if err := tx.PutGate(store.Gate{Name: gate}); err != nil {
				return err
			}
		}
		if had && before.Health == stanna.Broken {
			if err := tellRestored(tx, c, before.CheckedAt, c.InstalledAt); err != nil {
				return err
			}
		}
		how := "consent"
		if c.InstalledBy == "" {
			how = "token"
		}
		return tx.Audit(entry(c.Workspace, c.InstalledAt, actor, "slack.connected", c.TeamID, map[string]string{
			"how": how, "app": c.AppID, "enterprise": c.EnterpriseID, "scopes": strings.Join(c.Scopes, ",")}))
	})
	if isRefusal(err, TeamTaken, OtherTeam) {
		l.noteRefused(ctx, c, actor)
	}
	if err != nil {
		return stanna.Connection{}, err
	}
	l.spawn("look around in a Slack team just connected", c.Workspace, func(ctx context.Context) error { return l.lookAround(ctx, c) })
	return c, nil
}

func teamTaken() error {
	return refuse(TeamTaken, stanna.Conflict, "This Slack workspace is connected to another workspace of this server, and it can belong to one only. "+
		"An admin of the other one disconnects it first.", nil)
}

func (l *Line) noteRefused(ctx context.Context, c stanna.Connection, actor string) {
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(entry(c.Workspace, l.now(), actor, "slack.connect_refused", c.TeamID, nil))
	})
	if err != nil {
		l.log.Error("audit a refused connection", "workspace", c.Workspace, "error", err)
	}
}

// lookAround is what can wait until the person is back on our page. Telling
// what waits comes first.
func (l *Line) lookAround(ctx context.Context, c stanna.Connection) error {
	if err := l.after(ctx, c.Workspace); err != nil {
		l.log.Warn("after connecting Slack", "workspace", c.Workspace, "error", err)
	}
	if err := l.check(ctx, c); err != nil {
		return err
	}
	if err := l.readChannels(ctx, c); err != nil && !errors.Is(err, NotNow) { // NotNow: somebody reads it already
		return err
	}
	_, err := l.Directory(ctx, c.Workspace)
	return err
}

// ConnectToken connects a team by the bot token of an app that its people
// made at Slack themselves, without a consent page. Another allows a team
// beside those that are connected.
func (l *Line) ConnectToken(ctx context.Context, workspace, actor string, token stanna.Secret, another bool) (stanna.Connection, error) {
	token = stanna.Secret(strings.Trim(strings.TrimSpace(token.Reveal()), `"'`))
	if wrong := notABotToken(token.Reveal()); wrong != "" {
		return stanna.Connection{}, badToken(wrong, nil)
	}
	if err := l.store.View(ctx, func(tx *store.Tx) error { _, err := tx.Workspace(workspace); return err }); err != nil {
		return stanna.Connection{}, err
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	who, err := slack.NewClient(l.app.URL, token, l.app.HTTP).AuthTest(call)
	if o, ok := slack.OutcomeOf(err); ok && o.Kind == slack.Permanent {
		return stanna.Connection{}, badToken("Slack does not accept the token ("+o.Code+"). Copy it anew from OAuth & Permissions of your app at https://api.slack.com/apps, or install the app to your workspace there first.", err)
	} else if err != nil {
		return stanna.Connection{}, err
	}
	switch {
	case who.BotID == "":
		return stanna.Connection{}, badToken("The token is not a bot's. "+whereItIs, nil)
	case !strings.HasPrefix(who.TeamID, "T"):
		return stanna.Connection{}, refuse(OrgWide, stanna.Conflict, "The token is for a whole organisation, and Stanna speaks to one Slack workspace. Install the app in one workspace and paste that token.", nil)
	case len(who.Scopes) > 0 && !slices.Contains(who.Scopes, "chat:write"):
		return stanna.Connection{}, badToken("The app may not post. Add the bot scopes chat:write and channels:read under OAuth & Permissions, install the app to your workspace again, and paste the token once more.", nil)
	}
	now := l.now()
	return l.install(ctx, stanna.Connection{Workspace: workspace, TeamID: who.TeamID, TeamName: who.TeamName, EnterpriseID: who.EnterpriseID,
		BotUserID: who.UserID, Scopes: who.Scopes, AccessToken: token, InstalledAt: now, CheckedAt: now, Health: stanna.Healthy}, another, actor)
}

const whereItIs = "The right one begins with xoxb- and is called Bot User OAuth Token, under OAuth & Permissions of your app at https://api.slack.com/apps."

func badToken(message string, cause error) error {
	e := refuse(BadToken, stanna.Invalid, message, cause)
	e.Fields = map[string]string{"token": message}
	return e
}

// notABotToken says why a text cannot be a bot token that lasts, or "".
func notABotToken(text string) string {
	switch {
	case text == "":
		return "Paste the bot token of your Slack app. " + whereItIs
	case strings.HasPrefix(text, "xoxe.xoxb-"), strings.HasPrefix(text, "xoxe-"):
		return "This token ends after twelve hours, because the app has token rotation on. Such an app is connected with the Connect button, by its client id and secret."
	case strings.HasPrefix(text, "xoxp-"), strings.HasPrefix(text, "xoxe.xoxp-"):
		return "This is the token of a person, which can do far more than Stanna may. " + whereItIs
	case strings.HasPrefix(text, "xapp-"):
		return "This is an app-level token, which cannot post. " + whereItIs
	case !strings.HasPrefix(text, "xoxb-") || len(text) > 300 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "This is not a bot token of Slack's. " + whereItIs
	}
	return ""
}
