package slack

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestTable is the table row by row: what each code comes to for a post, and
// that people are told what to do where it is up to them.
func TestTable(t *testing.T) {
	kinds := map[Class]Kind{
		ClassConnection: Permanent, ClassToken: Retry, ClassScope: Permanent, ClassPolicy: Permanent,
		ClassDestination: Permanent, ClassRequest: Permanent, ClassMessage: Permanent, ClassSetup: Permanent,
		ClassPress: Permanent, ClassConsent: Permanent, ClassWait: Retry, ClassAmbiguous: Unknown,
	}
	for code, v := range table {
		want, ok := kinds[v.class]
		if !ok {
			t.Errorf("%s: no such class %q", code, v.class)
		}
		if got := v.kind(false); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
		if want != Retry && v.kind(true) == Unknown {
			t.Errorf("%s: a call that may be repeated is in doubt", code)
		}
		if want == Permanent && v.repair == "" {
			t.Errorf("%s: nobody is told what to do", code)
		}
		if v.repair != "" && !strings.HasSuffix(v.repair, ".") {
			t.Errorf("%s: no sentence: %q", code, v.repair)
		}
		if v.kind(true) == Retry && v.scope == "" {
			t.Errorf("%s: it does not say how much has to wait", code)
		}
		if v.kind(true) != Retry && (v.scope != "" || v.after != 0) {
			t.Errorf("%s: it is not a retry and says how to wait", code)
		}
	}
}

// TestClasses checks the class of the codes that deliver branches on, as
// facts/slack.md §1.4 has them.
func TestClasses(t *testing.T) {
	for class, codes := range map[Class]string{
		ClassConnection:  "account_inactive token_revoked invalid_auth not_authed not_allowed_token_type",
		ClassToken:       "token_expired",
		ClassScope:       "missing_scope no_permission",
		ClassPolicy:      "access_denied accesslimited ekm_access_denied enterprise_is_restricted team_access_not_granted two_factor_setup_required",
		ClassDestination: "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel restricted_action_of_tomorrow messages_tab_disabled user_not_found users_not_found user_disabled",
		ClassRequest:     "invalid_blocks msg_blocks_too_long msg_too_long no_text too_many_attachments invalid_metadata_format metadata_too_large method_deprecated view_too_large duplicate_external_id",
		ClassMessage:     "message_not_found cant_update_message edit_window_closed block_mismatch",
		ClassPress:       "expired_trigger_id exchanged_trigger_id invalid_trigger invalid_trigger_id expired_url used_url",
		ClassSetup:       "link_disabled bad_client_secret bad_redirect_uri invalid_client_id",
		ClassConsent:     "invalid_code",
		ClassWait:        "ratelimited rate_limited message_limit_exceeded service_unavailable org_login_required team_added_to_org http_302 http_404 http_407",
		ClassAmbiguous:   "internal_error fatal_error request_timeout http_500 http_502 http_599 http_202",
		ClassOther:       "restricted metadata moon_in_wrong_phase unreadable_code",
	} {
		for _, code := range strings.Fields(codes) {
			if got := verdictOf(code, "chat.postMessage").class; got != class {
				t.Errorf("%s is of class %s, want %s", code, got, class)
			}
		}
	}
}

// TestUnknownCodeIsExplained: it fails for good, with the code and where to
// look it up.
func TestUnknownCodeIsExplained(t *testing.T) {
	f := serve(t, says(`{"ok":false,"error":"moon_in_wrong_phase","response_metadata":{"messages":["[ERROR] the moon is full"]}}`))
	o := client(t, f.URL).Post(t.Context(), "C1", Content{Text: "hello"})
	if o.Kind != Permanent || o.Class != ClassOther || !strings.Contains(o.Detail, "moon_in_wrong_phase") ||
		!strings.Contains(o.Detail, "the moon is full") || !strings.Contains(o.Repair, "/methods/chat.postMessage") {
		t.Errorf("%+v", o)
	}
}

// TestDetailIsBounded: Slack may say a lot.
func TestDetailIsBounded(t *testing.T) {
	f := serve(t, says(`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["`+strings.Repeat("é", 5000)+`"]}}`))
	o := client(t, f.URL).Post(t.Context(), "C1", Content{Text: "hello", Blocks: blocks})
	if o.Class != ClassRequest || len(o.Detail) > 610 || !utf8.ValidString(o.Detail) {
		t.Errorf("%d bytes: %+v", len(o.Detail), o)
	}
}

// TestMissingScope keeps what Slack asks for.
func TestMissingScope(t *testing.T) {
	f := serve(t, says(`{"ok":false,"error":"missing_scope","needed":"groups:read","provided":"chat:write"}`))
	_, _, err := client(t, f.URL).Channels(t.Context(), PrivateChannels, "T1", "")
	o, ok := OutcomeOf(err)
	if !ok || o.Class != ClassScope || o.Needed != "groups:read" || !strings.Contains(o.Repair, "groups:read") {
		t.Errorf("%+v", o)
	}
}

var code = regexp.MustCompile("`(_?[a-z][a-z0-9_]*\\*?)`")

func known(t *testing.T, code string) {
	t.Helper()
	if v := verdictOf(code, ""); v.class == ClassOther {
		t.Errorf("%s has no entry in the table", code)
	}
}

// TestFactsAreInTheTable: whatever facts/slack.md lists has an entry.
func TestFactsAreInTheTable(t *testing.T) {
	facts := string(shared(t, "facts/slack.md"))
	_, section, ok := strings.Cut(facts, "## 1.4 Errors")
	if !ok {
		t.Fatal("facts/slack.md has no section 1.4")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	n := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(cells[2], -1) {
			c := m[1]
			if strings.HasPrefix(c, "_") {
				c = "restricted_action" + c // "and its forms"
			}
			if p, star := strings.CutSuffix(c, "*"); star {
				c = p + "anything"
			}
			known(t, c)
			n++
		}
	}
	if n < 50 {
		t.Errorf("only %d codes were found in section 1.4; has its form changed?", n)
	}
	_, oauth, ok := strings.Cut(facts, "`oauth.v2.access` errors:")
	if !ok {
		t.Fatal("facts/slack.md lists no errors of oauth.v2.access")
	}
	oauth, _, _ = strings.Cut(oauth, "+ the common ones")
	for i, m := range code.FindAllStringSubmatch(oauth, -1) {
		known(t, m[1])
		n = i + 1
	}
	if n < 10 {
		t.Errorf("only %d errors of oauth.v2.access were found", n)
	}
}

// TestPublishedCodesAreInTheTable: so has what Slack's archived specification
// lists for the methods.
func TestPublishedCodesAreInTheTable(t *testing.T) {
	var methods map[string]struct {
		Codes []string `json:"error_codes"`
	}
	if err := json.Unmarshal(shared(t, "data/slack-payloads/web_api_examples.json"), &methods); err != nil {
		t.Fatal(err)
	}
	for _, m := range methods {
		for _, c := range m.Codes {
			known(t, c)
		}
	}
}
