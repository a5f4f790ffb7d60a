package webhook

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a call leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shared reads a file of the shared folder. Without the folder the test is
// skipped, except where it must run (CI=true).
func shared(t testing.TB, name string) []byte {
	t.Helper()
	root := os.Getenv("STANNA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; set STANNA_SHARED to the shared folder", err)
		}
		t.Skip(err)
	}
	return b
}
