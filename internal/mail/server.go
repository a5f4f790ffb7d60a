// Package mail is the road that e-mail travels: by which server ([Parse]),
// and what became of one letter ([Server.Send]): it was taken, it may be
// tried again, or its recipient is refused for good.
//
// Letters are plain words, with the same in simple HTML beside them. Nothing
// in a letter can become a header, and none is sent over a line that others
// can read, unless whoever runs the server chose that or the mail server is on
// the same machine.
//
// It deliberately knows no store, no queue and no event; it tries once, and
// keeps no connection open between two letters.
package mail

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"

	gomail "github.com/wneessen/go-mail"

	"github.com/gostanna/stanna"
)

// Server is a mail server that takes letters from us.
type Server struct {
	host     string
	port     int
	user     string
	password stanna.Secret
	tls      security
	from     *netmail.Address
}

// security is how the line to a server is kept from other eyes.
type security int

const (
	startTLS security = iota // begun in clear, and refused when the server cannot go on encrypted
	implicit                 // from the first byte
	inClear
)

// Parse reads the address of a mail server:
//
//	smtp://user:password@mail.acme.com:587?from=stanna@acme.com   STARTTLS, which the server must offer
//	smtps://user:password@mail.acme.com                           TLS from the beginning
//	smtp://127.0.0.1:25                                           in clear, on this machine
//	smtp://relay.internal:25?tls=none                             in clear, because it says so
//
// From is the sender where the address names none. An error never holds the
// password.
func Parse(address stanna.Secret, from string) (*Server, error) {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server's address must look like smtp://user:password@mail.acme.com:587?from=stanna@acme.com, or begin with smtps://; " +
			"write what is special in a password percent-encoded")
	}
	s := &Server{host: u.Hostname(), port: 587, user: u.User.Username()}
	if p, ok := u.User.Password(); ok {
		s.password = stanna.Secret(p)
	}
	if u.Scheme == "smtps" {
		s.port, s.tls = 465, implicit
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fmt.Errorf("the mail server's port %q is none", p)
		}
	}
	query := u.Query()
	switch query.Get("tls") {
	case "":
		if s.tls == startTLS && isLoopback(s.host) {
			s.tls = inClear
		}
	case "none":
		if s.tls == implicit {
			return nil, errors.New("the mail server's address says smtps:// and tls=none; leave one out")
		}
		s.tls = inClear
	default:
		return nil, fmt.Errorf("tls=%q is not understood; it is none, or left out", query.Get("tls"))
	}
	if s.user != "" && s.tls == inClear && !isLoopback(s.host) {
		return nil, errors.New("a password is not sent in clear over the network: leave out tls=none, or the user")
	}
	sender := cmp.Or(query.Get("from"), from)
	if s.from, err = netmail.ParseAddress(sender); err != nil {
		return nil, fmt.Errorf("the sender of e-mail, %q, is no address; give from=stanna@acme.com in the mail server's address, or --smtp-from (STANNA_SMTP_FROM)", sender)
	}
	return s, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// client is a client for one letter.
func (s *Server) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(phaseTimeout), gomail.WithoutNoop()}
	switch s.tls {
	case implicit:
		options = append(options, gomail.WithSSL())
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case inClear:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.user != "" {
		how := gomail.SMTPAuthAutoDiscover
		if s.tls == inClear {
			how = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(how), gomail.WithUsername(s.user), gomail.WithPassword(s.password.Reveal()))
	}
	return gomail.NewClient(s.host, options...)
}
