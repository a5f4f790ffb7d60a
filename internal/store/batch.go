package store

import (
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// NewID makes an id with a prefix that says what it names. Ids of one prefix
// sort by the time they were made (UUID version 7).
func NewID(prefix string) string {
	id := uuid.Must(uuid.NewV7()) // fails only without a random source
	return prefix + "_" + strings.ReplaceAll(id.String(), "-", "")
}

// batchSizes are the numbers of rows that one statement takes. A few fixed
// sizes keep the number of distinct statements, and so of prepared ones,
// small.
var batchSizes = []int{256, 64, 16, 4, 1}

// insert writes rows of equal width with as few statements as the batch sizes
// allow: head + "values (…), (…)" + tail.
func (tx *Tx) insert(head, tail string, width int, args []any) error {
	for len(args) > 0 {
		n := batchSize(len(args) / width)
		if _, err := tx.exec(tx.valuesText(head, tail, n, width), args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

func batchSize(rows int) int {
	for _, n := range batchSizes {
		if n <= rows {
			return n
		}
	}
	return 1
}

func (tx *Tx) valuesText(head, tail string, rows, width int) string {
	var b strings.Builder
	b.Grow(len(head) + len(tail) + rows*width*5 + 16)
	b.WriteString(head)
	b.WriteString(" values ")
	k := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteByte(',')
			}
			k++
			tx.param(&b, k)
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(tail)
	return b.String()
}

// inList is "($k, $k+1, …)" for the values, filled up with the last one to a
// batch size, with the values as arguments; first is k. Callers keep to 256
// values, so that statements are few.
func inList[T any](tx *Tx, first int, values []T) (string, []any) {
	n := len(values)
	for _, size := range batchSizes {
		if size >= len(values) {
			n = size
		}
	}
	var b strings.Builder
	args := make([]any, n)
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		tx.param(&b, first+i)
		args[i] = values[min(i, len(values)-1)]
	}
	b.WriteByte(')')
	return b.String(), args
}

// param writes the k-th parameter of a statement with many. SQLite counts
// "?" itself, and looks a name such as $1000 up by walking all the names
// before it, which makes long lists of them slow.
func (tx *Tx) param(b *strings.Builder, k int) {
	if tx.dialect.anonymous {
		b.WriteByte('?')
		return
	}
	b.WriteByte('$')
	b.WriteString(strconv.Itoa(k))
}
