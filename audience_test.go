package stanna

import (
	"net/netip"
	"strings"
	"testing"
)

func TestBranding(t *testing.T) {
	for name, c := range map[string]struct {
		b    Branding
		want string // a piece of what is said; "": it is right
	}{
		"none":             {Branding{}, ""},
		"all":              {Branding{Name: "Acme CS", LogoURL: "https://cdn.acme.com/logo.png", Accent: "#1A7f5a", Footer: "Questions: #cs-ops"}, ""},
		"long name":        {Branding{Name: strings.Repeat("é", 41)}, "branding.name"},
		"long footer":      {Branding{Footer: strings.Repeat("x", 201)}, "branding.footer"},
		"no colour":        {Branding{Accent: "red"}, "#1a7f5a"},
		"plain http":       {Branding{LogoURL: "http://cdn.acme.com/logo.png"}, "https"},
		"a password in it": {Branding{LogoURL: "https://u:p@cdn.acme.com/logo.png"}, "https"},
		"loopback":         {Branding{LogoURL: "https://127.0.0.1/logo.png"}, "private"},
		"mapped loopback":  {Branding{LogoURL: "https://[::ffff:127.0.0.1]/logo.png"}, "private"},
		"metadata":         {Branding{LogoURL: "https://169.254.169.254/latest"}, "private"},
		"own network":      {Branding{LogoURL: "https://10.1.2.3/logo.png"}, "private"},
		"a name at home":   {Branding{LogoURL: "https://nas.local./logo.png"}, "private"},
		"a bare name":      {Branding{LogoURL: "https://intranet/logo.png"}, "private"},
		"a public address": {Branding{LogoURL: "https://[2606:4700::1111]/logo.png"}, ""},
	} {
		err := c.b.Validate("branding")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPublicAddress(t *testing.T) {
	for _, public := range []string{"1.1.1.1", "2606:4700::1111"} {
		if !PublicAddress(netip.MustParseAddr(public)) {
			t.Errorf("%s is public", public)
		}
	}
	for _, private := range []string{"0.0.0.0", "100.64.1.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fd00::1",
		"64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"} {
		if PublicAddress(netip.MustParseAddr(private)) {
			t.Errorf("%s is not public", private)
		}
	}
}
