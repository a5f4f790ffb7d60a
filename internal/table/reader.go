package table

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// ErrLongRow says that a row does not end: mostly, a quote was opened and
// never closed. Nothing after it can be read.
var ErrLongRow error = stanna.InvalidField("row", "is longer than 1 MB; a quote that is opened and never closed makes one of the rest of the file")

var errLongHeader error = stanna.InvalidField("header", "is longer than 256 KB; a file may have %d columns at most, and its first line must name them", MaxColumns)

// guard bounds what one row may hold in memory.
type guard struct {
	in     io.Reader
	read   int64
	passed int64 // up to the end of the last row
	limit  int64
	err    error // of what is longer
}

// Read reads on while the row at hand is not too long.
func (g *guard) Read(p []byte) (int, error) {
	if g.read-g.passed > g.limit+128<<10 { // and what is read ahead
		return 0, g.err
	}
	n, err := g.in.Read(p)
	g.read += int64(n)
	return n, err
}

// counter counts what is read.
type counter struct {
	in io.Reader
	n  int64
}

// Read reads and counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// hint is a first line by which some spreadsheets are told the separator; it
// is no part of the table.
var hint = regexp.MustCompile(`^"?sep=([,;\t|])"?\r?\n`)

// separator is what separates the columns: given, or told by a line of its
// own, which is passed over, or what stands most often outside quotes in the
// first line. passed is how many lines were.
func separator(in *bufio.Reader, given rune) (sep rune, passed int, err error) {
	start, err := in.Peek(4096)
	if err != nil && err != io.EOF {
		return 0, 0, err
	}
	if told := hint.FindSubmatch(start); told != nil {
		passed = 1
		_, _ = in.Discard(len(told[0])) // it was peeked at
		if given == 0 {
			given, _ = utf8.DecodeRune(told[1])
		}
	}
	if given != 0 {
		return given, passed, nil
	}
	return commonest(start), passed, nil
}

func commonest(text []byte) rune {
	count := map[byte]int{}
	quoted := false
	for _, c := range bytes.TrimLeft(text, "\r\n") {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t|") {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}
