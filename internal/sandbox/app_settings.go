package sandbox

import (
	"fmt"
	"net/http"
)

// appSettings are the parts of Slack's app settings page that can change while the sandbox runs. Sandbox.mu guards it.
type appSettings struct {
	eventsURL        string
	interactivity    bool
	interactivityURL string
	socketMode       bool
}

// AppChange changes the app's settings. A nil field leaves what is there.
type AppChange struct {
	Interactivity    *bool   `json:"interactivity"`
	InteractivityURL *string `json:"interactivity_url"`
	SocketMode       *bool   `json:"socket_mode"`
}

// SetApp changes the app's settings. Slack does not call the interactivity URL to verify it, and closes the WebSockets
// (link_disabled) when Socket Mode is switched off.
func (s *Sandbox) SetApp(change AppChange) error {
	if change.InteractivityURL != nil && *change.InteractivityURL != "" {
		if err := checkAppURL(*change.InteractivityURL); err != nil {
			return fmt.Errorf("interactivity_url: %w", err)
		}
	}
	s.mu.Lock()
	set(&s.app.interactivity, change.Interactivity)
	set(&s.app.socketMode, change.SocketMode)
	if change.InteractivityURL != nil {
		s.app.interactivityURL = *change.InteractivityURL
	}
	off := !s.app.socketMode
	s.notify()
	s.mu.Unlock()
	if off {
		s.disconnect("link_disabled", 0)
	}
	return nil
}

func (s *Sandbox) controlApp(r *http.Request) (any, error) {
	var change AppChange
	if err := readControl(r, &change); err != nil {
		return nil, err
	}
	if err := s.SetApp(change); err != nil {
		return nil, err
	}
	return s.State(), nil
}
