package store

import (
	"context"
	"testing"
)

// RowsWith counts the rows of a table whose column holds the text: for tests
// of what must not be stored.
func (s *Store) RowsWith(t *testing.T, table, column, text string) int {
	t.Helper()
	n := 0
	if err := s.read.QueryRowContext(context.Background(), `select count(*) from `+table+` where `+column+` = $1`, text).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Texts reads every row of a table as text.
func (s *Store) Texts(t *testing.T, query string) (all []string) {
	t.Helper()
	rows, err := s.read.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
