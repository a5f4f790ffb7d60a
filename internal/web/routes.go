package web

import (
	"net/http"

	"github.com/gostanna/stanna/internal/auth"
)

// routes is every address that a person can go to, with what it takes.
func (s *site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /static/{name}", s.assets)
	mux.HandleFunc("GET /favicon.ico", s.assets.favicon)

	// For everybody.
	mux.Handle("GET /sign-in", s.open(s.signInPage))
	mux.Handle("POST /sign-in", s.open(s.signIn))
	mux.Handle("GET /sign-in/link", s.open(s.linkPage))
	mux.Handle("POST /sign-in/link", s.open(s.useLink))
	mux.Handle("POST /sign-out", s.open(s.signOut))
	mux.Handle("/", s.open(s.nowhere))

	// For whoever is signed in and may.
	mux.Handle("GET /welcome", s.page(signedIn, s.welcomePage))
	mux.Handle("POST /welcome", s.page(signedIn, s.welcome))
	mux.Handle("POST /workspace", s.page(signedIn, s.chooseWorkspace))

	mux.Handle("GET /{$}", s.page(auth.ReadFigures, s.overview))
	mux.Handle("GET /clients", s.page(auth.ReadClients, s.clients))
	mux.Handle("GET /clients/{id}", s.page(auth.ReadClients, s.client))
	mux.Handle("GET /alerts", s.page(auth.ReadClients, s.alerts))
	mux.Handle("GET /alerts/{id}", s.page(auth.ReadClients, s.alert))

	mux.Handle("GET /notifications", s.page(auth.ReadDeliveries, s.notifications))
	mux.Handle("POST /notifications/{id}/resend", s.page(auth.ResendDeliveries, s.resend))

	mux.Handle("GET /integrations", s.page(auth.ReadConnections, s.integrations))
	mux.Handle("GET /integrations/slack", s.page(auth.ReadConnections, s.slack))
	mux.Handle("GET /integrations/slack/check", s.page(auth.Connect, s.slackCheck))
	mux.Handle("POST /integrations/slack/token", s.page(auth.Connect, s.slackToken))
	mux.Handle("POST /integrations/slack/settings", s.page(auth.Connect, s.slackSettings))
	mux.Handle("POST /integrations/slack/channels", s.page(auth.Connect, s.slackChannels))
	mux.Handle("POST /integrations/slack/test", s.page(auth.Connect, s.slackTest))
	mux.Handle("GET /integrations/slack/disconnect", s.page(auth.Connect, s.slackDisconnectPage))
	mux.Handle("POST /integrations/slack/disconnect", s.page(auth.Connect, s.slackDisconnect))

	mux.Handle("GET /integrations/keys", s.page(auth.ManageKeys, s.keys))
	mux.Handle("POST /integrations/keys", s.page(auth.ManageKeys, s.makeKey))
	mux.Handle("POST /integrations/keys/{id}/revoke", s.page(auth.ManageKeys, s.revokeKey))
	return mux
}
