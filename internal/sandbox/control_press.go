package sandbox

import "net/http"

// pressRoutes are the control API of buttons, modals and Socket Mode.
func (s *Sandbox) pressRoutes(control func(pattern string, act controlFunc)) {
	control("POST /sandbox/app", s.controlApp)
	control("GET /sandbox/interactions", func(*http.Request) (any, error) { return s.Interactions(), nil })
	control("POST /sandbox/press", func(r *http.Request) (any, error) {
		var p Press
		if err := readControl(r, &p); err != nil {
			return nil, err
		}
		return orError(s.Press(r.Context(), p))
	})
	control("GET /sandbox/ephemerals", func(r *http.Request) (any, error) {
		return s.Ephemerals(r.URL.Query().Get("channel"), r.URL.Query().Get("user")), nil
	})
	control("GET /sandbox/views", func(*http.Request) (any, error) { return s.Views(), nil })
	control("POST /sandbox/submit", func(r *http.Request) (any, error) {
		var order Submit
		if err := readControl(r, &order); err != nil {
			return nil, err
		}
		return orError(s.Submit(r.Context(), order))
	})
	control("GET /sandbox/sockets", func(*http.Request) (any, error) { return s.Connections(), nil })
	control("POST /sandbox/sockets", s.controlSockets)
}
