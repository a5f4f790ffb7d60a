package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// controlFunc is one order of the control API: its answer, or what is wrong with the order.
type controlFunc func(r *http.Request) (any, error)

// controlRoutes are the strings behind the stage: what a test or a person does to this Slack that an app could not.
func (s *Sandbox) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	control := func(pattern string, act controlFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			result, err := act(r)
			status := http.StatusOK
			if err != nil {
				status, result = http.StatusBadRequest, map[string]any{"ok": false, "error": err.Error()}
			}
			answerControl(w, status, result)
		})
	}
	control("GET /sandbox/state", func(*http.Request) (any, error) { return s.State(), nil })
	control("GET /sandbox/messages", s.controlMessages)
	control("POST /sandbox/messages", s.controlSay)
	control("POST /sandbox/messages/delete", s.controlDelete)
	control("GET /sandbox/calls", func(*http.Request) (any, error) {
		return map[string]any{"calls": s.Calls(), "stats": s.Stats()}, nil
	})
	control("GET /sandbox/stats", func(*http.Request) (any, error) { return s.Stats(), nil })
	control("GET /sandbox/faults", func(*http.Request) (any, error) { return s.Faults(), nil })
	control("POST /sandbox/faults", func(r *http.Request) (any, error) {
		var f Fault
		if err := readControl(r, &f); err != nil {
			return nil, err
		}
		return orError(s.SetFault(f))
	})
	clear := func(r *http.Request) (any, error) {
		return map[string]any{"ok": true, "cleared": s.ClearFaults(r.PathValue("id"))}, nil
	}
	control("DELETE /sandbox/faults", clear)
	control("DELETE /sandbox/faults/{id}", clear)
	control("POST /sandbox/channels", s.controlChannel)
	control("POST /sandbox/users", s.controlUser)
	control("POST /sandbox/install", s.controlInstall)
	control("POST /sandbox/uninstall", func(*http.Request) (any, error) { s.Uninstall(); return done(), nil })
	control("POST /sandbox/revoke", func(*http.Request) (any, error) { s.Revoke(); return done(), nil })
	control("POST /sandbox/tokens/expire", func(*http.Request) (any, error) {
		return map[string]any{"ok": true, "expired": s.ExpireTokens()}, nil
	})
	control("POST /sandbox/reset", func(r *http.Request) (any, error) {
		var order struct {
			KeepTokens bool `json:"keep_tokens"`
		}
		if err := readControl(r, &order); err != nil {
			return nil, err
		}
		s.Reset(order.KeepTokens)
		return done(), nil
	})
	s.pressRoutes(control)
	control("GET /sandbox/events", func(*http.Request) (any, error) { return s.Events(), nil })
	control("POST /sandbox/events", s.controlEvent)
	control("POST /sandbox/events/url", func(r *http.Request) (any, error) {
		var order struct {
			URL string `json:"url"`
		}
		if err := readControl(r, &order); err != nil {
			return nil, err
		}
		return done(), s.SetEventsURL(r.Context(), order.URL)
	})
	return mux
}

// answerControl writes what the control API answers.
func answerControl(w http.ResponseWriter, status int, result any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(result) // the caller may be gone
}

func done() map[string]any { return map[string]any{"ok": true} }

func orError[T any](value T, err error) (any, error) { return value, err }

// readControl reads a JSON body, if there is one, and refuses unknown keys by name.
func readControl(r *http.Request, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the body must be a JSON object with known keys: %w", err)
	}
	return nil
}

// controlInstall plays an install that was started at Slack and not at the app: the answer's location is where the
// browser would be sent, with a code and no state.
func (s *Sandbox) controlInstall(r *http.Request) (any, error) {
	var order struct {
		RedirectURI string `json:"redirect_uri"`
		Scope       string `json:"scope"`
		OrgWide     bool   `json:"org_wide"`
	}
	if err := readControl(r, &order); err != nil {
		return nil, err
	}
	query := url.Values{"client_id": {s.cfg.App.ClientID}, "scope": {order.Scope}}
	if order.RedirectURI != "" {
		query.Set("redirect_uri", order.RedirectURI)
	}
	if order.OrgWide {
		query.Set("org", "1")
	}
	req, problem := s.checkAuthorize(query)
	if problem != nil {
		return nil, errors.New(problem.Title + ": " + problem.Detail)
	}
	req.sentURI = false
	return map[string]any{"ok": true, "location": withQuery(req.redirectURI, url.Values{"code": {s.newCode(req, req.scopes)}})}, nil
}

// controlEvent sends any event. tamper signs it with a wrong secret, age_s dates it back.
func (s *Sandbox) controlEvent(r *http.Request) (any, error) {
	var order struct {
		Event  map[string]any `json:"event"`
		Tamper bool           `json:"tamper"`
		AgeS   int            `json:"age_s"`
	}
	if err := readControl(r, &order); err != nil {
		return nil, err
	}
	if kind, _ := order.Event["type"].(string); strings.TrimSpace(kind) == "" {
		return nil, errors.New(`"event" must be an object with a type`)
	}
	sig := s.signature(order.Tamper, order.AgeS)
	s.mu.Lock()
	inst := s.installed()
	s.mu.Unlock()
	id := s.dispatch(inst, order.Event, sig)
	if id == "" {
		return nil, errors.New("there is no events URL and Socket Mode is off; set app.events_url, POST /sandbox/events/url or POST /sandbox/app first")
	}
	return map[string]any{"ok": true, "event_id": id}, nil
}
