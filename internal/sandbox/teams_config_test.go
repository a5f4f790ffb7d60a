package sandbox

import (
	"strings"
	"testing"
)

func TestWrongTypeIsNamedAsTheFileNamesIt(t *testing.T) {
	_, err := ParseConfig([]byte(`{"team":{"id":4}}`))
	if err == nil || err.Error() != "sandbox config: team.id must be a string, not a number" {
		t.Error(err)
	}
}

func TestConfigOfSeveralTeams(t *testing.T) {
	cfg, err := ParseConfig([]byte(`{"bot_token":"xoxb-1","teams":[{"team":{"id":"T0OTHER01","name":"Globex"},"scopes":["chat:write"],"bot_token":"xoxb-2",
		"channels":[{"id":"C0HEALTH01","name":"customer-health"}],"users":[{"id":"U0ANASILVA"}]},{"team":{"id":"T0THIRD001","name":"Initech"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultConfig()
	want.BotToken = "xoxb-1"
	want.Teams = []TeamSetup{{Team: TeamConfig{ID: "T0OTHER01", Name: "Globex"}, Scopes: []string{"chat:write"}, BotToken: "xoxb-2",
		Channels: []ChannelConfig{{ID: "C0HEALTH01", Name: "customer-health"}}, Users: []UserConfig{{ID: "U0ANASILVA"}}},
		{Team: TeamConfig{ID: "T0THIRD001", Name: "Initech"}}}
	diff(t, "config", cfg, want)

	const globex = `"team":{"id":"T0OTHER01","name":"Globex"}`
	for _, test := range []struct{ name, teams, says string }{
		{"no team", `[{"bot_token":"xoxb-2"}]`, `teams[0].team: id "" must match`},
		{"no id", `[{"team":{"name":"Globex"}}]`, `teams[0].team: id "" must match`},
		{"no name", `[{"team":{"id":"T0OTHER01"}}]`, `teams[0].team: name is empty`},
		{"the first's id", `[{"team":{"id":"T0SANDBOX1","name":"x"}}]`, `teams[0].team: id "T0SANDBOX1" is already that of team`},
		{"the same id twice", `[{` + globex + `},{` + globex + `}]`, `teams[1].team: id "T0OTHER01" is already that of teams[0].team`},
		{"the first's token", `[{` + globex + `,"bot_token":"xoxb-1"}]`, `teams[0].bot_token is already that of bot_token`},
		{"the same token twice", `[{` + globex + `,"bot_token":"xoxb-2"},{"team":{"id":"T3","name":"x"},"bot_token":"xoxb-2"}]`, `teams[1].bot_token is already that of teams[0].bot_token`},
		{"a user's token", `[{` + globex + `,"bot_token":"xoxp-2"}]`, `teams[0].bot_token must begin with xoxb-`},
		{"unknown scope", `[{` + globex + `,"scopes":["chat:writ"]}]`, `teams[0].scopes: "chat:writ"`},
		{"bad channel", `[{` + globex + `,"channels":[{"id":"C1","name":"a"},{"id":"x","name":"b"}]}]`, `teams[0].channels[1]: id "x"`},
		{"bad user", `[{` + globex + `,"users":[{"id":"C1"}]}]`, `teams[0].users[0]: id "C1"`},
		{"unknown key", `[{` + globex + `,"chanels":[]}]`, `"chanels"`},
		{"a key of the app", `[{` + globex + `,"auto_approve":true}]`, `"auto_approve"`},
		{"wrong type", `[{` + globex + `,"bot_token":1}]`, `bot_token must be a string`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseConfig([]byte(`{"bot_token":"xoxb-1","teams":` + test.teams + `}`))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %s", err, test.says)
			}
		})
	}
}
