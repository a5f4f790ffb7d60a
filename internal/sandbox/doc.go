// Package sandbox is a Slack of our own: a small server that a Slack app takes for Slack, for demonstrations, for
// tests and for anyone who builds a Slack app and wants to see what it posts without asking an admin for a workspace.
//
// It answers the consent page (/oauth/v2/authorize), the Web API methods that an app which posts needs (/api/METHOD,
// see methods.go), with Slack's own error codes, scopes, cursors, rate limits, token rotation and revocation; it sends
// signed events; it shows what was posted as Slack would (/ and /channels/ID); and it takes faults (/sandbox/faults):
// 429, 5xx, any ok:false, slowness, resets before and after the deed, outages, lies. Everything that was posted can be
// read back as JSON (/sandbox/messages) and from Go (Messages).
//
// What it deliberately does not know: reading (conversations.history, search, reactions, files), user tokens, views,
// slash commands, button presses, Socket Mode, group DMs, and more than one team. Nothing is written to disk: a restart
// is an empty Slack. It imports nothing of Stanna's, so that a mistake in our Slack client cannot be mirrored in the
// Slack which tests it.
//
// The limits enforced are Slack's documented ones; each is named once beside the code with the page that states it.
// Where Slack's documentation is silent and people have measured, the comment says so.
package sandbox
