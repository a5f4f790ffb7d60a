package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// file appends lines to a file, which is opened anew each time.
type file struct{ path string }

// Write appends the records and waits for the disk.
func (f file) Write(_ context.Context, records []Record) error {
	out, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the event log: %w", err)
	}
	err = appendLines(out, records)
	return errors.Join(err, out.Close())
}

func appendLines(out *os.File, records []Record) error {
	before, err := out.Stat()
	if err != nil {
		return err
	}
	text, err := repair(out, before.Size())
	if err != nil {
		return fmt.Errorf("read the end of the event log: %w", err)
	}
	for _, r := range records {
		text = append(append(text, r.Line...), '\n')
	}
	if _, err = out.Write(text); err == nil {
		err = out.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the event log: %w", err), out.Truncate(before.Size()))
	}
	return nil
}

// repair ends a line that was cut off when the machine stopped; the record
// comes again whole.
func repair(out *os.File, size int64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	var last [1]byte
	if _, err := out.ReadAt(last[:], size-1); err != nil || last[0] == '\n' {
		return nil, err
	}
	return []byte{'\n'}, nil
}
