package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU time in /proc, on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// usage is who used the cores over a while, in cores.
type usage struct {
	took                           time.Duration
	server, slack, sender, strange float64
}

func (u usage) String() string {
	return fmt.Sprintf("of %d cores the server used %.2f, the sender %.2f, the sandbox %.2f, other programs %.2f",
		runtime.NumCPU(), u.server, u.sender, u.slack, u.strange)
}

// each is the server's CPU time for one of so many things a second.
func (u usage) each(perSecond float64) time.Duration {
	if perSecond == 0 {
		return 0
	}
	return time.Duration(u.server / perSecond * float64(time.Second))
}

// meter looks at CPU times from a moment on.
type meter struct {
	st                          *stage
	begun                       time.Time
	server, slack, sender, busy time.Duration
}

func (st *stage) meter() meter {
	return meter{st, time.Now(), cpuOf(st.server.pid()), cpuOf(st.slack.process.pid()), cpuOf(os.Getpid()), cpuBusy()}
}

func (m meter) read() usage {
	u := usage{took: time.Since(m.begun)}
	cores := func(from, to time.Duration) float64 { return float64(to-from) / float64(u.took) }
	u.server = cores(m.server, cpuOf(m.st.server.pid()))
	u.slack = cores(m.slack, cpuOf(m.st.slack.process.pid()))
	u.sender = cores(m.sender, cpuOf(os.Getpid()))
	u.strange = max(0, cores(m.busy, cpuBusy())-u.server-u.slack-u.sender)
	return u
}

// cpuOf is the CPU time of a process so far, or 0 where /proc does not tell.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name is in brackets and may hold anything; utime is the 14th field.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	return ticks(fields, 11) + ticks(fields, 12)
}

// cpuBusy is the CPU time of everything on the machine.
func cpuBusy() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal
	return ticks(fields, 1) + ticks(fields, 2) + ticks(fields, 3) + ticks(fields, 6) + ticks(fields, 7) + ticks(fields, 8)
}

func ticks(fields []string, i int) time.Duration {
	if i >= len(fields) {
		return 0
	}
	n, err := strconv.ParseInt(fields[i], 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n) * tick
}

// memory is what a process has in memory now and had at most, in MB.
func (p *process) memory() (now, peak float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64) // other lines are not figures
		switch name {
		case "VmRSS":
			now = kb / 1000 * 1.024
		case "VmHWM":
			peak = kb / 1000 * 1.024
		}
	}
	return now, peak, nil
}
