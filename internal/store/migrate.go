package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/gostanna/stanna"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings the schema up to date. On PostgreSQL a session lock lets
// only one of several starting replicas do it.
func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.migrations()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err == nil && current > target {
		return stanna.Errorf(stanna.Conflict, "the database is at version %d, made by a newer stanna; this one knows %d. Run the newer program", current, target)
	}
	return err
}

// SchemaVersion is the version of the database's schema.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	provider, err := s.migrations()
	if err != nil {
		return 0, err
	}
	current, _, err := provider.GetVersions(ctx)
	return current, err
}

func (s *Store) migrations() (*goose.Provider, error) {
	steps, err := s.migrationSteps()
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true)}
	engine := goose.DialectSQLite3
	if s.dialect.name == "postgres" {
		engine = goose.DialectPostgres
		// Look every second, for five minutes; the default of five seconds
		// would keep a second replica waiting.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(engine, s.write, nil, opts...)
}

// migrationSteps reads the files: NNNN_name.sql serves both engines, with
// its types translated; NNNN_name.ENGINE.sql serves one.
func (s *Store) migrationSteps() ([]*goose.Migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var steps []*goose.Migration
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".sql")
		if engine := strings.TrimPrefix(path.Ext(base), "."); engine != "" && engine != s.dialect.name {
			continue
		}
		number, _, _ := strings.Cut(base, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number", name)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		ddl := s.dialect.types.Replace(string(text))
		up := func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, ddl); err != nil || version != 7 {
				return err
			}
			return fillClientKeys(ctx, tx)
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return steps, nil
}
