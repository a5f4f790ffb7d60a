package app

import (
	"context"
	"encoding/json"

	"github.com/gostanna/stanna/internal/slack"
)

// hear takes what came over Socket Mode, as the addresses do over HTTP, and
// gives what to answer.
func (a *App) hear(ctx context.Context, e slack.Envelope) json.RawMessage {
	switch e.Type {
	case slack.EnvelopeInteractive:
		p, err := a.line.PressOverSocket(e.Payload)
		if err != nil {
			a.log.Warn("read a press", "error", err)
			return nil
		}
		return a.desk.Take(ctx, p)
	case slack.EnvelopeEvents:
		if err := a.line.EventOverSocket(ctx, e.Payload); err != nil { // the daily check finds out as well
			a.log.Error("take Slack's notice", "error", err)
		}
	}
	return nil
}
