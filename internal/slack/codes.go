package slack

import (
	"strings"
	"time"
)

// verdict is what an error code means.
type verdict struct {
	class  Class
	repair string
	scope  Scope         // of a retry
	after  time.Duration // of a retry, when Slack names no time
}

// Codes of ours, for what happens on the way.
const (
	noConnection = "no_connection"  // not a byte reached Slack
	noAnswer     = "no_answer"      // the request left and the line broke, or time ran out
	badAnswer    = "bad_answer"     // an answer that Slack never gives
	cancelled    = "consent_denied" // access_denied on the way back from the consent page
)

// Sentences that many codes share.
const (
	reconnect  = "An admin connects Slack again on the Integrations page."
	askAdmin   = "Ask an admin of the Slack workspace to allow the Stanna app, then send again."
	chooseElse = "Choose another channel for these messages."
	chooseUser = "Correct the person's e-mail address, or name a deputy or a channel in their place."
	startAgain = "Begin again with Connect on the Integrations page; nothing was changed."
	ourFault   = "Slack found fault with what Stanna sent, not with your settings. Report the code and the details; the message can be sent again after an update."
	compareApp = "Compare client id, client secret and redirect address with the app's page at https://api.slack.com/apps (Basic Information; OAuth & Permissions)."
	pressAgain = "Slack takes an answer to a press for a short time only. Press again."
	tooSoon    = "Nothing needs to be done unless it lasts; then see https://slack-status.com."
)

