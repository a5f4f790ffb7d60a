package sandbox

import (
	"strings"
	"testing"
)

func TestParseConfigFillsInWhatIsLeftOut(t *testing.T) {
	cfg, err := ParseConfig([]byte(`{"app":{"client_id":"1.2"},"scopes":["chat:write"],"posts_per_second":0,"channels":[{"id":"C1","name":"one"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultConfig()
	want.App.ClientID, want.Scopes, want.PostsPerSecond = "1.2", []string{"chat:write"}, 0
	want.Channels = []ChannelConfig{{ID: "C1", Name: "one"}}
	diff(t, "config", cfg, want)

	empty, err := ParseConfig([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "empty config", empty, DefaultConfig())
	if empty.PostsPerSecond != 1 {
		t.Errorf("absent posts_per_second is %v, want 1", empty.PostsPerSecond)
	}
}

func TestParseConfigRefusesWithTheReason(t *testing.T) {
	for _, test := range []struct{ name, file, names string }{
		{"unknown key", `{"post_per_second":1}`, `"post_per_second"`},
		{"unknown nested key", `{"app":{"clientid":"x"}}`, `"clientid"`},
		{"unknown key in a list", `{"channels":[{"id":"C1","name":"a","archived":true}]}`, `"archived"`},
		{"wrong type", `{"auto_approve":"yes"}`, `auto_approve must be a bool`},
		{"cut short", `{"app":{`, `ends too early`},
		{"text after", `{} {}`, `after the closing brace`},
		{"not JSON", `app: x`, `not valid JSON`},
		{"bad channel id", `{"channels":[{"id":"x","name":"a"}]}`, `channels[0]`},
		{"the same id twice", `{"channels":[{"id":"C1","name":"a"},{"id":"C1","name":"b"}]}`, `already that of channels[0]`},
		{"the same name twice", `{"channels":[{"id":"C1","name":"a"},{"id":"C2","name":"a"}]}`, `channels[1]`},
		{"bad user id", `{"users":[{"id":"C9"}]}`, `users[0]`},
		{"redirect with #", `{"app":{"redirect_urls":["https://a.example/#x"]}}`, `app.redirect_urls[0]`},
		{"unknown scope", `{"scopes":["chat:writ"]}`, `"chat:writ"`},
		{"user token", `{"bot_token":"xoxp-1"}`, `xoxb-`},
		{"negative rate", `{"posts_per_second":-1}`, `posts_per_second`},
		{"app token", `{"app":{"app_token":"xoxb-1"}}`, `xapp-`},
		{"interactivity URL", `{"app":{"interactivity":true,"interactivity_url":"/x"}}`, `app.interactivity_url`},
		{"no secret", `{"app":{"client_secret":""}}`, `app.client_secret`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseConfig([]byte(test.file))
			if err == nil || !strings.Contains(err.Error(), test.names) {
				t.Errorf("error %v, want one that names %s", err, test.names)
			}
		})
	}
}
