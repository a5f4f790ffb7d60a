// Package sandbox is a Slack of our own: a small server that a Slack app takes for Slack, for demonstrations, for
// tests and for anyone who builds a Slack app and wants to see what it posts without asking an admin for a workspace.
//
// It answers the consent page (/oauth/v2/authorize), the Web API methods that an app which posts needs (/api/METHOD,
// see methods.go), with Slack's own error codes, scopes, cursors, rate limits, token rotation and revocation; it sends
// signed events; it shows what was posted as Slack would (/ and /channels/ID), where buttons, menus, date pickers and
// modals can be worked by a person; and it takes faults (/sandbox/faults): 429, 5xx, any ok:false, slowness, resets
// before and after the deed, outages, lies. Everything that was posted can be read back as JSON and from Go (Messages).
//
// # Buttons
//
// A press becomes the block_actions payload of the message as it stands, posted and signed to the app's interactivity
// URL or sent over a WebSocket in Socket Mode. Its response_url takes five answers in 30 minutes, its trigger_id opens
// one modal in three seconds. What nobody sees cannot be pressed. An app that does not answer well within three seconds
// is warned about beside the element.
//
// # Several teams
//
// As slack.com does, one address can serve several teams to one app (Config.Teams):
//
//	{"bot_token": "xoxb-1", "scopes": ["chat:write"],
//	 "teams": [{"team": {"id": "T0OTHER01", "name": "Globex"}, "bot_token": "xoxb-2", "scopes": ["chat:write"],
//	            "channels": [{"id": "C0GLOBEX01", "name": "health", "is_member": true}], "users": [{"id": "U0BEN", "name": "Ben"}]}]}
//
// The client's id and secrets, the URLs, Socket Mode with its connections, and auto_approve are the app's. Channels,
// people, messages, tokens, grants, the bot user, rate limits, faults, the log and the events are each team's own. A call
// goes to the team whose token, code or refresh token it shows, and to the first team if that is nobody's or an
// app-level one. An install goes to the team that the person chooses on the consent page (sandbox_team=ID in its
// address), else to the one that the app names (team=ID), else to the first.
//
// The paths below and the pages are the first team's. Another's are /sandbox/teams/ID/messages and so on, and
// /teams/ID/ with /teams/ID/channels/ID; from Go, Team(id) has them. POST /sandbox/reset of the first team resets all.
//
// # Control API
//
// What a test or a person does to this Slack that an app could not. Bodies are JSON; an unknown key is refused.
//
//	GET  /sandbox/teams                 the teams, the first one first
//	GET  /sandbox/state                 team, app, channels, people, tokens (hinted at), faults
//	GET  /sandbox/messages              ?channel= ?after=SEQ ?at_least=N&wait_ms=  what was posted, edits applied
//	POST /sandbox/messages              {channel, user, text, thread_ts}: a person writes
//	POST /sandbox/messages/delete       {channel, ts}: a person deletes; a parent with replies leaves a tombstone
//	GET  /sandbox/ephemerals            ?channel= ?user=  what only one person sees
//	GET  /sandbox/calls  /sandbox/stats the last calls, and counts by outcome
//	GET POST DELETE /sandbox/faults     see Fault; the method of a response_url is "response_url"
//	POST /sandbox/channels              {id, name, is_private, is_archived, is_member, is_ext_shared, is_org_shared}
//	POST /sandbox/users                 see UserConfig
//	POST /sandbox/app                   {interactivity, interactivity_url, socket_mode}: the settings page
//	POST /sandbox/press                 {channel, ts, action_id, block_id, value, user} and {team, tamper, age_s, repeat, dry_run}
//	GET  /sandbox/views                 the modals that are open
//	POST /sandbox/submit                {view_id, user, values: {block_id: {action_id: value}}, close} and as for press
//	GET  /sandbox/interactions          the last presses and submissions, and what the app said
//	GET  /sandbox/sockets               the WebSockets that are open
//	POST /sandbox/sockets               {drop, drop_every_ms, refuse_for_ms, twice, disconnect, grace_ms}
//	GET POST /sandbox/events            what was sent; {event, tamper, age_s} sends one
//	POST /sandbox/events/url            {url}: verified as the settings page does
//	POST /sandbox/install /uninstall /revoke /tokens/expire /reset
//
// What it deliberately does not know: reading (conversations.history, search, reactions, files), user tokens, slash
// commands, shortcuts, the Home tab, stacked modals and buttons inside them, chat.postEphemeral, what a person chose in
// a message's menus before (each press starts from the initial values), pictures from elsewhere (it fetches nothing),
// group DMs, an org-wide install that reaches several teams, and channels that teams share: two may have one id, and each
// sees its own messages there. Nothing is written to disk: a restart is an empty Slack. It imports nothing of
// Stanna's, so that a mistake in our Slack client cannot be mirrored in the Slack which tests it.
//
// The limits enforced are Slack's documented ones; each is named once beside the code with the page that states it.
// Where Slack's documentation is silent and people have measured, the comment says so.
package sandbox
