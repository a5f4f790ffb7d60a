package web

import (
	"strings"
	"unicode"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
)

// frame is what every page has around it.
type frame struct {
	Title     string
	CSS, Icon string
	Script    string // "" on nearly every page
	Known     bool   // somebody is signed in
	Workspace string
	Others    []string
	Who, Role string
	Places    []place
	Good, Bad string // told once
}

// place is an entry of the navigation.
type place struct {
	ID, Label, Path string
	Here            bool
}

func (s *site) frame(v *visit, a answer) frame {
	f := frame{Title: plainTitle(a.title), CSS: s.assets.css, Icon: s.assets.icon, Known: v.known(),
		Good: s.auth.Sessions().PopString(v.ctx, flashGood), Bad: s.auth.Sessions().PopString(v.ctx, flashBad)}
	if a.script {
		f.Script = s.assets.js
	}
	if !f.Known {
		return f
	}
	f.Workspace, f.Others = v.space.Name, v.others
	if f.Workspace == "" {
		f.Workspace = v.workspace()
	}
	f.Who, f.Role = v.caller.Email, roleWord(v.caller.Role)
	if v.caller.Name != "" {
		f.Who = v.caller.Name
	}
	for _, p := range []struct {
		place
		need auth.Action
	}{
		{place{ID: "nav-overview", Label: "Overview", Path: "/"}, auth.ReadFigures},
		{place{ID: "nav-alerts", Label: "Alerts", Path: "/alerts"}, auth.ReadClients},
		{place{ID: "nav-clients", Label: "Clients", Path: "/clients"}, auth.ReadClients},
		{place{ID: "nav-notifications", Label: "Notifications", Path: "/notifications"}, auth.ReadDeliveries},
		{place{ID: "nav-rules", Label: "Rules", Path: "/rules"}, auth.ReadRules},
		{place{ID: "nav-silences", Label: "Silences", Path: "/silences"}, auth.ReadRules},
		{place{ID: "nav-digests", Label: "Digests", Path: "/digests"}, auth.ReadSettings},
		{place{ID: "nav-integrations", Label: "Integrations", Path: "/integrations"}, auth.ReadConnections},
		{place{ID: "nav-settings", Label: "Settings", Path: "/settings"}, auth.ReadSettings},
	} {
		if v.caller.May(p.need) {
			at := v.r.URL.Path
			p.Here = at == p.Path || p.Path != "/" && strings.HasPrefix(at, p.Path+"/") || p.Path == "/rules" && (at == "/routes" || strings.HasPrefix(at, "/routes/") || at == "/templates" || strings.HasPrefix(at, "/templates/"))
			f.Places = append(f.Places, p.place)
		}
	}
	return f
}

func roleWord(r stanna.Role) string {
	switch r {
	case stanna.Admin:
		return "Admin"
	case stanna.Director:
		return "Director"
	case stanna.CSM:
		return "Customer success"
	case stanna.Leadership:
		return "Leadership"
	}
	return string(r)
}

// plainTitle is text from outside as the title of a window, where no markup
// can keep it in its place: without what reorders a line, and short.
func plainTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 60 {
		s = string(runes[:60]) + "…"
	}
	return strings.TrimSpace(s)
}
