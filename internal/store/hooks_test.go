package store

import "context"

// What tests of this room need and nobody else may do.

// Raw runs a statement past every rule of the store.
func (s *Store) Raw(query string, args ...any) error {
	_, err := s.write.ExecContext(context.Background(), query, args...)
	return err
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
