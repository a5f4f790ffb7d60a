package mail_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/mail/mailtest"
)

var at = time.Date(2026, 11, 24, 9, 20, 0, 0, time.UTC)

func letter() mail.Letter {
	return mail.Letter{ID: "dlv_1", To: "ops@acme.com", Subject: "[Stanna acme.com] Slack is not connected", At: at,
		Text: "The connection to Slack (Acme & Söhne) does not work.\nSee https://stanna.acme.com/integrations/slack.\n\n<b>Nothing</b> is lost."}
}

func serverFor(t *testing.T, address string) *mail.Server {
	t.Helper()
	s, err := mail.Parse(stanna.Secret(address), "Stanna <stanna@acme.com>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sink(t *testing.T) *mailtest.Server {
	t.Helper()
	s, err := mailtest.Start("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestALetterArrives(t *testing.T) {
	box := sink(t)
	box.AskFor("stanna", "p@ss:word/1")
	s := serverFor(t, "smtp://stanna:p%40ss%3Aword%2F1@"+box.Address)
	if a := s.Send(context.Background(), letter()); a.Outcome != mail.Delivered {
		t.Fatalf("%+v", a)
	}
	got := box.Letters()
	if len(got) != 1 || got[0].To != "ops@acme.com" || got[0].Subject() != letter().Subject || strings.TrimSpace(got[0].Text) != letter().Text {
		t.Fatalf("%+v", got)
	}
	h := got[0].Message.Header
	if h.Get("Message-ID") != "<dlv_1@127.0.0.1>" || h.Get("Auto-Submitted") != "auto-generated" || h.Get("From") != `"Stanna" <stanna@acme.com>` {
		t.Errorf("%v", h)
	}
	html := strings.ReplaceAll(got[0].Raw, "=\n", "")
	for _, want := range []string{`<a href=3D"https://stanna.acme.com/integrations/slack">`, "&lt;b&gt;Nothing", "Acme &amp; S=C3=B6hne"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
}

// What a person named something cannot become a header or another recipient.
func TestNothingBecomesAHeader(t *testing.T) {
	box := sink(t)
	s := serverFor(t, "smtp://"+box.Address)
	l := letter()
	l.Subject = "Slack\r\nBcc: eve@evil.com\r\n\r\nHello \u2028there"
	l.ID = "dlv_1>\r\nX-Evil: yes"
	l.Text = "one\r\n.\r\nMAIL FROM:<eve@evil.com>\n.\nstill the text"
	if a := s.Send(context.Background(), l); a.Outcome != mail.Delivered {
		t.Fatalf("%+v", a)
	}
	got := box.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	h := got[0].Message.Header
	if h.Get("Bcc") != "" || h.Get("X-Evil") != "" || !strings.Contains(got[0].Text, "still the text") || strings.ContainsAny(got[0].Subject(), "\r\n") {
		t.Errorf("%v\n%s", h, got[0].Text)
	}
	l.To = "ops@acme.com>\r\nRCPT TO:<eve@evil.com"
	if a := s.Send(context.Background(), l); a.Outcome != mail.Permanent || len(box.Letters()) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestRefusals(t *testing.T) {
	for command, want := range map[string]struct {
		answer  string
		outcome mail.Outcome
		code    int
	}{
		"RCPT ops@acme.com": {"550 5.1.1 no such user here", mail.Permanent, 550},
		"MAIL":              {"550 5.7.1 you may not send as stanna@acme.com", mail.Retry, 550},
		"DATA":              {"451 4.3.0 try again later", mail.Retry, 451},
		"AUTH":              {"535 5.7.8 wrong user or password", mail.Retry, 0},
		"EHLO":              {"421 4.3.2 shutting down", mail.Retry, 0},
	} {
		t.Run(command, func(t *testing.T) {
			box := sink(t)
			box.Refuse(command, want.answer)
			a := serverFor(t, "smtp://stanna:pass@"+box.Address).Send(context.Background(), letter())
			if command != "AUTH" && command != "EHLO" {
				a = serverFor(t, "smtp://"+box.Address).Send(context.Background(), letter())
			}
			if a.Outcome != want.outcome || a.Code != want.code || a.Error == "" || len(box.Letters()) > 0 {
				t.Errorf("%+v", a)
			}
		})
	}
	t.Run("greylisted", func(t *testing.T) {
		box := sink(t)
		box.Refuse("RCPT ops@acme.com", "450 4.2.0 greylisted")
		if a := serverFor(t, "smtp://"+box.Address).Send(context.Background(), letter()); a.Outcome != mail.Retry || a.Code != 450 {
			t.Errorf("%+v", a)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if a := serverFor(t, "smtp://"+l.Addr().String()).Send(context.Background(), letter()); a.Outcome != mail.Retry || a.Error == "" {
			t.Errorf("%+v", a)
		}
	})
}

// A server off this machine must offer TLS, with a certificate that is its
// own, before it is told a password.
func TestSecrecyOfTheLine(t *testing.T) {
	for address, want := range map[string]string{
		"smtp://u:secretword@mail.acme.com:25?tls=none": "in clear",
		"smtps://mail.acme.com?tls=none":                "leave one out",
		"smtp://mail.acme.com?tls=sometimes":            "not understood",
		"mail.acme.com:25":                              "must look like",
		"http://mail.acme.com":                          "must look like",
		"smtp://mail.acme.com:99999":                    "port",
		"smtp://u:secretword%zz@mail.acme.com":          "percent-encoded",
		"smtp://mail.acme.com?from=nobody":              "STANNA_SMTP_FROM",
	} {
		_, err := mail.Parse(stanna.Secret(address), "stanna@acme.com")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secretword") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"smtp://u:p@mail.acme.com", "smtps://u:p@mail.acme.com:465?from=a@b.com", "smtp://relay.internal:25?tls=none", "smtp://[::1]"} {
		if _, err := mail.Parse(stanna.Secret(address), "stanna@acme.com"); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
