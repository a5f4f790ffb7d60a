package sandbox

import (
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// authCode is what Allow hands to the app by way of the browser.
type authCode struct {
	clientID    string
	redirectURI string // the one that the browser was sent to
	sentURI     bool   // whether the authorize URL named it; then the exchange must repeat it
	scopes      []string
	installer   string
	org         bool
	expiresAt   time.Time
	used        bool
}

// codeLifetime: https://docs.slack.dev/authentication/installing-with-oauth
const codeLifetime = 10 * time.Minute

// authorizeRequest is a checked authorize request. Some parameters are the sandbox's own, to play what is hard to bring
// about in Slack: deny=1 (with auto_approve: the person presses Cancel), org=1 (an org-wide install), no_state=1 (the
// install was started at Slack, so the callback carries no state), decline=SCOPE,… (unticks optional scopes) and
// sandbox_team=ID (the person chooses that team, whatever team the app asked for).
type authorizeRequest struct {
	clientID    string
	redirectURI string
	sentURI     bool
	state       string
	scopes      []string
	org         bool
	query       url.Values
}

// authorizeProblem is what the page says instead of asking for consent.
type authorizeProblem struct{ Title, Detail, Code string }

// serveAuthorize is the page that the browser is sent to (https://docs.slack.dev/authentication/installing-with-oauth).
func (h *host) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	s, req, problem := h.authorizing(r.URL.Query())
	if problem != nil {
		h.render(w, http.StatusBadRequest, "problem.html", problem)
		return
	}
	if !s.cfg.AutoApprove {
		s.renderConsent(w, req)
		return
	}
	if req.query.Get("deny") == "1" {
		s.cancel(w, r, req)
		return
	}
	declined := splitScopes(req.query.Get("decline"))
	s.allow(w, r, req, slices.DeleteFunc(slices.Clone(req.scopes), func(scope string) bool {
		return s.optional(scope) && slices.Contains(declined, scope)
	}))
}

// serveConsent is the person pressing Allow or Cancel. The form carries the authorize query, which is checked again.
func (h *host) serveConsent(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the consent form could not be read; go back and press the button again", http.StatusBadRequest)
		return
	}
	query, err := url.ParseQuery(r.PostForm.Get("query"))
	if err != nil {
		http.Error(w, "the consent form has lost its request; start again from the app", http.StatusBadRequest)
		return
	}
	s, req, problem := h.authorizing(query)
	if problem != nil {
		h.render(w, http.StatusBadRequest, "problem.html", problem)
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		s.cancel(w, r, req)
		return
	}
	ticked := r.PostForm["optional"]
	s.allow(w, r, req, slices.DeleteFunc(slices.Clone(req.scopes), func(scope string) bool {
		return s.optional(scope) && !slices.Contains(ticked, scope)
	}))
}

// authorizing finds the team that an authorize request means, and checks the request there.
func (h *host) authorizing(query url.Values) (*Sandbox, authorizeRequest, *authorizeProblem) {
	s, problem := h.teamAsked(query)
	if problem != nil {
		return nil, authorizeRequest{}, problem
	}
	req, problem := s.checkAuthorize(query)
	return s, req, problem
}

func (s *Sandbox) checkAuthorize(query url.Values) (authorizeRequest, *authorizeProblem) {
	req := authorizeRequest{
		clientID: query.Get("client_id"), state: query.Get("state"), org: query.Get("org") == "1",
		redirectURI: query.Get("redirect_uri"), sentURI: query.Has("redirect_uri"), query: query,
	}
	if req.clientID != s.cfg.App.ClientID {
		return req, &authorizeProblem{"Invalid client_id parameter",
			"The app sent a client_id that no app here has. Compare its Slack client id with app.client_id of the sandbox.", "invalid_client_id"}
	}
	if !req.sentURI && len(s.cfg.App.RedirectURLs) > 0 {
		req.redirectURI = s.cfg.App.RedirectURLs[0]
	}
	if !s.redirectAllowed(req.redirectURI) {
		return req, &authorizeProblem{"redirect_uri did not match any configured URIs",
			"Passed URI: " + req.redirectURI + ". It must equal one of the app's redirect URLs or lie below it; without any, it must be on this machine.", "bad_redirect_uri"}
	}
	req.scopes = splitScopes(query.Get("scope"))
	if len(req.scopes) == 0 {
		return req, &authorizeProblem{"No scopes requested", "The authorize URL must name bot scopes in its scope parameter.", "no_scopes"}
	}
	for _, scope := range req.scopes {
		if _, known := scopeWords()[scope]; !known {
			return req, &authorizeProblem{"Invalid permissions requested", "There is no bot scope “" + scope + "”.", "invalid_scope"}
		}
	}
	if req.org && s.cfg.Team.EnterpriseID == "" {
		return req, &authorizeProblem{"Not an Enterprise org", "org=1 needs team.enterprise_id in the sandbox's configuration.", "invalid_enterprise"}
	}
	return req, nil
}

// redirectAllowed: equal to a configured URL or below it; without a configured one, anything on this machine.
func (s *Sandbox) redirectAllowed(raw string) bool {
	asked, err := url.Parse(raw)
	if err != nil || asked.Host == "" || asked.Fragment != "" || (asked.Scheme != "https" && asked.Scheme != "http") {
		return false
	}
	if len(s.cfg.App.RedirectURLs) == 0 {
		return loopback(asked.Hostname())
	}
	return slices.ContainsFunc(s.cfg.App.RedirectURLs, func(configured string) bool {
		base, err := url.Parse(configured)
		if err != nil || base.Scheme != asked.Scheme || base.Host != asked.Host {
			return false
		}
		below := strings.HasPrefix(path.Clean("/"+asked.Path), strings.TrimSuffix(base.Path, "/")+"/")
		return asked.Path == base.Path || below
	})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *Sandbox) optional(scope string) bool {
	return slices.Contains(s.cfg.App.OptionalScopes, scope)
}

func (s *Sandbox) allow(w http.ResponseWriter, r *http.Request, req authorizeRequest, scopes []string) {
	answer := url.Values{"code": {s.newCode(req, scopes)}}
	if req.query.Get("no_state") != "1" {
		answer.Set("state", req.state)
	}
	http.Redirect(w, r, withQuery(req.redirectURI, answer), http.StatusFound)
}

// cancel is an ordinary outcome and not a failure: access_denied, the state, and no code.
func (s *Sandbox) cancel(w http.ResponseWriter, r *http.Request, req authorizeRequest) {
	answer := url.Values{"error": {"access_denied"}, "state": {req.state}}
	http.Redirect(w, r, withQuery(req.redirectURI, answer), http.StatusFound)
}

func (s *Sandbox) newCode(req authorizeRequest, scopes []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for code, old := range s.codes {
		if now.After(old.expiresAt.Add(codeLifetime)) {
			delete(s.codes, code)
		}
	}
	installer := "U0NOBODY00"
	if len(s.team.users) > 0 {
		installer = s.team.users[0].ID
	}
	code := randomID("", 20)
	s.codes[code] = &authCode{
		clientID: req.clientID, redirectURI: req.redirectURI, sentURI: req.sentURI, scopes: scopes,
		installer: installer, org: req.org, expiresAt: now.Add(codeLifetime),
	}
	return code
}

func withQuery(raw string, extra url.Values) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw // checkAuthorize has parsed it
	}
	query := u.Query()
	for key, values := range extra {
		query[key] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}
