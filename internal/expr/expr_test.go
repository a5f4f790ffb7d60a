package expr_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// now is a Monday morning.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

// dayOne is a client of which much is known.
func dayOne() *expr.Input {
	return &expr.Input{
		Settings: stanna.Settings{}.WithDefaults(),
		Client: &stanna.Client{
			ID: "acme", Name: "Acme Corp", Domain: "acme.com", MRR: stanna.MoneyOf(12400.50, "USD"), Tier: "enterprise", CSMOwner: "ana@example.com",
			RenewalDate: "2027-01-14", RenewalMonths: 12, Tags: []string{"pilot", "emea"}, CreatedAt: ago(400),
			Custom: map[string]any{"seats": 25.0, "plan": "gold", "vip": true, "open seats": 3.0, "words": "12.5", "count": 7},
		},
		State: &stanna.State{
			Health: stanna.HistoryOf(stanna.Point{At: ago(30), Value: 80}, stanna.Point{At: ago(7), Value: 60}, stanna.Point{At: now, Value: 38}),
			StateFacts: stanna.StateFacts{
				Churn: stanna.Reading{Value: 0.7312, At: ago(1)}, Sentiment: stanna.Reading{Value: -1.5, At: ago(2)}, LastContact: ago(19),
				Payment:  stanna.PaymentStanding{FailedAt: ago(2), Amount: stanna.MoneyOf(12400, "USD"), Attempt: 2, Decline: stanna.HardDecline},
				AlsoOwed: []stanna.PaymentStanding{{FailedAt: ago(3), Amount: stanna.MoneyOf(600, "USD"), Attempt: 1, Invoice: "in_2"}},
				Subscription: stanna.Subscription{At: ago(5), Movement: stanna.MRRContraction, Before: stanna.MoneyOf(300, "EUR"), MRR: stanna.MoneyOf(200.5, "EUR"),
					Plan: "Gold, yearly", Status: "active"},
				Usage: map[string]stanna.Usage{"seats": {Used: 45, Limit: 50}, "calls": {Used: 10, Limit: 100}},
			},
		},
		Signal: &stanna.Signal{Type: "custom.nps", Source: "delighted", OccurredAt: now, Data: []byte(`{"score":3,"who":{"title":"CTO"},"items":[{"price":12},{"price":3}]}`)},
		Alert: &stanna.Alert{Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: ago(1),
			Evidence: stanna.Evidence{Base: 60, Opened: 45, Value: 38, Worst: 36}},
		Now: now,
	}
}

// stranger is a client of which nothing is known.
func stranger() *expr.Input {
	return &expr.Input{Settings: stanna.Settings{}.WithDefaults(), Client: &stanna.Client{ID: "new"}, State: &stanna.State{}, Now: now}
}

