package stanna_test

import (
	"testing"

	"github.com/gostanna/stanna"
)

func TestCompanyDomain(t *testing.T) {
	for email, want := range map[string]string{
		"ana@acme.com": "acme.com", "Ana@ACME.com ": "acme.com", "@acme.com": "acme.com",
		"ana@gmail.com": "", "ana@GoogleMail.com": "", "acme.com": "", "": "",
	} {
		if got := stanna.CompanyDomain(email); got != want {
			t.Errorf("%q: %q, want %q", email, got, want)
		}
	}
}
