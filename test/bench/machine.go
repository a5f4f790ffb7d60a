package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine is where the figures come from.
type machine struct {
	cpu, kernel, memory string
	fsync, fsyncSlow    time.Duration // median, and the slowest of a hundred
	loadBefore, load    string
	at                  time.Time
	took                time.Duration
}

func lookAtMachine(dir string) *machine {
	m := &machine{cpu: "an unknown CPU", at: time.Now(), loadBefore: load()}
	for line := range strings.Lines(read("/proc/cpuinfo")) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.cpu = strings.TrimSpace(value)
			break
		}
	}
	m.kernel = strings.TrimSpace(read("/proc/sys/kernel/ostype") + " " + read("/proc/sys/kernel/osrelease"))
	if first, _, ok := strings.Cut(read("/proc/meminfo"), "\n"); ok {
		var kb float64
		if _, err := fmt.Sscanf(first, "MemTotal: %f kB", &kb); err == nil {
			m.memory = fmt.Sprintf("%.0f GB of memory", kb/1e6)
		}
	}
	m.fsync, m.fsyncSlow = syncTimes(dir)
	return m
}

// syncTimes measures what the disk takes to make a page durable.
func syncTimes(dir string) (median, slow time.Duration) {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, 0
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	page := make([]byte, 4096)
	for range 200 {
		if _, err := f.Write(page); err != nil {
			return 0, 0
		}
		begun := time.Now()
		if err := f.Sync(); err != nil {
			return 0, 0
		}
		took = append(took, time.Since(begun))
	}
	return quantile(took, .5), quantile(took, .99)
}

func (m *machine) finish(begun time.Time) { m.took, m.load = time.Since(begun), load() }

func (m *machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, %s, fsync %.2f ms (one in a hundred %.1f ms), load %s", m.cpu, runtime.NumCPU(), m.memory, m.kernel,
		runtime.Version(), ms(m.fsync), ms(m.fsyncSlow), m.loadBefore)
}

func (m *machine) ending() string {
	return fmt.Sprintf("%s, in %.0f s; load average %s before and %s after", m.at.Format("2 January 2006, 15:04"), m.took.Seconds(), m.loadBefore, m.load)
}

func load() string {
	fields := strings.Fields(read("/proc/loadavg"))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// read is the text of a file of the system's, or nothing where there is none.
func read(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\n")
}
