package mail

import (
	"context"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// phaseTimeout bounds each of the three parts of sending a letter: to connect,
// to be greeted and let in, and to hand it over. Some servers greet late on
// purpose.
const phaseTimeout = 10 * time.Second

// Letter is one e-mail to one person or mailbox.
type Letter struct {
	ID      string // the same at each try, so that a mailbox may know a repeat
	To      string // an address
	Subject string // in one line
	Text    string // plain words; addresses in them become links
	At      time.Time
}

// Answer is what became of a letter.
type Answer struct {
	Outcome Outcome
	Code    int    // SMTP's; 0: none came
	Error   string // what went wrong, for people
}

// Outcome is what sending a letter comes to.
type Outcome string

// The outcomes. What is wrong with the server, the line or the sender is a
// reason to try again: people mend that.
const (
	Delivered Outcome = "delivered" // the server has taken it
	Retry     Outcome = "retry"
	Permanent Outcome = "permanent" // the recipient is refused for good
)

// Send hands a letter to the server, once.
func (s *Server) Send(ctx context.Context, l Letter) Answer {
	m, err := s.compose(l)
	if err != nil {
		return Answer{Outcome: Permanent, Error: err.Error()}
	}
	client, err := s.client()
	if err != nil {
		return Answer{Outcome: Retry, Error: "It was not sent: " + err.Error()}
	}
	err = client.DialAndSendWithContext(ctx, m)
	if err == nil || m.IsDelivered() { // how the goodbye went changes nothing
		return Answer{Outcome: Delivered, Code: 250}
	}
	return s.judge(err)
}

// compose writes the letter as it travels.
func (s *Server) compose(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.To(l.To); err != nil {
		return nil, fmt.Errorf("%q is no e-mail address", l.To)
	}
	m.Subject(oneLine(l.Subject))
	m.SetMessageIDWithValue(oneLine(l.ID) + "@" + s.host)
	m.SetDateWithValue(l.At)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's absence answers it, RFC 3834
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, hypertext(l.Text))
	return m, nil
}

// oneLine leaves no way out of a header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// hypertext is the same words in HTML: a paragraph for each, with links.
func hypertext(text string) string {
	var b strings.Builder
	b.WriteString(`<html><body style="font-family:sans-serif;font-size:15px;line-height:1.5">`)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		safe := webAddress.ReplaceAllStringFunc(html.EscapeString(paragraph), func(url string) string {
			return `<a href="` + url + `">` + url + `</a>`
		})
		b.WriteString("<p>" + strings.ReplaceAll(safe, "\n", "<br>\n") + "</p>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// judge says what it means that a letter was not taken.
func (s *Server) judge(err error) Answer {
	a := Answer{Outcome: Retry, Error: "The mail server " + s.host + " did not take it: " + s.plain(err.Error())}
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		a.Code = refused.ErrorCode()
		if refused.Reason == gomail.ErrSMTPRcptTo && !refused.IsTemp() && a.Code >= 500 {
			a.Outcome = Permanent
			a.Error = "The mail server refuses the recipient: " + s.plain(err.Error())
		}
	}
	return a
}

// plain is an error in one line, without the password.
func (s *Server) plain(text string) string {
	if p := s.password.Reveal(); len(p) >= 4 {
		text = strings.ReplaceAll(text, p, "[secret]")
	}
	text = oneLine(text)
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
