package slack

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Where Slack finds us under the public address.
const (
	CallbackPath = "/api/integrations/slack/callback"
	EventsPath   = "/api/integrations/slack/events"
)

// ManifestOptions are what may differ between two Slack apps of Stanna.
type ManifestOptions struct {
	Name          string    // in Slack; "Stanna" when empty, 35 characters at most
	Features      []Feature // offered as optional scopes; nil: all of Features
	TokenRotation bool      // can never be switched off again
}

// Manifest is the app manifest for Slack's "create an app from a manifest",
// as JSON. publicURL is where people and Slack reach this server. Optional
// scopes must be listed among the bot's as well.
// https://docs.slack.dev/reference/app-manifest
func Manifest(publicURL string, o ManifestOptions) ([]byte, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" || u.RawQuery != "" || u.User != nil {
		return nil, stanna.InvalidField("publicUrl", "must be an address such as https://stanna.example.com; Slack only takes https")
	}
	base := strings.TrimRight(publicURL, "/")
	if o.Name == "" {
		o.Name = "Stanna"
	}
	if utf8.RuneCountInString(o.Name) > 35 {
		return nil, stanna.InvalidField("name", "is longer than 35 characters, which Slack does not take")
	}
	if o.Features == nil {
		o.Features = Features()
	}
	scopes := ScopesFor(o.Features...)
	m := slackapi.Manifest{
		Metadata: slackapi.ManifestMetadata{MajorVersion: 2, MinorVersion: 1},
		Display: slackapi.Display{
			Name:        o.Name,
			Description: "Tells customer-success teams which customers need them now, and why.",
		},
		Features: slackapi.Features{
			// Without the tab Slack refuses direct messages; read-only, because nothing written there is ever read.
			AppHome: slackapi.AppHome{MessagesTabEnabled: true, MessagesTabReadOnlyEnabled: true},
			BotUser: slackapi.BotUser{DisplayName: "stanna"},
		},
		OAuthConfig: slackapi.OAuthConfig{
			RedirectUrls: []string{base + CallbackPath},
			Scopes:       slackapi.OAuthScopes{Bot: scopes, BotOptional: scopes[len(Scopes()):]},
		},
		Settings: slackapi.Settings{
			EventSubscriptions: &slackapi.EventSubscriptions{
				RequestUrl: base + EventsPath,
				BotEvents:  []string{EventAppUninstalled, EventTokensRevoked},
			},
			Interactivity:        &slackapi.Interactivity{IsEnabled: false},
			TokenRotationEnabled: o.TokenRotation,
		},
	}
	return json.MarshalIndent(m, "", "  ")
}
