package api

import (
	"context"
	"net/http"

	"github.com/gostanna/stanna/internal/auth"
)

// testEmail sends a test to the caller's own address, and answers "Test email
// sent successfully to …". A server that cannot send e-mail says so.
func (a *api) testEmail(context.Context, auth.Caller) (*testOutput, error) {
	return nil, &problem{Code: notConnected, Status: http.StatusBadRequest, Message: "E-mail is not set up on this server",
		Details: map[string]any{"provider": "email"}}
}
