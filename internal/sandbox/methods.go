package sandbox

import "net/http"

// method is one Web API method.
type method struct {
	run func(*Sandbox, *call) (answer, *slackError)
	// accepts are the scopes of the x-accepted-oauth-scopes header; the method itself checks what it needs.
	accepts  []string
	open     bool // needs no token
	formOnly bool // takes no arguments from a JSON body
}

// methods are all that this Slack knows; everything else is unknown_method.
// Source of scopes: the page of each method below https://docs.slack.dev/reference/methods
func methods() map[string]method {
	return map[string]method{
		"api.test":            {run: (*Sandbox).apiTest, open: true},
		"oauth.v2.access":     {run: (*Sandbox).oauthAccess, open: true, formOnly: true},
		"auth.test":           {run: (*Sandbox).authTest},
		"auth.revoke":         {run: (*Sandbox).authRevoke, formOnly: true},
		"apps.uninstall":      {run: (*Sandbox).appsUninstall, formOnly: true},
		"team.info":           {run: (*Sandbox).teamInfo, accepts: []string{"team:read"}, formOnly: true},
		"conversations.list":  {run: (*Sandbox).conversationsList, accepts: conversationScopes(), formOnly: true},
		"conversations.info":  {run: (*Sandbox).conversationsInfo, accepts: conversationScopes(), formOnly: true},
		"conversations.open":  {run: (*Sandbox).conversationsOpen, accepts: []string{"im:write", "mpim:write"}},
		"conversations.join":  {run: (*Sandbox).conversationsJoin, accepts: []string{"channels:join"}},
		"users.conversations": {run: (*Sandbox).usersConversations, accepts: conversationScopes(), formOnly: true},
		"users.lookupByEmail": {run: (*Sandbox).usersLookupByEmail, accepts: []string{"users:read.email"}, formOnly: true},
		"users.info":          {run: (*Sandbox).usersInfo, accepts: []string{"users:read"}, formOnly: true},
		"chat.postMessage":    {run: (*Sandbox).chatPostMessage, accepts: []string{"chat:write"}},
		"chat.update":         {run: (*Sandbox).chatUpdate, accepts: []string{"chat:write"}},
		"chat.delete":         {run: (*Sandbox).chatDelete, accepts: []string{"chat:write"}},
		"views.open":          {run: (*Sandbox).viewsOpen},
		"views.update":        {run: (*Sandbox).viewsUpdate},
		// Needs an app-level token instead of a bot's, and looks at it itself.
		"apps.connections.open": {run: (*Sandbox).appsConnectionsOpen, open: true, accepts: []string{"connections:write"}},
	}
}

func conversationScopes() []string {
	return []string{"channels:read", "groups:read", "mpim:read", "im:read"}
}

// serveAPI has one Web API call answered by the team that it is for.
func (h *host) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	m, known := h.methods[name]
	c, refusal := readCall(r, name, m)
	if !known {
		refusal, c.warnings = refuse("unknown_method"), nil
		c.logged = "unknown" // names made up by the caller must not fill the counters
	}
	h.reachedAt(r)
	h.teamOfCall(c).serve(w, c, m, refusal)
}

// serve lets a fault have its way with a call, runs it, logs it and answers it. The log comes before the answer, so that
// whoever has the answer finds the call in the log.
func (s *Sandbox) serve(w http.ResponseWriter, c *call, m method, refusal *slackError) {
	entry := Call{At: s.now(), Method: c.logged, Channel: c.arg("channel")}
	var out reply
	strike := s.strike(c)
	if strike != nil {
		entry.Fault = strike.ID
		if !strike.wait(c.request.Context()) {
			entry.Error = "caller_gone"
			s.logCall(entry)
			return
		}
	}
	if strike == nil || strike.sparesDeed() {
		var body answer
		if refusal == nil {
			body, refusal = s.run(c, m)
		}
		out = c.reply(m, body, refusal)
	}
	if strike != nil {
		out = strike.twist(out)
	}
	entry.Status, entry.Error, entry.OK = out.status, out.code, out.code == ""
	s.logCall(entry)
	out.send(w)
}

func (s *Sandbox) run(c *call, m method) (answer, *slackError) {
	if !m.open {
		s.mu.Lock()
		t, refusal := s.authenticate(c.bearer)
		if refusal != nil {
			s.mu.Unlock()
			return nil, refusal
		}
		c.token, c.scopes = t, t.inst.scopes
		s.mu.Unlock()
	}
	return m.run(s, c)
}

// reachedAt remembers the address at which the app reaches us, for the URLs that we hand out.
func (h *host) reachedAt(r *http.Request) {
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	h.mu.Lock()
	h.base = base
	h.mu.Unlock()
}
