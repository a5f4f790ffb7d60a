package store

import (
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gostanna/stanna"
)

// errRaced says that another replica was quicker; the transaction is run
// again and finds what the other left.
var errRaced = errors.New("another replica was quicker")

// again says whether the same transaction may succeed when run again.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, errRaced) || errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// isUnique says whether a unique index refused a row.
func isUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// explained turns an engine's trouble into one a person can act on.
func explained(err error) error {
	if err == nil {
		return nil
	}
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_FULL,
		errors.As(err, &pg) && (pg.Code == "53100"):
		return &stanna.Error{Code: stanna.Unavailable, Err: err,
			Message: "the disk of the database is full; nothing was stored. Free some space and send it again"}
	case postgresAway(err):
		return &stanna.Error{Code: stanna.Unavailable, Err: err, Message: "the database does not answer; nothing was stored. Send it again"}
	case errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY:
		return &stanna.Error{Code: stanna.Unavailable, Err: err, Message: "the database is busy; send it again"}
	case errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_IOERR:
		return &stanna.Error{Code: stanna.Unavailable, Err: err, Message: "the database file cannot be written; nothing was stored"}
	}
	return err
}

// postgresAway says whether PostgreSQL could not be reached, was going down, or
// had no connection left.
func postgresAway(err error) bool {
	var connect *pgconn.ConnectError
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P0") || pg.Code == "53300"
	}
	return errors.As(err, &connect) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)
}
