package stanna_test

import (
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func TestAddress(t *testing.T) {
	for address, good := range map[string]bool{
		"https://support.example.com/conversations/118?a=1&b=2#c": true,
		"http://localhost:8080/x":                                 true,
		"https://[2001:db8::1]/~ana/*":                            true,
		"https://a.example/" + strings.Repeat("x", 982):           true,
		"https://a.example/" + strings.Repeat("x", 983):           false,
		"https://a.example/" + strings.Repeat("&", 197):           false, // Slack takes them for &amp;
		"https://a.example/caf%C3%A9":                             true,
		"https://a.example/café":                                  false,
		"https://ａ.example/":                                      false,
		"":                                                        false,
		"support.example.com/118":                                 false,
		"//support.example.com/118":                               false,
		"https:support.example.com":                               false,
		"https://":                                                false,
		"https://:443/x":                                          false,
		"HTTPS://a.example":                                       false,
		"javascript:alert(1)":                                     false,
		"JavaScript://a.example/%0Aalert(1)":                      false,
		"data:text/html,x":                                        false,
		"ftp://a.example/x":                                       false,
		"https://ana:secret@a.example/":                           false,
		"https://good.example@evil.example/":                      false,
		" https://a.example":                                      false,
		"https://a.example/a b":                                   false,
		"https://a.example/a\nb":                                  false,
		"https://a.example/\u202ex":                               false,
		"https://a.example/|<!channel>":                           false,
		"https://a.example/%zz":                                   false,
		"https://a.example/\" onmouseover=\"alert(1)":             false,
		"https://a.example/\x00":                                  false,
		"https://a.example:port/":                                 false,
		"https://a.example\\@evil.example/":                       false,
		"https://a.example/?q=" + strings.Repeat("y", 9):          true,
	} {
		if err := stanna.ValidAddress(address); (err == nil) != good {
			t.Errorf("%.60q: %v", address, err)
		}
	}
}
