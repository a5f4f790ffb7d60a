package web

import "testing"

// Pages lead to web addresses alone, whatever is stored.
func TestSpeakersLeadToWebAddressesOnly(t *testing.T) {
	for address, want := range map[string]string{
		"https://support.example.com/118?a=1&b=2": "https://support.example.com/118?a=1&b=2",
		"http://crm.intern/7":                     "http://crm.intern/7",
		"javascript:alert(1)":                     "",
		"data:text/html,x":                        "",
		"//support.example.com":                   "",
		"https://ana:secret@support.example.com":  "",
		"https://a.example/\" onclick=\"x":        "",
		"":                                        "",
	} {
		if got := speakerOf(" Maria ", address); got != (speaker{"Maria", want}) {
			t.Errorf("%q: %+v", address, got)
		}
	}
}
