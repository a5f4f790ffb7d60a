package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/gostanna/stanna/test/npm"
)

// nodeFolder is test/node with what its package.json names.
func nodeFolder(t *testing.T) string {
	t.Helper()
	return npm.Install(t, "../../test/node")
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
