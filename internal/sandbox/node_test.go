package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// nodeFolder is test/node with what its package.json names.
func nodeFolder(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Node; left out by -short")
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed, and CI must run this test", tool)
			}
			t.Skipf("%s is not installed", tool)
		}
	}
	folder, err := filepath.Abs("../../test/node")
	if err != nil {
		t.Fatal(err)
	}
	if !installed(t, folder) {
		npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
		npm.Dir = folder
		if out, err := npm.CombinedOutput(); err != nil {
			t.Fatalf("npm ci in %s: %v\n%s", folder, err, out)
		}
	}
	return folder
}

// installed says whether every package that is named is there in its version.
func installed(t *testing.T, folder string) bool {
	var want struct{ DevDependencies map[string]string }
	readJSON(t, filepath.Join(folder, "package.json"), &want)
	for name, version := range want.DevDependencies {
		raw, err := os.ReadFile(filepath.Join(folder, "node_modules", name, "package.json"))
		var is struct{ Version string }
		if err != nil || json.Unmarshal(raw, &is) != nil || is.Version != version {
			return false
		}
	}
	return len(want.DevDependencies) > 0
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestSlacksOwnSDKsTakeItForSlack runs test/node: the official Node SDKs against a sandbox on loopback.
func TestSlacksOwnSDKsTakeItForSlack(t *testing.T) {
	folder := nodeFolder(t)
	open := func(change func(*Config)) string {
		cfg := DefaultConfig()
		cfg.PostsPerSecond = 0
		change(&cfg)
		// The SDKs compare timestamps with the real time, so this sandbox has the real clock.
		s := New(cfg, Options{Now: time.Now})
		srv := httptest.NewServer(s.Handler())
		t.Cleanup(func() { srv.Close(); s.Close() })
		return srv.URL
	}
	node := exec.CommandContext(t.Context(), "node", "--test", "--test-timeout=30000", "sandbox.test.mjs", "interactive.test.mjs")
	node.Dir = folder
	app := DefaultConfig().App
	node.Env = append(os.Environ(),
		"SANDBOX_URL="+open(func(*Config) {}),
		"SANDBOX_ROTATION_URL="+open(func(cfg *Config) { cfg.App.TokenRotation, cfg.AutoApprove = true, true }),
		"SANDBOX_BUTTONS_URL="+open(func(cfg *Config) { cfg.BotToken, cfg.Scopes = pasted, allScopes() }),
		"SANDBOX_BOT_TOKEN="+pasted, "SANDBOX_APP_TOKEN="+app.AppToken,
		"SANDBOX_CLIENT_ID="+app.ClientID, "SANDBOX_CLIENT_SECRET="+app.ClientSecret, "SANDBOX_SIGNING_SECRET="+app.SigningSecret)
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the SDKs do not take it for Slack: %v", err)
	}
}
