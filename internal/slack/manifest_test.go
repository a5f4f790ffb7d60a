package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manifest = `{
  "_metadata": {
    "major_version": 2,
    "minor_version": 1
  },
  "display_information": {
    "name": "Stanna",
    "description": "Tells customer-success teams which customers need them now, and why."
  },
  "settings": {
    "event_subscriptions": {
      "request_url": "https://stanna.example.com/api/integrations/slack/events",
      "bot_events": [
        "app_uninstalled",
        "tokens_revoked"
      ]
    },
    "interactivity": {
      "is_enabled": false
    }
  },
  "features": {
    "app_home": {
      "messages_tab_enabled": true,
      "messages_tab_read_only_enabled": true
    },
    "bot_user": {
      "display_name": "stanna"
    }
  },
  "oauth_config": {
    "redirect_urls": [
      "https://stanna.example.com/api/integrations/slack/callback"
    ],
    "scopes": {
      "bot": [
        "chat:write",
        "channels:read",
        "groups:read",
        "im:write",
        "users:read",
        "users:read.email",
        "chat:write.public"
      ],
      "bot_optional": [
        "groups:read",
        "im:write",
        "users:read",
        "users:read.email",
        "chat:write.public"
      ]
    }
  }
}`

func TestManifest(t *testing.T) {
	got, err := Manifest("https://stanna.example.com/", ManifestOptions{})
	if d := cmp.Diff(manifest, string(got)); err != nil || d != "" {
		t.Error(err, d)
	}
	got, err = Manifest("https://x.org/stanna", ManifestOptions{Name: "Alerts", Features: []Feature{}, TokenRotation: true})
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Settings struct {
			Rotation bool `json:"token_rotation_enabled"`
		} `json:"settings"`
		OAuth struct {
			Redirect []string            `json:"redirect_urls"`
			Scopes   map[string][]string `json:"scopes"`
		} `json:"oauth_config"`
	}
	if err := json.Unmarshal(got, &m); err != nil {
		t.Fatal(err)
	}
	if !m.Settings.Rotation || m.OAuth.Redirect[0] != "https://x.org/stanna"+CallbackPath ||
		!slices.Equal(m.OAuth.Scopes["bot"], Scopes()) || len(m.OAuth.Scopes["bot_optional"]) != 0 {
		t.Errorf("%s", got)
	}
	for _, bad := range []string{"", "http://stanna.example.com", "stanna.example.com", "https://", "https://a.b/#x", "https://a.b/?x=1", "https://u:p@a.b"} {
		if _, err := Manifest(bad, ManifestOptions{}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := Manifest("https://a.b", ManifestOptions{Name: strings.Repeat("é", 36)}); err == nil {
		t.Error("a name of 36 characters was taken")
	}
}

// TestManifestForButtons: presses come to our address, or over Socket Mode
// with no address at all.
func TestManifestForButtons(t *testing.T) {
	type shape struct {
		Settings struct {
			Events struct {
				URL    string   `json:"request_url"`
				Events []string `json:"bot_events"`
			} `json:"event_subscriptions"`
			Interactivity struct {
				On  bool   `json:"is_enabled"`
				URL string `json:"request_url"`
			} `json:"interactivity"`
			Socket bool `json:"socket_mode_enabled"`
		} `json:"settings"`
		OAuth struct {
			Redirect []string            `json:"redirect_urls"`
			Scopes   map[string][]string `json:"scopes"`
		} `json:"oauth_config"`
	}
	const public = "https://stanna.example.com"
	for _, c := range []struct {
		name, url                 string
		o                         ManifestOptions
		events, presses, redirect string
	}{
		{"nothing", public, ManifestOptions{}, public + EventsPath, "", public + CallbackPath},
		{"over HTTP", public, ManifestOptions{Interactivity: true}, public + EventsPath, public + InteractionsPath, public + CallbackPath},
		{"over a socket", public, ManifestOptions{Interactivity: true, SocketMode: true}, "", "", public + CallbackPath},
		{"events over a socket", public, ManifestOptions{SocketMode: true}, "", "", public + CallbackPath},
		{"a private server", "http://stanna.lan:8080", ManifestOptions{Interactivity: true, SocketMode: true}, "", "", ""},
	} {
		text, err := Manifest(c.url, c.o)
		var m shape
		if err != nil || json.Unmarshal(text, &m) != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var redirect string
		if len(m.OAuth.Redirect) > 0 {
			redirect = m.OAuth.Redirect[0]
		}
		if m.Settings.Events.URL != c.events || len(m.Settings.Events.Events) != 2 || redirect != c.redirect || m.Settings.Socket != c.o.SocketMode ||
			m.Settings.Interactivity.On != c.o.Interactivity || m.Settings.Interactivity.URL != c.presses {
			t.Errorf("%s: %s", c.name, text)
		}
		if c.o.SocketMode && strings.Contains(string(text), "request_url") {
			t.Errorf("%s: Slack is given an address: %s", c.name, text)
		}
	}
	if _, err := Manifest("http://stanna.lan:8080", ManifestOptions{Interactivity: true}); err == nil {
		t.Error("http was taken without Socket Mode")
	}
	text, err := Manifest(public, ManifestOptions{Interactivity: true, Features: []Feature{}})
	var m shape
	if err != nil || json.Unmarshal(text, &m) != nil || !slices.Equal(m.OAuth.Scopes["bot_optional"], FeatureButtons.Scopes()) {
		t.Errorf("%v %s", err, text)
	}
}

// TestButtonsAreAskedFor: what is installed without buttons asks for nothing
// on their account.
func TestButtonsAreAskedFor(t *testing.T) {
	if slices.Contains(Features(), FeatureButtons) {
		t.Error("buttons are offered to everybody")
	}
	if got := ScopesFor(FeatureButtons); !slices.Equal(got, []string{"chat:write", "channels:read", "users:read", "users:read.email"}) {
		t.Error(got)
	}
}

// TestNoScopeReads: nothing we ask for can read a message.
func TestNoScopeReads(t *testing.T) {
	for _, s := range ScopesFor(append(Features(), FeatureJoin, FeatureButtons)...) {
		if strings.Contains(s, "history") || strings.HasPrefix(s, "search") || strings.HasPrefix(s, "files") {
			t.Errorf("%s reads messages", s)
		}
	}
	if got := ScopesFor(FeatureOwners, FeatureOwners, "no such feature"); len(got) != 5 {
		t.Error(got)
	}
}