func holds(t *testing.T, source string, in *expr.Input) bool {
	t.Helper()
	c, err := expr.CompileCondition(source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	if c.Source() != source {
		t.Errorf("Source() = %q", c.Source())
	}
	ok, err := c.Holds(in)
	if err != nil {
		t.Errorf("%s: %v", source, err)
	}
	return ok
}

func TestHolds(t *testing.T) {
	yes := []string{
		`state.health < 50 && client.mrr >= 5000.0 && client.tier in ["enterprise"]`,
		`client.mrr * 12 > 50000`, `client.mrr == 12400.50`, `client.mrr + 1 == 12401.5`, `1 + client.mrr == 12401.5`, `client.mrr - 400 < 12001 && client.mrr / 2 > 6200`,
		`-client.mrr < 0`, `2 * 3 == 6 && 7 / 2 == 3.5`, `client.renewalMonths == 12`, `client.renewalMonths in [12, 24]`, `client.mrr > 1e3`,
		`client.name == 'Acme Corp'`, `client.name.startsWith("Acme") && client.name.contains("Corp") && client.domain.endsWith(".com")`,
		`lower(client.name) == "acme corp"`, `client.name.matches("^Acme( |$)")`, `client.currency == "USD"`, `client.owner == "ana@example.com"`,
		`"pilot" in client.tags`, `client.tags.exists(t, t.startsWith("em"))`, `client.tags.all(t, size(t) > 3)`, `size(client.tags.filter(t, t != "pilot")) == 1`,
		`size(client.tags) == 2 && client.tags[0] == "pilot"`, `client.tags == ["pilot", "emea"]`,
		`client.renewalDate > "2027-01-01" && client.daysToRenewal == 52`, `date(client.renewalDate) - now < days(90)`, `client.ageDays == 400`,
		`client.custom.seats > 10`, `client.custom.seats + 5 == 30`, `client.custom["open seats"] == 3`, `has(client.custom.seats) && !has(client.custom.rooms)`,
		`client.custom.plan == "gold" && client.custom.vip == true`, `"seats" in client.custom`, `client.custom.count == 7`, `number(client.custom.words) == 12.5`,
		`client.custom.plan != 5`,
		`state.zone == "red"`, `state.healthChange7d == -22`, `state.healthChange30d == -42`, `state.churn >= 0.7`, `state.sentiment <= -1`, `state.usagePercent == 90`,
		`state.paymentFailed && state.paymentAmount == 12400 && state.paymentAttempt == 2 && state.paymentDecline == "hard"`, `state.daysSinceContact == 19`, `!state.churned`,
		`state.paymentCount == 2 && state.paymentTotal == 13000`, `state.movement == "contraction" && state.mrrBefore == 300 && state.mrrAfter == 200.5 && state.mrrCurrency == "EUR"`,
		`now - state.movedAt == days(5) && state.plan.contains("Gold") && state.subscriptionStatus == "active"`,
		`signal.type == "custom.nps" && signal.source == "delighted"`, `signal.data.score <= 6`, `signal.data.who.title == "CTO"`,
		`signal.data.items[0].price == 12`, `signal.data.items.exists(i, i.price > 10)`, `signal.data["score"] == 3`, `now - signal.occurredAt < hours(1)`,
		`alert.type == "health_drop" && alert.severity == "high" && alert.status == "open"`, `alert.base == 60 && alert.value == 38 && alert.change == -22 && alert.worst == 36`,
		`alert.openDays == 1 && now - alert.openedAt == days(1) && !alert.unstable`, `alert.openedAt + hours(24) == now`,
		`hour(now) == 10 && weekday(now) == "monday"`, `now > date("2026-11-22") && now < date("2026-11-24")`,
		`known(client.mrr) && known(client.tier) && known(client.custom.seats) && known(now) && known(signal.data.score)`,
		`client.mrr > 5 ? true : false`, `(client.mrr > 5 || client.tier == "x") && !(client.mrr < 5)`, "client.mrr > 5 // worth it\n&& state.health < 50",
		`40 > state.health && state.health > 30`, `true`,
	}
	for _, source := range yes {
		if !holds(t, source, dayOne()) {
			t.Errorf("%s: does not hold", source)
		}
	}
}

func TestNotKnown(t *testing.T) {
	no := []string{
		`client.mrr > 0`, `client.mrr < 0`, `client.mrr == 0`, `client.mrr >= 0 || client.mrr <= 0`, `client.mrr in [0, 1]`, `client.mrr * 12 > 0`, `client.mrr == client.mrr`,
		`state.health < 40`, `state.healthChange7d <= 0`, `state.healthChange30d <= 0`, `state.engagement < 1`, `state.engagementChange < 0`, `state.churn > 0`, `state.sentiment < 1`,
		`state.usagePercent >= 0`, `state.paymentAmount >= 0`, `state.paymentAttempt >= 0`, `state.paymentTotal >= 0`, `state.paymentCount > 0`, `state.paymentRespondBy > now`,
		`state.mrrBefore >= 0`, `state.mrrAfter >= 0`, `state.movedAt < now`, `known(state.movement)`, `known(state.paymentContact)`, `state.daysSinceContact > 0`, `client.daysToRenewal < 400`, `client.renewalMonths > 0`, `client.ageDays >= 0`,
		`alert.base < 1000 || alert.value < 1000 || alert.change < 1000 || alert.worst < 1000 || alert.openDays < 1000`,
		`known(client.mrr)`, `known(state.health)`, `known(client.tier)`, `known(state.zone)`, `known(client.custom.seats)`, `known(signal.data.x)`, `known(signal.occurredAt)`, `known(alert.openedAt)`,
		`1 / client.mrr > 0`, `number(client.tier) >= 0`, `days(client.mrr) > hours(0)`,
		// What is not there decides nothing, in either direction.
		`client.custom.seats > 10`, `!(client.custom.seats > 10)`, `client.custom.seats != 10`, `client.custom.a.b.c == 1`, `has(client.custom.seats)`,
		`signal.data.score <= 6`, `signal.data.items[0].price > 1`, `signal.data.items.exists(i, i.price > 1)`, `signal.data.items.all(i, i.price > 1)`,
		`signal.occurredAt < now`, `!(signal.occurredAt < now)`, `now - alert.openedAt > hours(1)`, `date(client.renewalDate) > now`,
		`client.custom.seats > 10 && client.id == "new"`, `client.custom.seats > 10 ? true : true`,
	}
	for _, source := range no {
		if holds(t, source, stranger()) {
			t.Errorf("%s: holds of a client of which nothing is known", source)
		}
	}
	yes := []string{
		// These surprise, and the package says so.
		`!(state.health > 40)`, `client.mrr != 0`, `state.zone != "green"`,
		`client.tags.all(t, t == "x")`, `size(client.tags) == 0`, `!state.paymentFailed && !state.churned`, `client.tier == "" && state.zone == "" && signal.type == "" && alert.severity == ""`,
		`!known(client.custom.seats)`, `client.custom.seats > 10 || client.id == "new"`, `client.id == "new" || client.custom.seats > 10`, `!(client.custom.seats > 10 && client.id == "old")`,
	}
	for _, source := range yes {
		if !holds(t, source, stranger()) {
			t.Errorf("%s: does not hold of a client of which nothing is known", source)
		}
	}
	for _, source := range []string{`state.health < 40`, `client.mrr > 5`, `known(client.custom.x)`, `signal.data.x == 1`, `alert.value > 1`} {
		if holds(t, source, &expr.Input{Now: now}) {
			t.Errorf("%s: holds of nobody", source)
		}
	}
}

func TestNextSignal(t *testing.T) {
	in := dayOne()
	if !holds(t, `signal.data.score == 3`, in) {
		t.Error("the first signal is not read")
	}
	in.Signal = &stanna.Signal{Data: []byte(`{"score":9}`)}
	if !holds(t, `signal.data.score == 9`, in) {
		t.Error("the next signal has the data of the one before")
	}
	for _, data := range []string{"", "null", "[1]", "{"} {
		in.Signal = &stanna.Signal{Data: []byte(data)}
		if holds(t, `has(signal.data.score) || signal.data.score > 0`, in) {
			t.Errorf("%q has a score", data)
		}
	}
}

func TestZeroDivision(t *testing.T) {
	in := dayOne()
	in.Client.MRR = stanna.Money{Currency: "USD"}
	for _, source := range []string{`state.health / client.mrr > 1`, `state.health / client.mrr < 1`, `client.mrr / client.mrr == 1`} {
		if holds(t, source, in) {
			t.Errorf("%s: holds", source)
		}
	}
}

func TestHealthChange(t *testing.T) {
	at := func(days int, v float64) stanna.Point { return stanna.Point{At: ago(days), Value: v} }
	for name, c := range map[string]struct {
		history []stanna.Point
		want    string
	}{
		"never scored":                     {nil, "not known"},
		"one score":                        {[]stanna.Point{at(1, 50)}, "not known"},
		"from the window's start":          {[]stanna.Point{at(9, 70.02), at(3, 10), at(0, 55.02)}, "-15"},
		"from the first one inside":        {[]stanna.Point{at(5, 70), at(0, 55)}, "-15"},
		"the one before is too old":        {[]stanna.Point{at(20, 90), at(5, 70), at(0, 75)}, "5"},
		"the one before is too old, alone": {[]stanna.Point{at(20, 90), at(0, 75)}, "not known"},
		"nothing new":                      {[]stanna.Point{at(9, 60), at(8, 50)}, "0"},
		"nothing for long":                 {[]stanna.Point{at(40, 60), at(30, 50)}, "not known"},
	} {
		in := dayOne()
		in.State.Health = stanna.HistoryOf(c.history...)
		if got := value(t, "state.healthChange7d < 0", in); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestEngagementChange(t *testing.T) {
	weeks := func(daily ...float64) (out []stanna.Point) { // oldest first; the last is the week before now; below 0: nothing measured
		for i, v := range daily {
			for d := range 5 {
				if v >= 0 {
					out = append(out, stanna.Point{At: now.AddDate(0, 0, -7*(len(daily)-i)+d), Value: v})
				}
			}
		}
		return append(out, stanna.Point{At: now.Add(-time.Hour), Value: 1}) // this week, which is not over
	}
	for name, c := range map[string]struct {
		history []stanna.Point
		want    string
	}{
		"fell":               {weeks(100, 200, 100, 100, 59), "-41"},
		"rose":               {weeks(100, 100, 100, 100, 150), "50"},
		"a week is missing":  {weeks(100, -1, 100, 100, 50), "-50"},
		"two are missing":    {weeks(-1, -1, 100, 100, 50), "not known"},
		"the last is silent": {weeks(100, 100, 100, 100, -1), "not known"},
		"a zero baseline":    {weeks(0, 0, 0, 0, 10), "not known"},
		"older than that":    {weeks(1, 1, 1, 100, 100, 100, 100, 100), "0"},
		"a new client":       {nil, "not known"},
	} {
		in := dayOne()
		in.State.Engagement = stanna.HistoryOf(c.history...)
		if got := value(t, "state.engagementChange < 0", in); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// value is what the first name of a text was.
func value(t *testing.T, source string, in *expr.Input) string {
	t.Helper()
	c, err := expr.CompileCondition(source)
	if err != nil {
		t.Fatal(err)
	}
	return c.Values(in)[0].Value
}

func TestLocalTime(t *testing.T) {
	in := dayOne()
	in.Settings.Timezone = "Pacific/Auckland" // 13 hours ahead
	for source, want := range map[string]bool{
		`hour(now) == 23 && weekday(now) == "monday"`: true,
		`now >= date("2026-11-23")`:                   true,
		`now >= date("2026-11-24")`:                   false,
		`client.daysToRenewal == 52`:                  true,
	} {
		if got := holds(t, source, in); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
	in.Now = now.Add(2 * time.Hour) // past midnight there
	if !holds(t, `weekday(now) == "tuesday" && client.daysToRenewal == 51 && state.daysSinceContact == 20`, in) {
		t.Error("a day is not the workspace's day")
	}
	in.Client.RenewalDate = "2026-11-20"
	if got := value(t, `client.daysToRenewal < 0`, in); got != "-4" {
		t.Errorf("a renewal that has passed is %s days away", got)
	}
}

func TestFailed(t *testing.T) {
	for source, want := range map[string]string{
		`client.custom.plan > 10`:              `line 1, column 20: a field is of another kind than what it is compared with`,
		`client.custom.plan && client.mrr > 1`: `line 1, column 20: a field is of another kind than what it is compared with`,
		`signal.data.items[7].price > 1`:       `line 1, column 18: there is no such place in the list; ask size(...) first, or use in or exists`,
		`lower(client.custom.seats) == "x"`:    `line 1, column 1: a field is of another kind than what it is compared with`,
	} {
		c, err := expr.CompileCondition(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		ok, err := c.Holds(dayOne())
		var e *expr.Error
		if ok || !errors.As(err, &e) || e.Kind != expr.Failed || e.Error() != want {
			t.Errorf("%s:\n got %v\nwant %v", source, err, want)
		}
	}
}

func TestSeverity(t *testing.T) {
	ladder := `state.health < 20 ? "critical" : client.mrr > 10000 ? "high" : "medium"`
	poor := dayOne()
	poor.State.Health = stanna.HistoryOf(stanna.Point{At: now, Value: 10})
	for _, c := range []struct {
		source string
		in     *expr.Input
		want   stanna.Severity
		kind   expr.Kind
	}{
		{ladder, dayOne(), stanna.High, ""},
		{ladder, poor, stanna.Critical, ""},
		{ladder, stranger(), stanna.Medium, ""},
		{`"low"`, stranger(), stanna.Low, ""},
		{`alert.severity`, dayOne(), stanna.High, ""},
		{`alert.severity`, stranger(), "", expr.Missing},
		{`client.custom.seats > 10 ? "high" : "low"`, dayOne(), stanna.High, ""},
		{`client.custom.seats > 10 ? "high" : "low"`, stranger(), "", expr.Missing},
	} {
		s, err := expr.CompileSeverity(c.source)
		if err != nil {
			t.Fatalf("%s: %v", c.source, err)
		}
		got, err := s.Of(c.in)
		var e *expr.Error
		errors.As(err, &e)
		if got != c.want || (e != nil) != (c.kind != "") || e != nil && e.Kind != c.kind {
			t.Errorf("%s: %q, %v", c.source, got, err)
		}
	}
}

func TestValues(t *testing.T) {
	c, err := expr.CompileCondition(`client.custom["open seats"] > 1 && client.mrr > 5 && client.tags.exists(t, t == client.tier) &&
		(state.zone == "red" || has(client.custom.rooms) || client.custom.rooms > 4) && signal.data.who.title == "CTO" && state.churn > 0.1 &&
		client.mrr < 1e9 && now > alert.openedAt && !state.churned && signal.data.items[0].price > 3`)
	if err != nil {
		t.Fatal(err)
	}
	want := []expr.NamedValue{
		{Name: `client.custom["open seats"]`, Value: "3"}, {Name: "client.mrr", Value: "12400.5"}, {Name: "client.tags", Value: "pilot, emea"}, {Name: "client.tier", Value: "enterprise"},
		{Name: "state.zone", Value: "red"}, {Name: "client.custom.rooms", Value: "not known"}, {Name: "signal.data.who.title", Value: "CTO"}, {Name: "state.churn", Value: "0.7312"},
		{Name: "now", Value: "2026-11-23T10:00:00Z"}, {Name: "alert.openedAt", Value: "2026-11-22T10:00:00Z"}, {Name: "state.churned", Value: "false"}, {Name: "signal.data.items", Value: "price, price"},
	}
	got := c.Values(dayOne())
	got[len(got)-1].Value = "price, price" // a list of objects; how it is shown matters little
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, v := range c.Values(&expr.Input{Now: now}) {
		if v.Value == "" {
			t.Errorf("%s has no value at all", v.Name)
		}
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range expr.Names() {
		if n.Type == "" || n.Doc == "" || n.Example == "" || seen[n.Path] {
			t.Errorf("%+v is not whole, or there twice", n)
		}
		seen[n.Path] = true
		stem, _, _ := strings.Cut(n.Path, "(")
		if i := strings.LastIndex(stem, "."); strings.Contains(n.Path, "(") && i >= 0 {
			stem = stem[i+1:]
		}
		if !strings.Contains(n.Example, stem) {
			t.Errorf("%s: its example is about something else: %s", n.Path, n.Example)
		}
		for _, in := range []*expr.Input{dayOne(), stranger()} {
			holds(t, n.Example, in)
			if !strings.Contains(n.Path, "(") {
				holds(t, "known("+n.Path+")", in)
			}
		}
	}
}

func TestConcurrent(t *testing.T) {
	c, err := expr.CompileCondition(`client.tags.exists(t, t == "pilot") && hour(now) == 10 && client.custom.seats > 1 && client.name.matches("^A")`)
	if err != nil {
		t.Fatal(err)
	}
	awkward, err := expr.CompileCondition(`client.custom.plan && client.custom.plan > 10`)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if ok, err := c.Holds(dayOne()); !ok || err != nil {
					t.Error(ok, err)
				}
				if ok, err := c.Holds(stranger()); ok || err != nil {
					t.Error(ok, err)
				}
				if ok, err := awkward.Holds(dayOne()); ok || err == nil {
					t.Error("a field of another kind is compared")
				}
			}
		})
	}
	wg.Wait()
}
