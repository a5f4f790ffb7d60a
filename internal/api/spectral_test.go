package api

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gostanna/stanna/test/npm"
)

// The description passes Spectral's recommended rules for OpenAPI: no error,
// no warning, no hint.
func TestSpectral(t *testing.T) {
	folder := npm.Install(t, "../../test/spectral")
	st := newStage(t, openStore(t), nil)
	doc := filepath.Join(t.TempDir(), "openapi.json")
	st.must(os.WriteFile(doc, st.ask("GET", "/api/openapi.json", nil, nobody).want(200).body, 0o600))
	lint := exec.CommandContext(t.Context(), filepath.Join(folder, "node_modules", ".bin", "spectral"), "lint", doc,
		"--ruleset", "rules.yaml", "--format", "json", "--quiet", "--fail-severity", "hint")
	lint.Dir = folder
	out, err := lint.Output()
	var found []struct {
		Code, Message string
		Path          []any
	}
	if len(strings.TrimSpace(string(out))) > 0 {
		if bad := json.Unmarshal(out, &found); bad != nil {
			t.Fatalf("spectral: %v, %v\n%s", err, bad, out)
		}
	}
	for _, x := range found {
		t.Errorf("%s: %s at %v", x.Code, x.Message, x.Path)
	}
	if err != nil && len(found) == 0 {
		t.Fatalf("spectral: %v\n%s", err, err.(*exec.ExitError).Stderr)
	}
}
