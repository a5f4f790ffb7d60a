package webhook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func TestParseAllowed(t *testing.T) {
	for _, c := range []struct{ text, want, wrong string }{
		{"", "[]", ""},
		{" ,\n", "[]", ""},
		{"10.1.2.3", "[10.1.2.3/32]", ""},
		{"10.1.2.3, 10.8.0.0/16 fd00::/8\n::1,,127.0.0.1", "[10.1.2.3/32 10.8.0.0/16 fd00::/8 ::1/128 127.0.0.1/32]", ""},
		{"localhost", "", "is a name; write 127.0.0.1 and ::1"},
		{"10.0.0.0/8 hooks.corp.example", "", `"hooks.corp.example" is neither an address`},
		{"10.1.2.3/8", "", "write 10.0.0.0/8"},
		{"10.1.2.3:8080", "", "is neither"},
		{"10.1.2.3/33", "", "is neither"},
		{"010.1.2.3", "", "is neither"},
		{"10.1.2", "", "is neither"},
		{"0.0.0.0/0", "", "every address"},
		{"::/0", "", "every address"},
		{"::ffff:10.0.0.1", "", "with four numbers"},
		{"fe80::1%eth0", "", "network interface"},
		{"http://10.0.0.1", "", "is neither"},
		{strings.Repeat("x", 10000), "", "…"},
	} {
		list, err := ParseAllowed(c.text)
		if c.wrong == "" && (err != nil || fmt.Sprint(list) != c.want) {
			t.Errorf("%q: %v, %v", c.text, list, err)
		}
		if c.wrong != "" && (err == nil || list != nil || !strings.Contains(err.Error(), c.wrong) || stanna.CodeOf(err) != stanna.Invalid || len(err.Error()) > 400) {
			t.Errorf("%q: %v, %v, want %q", c.text, list, err, c.wrong)
		}
	}
}

func TestCheckURL(t *testing.T) {
	const allowed = "10.8.0.0/16, 127.0.0.1, fd00::7"
	for _, c := range []struct{ text, allowed, wrong string }{
		{"https://hooks.example.com/stanna?token=abc", "", ""},
		{"https://hooks.example.com:8443/a%20b", "", ""},
		{"https://hooks.example.com.", "", ""},
		{"HTTPS://Hooks.Example.com", "", ""},
		{"https://93.184.216.34/", "", ""},
		{"https://[2606:2800:220:1:248:1893:25c8:1946]/", "", ""},
		{"https://xn--mnchen-3ya.example/", "", ""},
		{"https://hooks.corp.internal/", "", ""}, // judged when it is called
		{"https://10.8.1.2/", allowed, ""},
		{"http://10.8.1.2:8080/x", allowed, ""},
		{"http://[fd00::7]/x", allowed, ""},
		{"http://localhost:3000/", allowed, ""},
		{"https://localhost:3000/", allowed, ""},
		{"http://hook.localhost/", "::1", ""},
		{"https://a.example/" + strings.Repeat("x", maxAddress-18), "", ""},

		{"", "", "is required"},
		{"https://a.example/" + strings.Repeat("x", maxAddress-17), "", "longer than 2000"},
		{"http://hooks.example.com/", "", "must begin with https://"},
		{"http://hooks.example.com/", allowed, "must begin with https://"},
		{"http://93.184.216.34/", allowed, "must begin with https://"},
		{"hooks.example.com/x", "", "whole web address"},
		{"//hooks.example.com/x", "", "whole web address"},
		{"https:hooks.example.com", "", "whole web address"},
		{"https:///x", "", "whole web address"},
		{"https://:443/", "", "whole web address"},
		{"ftp://hooks.example.com/", "", "whole web address"},
		{"mailto:ops@example.com", "", "whole web address"},
		{"javascript:alert(1)", "", "whole web address"},
		{"https://[::1", "", "whole web address"},
		{"https://a.example/%zz", "", "whole web address"},
		{"https://ana:secret-1@hooks.example.com/", "", "name and password"},
		{"https://@hooks.example.com/", "", "name and password"},
		{"https://hooks.example.com/#top", "", "after #"},
		{"https://hooks.example.com/#", "", "after #"},
		{"https://hooks.example.com:0/", "", "port"},
		{"https://hooks.example.com:65536/", "", "port"},
		{"https://hooks.example.com:/", "", "port"},
		{"https://hooks.example.com/a b", "", "spaces"},
		{"https://hooks.example.com/\r\nX: y", "", "spaces"},
		{"https://münchen.example/", "", "beyond ASCII"},
		{"https://127.0.0.1/", "", "127.0.0.1 is this machine itself. If it is meant, whoever runs this server can allow it with --webhook-allow (STANNA_WEBHOOK_ALLOW)"},
		{"https://127.0.0.1./", "", "this machine"},
		{"https://LOCALHOST/", "", "this machine"},
		{"https://localhost./", "", "this machine"},
		{"https://db.localhost/", "", "this machine"},
		{"https://10.9.0.1/", allowed, "private"},
		{"http://10.9.0.1/", allowed, "private"},
		{"https://169.254.169.254/latest/meta-data", "", "metadata"},
		{"https://[::ffff:10.0.0.1]/", "", "private"},
		{"https://[64:ff9b::a00:1]/", "", "a way to 10.0.0.1"},
		{"https://[fe80::1%25eth0]/", "", "local link"},
		{"https://2130706433/", "", "odd form"},
		{"https://0x7f000001/", "", "odd form"},
		{"https://0x7f.0x1/", "", "odd form"},
		{"https://127.1/", "", "odd form"},
		{"https://0177.0.0.1/", "", "odd form"},
		{"https://10.0.0.1.5/", "", "odd form"},
	} {
		list, err := ParseAllowed(c.allowed)
		if err != nil {
			t.Fatal(err)
		}
		got, err := CheckURL("  "+c.text+"\n", list)
		if c.wrong == "" && (err != nil || got != c.text) {
			t.Errorf("%q: %q, %v", c.text, got, err)
		}
		if c.wrong != "" && (err == nil || got != "" || !strings.Contains(err.Error(), c.wrong) || stanna.CodeOf(err) != stanna.Invalid) {
			t.Errorf("%q: %q, %v, want %q", c.text, got, err, c.wrong)
		}
		if err != nil && strings.Contains(err.Error(), "secret-1") {
			t.Errorf("the password is in %v", err)
		}
	}
}
