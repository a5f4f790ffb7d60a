package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/gostanna/stanna"

// goPackage is what `go list` tells of a package.
type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", module+"/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// room is a package's name in the floor table.
func room(importPath string) string {
	if importPath == module {
		return "stanna"
	}
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module+"/"), "internal/")
}

// floors reads the table in ARCHITECTURE.md, so that the document cannot lie.
func floors(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]int{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \| (.*) \|$`).FindAllStringSubmatch(string(text), -1) {
		floor, _ := strconv.Atoi(row[1])
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[2], -1) {
			table[name[1]] = floor
		}
	}
	return table
}

// forTests says whether a room serves tests only, such as store/storetest.
func forTests(room string) bool {
	return strings.HasPrefix(room, "test/") || strings.Contains(room, "/") && strings.HasSuffix(room, "test")
}

func TestFloors(t *testing.T) {
	table := floors(t)
	seen := map[string]bool{}
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if forTests(from) || from == "internal" || len(p.GoFiles) == 0 {
			continue // for tests only
		}
		floor, ok := table[from]
		if !ok {
			t.Errorf("%s stands on no floor of ARCHITECTURE.md", from)
			continue
		}
		seen[from] = true
		for _, path := range p.Imports {
			if path != module && !strings.HasPrefix(path, module+"/") {
				continue
			}
			to := room(path)
			if below, ok := table[to]; !ok || below >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", from, floor, to, below)
			}
			if to == "sandbox" && from != "app" && from != "cmd/stanna" {
				t.Errorf("%s imports the sandbox", from)
			}
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("ARCHITECTURE.md has a room %s that does not exist", name)
		}
	}
}

// TestHouseRules finds what only some rooms may use.
func TestHouseRules(t *testing.T) {
	rules := []struct {
		what    *regexp.Regexp
		allowed []string
	}{
		{regexp.MustCompile(`"database/sql"`), []string{"store"}},
		{regexp.MustCompile(`\bos\.(Getenv|LookupEnv|Environ)\b`), []string{"cmd/stanna", "app"}},
		{regexp.MustCompile(`\btime\.(Now|Since|Until)\b`), []string{"cmd/stanna", "app"}},
		{regexp.MustCompile(`(?m)^func init\(\)`), nil},
	}
	for _, p := range packages(t) {
		name := room(p.ImportPath)
		if forTests(name) {
			continue
		}
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rules {
				if found := r.what.Find(text); found != nil && !contains(r.allowed, name) {
					t.Errorf("%s/%s uses %s, which is for %v", name, file, found, r.allowed)
				}
			}
		}
	}
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}
