package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// importFile is the file, or standard input, which can be read once only.
type importFile struct {
	name  string
	path  string   // "" of standard input
	file  *os.File // nil of standard input
	stdin *bufio.Reader
	was   os.FileInfo
}

func (cmd importCmd) open(c console) (*importFile, error) {
	if cmd.File == "-" {
		return &importFile{name: "standard input", stdin: bufio.NewReaderSize(c.in, headSize)}, nil
	}
	f, err := os.Open(cmd.File)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file; - reads standard input", cmd.File)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &importFile{name: filepath.Base(cmd.File), path: cmd.File, file: f, was: info}, nil
}

func (in *importFile) close() {
	if in.file != nil {
		_ = in.file.Close() // it was only read
	}
}

// headSize holds any header that a server takes.
const headSize = 320 << 10

// head is the beginning of the file.
func (in *importFile) head() ([]byte, error) {
	if in.stdin != nil {
		head, err := in.stdin.Peek(headSize)
		return head, beyondEnd(err)
	}
	head := make([]byte, headSize)
	n, err := in.file.ReadAt(head, 0)
	return head[:n], beyondEnd(err)
}

func beyondEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// ndjson says whether the file is lines of JSON: these begin with a bracket.
func (in *importFile) ndjson() (bool, error) {
	var start []byte
	var err error
	if in.stdin != nil {
		start, err = in.stdin.Peek(1)
		if len(start) > 0 && start[0] == 0xef {
			start, err = in.stdin.Peek(4)
		}
	} else {
		start = make([]byte, 64)
		var n int
		n, err = in.file.ReadAt(start, 0)
		start = start[:n]
	}
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")))
	return len(start) > 0 && start[0] == '{' || strings.EqualFold(filepath.Ext(in.path), ".ndjson"), beyondEnd(err)
}

// size is how many bytes there are; -1: nobody knows.
func (in *importFile) size() int64 {
	if in.was == nil {
		return -1
	}
	return in.was.Size()
}

// fromStart is the file, to be sent once more.
func (in *importFile) fromStart() (io.Reader, error) {
	if in.stdin != nil {
		return in.stdin, nil
	}
	_, err := in.file.Seek(0, io.SeekStart)
	return in.file, err
}

// unchanged says whether the file is still the one that was begun with.
func (in *importFile) unchanged() error {
	if in.file == nil {
		return nil
	}
	is, err := os.Stat(in.path)
	if err != nil {
		return err
	}
	if !os.SameFile(in.was, is) || is.Size() != in.was.Size() || !is.ModTime().Equal(in.was.ModTime()) {
		return fmt.Errorf("%s was changed while it was being sent; what is stored stays, and sending it again from its beginning takes over the rest", in.path)
	}
	return nil
}
