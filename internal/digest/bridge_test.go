package digest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

const ana, ben = "ana@acme.com", "ben@acme.com"

func usd(minor int64) stanna.Money { return stanna.Money{Minor: minor, Currency: "USD"} }

func member(id string, minor int64, change ...func(*Member)) Member {
	m := Member{ID: id, MRR: usd(minor), Owner: ana, Health: 30}
	for _, f := range change {
		f(&m)
	}
	return m
}

func standing(id string, minor int64, health float64, change ...func(*store.Standing)) store.Standing {
	c := store.Standing{ID: id, MRR: usd(minor), Owner: ana, Health: health, Scored: true}
	for _, f := range change {
		f(&c)
	}
	return c
}

// Each thing that can happen to a client is one step, and nothing else.
func TestBridge(t *testing.T) {
	churned, excluded := func(c *store.Standing) { c.Churned = true }, func(c *store.Standing) { c.Excluded = true }
	euro := func(c *store.Standing) { c.MRR.Currency = "EUR" }
	bens := func(c *store.Standing) { c.Owner = ben }
	unpriced := func(c *store.Standing) { c.MRR = stanna.Money{} }
	unscored := func(c *store.Standing) { c.Scored, c.Health = false, 0 }
	one := func(m ...Member) []Member { return m }
	for name, c := range map[string]struct {
		owner  string
		was    float64 // the threshold; 40 now
		before []Member
		now    []store.Standing
		cause  stanna.BridgeCause
		amount int64
	}{
		"as it was":               {"", 40, one(member("a", 500)), []store.Standing{standing("a", 500, 20)}, "", 0},
		"well as before":          {"", 40, nil, []store.Standing{standing("a", 500, 80)}, "", 0},
		"never scored":            {"", 40, nil, []store.Standing{standing("a", 500, 0, unscored)}, "", 0},
		"fell":                    {"", 40, nil, []store.Standing{standing("a", 500, 40)}, stanna.NewlyAtRisk, 500},
		"fell, and pays in euro":  {"", 40, nil, []store.Standing{standing("a", 500, 40, euro)}, stanna.NewlyAtRisk, 0},
		"recovered":               {"", 40, one(member("a", 500)), []store.Standing{standing("a", 700, 40.5)}, stanna.BackFromRisk, -500},
		"left":                    {"", 40, one(member("a", 500)), []store.Standing{standing("a", 500, 10, churned)}, stanna.LeftAtRisk, -500},
		"left and excluded":       {"", 40, one(member("a", 500)), []store.Standing{standing("a", 500, 10, churned, excluded)}, stanna.LeftAtRisk, -500},
		"the record is gone":      {"", 40, one(member("a", 500)), nil, stanna.LeftAtRisk, -500},
		"pays more":               {"", 40, one(member("a", 500)), []store.Standing{standing("a", 501, 10)}, stanna.MRRRose, 1},
		"pays less":               {"", 40, one(member("a", 500)), []store.Standing{standing("a", 499, 10)}, stanna.MRRFell, -1},
		"its MRR came to light":   {"", 40, one(member("a", 0, func(m *Member) { m.MRR = stanna.Money{} })), []store.Standing{standing("a", 500, 10)}, stanna.MRRRose, 500},
		"its MRR is gone":         {"", 40, one(member("a", 500)), []store.Standing{standing("a", 0, 10, unpriced)}, stanna.MRRFell, -500},
		"pays in euro now":        {"", 40, one(member("a", 500)), []store.Standing{standing("a", 900, 10, euro)}, stanna.CurrencyNew, -500},
		"the threshold was lower": {"", 30, nil, []store.Standing{standing("a", 500, 35)}, stanna.ThresholdIn, 500},
		"fell below that as well": {"", 30, nil, []store.Standing{standing("a", 500, 30)}, stanna.NewlyAtRisk, 500},
		"the threshold was above": {"", 50, one(member("a", 500)), []store.Standing{standing("a", 500, 45)}, stanna.ThresholdOut, -500},
		"rose above that as well": {"", 50, one(member("a", 500)), []store.Standing{standing("a", 500, 51)}, stanna.BackFromRisk, -500},
		"excluded":                {"", 40, one(member("a", 500)), []store.Standing{standing("a", 500, 10, excluded)}, stanna.ExcludedNow, -500},
		"included again":          {"", 40, one(member("a", 500, func(m *Member) { m.Excluded = true })), []store.Standing{standing("a", 500, 10)}, stanna.IncludedNow, 500},
		"excluded as before":      {"", 40, one(member("a", 500, func(m *Member) { m.Excluded = true })), []store.Standing{standing("a", 500, 10, excluded)}, "", 0},
		"another's before":        {ana, 40, one(member("a", 500, func(m *Member) { m.Owner = ben })), []store.Standing{standing("a", 600, 10)}, stanna.TakenOver, 600},
		"another's now":           {ana, 40, one(member("a", 500)), []store.Standing{standing("a", 600, 10, bens)}, stanna.HandedOver, -500},
		"another's all along":     {ana, 40, one(member("a", 500, func(m *Member) { m.Owner = ben })), []store.Standing{standing("a", 600, 10, bens)}, "", 0},
		"of all, the owner is no": {"", 40, one(member("a", 500)), []store.Standing{standing("a", 500, 10, bens)}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, who := bridge(scope{c.owner, "USD", 40, c.was}, c.before, c.now)
			var want []stanna.BridgeStep
			if c.cause != "" {
				want = []stanna.BridgeStep{{Cause: c.cause, Clients: 1, Amount: usd(c.amount), Named: []stanna.NamedClient{{ID: "a"}}}}
				if !slices.Equal(who[c.cause], []string{"a"}) {
					t.Errorf("it was %v", who)
				}
			}
			if diff := cmp.Diff(want, b.Steps); diff != "" || !b.AddsUp() {
				t.Errorf("%+v adds up: %v\n%s", b, b.AddsUp(), diff)
			}
		})
	}
}

