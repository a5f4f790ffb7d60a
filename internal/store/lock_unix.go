//go:build unix

package store

import (
	"fmt"
	"os"
	"syscall"

	"github.com/gostanna/stanna"
)

// fileLock keeps a second server off a SQLite file: its lanes live in one
// process. The kernel lets go of it when the process dies, however it dies.
type fileLock struct{ f *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, stanna.Errorf(stanna.Conflict,
			"another stanna server already works on this SQLite file (%s is locked). Stop it, or use PostgreSQL to run several", path)
	}
	return &fileLock{f}, nil
}

func (l *fileLock) Close() error { return l.f.Close() }
