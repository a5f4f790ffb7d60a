// Package store is the memory of Stanna: all the SQL there is, for both
// engines, the migrations, and the sealing of secrets.
//
// It is entered by [Open] and then by [Store.Update] or [Store.View], which
// run a function in one transaction; every question and every change is a
// method of [Tx], one file a noun. The text of a statement is the same on
// SQLite and on PostgreSQL, but for the few words in [dialect].
//
// It knows what must never be true together (one open alert of a rule on a
// client, one living thread of a client at a destination) and nothing of why
// anything is stored. It keeps no clock but the database's, for leases.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/gostanna/stanna"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write   *sql.DB
	read    *sql.DB
	dialect dialect
	keyset  *Keyset
	lock    *fileLock

	mu       sync.Mutex
	prepared map[prepared]*sql.Stmt // SQLite only
}

// dialect holds the words in which the engines differ. There are few on
// purpose.
type dialect struct {
	name       string
	skipLocked string // claim without waiting: SQLite has one writer and needs no word
	forUpdate  string
	clock      string // the database's clock in microseconds, for leases
	anonymous  bool   // long lists of parameters are "?", not "$1"
	types      *strings.Replacer
}

var (
	sqliteDialect = dialect{
		name:      "sqlite",
		clock:     "cast(unixepoch('subsec') * 1000000 as integer)",
		anonymous: true,
		types:     strings.NewReplacer("double precision", "real", "bigint", "integer", "boolean", "integer", "bytea", "blob", "\n);", "\n) strict, without rowid;"),
	}
	postgresDialect = dialect{
		name:       "postgres",
		skipLocked: "for update skip locked",
		forUpdate:  "for update",
		clock:      "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
		types:      strings.NewReplacer(),
	}
)

// Config says which database to open.
type Config struct {
	URL       string  // "postgres://…", or the path of a SQLite file
	Keyset    *Keyset // seals secrets; required
	Exclusive bool    // refuse to share a SQLite file with another server
}

