package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// posted is a message as it is sent: its blocks, and the attachment at its foot.
type posted struct {
	Name        string          `json:"name"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
}

// goldenMessages are all that the message room holds itself to.
func goldenMessages(t *testing.T) (all []posted) {
	t.Helper()
	paths, err := filepath.Glob("../message/testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(raw), "\n== blocks\n")
		if !found {
			t.Fatalf("%s has no blocks", path)
		}
		blocks, foot, _ := strings.Cut(rest, "\n== foot\n")
		all = append(all, posted{filepath.Base(path), json.RawMessage(blocks), json.RawMessage(foot)})
	}
	lists, err := filepath.Glob("../message/testdata/matrix/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lists {
		var list []posted
		readJSON(t, path, &list)
		all = append(all, list...)
	}
	if len(paths) < 100 || len(lists) < 2 {
		t.Fatalf("only %d golden messages and %d lists of them", len(paths), len(lists))
	}
	return all
}

// wrongMessages are such as Slack refuses, and its types must as well.
var wrongMessages = []string{
	`KnownBlock[] = [{type: "header", text: {type: "mrkdwn", text: "x"}}]`,
	`KnownBlock[] = [{type: "section", text: {type: "mrkdwn"}}]`,
	`KnownBlock[] = [{type: "context", elements: [{type: "button", text: {type: "plain_text", text: "x"}, action_id: "x"}]}]`,
	`KnownBlock[] = [{type: "actions", elements: [{type: "button", text: {type: "plain_text", text: "x"}, style: "green", action_id: "x"}]}]`,
	`KnownBlock[] = [{type: "banner", text: {type: "mrkdwn", text: "x"}}]`,
	`MessageAttachment[] = [{color: "#1a7f5a", blocks: [{type: "header", text: "x"}]}]`,
	`KnownBlock[] = [{type: "section", text: {type: "mrkdwn", text: "x", verbatim: "yes"}}]`,
}

const tsconfig = `{"compilerOptions": {"strict": true, "noEmit": true, "skipLibCheck": true, "target": "es2022", "module": "esnext",
 "moduleResolution": "bundler", "types": [], "paths": {"@slack/types": [%q]}}, "files": ["messages.ts", "wrong.ts"]}`

// TestMessagesAreOfSlacksTypes holds every golden message against Slack's own description of its blocks, as its SDK for
// TypeScript has it, and sees that a wrong one is found.
func TestMessagesAreOfSlacksTypes(t *testing.T) {
	modules := filepath.Join(nodeFolder(t), "node_modules")
	var right, wrong strings.Builder
	const begin = "import type { KnownBlock, MessageAttachment } from '@slack/types';\n"
	right.WriteString(begin)
	wrong.WriteString(begin)
	lines := map[string]string{} // of messages.ts, by number
	declare := func(name, kind string, value json.RawMessage) {
		var flat []any
		if len(value) > 0 {
			if err := json.Unmarshal(value, &flat); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if len(flat) == 0 { // words alone, or no foot
			return
		}
		one, err := json.Marshal(flat)
		if err != nil {
			t.Fatal(err)
		}
		lines[fmt.Sprint(len(lines)+2)] = name
		fmt.Fprintf(&right, "export const m%d: %s[] = %s;\n", len(lines), kind, one)
	}
	for _, m := range goldenMessages(t) {
		declare(m.Name, "KnownBlock", m.Blocks)
		declare(m.Name+", foot", "MessageAttachment", m.Attachments)
	}
	for i, message := range wrongMessages {
		fmt.Fprintf(&wrong, "export const w%d: %s;\n", i, message)
	}
	folder := t.TempDir()
	for name, text := range map[string]string{"messages.ts": right.String(), "wrong.ts": wrong.String(), "tsconfig.json": fmt.Sprintf(tsconfig, filepath.Join(modules, "@slack", "types"))} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tsc := exec.CommandContext(t.Context(), "node", filepath.Join(modules, "typescript", "bin", "tsc"), "--project", folder, "--pretty", "false")
	tsc.Dir = folder
	out, _ := tsc.CombinedOutput() // it fails, for what is wrong on purpose
	found := map[string]bool{}
	for _, line := range strings.Split(string(out), "\n") {
		m := compileError.FindStringSubmatch(line)
		switch {
		case m == nil && (line == "" || line[0] == ' '): // goes on
		case m == nil:
			t.Errorf("tsc says: %s", line)
		case m[1] == "wrong.ts":
			found[m[2]] = true
		default:
			t.Errorf("%s: %s", lines[m[2]], line)
		}
	}
	for i, message := range wrongMessages {
		if !found[fmt.Sprint(i+2)] {
			t.Errorf("Slack's types take %s", message)
		}
	}
	t.Logf("%d messages", len(lines))
}

var compileError = regexp.MustCompile(`^(messages\.ts|wrong\.ts)\((\d+),\d+\): error `)
