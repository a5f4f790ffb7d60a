package sandbox

import (
	"maps"
	"net/http"
)

// scopeView is a scope on the consent page.
type scopeView struct {
	Scope, Words string
	Granted      bool // the team has granted it before
}

// teamChoice is a team that the person may choose instead.
type teamChoice struct {
	Name, URL string
	Current   bool
}

type consentView struct {
	AppName, TeamName, Query, Redirect string
	OrgWide                            bool
	Required, Optional                 []scopeView
	Choices                            []teamChoice // if there are several teams
}

func (s *Sandbox) renderConsent(w http.ResponseWriter, req authorizeRequest) {
	s.mu.Lock()
	granted := s.inst.scopes
	s.mu.Unlock()
	view := consentView{AppName: s.cfg.App.Name, TeamName: s.cfg.Team.Name, Query: req.query.Encode(), Redirect: req.redirectURI, OrgWide: req.org}
	if req.org {
		view.TeamName = s.cfg.Team.EnterpriseName
	}
	if len(s.teams) > 1 {
		for _, each := range s.teams {
			query := maps.Clone(req.query)
			query.Set("sandbox_team", each.cfg.Team.ID)
			view.Choices = append(view.Choices, teamChoice{each.cfg.Team.Name, "/oauth/v2/authorize?" + query.Encode(), each == s})
		}
	}
	words := scopeWords()
	for _, scope := range req.scopes {
		line := scopeView{scope, words[scope], granted.has(scope)}
		if s.optional(scope) {
			view.Optional = append(view.Optional, line)
		} else {
			view.Required = append(view.Required, line)
		}
	}
	s.render(w, http.StatusOK, "consent.html", view)
}
