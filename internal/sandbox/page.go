package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed assets
var assets embed.FS

func parsePages() *template.Template {
	return template.Must(template.ParseFS(assets, "assets/*.html"))
}

func (s *Sandbox) pageRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.serveHome)
	mux.HandleFunc("GET /channels/{id}", s.serveChannel)
	mux.HandleFunc("POST /person", s.servePerson)
	mux.HandleFunc("POST /press", s.servePress)
	mux.HandleFunc("POST /submit", s.serveSubmit)
	mux.Handle("GET /assets/", http.FileServerFS(assets))
	return mux
}

// frame is what every page of the team has around it.
type frame struct {
	State
	Root     string    // before the path of a page
	Control  string    // before the path of the control API
	Teams    []teamRow // if there are several
	Title    string
	AppName  string
	Current  string
	Channels []ChannelState
	DMs      []ChannelState
	Troubles []string // faults in force
	People   []UserConfig
	Person   UserConfig // who sits before the page
	Modal    *modalView // what the person has open
}

func (s *Sandbox) frame(r *http.Request, title, current string) frame {
	f := frame{State: s.State(), Root: s.root, Control: "/sandbox" + s.root, Teams: s.teamRows(), Title: title, AppName: s.cfg.App.Name, Current: current}
	f.People, f.Person = people(r, f.State.Users)
	f.Modal = s.modal(r, f.Person.ID)
	for _, ch := range f.State.Channels {
		if ch.IsIM {
			f.DMs = append(f.DMs, ch)
		} else {
			f.Channels = append(f.Channels, ch)
		}
	}
	for _, fault := range f.Faults {
		f.Troubles = append(f.Troubles, fault.sentence())
	}
	return f
}

// teamRow is a team in the sidebar, by which a person goes there.
type teamRow struct {
	Name, Root string
	Posted     int64
	Current    bool
}

// teamRows are all teams, if there is a choice.
func (s *Sandbox) teamRows() (rows []teamRow) {
	if len(s.teams) == 1 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.teams {
		rows = append(rows, teamRow{each.cfg.Team.Name, each.root, each.team.messages.seq, each == s})
	}
	return rows
}

// rowView is a channel in the sidebar.
type rowView struct {
	ChannelState
	Root    string
	Current bool
}

// Row is used by the sidebar's template.
func (f frame) Row(ch ChannelState) rowView { return rowView{ch, f.Root, ch.ID == f.Current} }

// homeView is the state of the house: who is connected, what went well and what did not.
type homeView struct {
	frame
	Scopes   []string
	Outcomes []outcomeView
	Recent   []Call
	Events   []EventDelivery
	Presses  []Interaction
}

type outcomeView struct {
	Method, Outcome string
	Count           int64
}

func (s *Sandbox) serveHome(w http.ResponseWriter, r *http.Request) {
	view := homeView{frame: s.frame(r, "State", ""), Recent: s.Calls(), Events: s.Events(), Presses: s.Interactions()}
	view.Scopes = splitScopes(view.State.Scopes)
	view.Recent = view.Recent[max(0, len(view.Recent)-20):]
	view.Presses = view.Presses[max(0, len(view.Presses)-20):]
	slices.Reverse(view.Presses)
	slices.Reverse(view.Recent)
	slices.Reverse(view.Events)
	for method, outcomes := range s.Stats().Outcomes {
		for outcome, n := range outcomes {
			view.Outcomes = append(view.Outcomes, outcomeView{method, outcome, n})
		}
	}
	slices.SortFunc(view.Outcomes, func(a, b outcomeView) int {
		return strings.Compare(a.Method+" "+a.Outcome, b.Method+" "+b.Outcome)
	})
	s.render(w, http.StatusOK, "home.html", view)
}

const messagesShown = 100

func (s *Sandbox) serveChannel(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	view := channelView{frame: s.frame(r, "", id)}
	i := slices.IndexFunc(view.State.Channels, func(ch ChannelState) bool { return ch.ID == id })
	if i < 0 {
		s.render(w, http.StatusNotFound, "problem.html", authorizeProblem{"No such channel", "The sandbox has no channel with the id " + id + ".", "channel_not_found"})
		return
	}
	view.Channel = view.State.Channels[i]
	view.Title = view.Channel.Title
	view.Earlier, view.Messages = s.threads(r, id, view.frame)
	s.render(w, http.StatusOK, "channel.html", view)
}

// Initial is the letter of an avatar or of a team.
func (v messageView) Initial() string { return initial(v.Author) }
func (t teamRow) Initial() string     { return initial(t.Name) }

func initial(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return "?"
}

// Clock is a call's or an event's time of day.
func (c Call) Clock() string          { return c.At.UTC().Format("15:04:05") }
func (e EventDelivery) Clock() string { return e.At.UTC().Format("15:04:05") }
func (in Interaction) Clock() string  { return in.At.UTC().Format("15:04:05") }

// Expiry is when a token ends, or nothing.
func (t TokenState) Expiry() string {
	if t.ExpiresAt.IsZero() {
		return "does not expire"
	}
	return "until " + t.ExpiresAt.UTC().Format(time.DateTime) + " UTC"
}

// render writes a page. Nothing on it may run but our own script, whatever a message says.
func (h *host) render(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := h.pages.ExecuteTemplate(&page, name, view); err != nil {
		http.Error(w, "the page could not be drawn: "+err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "same-origin") // no-referrer would take the Origin from the consent form
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}
