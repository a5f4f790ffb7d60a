// Package mailtest is a mail server for tests: it takes letters on loopback
// and keeps them. It knows as much of SMTP (RFC 5321) as a client needs to
// hand over a letter.
package mailtest

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
)

// Letter is one that was taken.
type Letter struct {
	To      string
	Message *mail.Message
	Text    string // of the plain part, decoded
	Raw     string
}

// Server takes letters until it is closed.
type Server struct {
	Address string // host:port

	listener net.Listener
	tls      *tls.Config

	mu      sync.Mutex
	letters []Letter
	refuse  map[string]string // command, or "RCPT address" → the answer to it
	login   string            // "user password" that is asked for
	held    chan struct{}     // nobody is greeted until it is closed; nil: everybody at once
}

// Start listens on loopback. With a TLS configuration STARTTLS is offered.
func Start(address string, secure *tls.Config) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{Address: l.Addr().String(), listener: l, tls: secure, refuse: map[string]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s, nil
}

// Close stops listening; what was taken is kept.
func (s *Server) Close() { _ = s.listener.Close() }

// Refuse answers a command ("MAIL", "DATA", "RCPT ops@acme.com") with a line
// such as "550 5.1.1 no such user"; with "" as usual again.
func (s *Server) Refuse(command, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse[command] = answer
}

// AskFor lets only those in who know a user and a password.
func (s *Server) AskFor(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.login = user + " " + password
}

// Hold greets nobody until release is called.
func (s *Server) Hold() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = make(chan struct{})
	return sync.OnceFunc(func() { close(s.held) })
}

// Letters are those taken so far, the oldest first.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

func (s *Server) refusal(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuse[command]
}

// talk is one conversation.
func (s *Server) talk(raw net.Conn) {
	defer func() { raw.Close() }()
	c := textproto.NewConn(raw)
	say := func(format string, args ...any) { _ = c.PrintfLine(format, args...) }
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil {
		<-held
	}
	say("220 mailtest ESMTP")
	to, known, secure := "", false, false
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		address := strings.TrimSuffix(strings.TrimPrefix(between(rest), "<"), ">")
		asked := verb
		if verb == "RCPT" {
			asked += " " + address
		}
		if no := s.refusal(asked); no != "" {
			say("%s", no)
			continue
		}
		switch verb {
		case "EHLO", "HELO":
			say("250-mailtest")
			if s.tls != nil && !secure {
				say("250-STARTTLS")
			}
			say("250-ENHANCEDSTATUSCODES")
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			raw = tls.Server(raw, s.tls)
			c, secure = textproto.NewConn(raw), true
		case "AUTH":
			if known = s.knows(rest); known {
				say("235 2.7.0 welcome")
			} else {
				say("535 5.7.8 wrong user or password")
			}
		case "MAIL":
			if s.asks() && !known {
				say("530 5.7.0 who are you")
				continue
			}
			say("250 2.1.0 ok")
		case "RCPT":
			to = address
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			body, err := c.ReadDotBytes()
			if err != nil {
				return
			}
			s.keep(to, string(body))
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

// between is what stands after the colon of FROM:<…> and TO:<…>, without
// parameters.
func between(rest string) string {
	_, address, _ := strings.Cut(rest, ":")
	address, _, _ = strings.Cut(address, " ")
	return address
}

func (s *Server) asks() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.login != ""
}

// knows checks AUTH PLAIN (RFC 4616): an empty identity, user and password,
// set apart by zero bytes.
func (s *Server) knows(rest string) bool {
	mechanism, sealed, _ := strings.Cut(rest, " ")
	said, err := base64.StdEncoding.DecodeString(sealed)
	parts := strings.Split(string(said), "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	return err == nil && mechanism == "PLAIN" && len(parts) == 3 && s.login == parts[1]+" "+parts[2]
}

func (s *Server) keep(to, body string) {
	l := Letter{To: to, Raw: body}
	m, err := mail.ReadMessage(strings.NewReader(body))
	if err != nil {
		l.Text = fmt.Sprintf("unreadable: %v", err)
	} else {
		l.Message, l.Text = m, plainPart(m)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, l)
}
