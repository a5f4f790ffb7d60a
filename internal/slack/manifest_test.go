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

// TestNoScopeReads: nothing we ask for can read a message.
func TestNoScopeReads(t *testing.T) {
	for _, s := range ScopesFor(append(Features(), FeatureJoin)...) {
		if strings.Contains(s, "history") || strings.HasPrefix(s, "search") || strings.HasPrefix(s, "files") {
			t.Errorf("%s reads messages", s)
		}
	}
	if got := ScopesFor(FeatureOwners, FeatureOwners, "no such feature"); len(got) != 5 {
		t.Error(got)
	}
}
