package store

import (
	"context"
	"database/sql"
)

// stmt is the prepared statement of a query on SQLite, where preparing costs
// as much as running. It is nil the first time, and elsewhere: pgx keeps its
// own.
func (tx *Tx) stmt(query string) *sql.Stmt {
	if tx.dialect.name != "sqlite" {
		return nil
	}
	key := prepared{tx.writes, query}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	stmt, ok := tx.prepared[key]
	if !ok {
		tx.prepared[key] = nil
		tx.wanted = append(tx.wanted, query)
	}
	if stmt == nil {
		return nil
	}
	return tx.tx.StmtContext(tx.ctx, stmt)
}

// prepared names a statement of the write connection or of the readers.
type prepared struct {
	writes bool
	query  string
}

// prepare prepares the queries that a transaction met for the first time. It
// runs after the transaction, which had the connection.
func (s *Store) prepare(ctx context.Context, db *sql.DB, wanted []string) {
	for _, query := range wanted {
		key := prepared{db == s.write, query}
		stmt, err := db.PrepareContext(ctx, query)
		s.mu.Lock()
		if err != nil {
			delete(s.prepared, key) // it will be met again
		} else {
			s.prepared[key] = stmt
		}
		s.mu.Unlock()
	}
}
