package slack

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Where Slack finds us under the public address.
const (
	CallbackPath     = "/api/integrations/slack/callback"
	EventsPath       = "/api/integrations/slack/events"
	InteractionsPath = "/api/integrations/slack/interactions"
)

// ManifestOptions are what may differ between two Slack apps of Stanna.
type ManifestOptions struct {
	Name          string    // in Slack; "Stanna" when empty, 35 characters at most
	Features      []Feature // offered as optional scopes; nil: all of Features
	TokenRotation bool      // can never be switched off again
	Interactivity bool      // presses of buttons are sent to us; offers FeatureButtons
	SocketMode    bool      // everything Slack sends comes over a Socket, and nothing to the public address
}

// Manifest is the app manifest for Slack's "create an app from a manifest",
// as JSON. publicURL is where people and Slack reach this server. Optional
// scopes must be listed among the bot's as well.
//
// With Socket Mode Slack need not reach publicURL, but browsers still come
// back there after the consent, and to https only. It may then be http or
// private: a manifest for http names no redirect address, and the app is
// installed from its page at Slack, and its bot token pasted.
// https://docs.slack.dev/reference/app-manifest
func Manifest(publicURL string, o ManifestOptions) ([]byte, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme != "https" && !(o.SocketMode && u.Scheme == "http") || u.Host == "" || u.Fragment != "" || u.RawQuery != "" || u.User != nil {
		return nil, stanna.InvalidField("publicUrl", "must be an address such as https://stanna.example.com; Slack only takes https, or http with Socket Mode")
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
	if o.Interactivity {
		o.Features = append(slices.Clone(o.Features), FeatureButtons)
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
	if u.Scheme == "http" {
		m.OAuthConfig.RedirectUrls = nil
	}
	if o.Interactivity {
		m.Settings.Interactivity = &slackapi.Interactivity{IsEnabled: true, RequestUrl: base + InteractionsPath}
	}
	if o.SocketMode {
		m.Settings.SocketModeEnabled = true
		m.Settings.EventSubscriptions.RequestUrl, m.Settings.Interactivity.RequestUrl = "", ""
	}
	return json.MarshalIndent(m, "", "  ")
}
