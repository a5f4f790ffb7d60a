package api

import (
	"context"
	"net/http"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/mail"
)

// testEmail sends a test to the caller's own address; a key has none, so that
// the endpoint of a mailbox is tested instead. A server that cannot send
// e-mail says so.
func (a *api) testEmail(ctx context.Context, who auth.Caller) (*testOutput, error) {
	if !a.Relay.HasMail() {
		return nil, &problem{Code: notConnected, Status: http.StatusBadRequest, Message: "E-mail is not set up on this server: whoever runs it sets STANNA_SMTP_URL",
			Details: map[string]any{"provider": "email"}}
	}
	if who.Email == "" {
		return nil, stanna.InvalidField("channel", "email goes to the address of who is signed in, and an API key has none; test the endpoint of a mailbox with POST /api/webhooks/{id}/test")
	}
	answer, err := a.Relay.TestMail(ctx, who.Workspace, who.Actor(), who.Email)
	if err != nil {
		return nil, err
	}
	if answer.Outcome != mail.Delivered {
		return nil, &problem{Code: integrationError, Status: http.StatusBadGateway, Message: "The mail server did not take the test. " + answer.Error,
			Details: map[string]any{"service": "email", "retryAfter": 60}, retryAfter: 60}
	}
	return &testOutput{http.StatusOK, testAnswer{Success: true, Message: "Test email sent successfully to " + who.Email}}, nil
}
