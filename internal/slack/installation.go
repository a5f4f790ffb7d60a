package slack

import (
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Installation is what Slack answers when the app was installed.
//
// An org-wide one has no team and IsEnterpriseInstall set: the app is then in
// no workspace until an organisation admin adds it to some.
// https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
type Installation struct {
	TeamID              string
	TeamName            string
	EnterpriseID        string // also set for a workspace inside an organisation
	EnterpriseName      string
	IsEnterpriseInstall bool
	AppID               string
	BotUserID           string
	AuthedUserID        string   // who installed it
	Scopes              []string // granted, which may be fewer than were asked for
	Tokens              Tokens
}

// Tokens are what a bot speaks with.
type Tokens struct {
	AccessToken  stanna.Secret
	RefreshToken stanna.Secret // "" without rotation
	ExpiresIn    time.Duration // 0: never
}

// ExpiresAt is when tokens received at now end; zero: never.
func (t Tokens) ExpiresAt(now time.Time) time.Time {
	if t.ExpiresIn <= 0 {
		return time.Time{}
	}
	return now.Add(t.ExpiresIn)
}

// Connection is the installation as the connection of a workspace, made now.
func (i Installation) Connection(workspace string, now time.Time) stanna.Connection {
	return stanna.Connection{
		Workspace:      workspace,
		TeamID:         i.TeamID,
		TeamName:       i.TeamName,
		EnterpriseID:   i.EnterpriseID,
		EnterpriseName: i.EnterpriseName,
		AppID:          i.AppID,
		BotUserID:      i.BotUserID,
		Scopes:         i.Scopes,
		AccessToken:    i.Tokens.AccessToken,
		RefreshToken:   i.Tokens.RefreshToken,
		ExpiresAt:      i.Tokens.ExpiresAt(now),
		InstalledBy:    i.AuthedUserID,
		InstalledAt:    now,
		CheckedAt:      now,
		Health:         stanna.Healthy,
	}
}

func installation(r *slackapi.OAuthV2Response) Installation {
	i := Installation{
		TeamID:              r.Team.ID,
		TeamName:            r.Team.Name,
		EnterpriseID:        r.Enterprise.ID,
		EnterpriseName:      r.Enterprise.Name,
		IsEnterpriseInstall: r.IsEnterpriseInstall,
		AppID:               r.AppID,
		BotUserID:           r.BotUserID,
		AuthedUserID:        r.AuthedUser.ID,
		Scopes:              splitScopes(r.Scope),
		Tokens:              tokens(r),
	}
	if i.IsEnterpriseInstall {
		i.TeamID, i.TeamName = "", ""
	}
	return i
}

func tokens(r *slackapi.OAuthV2Response) Tokens {
	return Tokens{
		AccessToken:  stanna.Secret(r.AccessToken),
		RefreshToken: stanna.Secret(r.RefreshToken),
		ExpiresIn:    time.Duration(max(r.ExpiresIn, 0)) * time.Second,
	}
}

// splitScopes reads Slack's list: "chat:write,channels:read".
func splitScopes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
