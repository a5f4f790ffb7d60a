package message

import (
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

func acmeBrand() stanna.Branding {
	return stanna.Branding{Name: "Acme CS", LogoURL: "https://cdn.example.com/logo.png", Accent: "#1a7f5a", Footer: "Questions: #cs-ops"}
}

func TestBrand(t *testing.T) {
	checkGolden(t, "branded", Brand(Thread(fullView()), acmeBrand()))
	plain := acmeBrand()
	plain.Accent = ""
	checkGolden(t, "branded_plain", Brand(Thread(fullView()), plain))
	checkGolden(t, "branded_accent_alone", Brand(Thread(closedView(stanna.ReasonRecovered, 57)), stanna.Branding{Accent: "#1a7f5a"}))
	hostileBrand := stanna.Branding{Name: hostile, LogoURL: "https://x.example/<!channel>|y", Footer: hostile}
	checkGolden(t, "branded_hostile", Brand(Thread(fullView()), hostileBrand))
	if r := Brand(TextOnly(Thread(fullView())), acmeBrand()); len(r.Blocks)+len(r.Foot) != 0 || strings.Contains(r.Text, "Acme CS") {
		t.Errorf("words alone have a layout: %+v", r)
	}
}
