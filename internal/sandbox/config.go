package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Config is the Slack that a sandbox starts as. New takes it as it stands, so that a zero rate means "no limit": start
// from DefaultConfig, or from ParseConfig, which fills in what a file leaves out.
type Config struct {
	App AppConfig `json:"app"`
	// TeamSetup is the team; the first one, if there are Teams.
	TeamSetup
	// Teams are further teams behind the same address, as on slack.com. Nothing is filled in for them.
	Teams       []TeamSetup `json:"teams,omitempty"`
	AutoApprove bool        `json:"auto_approve"`
	// PostsPerSecond is how many messages a channel takes in a second; 0 is no limit.
	PostsPerSecond float64 `json:"posts_per_second"`
	// UpdatesPerMinute is how many chat.update calls the team takes in a minute; 0 is no limit.
	UpdatesPerMinute float64 `json:"updates_per_minute"`
	// ListsPerMinute is the same for conversations.list (Slack: 20); 0, the default, is no limit.
	ListsPerMinute float64 `json:"lists_per_minute"`
}

// TeamSetup is what a team has at the start. The ids of channels and people must differ within a team only: in Slack
// Connect two teams know one channel by the same id.
type TeamSetup struct {
	Team TeamConfig `json:"team"`
	// Scopes are what the team has already granted to the app. An install adds those it requests.
	Scopes []string `json:"scopes"`
	// BotToken is the pasted token of an internal app: valid from the start, with Scopes. Empty: only OAuth gives one.
	BotToken string          `json:"bot_token"`
	Channels []ChannelConfig `json:"channels"`
	Users    []UserConfig    `json:"users"`
}

// AppConfig is what Slack's app settings page holds.
type AppConfig struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	ClientID      string   `json:"client_id"`
	ClientSecret  string   `json:"client_secret"`
	SigningSecret string   `json:"signing_secret"`
	RedirectURLs  []string `json:"redirect_urls"`
	// OptionalScopes is the manifest's bot_optional: the installer may untick them.
	OptionalScopes []string `json:"optional_scopes"`
	TokenRotation  bool     `json:"token_rotation"`
	EventsURL      string   `json:"events_url"`
	// Interactivity is the switch of the settings page. Presses are posted to InteractivityURL, or go over a WebSocket
	// with SocketMode.
	Interactivity    bool   `json:"interactivity"`
	InteractivityURL string `json:"interactivity_url"`
	// SocketMode sends events and presses over WebSockets. Slack keeps the URLs meanwhile and does not use them.
	SocketMode bool `json:"socket_mode"`
	// AppToken is the app-level token (xapp-…, scope connections:write) that apps.connections.open takes. Empty: none.
	AppToken string `json:"app_token"`
}

// TeamConfig is a workspace of Slack's. An EnterpriseID puts it inside an Enterprise org.
type TeamConfig struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	EnterpriseID   string `json:"enterprise_id"`
	EnterpriseName string `json:"enterprise_name"`
}

// ChannelConfig is a channel; IsMember says whether the bot is in it. IsExtShared is a Slack Connect channel, in which
// people of other companies read along; IsOrgShared is shared between workspaces of one Enterprise org.
type ChannelConfig struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	IsPrivate  bool   `json:"is_private"`
	IsArchived bool   `json:"is_archived"`
	IsMember   bool   `json:"is_member"`

	IsExtShared bool `json:"is_ext_shared,omitempty"`
	IsOrgShared bool `json:"is_org_shared,omitempty"`
}

// UserConfig is a person; Deleted is a deactivated account, IsRestricted a guest, and IsStranger somebody of another
// company (TeamID) met in a Slack Connect channel, whose e-mail address Slack does not tell.
type UserConfig struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Deleted bool   `json:"deleted"`

	IsBot             bool   `json:"is_bot,omitempty"`
	IsRestricted      bool   `json:"is_restricted,omitempty"`
	IsUltraRestricted bool   `json:"is_ultra_restricted,omitempty"`
	IsStranger        bool   `json:"is_stranger,omitempty"`
	TeamID            string `json:"team_id,omitempty"` // empty: the team's own
}

// DefaultConfig is the book that `stanna sandbox` opens with when no file is given.
func DefaultConfig() Config {
	return Config{
		App: AppConfig{
			ID: "A0SANDBOX1", Name: "Stanna", ClientID: "1111111111.2222222222",
			ClientSecret: "sandbox-client-secret", SigningSecret: "sandbox-signing-secret", AppToken: "xapp-1-sandbox",
		},
		TeamSetup: TeamSetup{
			Team: TeamConfig{ID: "T0SANDBOX1", Name: "Acme Sandbox"},
			Channels: []ChannelConfig{
				{ID: "C0HEALTH01", Name: "customer-health", IsMember: true},
				{ID: "C0ALERTS01", Name: "cs-alerts", IsMember: true},
				{ID: "C0GENERAL1", Name: "general"},
				{ID: "C0PRIVATE1", Name: "cs-private", IsPrivate: true, IsMember: true},
				{ID: "C0OLDNEWS1", Name: "old-news", IsArchived: true},
			},
			Users: []UserConfig{
				{ID: "U0ANASILVA", Email: "ana.silva@example.com", Name: "Ana Silva"},
				{ID: "U0CHLOEMAR", Email: "chloe.martin@example.com", Name: "Chloe Martin"},
				{ID: "U0TOMASNOV", Email: "tomas.novak@example.com", Name: "Tomas Novak"},
				{ID: "U0PRIYARAO", Email: "priya.rao@example.com", Name: "Priya Rao"},
				{ID: "U0LEFTLAST", Email: "former.colleague@example.com", Name: "Former Colleague", Deleted: true},
			},
		},
		PostsPerSecond:   1,
		UpdatesPerMinute: 50,
	}
}

// ParseConfig reads a configuration file. What it does not mention has the value of DefaultConfig; a list that is
// given, even an empty one, replaces the default list. An unknown key is refused by name.
func ParseConfig(data []byte) (Config, error) {
	cfg := DefaultConfig()
	// Lists are decoded into nothing: decoding over the default ones would mix the two element by element.
	channels, users := cfg.Channels, cfg.Users
	cfg.Channels, cfg.Users = nil, nil
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cfg); err != nil {
		return Config{}, explainDecode(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("sandbox config: there is text after the closing brace; remove it")
	}
	if cfg.Channels == nil {
		cfg.Channels = channels
	}
	if cfg.Users == nil {
		cfg.Users = users
	}
	if err := cfg.validate(); err != nil {
		return Config{}, fmt.Errorf("sandbox config: %w", err)
	}
	return cfg, nil
}

func explainDecode(err error) error {
	if key, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return fmt.Errorf("sandbox config: unknown key %s; check its spelling and the object it stands in", key)
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		field := strings.TrimPrefix(kind.Field, "TeamSetup.") // embedded in Config: no key of the file
		return fmt.Errorf("sandbox config: %s must be a %s, not a %s", field, kind.Type, kind.Value)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("sandbox config: the file ends too early; it must hold one JSON object")
	}
	return fmt.Errorf("sandbox config: not valid JSON: %w", err)
}
