package backtest_test

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

const acme = "acme.com"

var begin = time.Date(2026, 7, 6, 8, 10, 0, 0, time.UTC)

const day = 24 * time.Hour

// portfolioFile opens a file of the shared data: in the folder beside the
// repository, or where STANNA_SHARED says.
func portfolioFile(t testing.TB, name string) *os.File {
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

// fromFiles is the shared portfolio as a history, and its known outcomes.
func fromFiles(t testing.TB) (clients []stanna.Client, signals []stanna.Signal, churned []string) {
	t.Helper()
	rows, err := csv.NewReader(portfolioFile(t, "clients.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, row := range rows[1:] {
		mrr, err := strconv.ParseFloat(row[at["mrr"]], 64)
		if err != nil {
			t.Fatal(err)
		}
		made, err := time.Parse(time.DateOnly, row[at["created_at"]])
		if err != nil {
			t.Fatal(err)
		}
		c := stanna.Client{Workspace: acme, ID: row[at["id"]], Name: row[at["name"]], Domain: row[at["domain"]], MRR: stanna.MoneyOf(mrr, row[at["currency"]]),
			Tier: row[at["tier"]], CSMOwner: row[at["csm_owner"]], RenewalDate: row[at["renewal_date"]], CreatedAt: made}
		clients = append(clients, c)
		if row[at["churned"]] == "yes" {
			churned = append(churned, c.ID)
		}
	}
	lines := bufio.NewScanner(portfolioFile(t, "signals.ndjson"))
	for lines.Scan() {
		var in struct {
			ID, ClientID, Source string
			Type                 stanna.SignalType
			OccurredAt           time.Time
			Data                 json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			t.Fatal(err)
		}
		signals = append(signals, stanna.Signal{Workspace: acme, ID: in.ID, ClientID: in.ClientID, Type: in.Type, OccurredAt: in.OccurredAt, Source: in.Source, Data: in.Data})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return clients, signals, churned
}

// each gives signals as a store does.
func each(signals []stanna.Signal) func(func(stanna.Signal) error) error {
	list := slices.Clone(signals)
	slices.SortFunc(list, func(a, b stanna.Signal) int {
		return cmp.Or(cmp.Compare(a.ClientID, b.ClientID), a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	return func(fn func(stanna.Signal) error) error {
		for _, s := range list {
			if err := fn(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// office is settings with working hours and channels.
func office() stanna.Settings {
	return stanna.Settings{Timezone: "Europe/Berlin", DefaultChannel: "CALL", FallbackChannel: "CFALL",
		BusinessHours: stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "18:00"}}}}
}

// team is the ways to some people.
func team() route.Roads {
	return route.Roads{Team: "T1", People: map[string]stanna.Person{
		"ana.silva@example.com":    {Email: "ana.silva@example.com", SlackID: "UANA"},
		"chloe.martin@example.com": {Email: "chloe.martin@example.com", Habits: stanna.Habits{Deputy: "ana.silva@example.com"}},
		"tomas.novak@example.com":  {Email: "tomas.novak@example.com", SlackID: "UTOM", Habits: stanna.Habits{AwayAt: begin.Add(10 * day), BackAt: begin.Add(20 * day)}},
	}}
}

// portfolio is the shared portfolio as an input, under the first rules.
func portfolio(t testing.TB) backtest.Input {
	t.Helper()
	clients, signals, _ := fromFiles(t)
	return backtest.Input{Policy: backtest.Policy{Settings: office(), Rules: rule.First(acme), Lines: []stanna.RouteLine{
		{Match: stanna.Matcher{Filter: stanna.Filter{Tiers: []string{"enterprise"}}}, To: []stanna.Destination{stanna.ToOwner}, Continue: true},
		{Match: stanna.Matcher{Severities: []stanna.Severity{stanna.Critical, stanna.High}}, To: []stanna.Destination{"slack:T1:CURGENT"}},
	}}, Roads: team(), Clients: clients, Each: each(signals)}
}

// score is a health score of a client.
func score(client string, n int, at time.Time, value float64) stanna.Signal {
	return stanna.Signal{Workspace: acme, ID: fmt.Sprintf("%s-%d", client, n), ClientID: client, Type: stanna.HealthScoredType, OccurredAt: at, Source: "test",
		Data: json.RawMessage(fmt.Sprintf(`{"score":%g}`, value))}
}
