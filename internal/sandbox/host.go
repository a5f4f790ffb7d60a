package sandbox

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// host is what the teams behind one address have in common, as on slack.com: the app, its settings and its WebSockets,
// the clock, the lock. It finds the team that a request is for; everything else is the team's.
type host struct {
	opts    Options
	now     func() time.Time
	methods map[string]method
	pages   *template.Template
	handler http.Handler
	teams   []*Sandbox // the first is the one that New returns; never changed after New

	eventsCtx  context.Context
	stopEvents context.CancelFunc
	eventsDone sync.WaitGroup
	courier    *http.Client

	mu      sync.Mutex // guards everything below, and what each team says it guards; no network call is made under it
	app     appSettings
	base    string // the address at which the app last called us
	sockets socketHub
	changed chan struct{} // closed at the next change, if somebody is waiting for one
}

func newHost(opts Options) *host {
	h := &host{opts: opts, now: opts.Now, methods: methods(), pages: parsePages()}
	h.eventsCtx, h.stopEvents = context.WithCancel(context.Background())
	// Slack does not follow redirects.
	h.courier = &http.Client{
		Timeout:       opts.AnswerWithin,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h
}

// Team returns the team with that id, or nil. Every team of one address knows the others.
func (h *host) Team(id string) *Sandbox {
	i := slices.IndexFunc(h.teams, func(s *Sandbox) bool { return s.cfg.Team.ID == id })
	if i < 0 {
		return nil
	}
	return h.teams[i]
}

// teamOfCall is the team that gave out what a call shows. What nobody gave out, the first team refuses.
func (h *host) teamOfCall(c *call) *Sandbox {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.teams, func(s *Sandbox) bool { return s.gaveOut(c) })
	return h.teams[max(i, 0)]
}

// gaveOut says whether the call's token is this team's, dead or alive; at oauth.v2.access, its code or refresh token.
// The caller holds mu.
func (s *Sandbox) gaveOut(c *call) bool {
	if c.method == "oauth.v2.access" {
		return s.codes[c.arg("code")] != nil || s.refreshes[c.arg("refresh_token")] != nil
	}
	return s.tokens[c.bearer] != nil
}

// teamAsked is the team that an authorize request is for: the one that the person chose (sandbox_team), else the one
// that the app names (team), else the first. As in Slack, an app that names a team which the person is not in decides
// nothing.
func (h *host) teamAsked(query url.Values) (*Sandbox, *authorizeProblem) {
	if chosen := query.Get("sandbox_team"); chosen != "" {
		if s := h.Team(chosen); s != nil {
			return s, nil
		}
		return nil, &authorizeProblem{"No such workspace", h.noTeam(chosen).Error(), "invalid_team"}
	}
	if s := h.Team(query.Get("team")); s != nil {
		return s, nil
	}
	return h.teams[0], nil
}

func (h *host) noTeam(id string) error {
	var known []string
	for _, s := range h.teams {
		known = append(known, s.cfg.Team.ID)
	}
	return fmt.Errorf("the sandbox has no team %q; there is %s", id, strings.Join(known, ", "))
}

// routes is the map of the house.
func (h *host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", h.serveAPI)
	mux.HandleFunc("GET /oauth/v2/authorize", h.serveAuthorize)
	mux.HandleFunc("POST /oauth/v2/authorize", h.serveConsent)
	mux.HandleFunc("GET /socket", h.teams[0].serveSocket)
	mux.HandleFunc("POST /sandbox/responses/{team}/{secret}", h.serveResponse)
	mux.HandleFunc("GET /sandbox/teams", func(w http.ResponseWriter, _ *http.Request) {
		var all []TeamConfig
		for _, s := range h.teams {
			all = append(all, s.cfg.Team)
		}
		answerControl(w, http.StatusOK, all)
	})
	mux.HandleFunc("/sandbox/teams/{team}/{path...}", h.serveTeamControl)
	mux.HandleFunc("/teams/{team}/{path...}", h.serveTeamPage)
	mux.Handle("/sandbox/", h.teams[0].control)
	mux.Handle("/", h.teams[0].site)
	// A web page open in the same browser must not be able to press our buttons. The Web API itself is called by
	// servers, which send no Origin.
	return http.NewCrossOriginProtection().Handler(mux)
}

// serveTeamControl is the control API of one team: the paths of /sandbox/ below /sandbox/teams/ID/.
func (h *host) serveTeamControl(w http.ResponseWriter, r *http.Request) {
	if s := h.Team(r.PathValue("team")); s != nil {
		s.control.ServeHTTP(w, moved(r, "/sandbox/"+r.PathValue("path")))
		return
	}
	answerControl(w, http.StatusNotFound, map[string]any{"ok": false, "error": h.noTeam(r.PathValue("team")).Error()})
}

// serveTeamPage is the pages of one team.
func (h *host) serveTeamPage(w http.ResponseWriter, r *http.Request) {
	if s := h.Team(r.PathValue("team")); s != nil {
		s.site.ServeHTTP(w, moved(r, "/"+r.PathValue("path")))
		return
	}
	h.render(w, http.StatusNotFound, "problem.html", authorizeProblem{"No such workspace", h.noTeam(r.PathValue("team")).Error(), "team_not_found"})
}

// moved is the same request to another path of ours.
func moved(r *http.Request, path string) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Path, out.URL.RawPath = path, ""
	return out
}
