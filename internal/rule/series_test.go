package rule_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// portfolio opens a file of the shared data: in the folder beside the
// repository, or where STANNA_SHARED says.
func portfolio(t *testing.T, name string) *os.File {
	t.Helper()
	shared := os.Getenv("STANNA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", "portfolio", name))
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skip("the shared data is not here; set STANNA_SHARED")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// raw is a score as it stands in the file.
type raw struct {
	at    time.Time
	score float64
}

// meets is the three default thresholds, computed the long way from the raw
// values, of which the last is now. A threshold that is a hundredth away is
// given either way.
func meets(values []raw) (surely, maybe bool) {
	now, before := values[len(values)-1], values[len(values)-2]
	window := now.at.AddDate(0, 0, -7)
	var base *raw
	for i := range values { // the last at or before the window, not older than two
		if !values[i].at.After(window) && !values[i].at.Before(window.AddDate(0, 0, -7)) {
			base = &values[i]
		}
	}
	for i := range values { // else the first inside
		if base == nil && values[i].at.After(window) {
			base = &values[i]
		}
	}
	test := func(slack float64) bool {
		fall := base.score - now.score + slack
		return fall >= 20 || fall >= 15 && now.score <= 70+slack || before.score+slack > 40 && now.score <= 40+slack
	}
	return test(-0.02), test(0.02)
}

// The real series: what opens meets a threshold, what meets one opens, no
// first value is news (one in the red is listed), and the whole is of the size that the data
// promises.
func TestRealSeries(t *testing.T) {
	p, err := rule.Compile(stanna.Settings{}, []stanna.Rule{healthRule(nil)})
	if err != nil {
		t.Fatal(err)
	}
	books := map[string]*book{}
	values := map[string][]raw{}
	total := map[stanna.AlertEvent]int{}
	listed := map[string]int{} // what became of those that came in the red, by the event
	listedAlert := map[string]bool{}
	trouble := map[string]bool{}
	scanner := bufio.NewScanner(portfolio(t, "signals.ndjson"))
	lines := 0
	for scanner.Scan() {
		var in struct {
			ID, ClientID, Source string
			Type                 stanna.SignalType
			OccurredAt           time.Time
			Data                 json.RawMessage
		}
		if err := json.Unmarshal(scanner.Bytes(), &in); err != nil {
			t.Fatal(err)
		}
		lines++
		s := stanna.Signal{ID: in.ID, ClientID: in.ClientID, Type: in.Type, OccurredAt: in.OccurredAt, Source: in.Source, Data: in.Data}
		if err := s.Check(in.OccurredAt); err != nil {
			t.Fatalf("%s: %v", in.ID, err)
		}
		b := books[in.ClientID]
		if b == nil {
			b = &book{failer: t, policy: p, client: stanna.Client{ID: in.ClientID}}
			books[in.ClientID] = b
		}
		wasOpen := len(b.open()) == 1
		became, decisions := b.take(s, in.OccurredAt)
		if became != stanna.Accepted {
			t.Fatalf("%s became %s", in.ID, became)
		}
		score, ok := s.Fact.(stanna.HealthScored)
		if !ok {
			continue
		}
		v := append(values[in.ClientID], raw{in.OccurredAt, score.Score})
		values[in.ClientID] = v
		opened := decisions[0].Event == stanna.Opened
		switch d := decisions[0]; {
		case d.Gather != "":
			listed["listed"]++
			listedAlert[b.open()[0].ID] = true
		case d.Event != "" && listedAlert[d.Alert.ID]:
			listed[string(d.Event)]++
		case d.Event != "":
			total[d.Event]++
			trouble[in.ClientID] = true
		}
		if d := decisions[0]; d.Reason == stanna.ReasonRecovered && d.Event == stanna.Resolved {
			stillDown(t, d.Alert)
		}
		if len(v) == 1 {
			if red := score.Score <= 40; opened != red || opened && decisions[0].Gather != stanna.ReasonFirstContact {
				t.Errorf("%s: a first score of %g is decided as %s", in.ID, score.Score, decisions[0].Reason)
			}
			continue
		}
		if wasOpen {
			if opened {
				t.Errorf("%s: a value beside an open alert opens", in.ID)
			}
			continue
		}
		surely, maybe := meets(v)
		if surely && !opened || opened && !maybe {
			t.Errorf("%s of %s: opened is %v, the thresholds say %v to %v", in.ID, in.ClientID, opened, surely, maybe)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d signals of %d clients: %v of %d clients", lines, len(books), total, len(trouble))
	if lines != 4200 || len(books) != 30 {
		t.Errorf("%d signals of %d clients; the file has 4200 of 30", lines, len(books))
	}
	if n := len(trouble); n < 10 || n > 25 {
		t.Errorf("%d clients have an alert; about ten fall to red and twenty lose ten points", n)
	}
	if listed["listed"] != wantListed || listed["resolved"] != wantListed || len(listed) != 2 {
		t.Errorf("those that came in the red: %v, want %d listed once and resolved", listed, wantListed)
	}
	want := map[stanna.AlertEvent]int{stanna.Opened: wantOpened, stanna.Worsened: wantWorsened, stanna.Resolved: wantResolved}
	for event, n := range want {
		if total[event] != n {
			t.Errorf("%d %s, want %d as every time", total[event], event, n)
		}
	}
}

// stillDown fails when an alert is reported as recovered whose client has
// stayed down: in the red, or with less than half of its fall regained.
func stillDown(t *testing.T, a stanna.Alert) {
	t.Helper()
	e := a.Evidence
	if e.Worst <= 40 && e.Value < 45 || e.Value-e.Worst < (e.Base-e.Worst)/2-0.01 {
		t.Errorf("%s is reported as recovered: from %g down to %g, and now %g", a.ClientID, e.Base, e.Worst, e.Value)
	}
}

// What the default rule makes of the series. A change of these figures is a
// change of what customers are told.
const (
	wantOpened   = 28
	wantWorsened = 22
	wantResolved = 22
	wantListed   = 2 // came with a first score in the red: listed once as first contact, no news
)
