package eventlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"
)

// priority is the facility "log audit" (13) with the severity
// "informational" (6), https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1
const priority = 13*8 + 6

// farewell is how long a server is waited for that has been told that nothing
// more comes.
const farewell = time.Second

// syslog sends records to a syslog server: over a stream counted by their
// length (RFC 5425, RFC 6587), else one a packet (RFC 5426).
type syslog struct {
	scheme  string
	address string
	host    string // the sender
	process string
	tls     *tls.Config
}

func newSyslog(u *url.URL, host string) syslog {
	s := syslog{scheme: u.Scheme, address: u.Path, host: host, process: strconv.Itoa(os.Getpid())}
	if port := u.Port(); u.Host != "" {
		if port == "" {
			port = map[string]string{"syslog+udp": "514", "syslog+tcp": "601", "syslog+tls": "6514"}[u.Scheme]
		}
		s.address = net.JoinHostPort(u.Hostname(), port)
	}
	if u.Scheme == "syslog+tls" {
		s.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	return s
}

// Write sends the records over a connection of their own.
func (s syslog) Write(ctx context.Context, records []Record) error {
	c, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("reach the syslog server: %w", err)
	}
	defer c.Close()
	if at, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(at); err != nil {
			return err
		}
	}
	if s.scheme == "syslog+udp" || s.scheme == "syslog+unix" {
		for _, r := range records {
			if _, err := c.Write(s.message(r)); err != nil {
				return fmt.Errorf("send to the syslog server: %w", err)
			}
		}
		return nil
	}
	return s.stream(c, records)
}

func (s syslog) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	switch s.scheme {
	case "syslog+udp":
		return d.DialContext(ctx, "udp", s.address)
	case "syslog+unix":
		return d.DialContext(ctx, "unixgram", s.address)
	case "syslog+tls":
		return (&tls.Dialer{NetDialer: &d, Config: s.tls}).DialContext(ctx, "tcp", s.address)
	}
	return d.DialContext(ctx, "tcp", s.address)
}

// stream sends records one after the other. The protocol acknowledges
// nothing; so it ends the conversation and sees whether the server, which has
// then read it all, ends it too or had gone away.
func (s syslog) stream(c net.Conn, records []Record) error {
	var all []byte
	for _, r := range records {
		m := s.message(r)
		all = append(strconv.AppendInt(all, int64(len(m)), 10), ' ')
		all = append(all, m...)
	}
	if _, err := c.Write(all); err != nil {
		return fmt.Errorf("send to the syslog server: %w", err)
	}
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("send to the syslog server: %w", err)
		}
	}
	leave := time.AfterFunc(farewell, func() { _ = c.Close() })
	defer leave.Stop()
	if _, err := io.Copy(io.Discard, c); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("the syslog server went away before it had read everything: %w", err)
	}
	return nil
}

// message is a record as RFC 5424 has it.
func (s syslog) message(r Record) []byte {
	head := fmt.Sprintf("<%d>1 %s %s stanna %s %s - ", priority, r.At.UTC().Format("2006-01-02T15:04:05.000000Z"), name(s.host, 255), name(s.process, 128), name(r.Action, 32))
	return append([]byte(head), r.Line...)
}

// name is a field of a syslog header: printable ASCII, or "-".
func name(text string, most int) string {
	out := make([]byte, 0, most)
	for i := 0; i < len(text) && len(out) < most; i++ {
		if text[i] > ' ' && text[i] < 0x7f {
			out = append(out, text[i])
		}
	}
	if len(out) == 0 {
		return "-"
	}
	return string(out)
}