// table says what each code means. The classes follow the descriptions on
// Slack's method pages (https://docs.slack.dev/reference/methods/chat.postMessage
// and its sisters). A key that ends in * stands for every code that begins so.
var table = map[string]verdict{
	// The installation is gone or its token is.
	"account_inactive":       {class: ClassConnection, repair: "The Stanna app was removed from the Slack workspace, or the workspace was deleted. " + reconnect},
	"token_revoked":          {class: ClassConnection, repair: "The app's token was revoked, as it is when the app is removed from Slack. " + reconnect},
	"invalid_auth":           {class: ClassConnection, repair: "Slack does not accept the token. If the app is limited to certain IP addresses, add this server's; else: " + reconnect},
	"invalid_token":          {class: ClassConnection, repair: "Slack does not accept the token. " + reconnect},
	"not_authed":             {class: ClassConnection, repair: "No token was sent. " + reconnect},
	"not_allowed_token_type": {class: ClassConnection, repair: "The token is of the wrong kind: a bot token is needed, which begins with xoxb- (or xoxe.xoxb- with rotation). " + reconnect},
	"invalid_refresh_token":  {class: ClassConnection, repair: "The refresh token was used before or revoked. " + reconnect},
	"token_expired":          {class: ClassToken, scope: ScopeTeam, repair: "If refreshing the token does not help: " + reconnect},

	// A permission is missing.
	"missing_scope": {class: ClassScope, repair: "An admin connects Slack again on the Integrations page and allows it; until then the feature that needs it is off."},
	"no_permission": {class: ClassScope, repair: "The app's installation does not include this. An admin connects Slack again on the Integrations page; until then the feature that needs it is off."},

	// An admin at Slack must allow it.
	"access_denied":                            {class: ClassPolicy, repair: askAdmin},
	"accesslimited":                            {class: ClassPolicy, repair: "Slack limits access from this server's network. " + askAdmin},
	"ekm_access_denied":                        {class: ClassPolicy, repair: "The organisation has suspended posting by withdrawing its encryption key. " + askAdmin},
	"enterprise_is_restricted":                 {class: ClassPolicy, repair: "The organisation does not allow this call. " + askAdmin},
	"team_access_not_granted":                  {class: ClassPolicy, repair: "The app is installed in the organisation but not in the workspace of this channel. An organisation admin adds it there (Slack administration, Integrations, the app, Add to workspaces)."},
	"two_factor_setup_required":                {class: ClassPolicy, repair: "The workspace demands two-factor authentication of whoever installed the app. That person sets it up, or another admin connects Slack again."},
	"cannot_install_an_org_installed_app":      {class: ClassPolicy, repair: "The app is installed for the whole organisation already. An organisation admin adds this workspace to it."},
	"preview_feature_not_available":            {class: ClassPolicy, repair: "Slack has not opened this feature to the workspace. " + askAdmin},
	"user_email_unverified":                    {class: ClassConsent, repair: "Confirm your e-mail address at Slack first. " + startAgain},
	"slack_connect_*":                          {class: ClassPolicy, repair: "The channel is shared with another organisation and a policy forbids this message there. " + chooseElse},
	"user_is_restricted":                       {class: ClassPolicy, repair: "Guests may not do this. " + askAdmin},
	"user_is_ultra_restricted":                 {class: ClassPolicy, repair: "Guests may not do this. " + askAdmin},
	"user_is_bot":                              {class: ClassPolicy, repair: "Bots may not do this. A person does it in Slack."},
	"restricted_action":                        {class: ClassDestination, repair: "A setting of the Slack workspace keeps the app from posting there. Ask an admin to allow it, or choose another channel."},
	"restricted_action_read_only_channel":      {class: ClassDestination, repair: "Only chosen people may post in this channel. Ask an admin to add the app to them, or choose another channel."},
	"restricted_action_thread_only_channel":    {class: ClassDestination, repair: "This channel takes replies in threads only. " + chooseElse},
	"restricted_action_non_threadable_channel": {class: ClassDestination, repair: "This channel takes no threads. " + chooseElse},
	"restricted_action_thread_locked":          {class: ClassDestination, repair: "The thread is locked. Unlock it in Slack, or choose another channel."},
	"restricted_action_*":                      {class: ClassDestination, repair: "A setting of the channel keeps the app from posting there. Ask an admin to allow it, or choose another channel."},

	// The channel or the person cannot be reached.
	"channel_not_found":                     {class: ClassDestination, repair: "There is no such channel any more, or it is private and the app is not in it. Type /invite @stanna in the channel, or choose another."},
	"not_in_channel":                        {class: ClassDestination, repair: "The app is not in this channel. Type /invite @stanna in it."},
	"is_archived":                           {class: ClassDestination, repair: "The channel is archived. Unarchive it in Slack, or choose another."},
	"is_inactive":                           {class: ClassDestination, repair: "The channel is frozen, archived or deleted. " + chooseElse},
	"team_not_found":                        {class: ClassDestination, repair: "The channel was given by its name in an organisation of several workspaces. Choose the channel again from the list."},
	"cannot_reply_to_message":               {class: ClassDestination, repair: "This message takes no replies. " + chooseElse},
	"messages_tab_disabled":                 {class: ClassDestination, repair: "The app takes no direct messages. At https://api.slack.com/apps, App Home, switch the Messages Tab on."},
	"method_not_supported_for_channel_type": {class: ClassDestination, repair: "This cannot be done with a channel of this kind. In a private channel type /invite @stanna."},
	"user_not_found":                        {class: ClassDestination, repair: "There is no such person in Slack. " + chooseUser},
	"users_not_found":                       {class: ClassDestination, repair: "Nobody in Slack has this e-mail address. " + chooseUser},
	"user_disabled":                         {class: ClassDestination, repair: "The person's Slack account is switched off. " + chooseUser},
	"user_not_visible":                      {class: ClassDestination, repair: "The app may not see this person. " + chooseUser},
	"invalid_user_combination":              {class: ClassDestination, repair: "A direct message to this person is not possible. " + chooseUser},

	// The message cannot be updated any more.
	"message_not_found":   {class: ClassMessage, repair: "The message was deleted in Slack; it is posted anew."},
	"cant_update_message": {class: ClassMessage, repair: "Slack does not let the app change this message; it is posted anew."},
	"edit_window_closed":  {class: ClassMessage, repair: "The workspace does not allow changes so late; it is posted anew."},
	"block_mismatch":      {class: ClassMessage, repair: "Slack does not let the app change the form of this message; it is posted anew."},

	// A press cannot be answered any more: views.open and response_url.
	"expired_trigger_id":   {class: ClassPress, repair: pressAgain},
	"exchanged_trigger_id": {class: ClassPress, repair: pressAgain},
	"invalid_trigger":      {class: ClassPress, repair: pressAgain},
	"invalid_trigger_id":   {class: ClassPress, repair: pressAgain},
	"expired_url":          {class: ClassPress, repair: pressAgain},
	"used_url":             {class: ClassPress, repair: pressAgain},

	// We sent something wrong.
	"invalid_blocks":                    {class: ClassRequest, repair: ourFault},
	"invalid_blocks_format":             {class: ClassRequest, repair: ourFault},
	"msg_blocks_too_long":               {class: ClassRequest, repair: ourFault},
	"msg_too_long":                      {class: ClassRequest, repair: ourFault},
	"no_text":                           {class: ClassRequest, repair: ourFault},
	"markdown_text_conflict":            {class: ClassRequest, repair: ourFault},
	"too_many_attachments":              {class: ClassRequest, repair: ourFault},
	"attachment_payload_limit_exceeded": {class: ClassRequest, repair: ourFault},
	"invalid_arguments":                 {class: ClassRequest, repair: ourFault},
	"invalid_arg_name":                  {class: ClassRequest, repair: ourFault},
	"invalid_array_arg":                 {class: ClassRequest, repair: ourFault},
	"invalid_form_data":                 {class: ClassRequest, repair: ourFault},
	"invalid_json":                      {class: ClassRequest, repair: ourFault},
	"json_not_object":                   {class: ClassRequest, repair: ourFault},
	"invalid_post_type":                 {class: ClassRequest, repair: ourFault},
	"missing_post_type":                 {class: ClassRequest, repair: ourFault},
	"invalid_charset":                   {class: ClassRequest, repair: ourFault},
	"missing_charset":                   {class: ClassRequest, repair: ourFault},
	"superfluous_charset":               {class: ClassRequest, repair: ourFault},
	"invalid_metadata_*":                {class: ClassRequest, repair: ourFault},
	"metadata_too_large":                {class: ClassRequest, repair: ourFault},
	"duplicate_channel_not_found":       {class: ClassRequest, repair: ourFault},
	"duplicate_message_not_found":       {class: ClassRequest, repair: ourFault},
	"invalid_cursor":                    {class: ClassRequest, repair: "The list had grown too old to go on with. Load it again from its beginning."},
	"invalid_attachments":               {class: ClassRequest, repair: ourFault},
	"missing_argument":                  {class: ClassRequest, repair: ourFault},
	"invalid_limit":                     {class: ClassRequest, repair: ourFault},
	"invalid_types":                     {class: ClassRequest, repair: ourFault},
	"http_413":                          {class: ClassRequest, repair: ourFault}, // a proxy finds it too large
	"limit_required":                    {class: ClassRequest, repair: ourFault},
	"users_list_not_supplied":           {class: ClassRequest, repair: ourFault},
	"not_enough_users":                  {class: ClassRequest, repair: ourFault},
	"too_many_users":                    {class: ClassRequest, repair: ourFault},
	"view_too_large":                    {class: ClassRequest, repair: ourFault},
	"duplicate_external_id":             {class: ClassRequest, repair: ourFault},
	"foreign_response_url":              {class: ClassRequest, repair: "Slack keeps response addresses at https://hooks.slack.com or https://hooks.slack-gov.com. Check the configured address of Slack; if it is right, the press did not come from Slack."},
	"invalid_grant_type":                {class: ClassRequest, repair: ourFault},
	"deprecated_endpoint":               {class: ClassRequest, repair: "Slack has withdrawn this call. Update Stanna."},
	"method_deprecated":                 {class: ClassRequest, repair: "Slack has withdrawn this call. Update Stanna."},
	"unknown_method":                    {class: ClassRequest, repair: "Slack has no such call. Check the configured address of Slack, and update Stanna."},
	"upgrade_required":                  {class: ClassRequest, repair: "The workspace is moving and Slack wants a newer call. Update Stanna."},

	// Connecting: oauth.v2.access and apps.uninstall.
	"invalid_client_id":                {class: ClassSetup, repair: "Slack knows no app with this client id. " + compareApp},
	"bad_client_secret":                {class: ClassSetup, repair: "The client secret is not the app's. " + compareApp},
	"client_id_token_mismatch":         {class: ClassSetup, repair: "The token belongs to another Slack app. " + compareApp},
	"bad_redirect_uri":                 {class: ClassSetup, repair: "The redirect address is not among the app's. Add PUBLIC_URL/api/integrations/slack/callback at https://api.slack.com/apps, OAuth & Permissions, Redirect URLs; it must begin with https://."},
	"oauth_authorization_url_mismatch": {class: ClassSetup, repair: "The consent began at another Slack than it ended (slack.com, slack-gov.com). Check the configured address of Slack, then begin again."},
	"no_scopes":                        {class: ClassSetup, repair: "The app asked for no permission. At https://api.slack.com/apps give it the manifest that stanna slack manifest prints."},
	"pkce_not_allowed":                 {class: ClassSetup, repair: "The app's settings at Slack ask for PKCE. At https://api.slack.com/apps, OAuth & Permissions, switch it off."},
	"invalid_code_verifier":            {class: ClassSetup, repair: "The app's settings at Slack ask for PKCE. At https://api.slack.com/apps, OAuth & Permissions, switch it off."},
	"link_disabled":                    {class: ClassSetup, repair: "Socket Mode is switched off in the app's settings. At https://api.slack.com/apps, Socket Mode, switch it on."},
	"token_rotation_not_enabled":       {class: ClassSetup, repair: "The app's settings at Slack have no token rotation. " + reconnect},
	"invalid_code":                     {class: ClassConsent, repair: "The code from Slack was used before or is older than ten minutes. " + startAgain},
	cancelled:                          {class: ClassConsent, repair: "Cancel was pressed on Slack's page. " + startAgain},

	// Time heals it.
	"ratelimited":            {class: ClassWait, scope: ScopeLane, after: time.Second},
	"rate_limited":           {class: ClassWait, scope: ScopeLane, after: time.Second},
	"message_limit_exceeded": {class: ClassWait, scope: ScopeTeam, after: time.Minute, repair: "The workspace has reached Slack's limit of messages. If it lasts, an admin of the workspace sees to its Slack plan."},
	"service_unavailable":    {class: ClassWait, scope: ScopeTeam, repair: tooSoon},
	"org_login_required":     {class: ClassWait, scope: ScopeTeam, after: time.Hour, repair: "Slack is moving the workspace into an organisation, which takes hours. If it lasts longer than a day: " + reconnect},
	"team_added_to_org":      {class: ClassWait, scope: ScopeTeam, after: time.Hour, repair: "Slack is moving the workspace into an organisation, which takes hours. If it lasts longer than a day: " + reconnect},
	noConnection:             {class: ClassWait, scope: ScopeTeam, repair: "If it lasts, check that this server can reach the configured address of Slack: DNS, firewall, proxy, certificates, clock."},
	"http_*":                 {class: ClassWait, scope: ScopeTeam, repair: "Slack does not answer so. If it lasts, look for a proxy or a wrong address of Slack between this server and it."},

	// It may have happened. The scope holds where a repeat does no harm.
	"internal_error":  {class: ClassAmbiguous, scope: ScopeMessage},
	"fatal_error":     {class: ClassAmbiguous, scope: ScopeMessage},
	"request_timeout": {class: ClassAmbiguous, scope: ScopeMessage},
	"update_failed":   {class: ClassAmbiguous, scope: ScopeMessage},
	"http_2*":         {class: ClassAmbiguous, scope: ScopeTeam, repair: tooSoon}, // anything but 200
	"http_5*":         {class: ClassAmbiguous, scope: ScopeTeam, repair: tooSoon},
	noAnswer:          {class: ClassAmbiguous, scope: ScopeTeam, repair: tooSoon},
	badAnswer:         {class: ClassAmbiguous, scope: ScopeTeam, repair: "If it lasts, look for a proxy or a wrong address of Slack between this server and it."},
}

// verdictOf looks the code up, the longest * that fits if it is not there
// itself.
//
// A code that nobody has described (Slack says that others can occur) is
// permanent for this message: Slack did say that it is not posted, so that
// nothing is doubtful. The message is kept as dead, shown with the code and
// where to look it up, and can be sent again; repeating it by ourselves would
// hold up everything behind it for as long as Slack says no.
func verdictOf(code, method string) verdict {
	if v, ok := table[code]; ok {
		return v
	}
	for n := len(code); n > 0; n-- {
		if v, ok := table[code[:n]+"*"]; ok {
			return v
		}
	}
	page := "https://docs.slack.dev/reference/methods"
	if strings.Contains(method, ".") {
		page += "/" + method
	}
	return verdict{class: ClassOther, repair: "This version of Stanna does not know the code. Look it up at " + page + ", mend the cause and send again."}
}

// kind is what the class comes to. Doubt about a call that may be repeated
// without harm is a reason to repeat it.
func (v verdict) kind(repeatable bool) Kind {
	switch {
	case v.class == ClassWait || v.class == ClassToken:
		return Retry
	case v.class == ClassAmbiguous && repeatable:
		return Retry
	case v.class == ClassAmbiguous:
		return Unknown
	}
	return Permanent
}
