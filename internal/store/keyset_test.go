package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func connectionOf(workspace, team string) stanna.Connection {
	return stanna.Connection{Workspace: workspace, TeamID: team, Home: true, TeamName: "Team", AppID: "A1", BotUserID: "U1", Scopes: []string{"chat:write", "channels:read"},
		AccessToken: "xoxb-access-" + stanna.Secret(team), RefreshToken: "xoxe-refresh-" + stanna.Secret(team), ExpiresAt: day.Add(12 * time.Hour),
		InstalledBy: "U2", InstalledAt: day, CheckedAt: day, Health: stanna.Healthy}
}

func open(t *testing.T, url string, keys *store.Keyset) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// connection reads a connection back.
func connection(t *testing.T, s *store.Store, workspace string) (c stanna.Connection) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) {
		c, _, err = tx.Connection(workspace)
		return err
	})
	return c
}

// The keyset that sealed a database opens it; a rotated one does too, and
// after sealing anew it does without the old keys. Any other is refused with
// a sentence that says what to do.
func TestKeysetOfDatabase(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url, keys := storetest.URL(t, engine), newKeyset(t)
			want := connectionOf("acme.com", "T1")
			update(t, open(t, url, keys), func(tx *store.Tx) error { return tx.PutConnection(want) })

			_, err := store.Open(context.Background(), store.Config{URL: url, Keyset: newKeyset(t)})
			if stanna.CodeOf(err) != stanna.Conflict || !strings.Contains(err.Error(), "this keyset did not seal this database") || !strings.Contains(err.Error(), "STANNA_KEYSET") {
				t.Errorf("a wrong keyset: %v", err)
			}
			rotated, err := keys.Rotated()
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, url, rotated)
			if diff := cmp.Diff(want, connection(t, s, "acme.com")); diff != "" {
				t.Errorf("a rotated keyset: %s", diff)
			}
			before, err := s.Ask(`select access_token, refresh_token from connection`)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.Reseal(context.Background()); n != 1 || err != nil {
				t.Fatalf("sealed %d anew: %v", n, err)
			}
			after, err := s.Ask(`select access_token, refresh_token from connection`)
			if err != nil {
				t.Fatal(err)
			}
			if cmp.Equal(before, after) {
				t.Error("sealing anew left what was there")
			}
			if diff := cmp.Diff(want, connection(t, s, "acme.com")); diff != "" {
				t.Errorf("sealed anew: %s", diff)
			}
			if err := openAndClose(url, keys); stanna.CodeOf(err) != stanna.Conflict {
				t.Errorf("the old keys alone still open what was sealed with the new: %v", err)
			}
		})
	}
}

// A token that is refreshed while everything is sealed anew is the new one
// afterwards.
func TestResealLosesNoRefresh(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fresh := connectionOf("acme.com", "T1")
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(fresh) })
		fresh.AccessToken, fresh.RefreshToken = "xoxb-new", "xoxe-new"
		done := make(chan error, 1)
		update(t, s, func(tx *store.Tx) error {
			if _, _, err := tx.LockConnection("acme.com", ""); err != nil {
				return err
			}
			go func() { _, err := s.Reseal(context.Background()); done <- err }()
			waitForLock(t, s)
			return tx.PutConnection(fresh)
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, connection(t, s, "acme.com")); diff != "" {
			t.Error(diff)
		}
	})
}

// waitForLock waits until somebody waits for a lock on PostgreSQL; SQLite has
// one writer, who waits before it reads anything.
func waitForLock(t *testing.T, s *store.Store) {
	t.Helper()
	if s.Engine() != "postgres" {
		return
	}
	until(t, "a waiting transaction", func() bool {
		rows, err := s.Ask(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
		return err == nil && len(rows) > 0
	})
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// A sealed token is bound to its workspace and its column.
func TestSealedTokenCannotBeMoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutConnection(connectionOf("beta.com", "T2")); err != nil {
				return err
			}
			return tx.PutConnection(connectionOf("acme.com", "T1"))
		})
		for name, statement := range map[string]string{
			"to another workspace": `update connection set access_token = (select access_token from connection where workspace = 'acme.com') where workspace = 'beta.com'`,
			"to another column":    `update connection set refresh_token = access_token where workspace = 'acme.com'`,
		} {
			if err := s.Raw(statement); err != nil {
				t.Fatal(err)
			}
			workspace := map[string]string{"to another workspace": "beta.com", "to another column": "acme.com"}[name]
			err := s.View(context.Background(), func(tx *store.Tx) error { _, _, err := tx.Connection(workspace); return err })
			if stanna.CodeOf(err) != stanna.Unavailable || strings.Contains(err.Error(), "xox") {
				t.Errorf("moved %s: %v", name, err)
			}
		}
	})
}

// No token stands in clear in the database's files.
func TestTokensAreNotInTheFile(t *testing.T) {
	path := storetest.URL(t, "sqlite")
	s := open(t, path, newKeyset(t))
	update(t, s, func(tx *store.Tx) error { return tx.PutConnection(connectionOf("acme.com", "T1")) })
	for _, file := range []string{path, path + "-wal"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("xoxb-")) || bytes.Contains(text, []byte("xoxe-")) {
			t.Errorf("%s holds a token in clear", filepath.Base(file))
		}
	}
}

func TestKeysetFile(t *testing.T) {
	keys := newKeyset(t)
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := keys.Save(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	url := storetest.URL(t, "sqlite")
	if err := openAndClose(url, keys); err != nil {
		t.Fatal(err)
	}
	for _, given := range []string{path, string(text)} { // by name and by text
		again, err := store.LoadKeyset(given)
		if err != nil {
			t.Fatal(err)
		}
		if err := openAndClose(url, again); err != nil {
			t.Errorf("loaded again: %v", err)
		}
	}
	for given, code := range map[string]stanna.Code{path + ".gone": stanna.NotFound, "{}": stanna.Invalid, `{"seal":{},"audit":{}}`: stanna.Invalid,
		strings.Replace(string(text), `"value":"`, `"value":"A`, 1): stanna.Invalid} {
		_, err := store.LoadKeyset(given)
		if stanna.CodeOf(err) != code || strings.Contains(err.Error(), "value") {
			t.Errorf("%.20s: %v, want %s", given, err, code)
		}
	}
	if err := keys.Save(filepath.Join(path, "x", "keyset.json")); err == nil {
		t.Error("saved where no folder is")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".keyset-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
