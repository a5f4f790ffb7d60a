package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// scopeWords are the bot scopes that the sandbox knows, in the words of the consent page. It has more than its methods
// use, so that an app which also does other things can be installed here.
// Source: https://docs.slack.dev/reference/scopes
func scopeWords() map[string]string {
	return map[string]string{
		"app_mentions:read":     "View messages that directly mention the app in conversations that it is in",
		"channels:history":      "View messages and other content in public channels that the app has been added to",
		"channels:join":         "Join public channels in the workspace",
		"channels:manage":       "Manage public channels that the app has been added to and create new ones",
		"channels:read":         "View basic information about public channels in the workspace",
		"chat:write":            "Send messages as the app",
		"chat:write.customize":  "Send messages with a customized username and avatar",
		"chat:write.public":     "Send messages to channels the app isn't a member of",
		"commands":              "Add shortcuts and slash commands that people can use",
		"files:read":            "View files shared in conversations that the app has been added to",
		"files:write":           "Upload, edit and delete files as the app",
		"groups:history":        "View messages and other content in private channels that the app has been added to",
		"groups:read":           "View basic information about private channels that the app has been added to",
		"groups:write":          "Manage private channels that the app has been added to and create new ones",
		"im:history":            "View messages and other content in direct messages that the app has been added to",
		"im:read":               "View basic information about direct messages that the app has been added to",
		"im:write":              "Start direct messages with people",
		"links:read":            "View URLs in messages",
		"links:write":           "Show previews of URLs in messages",
		"metadata.message:read": "Read message metadata in conversations that the app has been added to",
		"mpim:history":          "View messages and other content in group direct messages that the app has been added to",
		"mpim:read":             "View basic information about group direct messages that the app has been added to",
		"mpim:write":            "Start group direct messages with people",
		"pins:write":            "Add and remove pinned messages and files",
		"reactions:read":        "View emoji reactions in conversations that the app has been added to",
		"reactions:write":       "Add and edit emoji reactions",
		"team:read":             "View the name, email domain and icon of the workspace",
		"usergroups:read":       "View user groups in the workspace",
		"users.profile:read":    "View profile details about people in the workspace",
		"users:read":            "View people in the workspace",
		"users:read.email":      "View email addresses of people in the workspace",
	}
}

// scopeSet is immutable: union makes a new one, so that a call may keep the set it began with.
type scopeSet map[string]bool

func (set scopeSet) has(scope string) bool { return set[scope] }

func (set scopeSet) union(scopes []string) scopeSet {
	out := maps.Clone(set)
	if out == nil {
		out = scopeSet{}
	}
	for _, scope := range scopes {
		out[scope] = true
	}
	return out
}

// String is the comma-separated form that Slack uses in answers and headers.
func (set scopeSet) String() string {
	return strings.Join(slices.Sorted(maps.Keys(set)), ",")
}

// splitScopes reads a scope parameter: Slack takes commas and, for old links, spaces.
func splitScopes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
