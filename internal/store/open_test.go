package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// One server works on a SQLite file; commands may open it beside, and the
// next server may when the first is gone.
func TestExclusive(t *testing.T) {
	path, keys := storetest.URL(t, "sqlite"), newKeyset(t)
	config := store.Config{URL: path, Keyset: keys, Exclusive: true}
	first, err := store.Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(context.Background(), config); stanna.CodeOf(err) != stanna.Conflict || !strings.Contains(err.Error(), "another stanna server") || s != nil {
		t.Errorf("a second server: %v", err)
	}
	if err := openAndClose(path, keys); err != nil {
		t.Errorf("a command beside it: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(context.Background(), config)
	if err != nil {
		t.Fatalf("after the first is gone: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// A refused server holds no lock.
func TestRefusedServerLetsGo(t *testing.T) {
	path, keys := storetest.URL(t, "sqlite"), newKeyset(t)
	if err := openAndClose(path, keys); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(context.Background(), store.Config{URL: path, Keyset: newKeyset(t), Exclusive: true}); err == nil {
		t.Fatal("opened with other keys")
	}
	s, err := store.Open(context.Background(), store.Config{URL: path, Keyset: keys, Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// A file is where its path says, whatever the path is made of.
func TestPathOfDatabase(t *testing.T) {
	for _, name := range []string{"plain", "with space", "100%", "a%20b", "what?", "nr#1", "é & ü"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path, keys := filepath.Join(dir, "stanna.db"), newKeyset(t)
		for range 2 {
			if err := openAndClose(path, keys); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A database that a newer program has changed is not touched.
func TestNewerDatabase(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url, keys := storetest.URL(t, engine), newKeyset(t)
			s := open(t, url, keys)
			if v, err := s.SchemaVersion(context.Background()); v < 2 || err != nil {
				t.Errorf("version %d, %v", v, err)
			}
			storetest.Raw(t, url, map[string]string{"sqlite": `insert into goose_db_version (version_id, is_applied) values (900, 1)`,
				"postgres": `insert into goose_db_version (version_id, is_applied) values (900, true)`}[engine])
			err := openAndClose(url, keys)
			if stanna.CodeOf(err) != stanna.Conflict || !strings.Contains(err.Error(), "newer stanna") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A database that cannot be reached is refused without showing its password.
func TestOpenNowhere(t *testing.T) {
	for _, url := range []string{"postgres://ana:verysecret@127.0.0.1:1/x?connect_timeout=1", "postgres://ana:verysecret@[::1/x", "postgres://ana:verysecret@h:port/x",
		filepath.Join(t.TempDir(), "no", "such", "folder", "stanna.db")} {
		s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: newKeyset(t), Exclusive: true})
		if err == nil || s != nil || strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%.30s: %v", url, err)
		}
	}
}