// IsPostgres says whether the URL names a PostgreSQL database.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Open opens the database, brings its schema up to date, and checks that the
// keyset is the one that sealed it.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{keyset: c.Keyset, prepared: map[prepared]*sql.Stmt{}}
	var err error
	if IsPostgres(c.URL) {
		err = s.openPostgres(ctx, c.URL)
	} else {
		err = s.openSQLite(ctx, c.URL, c.Exclusive)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil {
		err = s.checkKeyset(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(ctx context.Context, path string, exclusive bool) error {
	s.dialect = sqliteDialect
	if exclusive {
		lock, err := lockFile(path + ".lock")
		if err != nil {
			return err
		}
		s.lock = lock
	}
	const common = "?_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(wal)" +
		"&_pragma=synchronous(full)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(16384)"
	file := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	var err error
	if s.write, err = sql.Open("sqlite", file+common+"&_txlock=immediate"); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetConnMaxIdleTime(0)
	if err := s.write.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if s.read, err = sql.Open("sqlite", file+common+"&_pragma=query_only(1)"); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(4)
	return nil
}

func (s *Store) openPostgres(ctx context.Context, url string) error {
	s.dialect = postgresDialect
	db, err := sql.Open("pgx", url)
	if err != nil {
		return errors.New("the PostgreSQL address cannot be read; it must look like postgres://user:password@host/database")
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	s.write, s.read = db, db
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return s.dialect.name }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Tx is a transaction. Its methods must not be used after the function that
// was given it returned.
type Tx struct {
	*Store
	ctx    context.Context
	tx     *sql.Tx
	writes bool
	wanted []string            // queries to prepare for next time
	after  []func()            // to run once it is committed
	due    map[clientKey]int64 // of the clients whose state is held
}

// OnCommit runs fn after the transaction is committed, and not if it is not.
func (tx *Tx) OnCommit(fn func()) { tx.after = append(tx.after, fn) }

// Update runs fn in a transaction that may write and commits it when fn
// returns nil. A deadlock or a serialisation failure runs fn again, so fn
// must not change anything outside the transaction that it cannot do twice.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.update(ctx, func(tx *Tx) error { return tx.run(ctx, s.write, nil, fn) })
}

// UpdateLightly is Update for what may be forgotten when the power goes: it
// does not wait for the disk. A killed process forgets nothing, and every
// later Update makes it as durable as itself.
func (s *Store) UpdateLightly(ctx context.Context, fn func(*Tx) error) error {
	return s.update(ctx, func(tx *Tx) error {
		if s.dialect.name == "postgres" {
			return tx.run(ctx, s.write, nil, func(tx *Tx) error {
				if _, err := tx.exec(`set local synchronous_commit = off`); err != nil {
					return err
				}
				return fn(tx)
			})
		}
		conn, err := s.write.Conn(ctx) // the setting is the connection's, and there is one
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, `pragma synchronous = normal`); err != nil {
			return err
		}
		err = tx.run(ctx, conn, nil, fn)
		if _, back := conn.ExecContext(context.WithoutCancel(ctx), `pragma synchronous = full`); back != nil {
			// Nothing may be accepted on a connection that does not wait for the disk.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			return errors.Join(err, back)
		}
		return err
	})
}

func (s *Store) update(ctx context.Context, run func(*Tx) error) error {
	for attempt := 0; ; attempt++ {
		tx := &Tx{Store: s, ctx: ctx, writes: true}
		err := run(tx)
		s.prepare(ctx, s.write, tx.wanted)
		if err == nil {
			for _, fn := range tx.after {
				fn()
			}
			return nil
		}
		if attempt == 4 || !again(err) {
			return explained(err)
		}
	}
}

// View runs fn in a transaction that only reads, on one snapshot.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.dialect.name == "postgres" {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx := &Tx{Store: s, ctx: ctx}
	err := tx.run(ctx, s.read, opts, fn)
	s.prepare(ctx, s.read, tx.wanted)
	return explained(err)
}

// beginner is a pool or one connection of it.
type beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

func (tx *Tx) run(ctx context.Context, db beginner, opts *sql.TxOptions, fn func(*Tx) error) error {
	var err error
	if tx.tx, err = db.BeginTx(ctx, opts); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.tx.Rollback() // after a commit it does nothing
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs a statement and says how many rows it touched.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if stmt := tx.stmt(query); stmt != nil {
		res, err = stmt.ExecContext(tx.ctx, args...)
	} else {
		res, err = tx.tx.ExecContext(tx.ctx, query, args...)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return res.RowsAffected()
}

// rows runs a query.
func (tx *Tx) rows(query string, args ...any) (*sql.Rows, error) {
	var rows *sql.Rows
	var err error
	if stmt := tx.stmt(query); stmt != nil {
		rows, err = stmt.QueryContext(tx.ctx, args...)
	} else {
		rows, err = tx.tx.QueryContext(tx.ctx, query, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return rows, nil
}

// scanner is what a row is read from.
type scanner interface{ Scan(dest ...any) error }

// collect reads every row of a query with scan.
func collect[T any](tx *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.rows(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", firstWords(query), err)
		}
		out = append(out, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return out, nil
}

// one reads the single row of a query; ok is false without one.
func one[T any](tx *Tx, scan func(scanner) (T, error), query string, args ...any) (x T, ok bool, err error) {
	all, err := collect(tx, scan, query, args...)
	if err != nil || len(all) == 0 {
		return x, false, err
	}
	return all[0], true, nil
}

// need is one with "not found" as an error that names what was looked for.
func need[T any](tx *Tx, what string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	x, ok, err := one(tx, scan, query, args...)
	if err == nil && !ok {
		err = stanna.Errorf(stanna.NotFound, "%s not found", what)
	}
	return x, err
}

func value[T any](s scanner) (x T, err error) { err = s.Scan(&x); return x, err }

func firstWords(query string) string {
	words := strings.Fields(query)
	return strings.Join(words[:min(4, len(words))], " ")
}

// micros is how a time is stored; 0 is the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// before is the end of a time range: the zero time is no end.
func before(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return micros(t)
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
