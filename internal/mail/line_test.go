package mail

import (
	"context"
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail/mailtest"
)

// A server that must go on encrypted and does not, or shows a certificate
// that nobody knows, is told nothing.
func TestStartTLSIsMandatory(t *testing.T) {
	plain, err := mailtest.Start("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.Close)
	web := httptest.NewTLSServer(nil)
	t.Cleanup(web.Close)
	stranger, err := mailtest.Start("127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stranger.Close)
	for name, box := range map[string]*mailtest.Server{"STARTTLS": plain, "certificate": stranger} {
		box.AskFor("u", "secretword")
		s, err := Parse(stanna.Secret("smtp://u:secretword@"+box.Address), "stanna@acme.com")
		if err != nil {
			t.Fatal(err)
		}
		s.tls = startTLS // as for every host but our own
		a := s.Send(context.Background(), Letter{ID: "1", To: "ops@acme.com", Subject: "s", Text: "t"})
		if a.Outcome != Retry || !strings.Contains(a.Error, name) || strings.Contains(a.Error, "secretword") || len(box.Letters()) > 0 {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
