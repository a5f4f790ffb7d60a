package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// smallDisk is a disk of its own with little room. It needs root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount a small disk: %v", err)
		}
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// On a full disk the sender is told so, what was refused is not there, what
// was accepted is, and when there is room again it goes on.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "6m")
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, bytes.Repeat([]byte("x"), 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "stanna.db")
	s, err := store.Open(context.Background(), store.Config{URL: path, Keyset: newKeyset(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	data := []byte(`{"text":"` + strings.Repeat("x", 50_000) + `"}`)
	n := 0
	add := func() error {
		n++
		list := []store.StoredSignal{signal("acme.com", fmt.Sprintf("a%d", n), day), signal("acme.com", fmt.Sprintf("b%d", n), day)}
		for i := range list {
			list[i].Data = data
		}
		return s.Update(context.Background(), func(tx *store.Tx) error { return tx.AddSignals(list) })
	}
	accepted := 0
	for err = add(); err == nil; err = add() {
		if accepted++; accepted > 1000 {
			t.Fatal("the disk does not become full")
		}
	}
	if accepted == 0 || stanna.CodeOf(err) != stanna.Unavailable || !strings.Contains(err.Error(), "disk of the database is full; nothing was stored") {
		t.Fatalf("after %d: %v", accepted, err)
	}
	stored := func() int {
		rows, err := s.Ask(`select count(*) from signal`)
		if err != nil {
			t.Fatal(err)
		}
		return int(rows[0][0].(int64))
	}
	if got := stored(); got != 2*accepted {
		t.Errorf("%d rows of %d accepted pairs", got, accepted)
	}
	if err := add(); stanna.CodeOf(err) != stanna.Unavailable {
		t.Errorf("still full: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := add(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if got := stored(); got != 2*accepted+2 {
		t.Errorf("%d rows of %d accepted pairs", got, accepted+1)
	}
	if rows, err := s.Ask(`pragma integrity_check`); err != nil || fmt.Sprint(rows) != "[[ok]]" {
		t.Errorf("integrity: %v, %v", rows, err)
	}
}
