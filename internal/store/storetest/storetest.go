// Package storetest opens real stores for tests: SQLite in a temporary
// folder always, PostgreSQL when a server is there. It knows nothing of what
// is stored.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gostanna/stanna/internal/store"
)

// Postgres names the environment variable with the address of a PostgreSQL
// server on which tests may make databases. `make test` starts one and sets
// it.
const Postgres = "STANNA_TEST_POSTGRES"

// Each runs a test on an empty store of each engine.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, URL(t, engine)))
		})
	}
}

// Engines lists the engines to test on. Without a PostgreSQL server it is
// SQLite alone, and under CI=true the test fails.
func Engines(t testing.TB) []string {
	t.Helper()
	if os.Getenv(Postgres) != "" {
		return []string{"sqlite", "postgres"}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set: under CI every store test runs on PostgreSQL too; run `make test`", Postgres)
	}
	return []string{"sqlite"}
}

// URL is the address of a new, empty database of an engine, which is removed
// after the test.
func URL(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "stanna.db")
	}
	server := os.Getenv(Postgres)
	name := strings.ToLower(store.NewID("test"))
	admin(t, server, "create database "+name)
	t.Cleanup(func() { admin(t, server, "drop database if exists "+name+" with (force)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}

// Raw runs statements on a database past the store: what a person with the
// database's password could do.
func Raw(t testing.TB, url string, statements ...string) {
	t.Helper()
	db := connect(t, url)
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// Text reads one value past the store, as text.
func Text(t testing.TB, url, query string) (text string) {
	t.Helper()
	db := connect(t, url)
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), query).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

func connect(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if store.IsPostgres(url) {
		driver = "pgx"
	} else {
		url = "file:" + url + "?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Open opens a store with fresh keys and closes it after the test.
func Open(t testing.TB, url string) *store.Store {
	t.Helper()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