// book draws how a few clients stood, so that those of two books meet.
func book(t *rapid.T, label string) []store.Standing {
	var list []store.Standing
	for i := range 12 {
		if rapid.IntRange(0, 9).Draw(t, label+" is there") == 0 {
			continue
		}
		c := store.Standing{ID: fmt.Sprintf("c%02d", i), Owner: rapid.SampledFrom([]string{ana, ben, ""}).Draw(t, label+" owner"),
			MRR:    stanna.Money{Minor: rapid.Int64Range(0, 1e14).Draw(t, label+" minor"), Currency: rapid.SampledFrom([]string{"USD", "USD", "USD", "EUR", ""}).Draw(t, label+" currency")},
			Health: float64(rapid.IntRange(0, 10000).Draw(t, label+" health")) / 100, Scored: rapid.IntRange(0, 5).Draw(t, label+" scored") > 0,
			Churned: rapid.IntRange(0, 5).Draw(t, label+" churned") == 0, Excluded: rapid.IntRange(0, 5).Draw(t, label+" excluded") == 0}
		if c.MRR.Currency == "" {
			c.MRR.Minor = 0
		}
		list = append(list, c)
	}
	return list
}

// Whatever happened between two moments, to the clients and to the rules, the
// bridge begins at what was shown then, ends at what is shown now, and adds up
// to the cent and to the client.
func TestBridgeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, now := book(t, "before"), book(t, "now")
		threshold := func(label string) float64 { return float64(rapid.IntRange(1, 99).Draw(t, label)) }
		was := stanna.Settings{RiskThreshold: threshold("was"), Currency: "USD"}
		is := stanna.Settings{RiskThreshold: threshold("is"), Currency: "USD"}
		for _, owner := range []string{"", ana} {
			of := func(list []store.Standing) []store.Standing {
				return slices.DeleteFunc(slices.Clone(list), func(c store.Standing) bool { return owner != "" && c.Owner != owner })
			}
			b, who := bridge(scope{owner, "USD", is.RiskThreshold, was.RiskThreshold}, atRisk(before, was.RiskThreshold), now)
			if !b.AddsUp() {
				t.Fatalf("%q: %+v does not add up", owner, b)
			}
			then, _ := riskOf(of(before), was)
			today, _ := riskOf(of(now), is)
			if diff := cmp.Diff([]stanna.ClientSum{then.AtRisk, today.AtRisk}, []stanna.ClientSum{b.Start, b.End}); diff != "" {
				t.Fatalf("%q: the ends are not what is shown: %s", owner, diff)
			}
			seen := map[string]bool{}
			for _, ids := range who {
				for _, id := range ids {
					if seen[id] {
						t.Fatalf("%s has two causes", id)
					}
					seen[id] = true
				}
			}
			if b.Step(stanna.TakenOver).Clients+b.Step(stanna.HandedOver).Clients > 0 && owner == "" {
				t.Fatal("of all clients some came from another owner")
			}
			if was.RiskThreshold == is.RiskThreshold && b.Step(stanna.ThresholdIn).Clients+b.Step(stanna.ThresholdOut).Clients > 0 {
				t.Fatal("the threshold is the same")
			}
		}
	})
}

func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := atRisk(book(t, "any"), 101)
		data, err := pack(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpack(data)
		if diff := cmp.Diff(want, got, cmp.Transformer("none", func(m []Member) []Member { return append([]Member{}, m...) })); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}
