package sandbox

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

func (cfg Config) validate() error {
	if err := cfg.TeamSetup.validate(""); err != nil {
		return err
	}
	ids, tokens := map[string]string{cfg.Team.ID: "team"}, map[string]string{cfg.BotToken: "bot_token"}
	for i, setup := range cfg.Teams {
		where := fmt.Sprintf("teams[%d].", i)
		if err := setup.validate(where); err != nil {
			return err
		}
		if other, taken := ids[setup.Team.ID]; taken {
			return fmt.Errorf("%steam: id %q is already that of %s", where, setup.Team.ID, other)
		}
		if setup.Team.Name == "" {
			return fmt.Errorf("%steam: name is empty; people choose a team by its name", where)
		}
		if other, taken := tokens[setup.BotToken]; taken && setup.BotToken != "" {
			return fmt.Errorf("%sbot_token is already that of %s; a token belongs to one team", where, other)
		}
		ids[setup.Team.ID], tokens[setup.BotToken] = where+"team", where+"bot_token"
	}
	for i, raw := range cfg.App.RedirectURLs {
		if u, err := url.Parse(raw); err != nil || u.Scheme == "" || u.Host == "" || u.Fragment != "" {
			return fmt.Errorf("app.redirect_urls[%d]: %q must be a full URL without #", i, raw)
		}
	}
	if err := checkScopes("app.optional_scopes: ", cfg.App.OptionalScopes); err != nil {
		return err
	}
	if cfg.App.AppToken != "" && !strings.HasPrefix(cfg.App.AppToken, "xapp-") {
		return errors.New("app.app_token must begin with xapp-, as Slack's app-level tokens do")
	}
	if cfg.App.InteractivityURL != "" {
		if err := checkAppURL(cfg.App.InteractivityURL); err != nil {
			return fmt.Errorf("app.interactivity_url: %w", err)
		}
	}
	if cfg.App.ClientID == "" || cfg.App.ClientSecret == "" || cfg.App.SigningSecret == "" {
		return errors.New("app.client_id, app.client_secret and app.signing_secret must not be empty; leave them out for the defaults")
	}
	if cfg.PostsPerSecond < 0 || cfg.UpdatesPerMinute < 0 || cfg.ListsPerMinute < 0 {
		return errors.New("posts_per_second, updates_per_minute and lists_per_minute must be 0 (no limit) or more")
	}
	return nil
}

// validate checks one team; where is the path to it in the file, with its point at the end.
func (setup TeamSetup) validate(where string) error {
	ids := map[string]string{}
	once := func(where, id, pattern string) error {
		if !regexp.MustCompile(pattern).MatchString(id) {
			return fmt.Errorf("%s: id %q must match %s", where, id, pattern)
		}
		if other, taken := ids[id]; taken {
			return fmt.Errorf("%s: id %q is already that of %s", where, id, other)
		}
		ids[id] = where
		return nil
	}
	if err := once(where+"team", setup.Team.ID, `^T[A-Z0-9]+$`); err != nil {
		return err
	}
	names := map[string]bool{}
	for i, ch := range setup.Channels {
		where := fmt.Sprintf("%schannels[%d]", where, i)
		if err := once(where, ch.ID, `^[CG][A-Z0-9]+$`); err != nil {
			return err
		}
		if ch.Name == "" || names[ch.Name] {
			return fmt.Errorf("%s: name %q is empty or taken", where, ch.Name)
		}
		names[ch.Name] = true
	}
	for i, u := range setup.Users {
		if err := once(fmt.Sprintf("%susers[%d]", where, i), u.ID, `^[UW][A-Z0-9]+$`); err != nil {
			return err
		}
	}
	if setup.BotToken != "" && !strings.HasPrefix(setup.BotToken, "xoxb-") {
		return fmt.Errorf("%sbot_token must begin with xoxb-, as Slack's bot tokens do", where)
	}
	return checkScopes(where+"scopes: ", setup.Scopes)
}

func checkScopes(where string, scopes []string) error {
	for _, scope := range scopes {
		if _, known := scopeWords()[scope]; !known {
			return fmt.Errorf("%s%q is not a bot scope that the sandbox knows", where, scope)
		}
	}
	return nil
}

// checkAppURL: where the app takes presses is a full http(s) URL.
func checkAppURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("%q must be a full URL, https://app.example.com/path", raw)
	}
	return nil
}
