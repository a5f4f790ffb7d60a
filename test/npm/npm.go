// Package npm brings what a folder's package.json names, for tests that ask
// Node's own tools. It knows nothing of what they are asked.
package npm

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Install gives the folder with its packages in their versions. A test is
// left out where there is no Node, but for CI, and by -short. A folder belongs
// to the tests of one package: two must not install into it at a time.
func Install(t *testing.T, folder string) string {
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
	folder, err := filepath.Abs(folder)
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
	t.Helper()
	var want struct{ DevDependencies map[string]string }
	raw, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err == nil {
		err = json.Unmarshal(raw, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range want.DevDependencies {
		raw, err := os.ReadFile(filepath.Join(folder, "node_modules", name, "package.json"))
		var is struct{ Version string }
		if err != nil || json.Unmarshal(raw, &is) != nil || is.Version != version {
			return false
		}
	}
	return len(want.DevDependencies) > 0
}
