package store

import (
	"context"
	"database/sql"
)

// What tests of this room need and nobody else may do.

// Raw runs a statement past every rule of the store.
func (s *Store) Raw(query string, args ...any) error {
	_, err := s.write.ExecContext(context.Background(), query, args...)
	return err
}

// OpenAt opens a database with the schema of an older version.
func OpenAt(url string, keys *Keyset, version int64) (*Store, error) {
	ctx := context.Background()
	s := &Store{keyset: keys, prepared: map[prepared]*sql.Stmt{}}
	var err error
	if IsPostgres(url) {
		err = s.openPostgres(ctx, url)
	} else {
		err = s.openSQLite(ctx, url, false)
	}
	if err != nil {
		return nil, err
	}
	provider, err := s.migrations()
	if err != nil {
		return nil, err
	}
	_, err = provider.UpTo(ctx, version)
	return s, err
}

// Insert is tx.insert.
func (tx *Tx) Insert(head, tail string, width int, args []any) error {
	return tx.insert(head, tail, width, args)
}

// ErrorClasses says how an error is classed.
func ErrorClasses(err error) (unique, runAgain bool) { return isUnique(err), again(err) }

// ErrRaced is errRaced.
var ErrRaced = errRaced

// Ask reads rows of any width as text.
func (s *Store) Ask(query string, args ...any) ([][]any, error) {
	rows, err := s.read.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
