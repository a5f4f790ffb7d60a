// Package eventlog is the road to the event log: a file, a syslog server or
// an HTTP collector that takes a line of JSON for each record. It answers:
// where is that ([Open]), and were these records taken ([Sink.Write])?
//
// A record that was not surely taken is given again, so that one may stand
// there twice; its workspace and number say so. Only over UDP can one be lost,
// for nobody answers there.
//
// It deliberately does not know what the records say, how far the log has
// come, or when it is tried again, and it keeps nothing open between two
// writes: a file may be rotated and a server restarted at any time.
package eventlog

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Record is one line of the log.
type Record struct {
	At     time.Time
	Action string // what was done, such as alert.opened
	Line   []byte // a JSON object, without the end of the line
}

// Sink takes records, in order and all or none: after an error all of them
// are given again.
type Sink interface {
	Write(ctx context.Context, records []Record) error
}

// Open gives the sink of an address:
//
//	file:/var/log/stanna.ndjson                                    a file, which may be renamed away at any time
//	syslog+tls://logs.acme.com:6514                                syslog (RFC 5424) over TLS, syslog+tcp, syslog+udp
//	syslog+unix:///dev/log                                         syslog on this machine
//	https://user:password@collector.acme.com/in?token=…            newline-delimited JSON by POST
//
// Host is what syslog is told of the sender. An error never holds the
// address.
func Open(address stanna.Secret, host string) (Sink, error) {
	text := address.Reveal()
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		path = strings.TrimPrefix(path, "//")
		if !filepath.IsAbs(path) {
			return nil, errors.New("the event log's file must be a whole path, such as file:/var/log/stanna.ndjson")
		}
		return file{path}, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the event log's address cannot be read; " + forms)
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host != "" {
			return newCollector(u), nil
		}
	case "syslog+udp", "syslog+tcp", "syslog+tls":
		if u.Hostname() != "" {
			return newSyslog(u, host), nil
		}
	case "syslog+unix":
		if u.Host == "" && filepath.IsAbs(u.Path) {
			return newSyslog(u, host), nil
		}
	}
	return nil, errors.New("the event log's address is not understood; " + forms)
}

const forms = "it is file:/path, syslog+udp://host:514, syslog+tcp://host:601, syslog+tls://host:6514, syslog+unix:///dev/log, or https://collector"
