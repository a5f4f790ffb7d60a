package digest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

func mrrOf(client string, kind stanna.MRRMovement, amount float64, currency string) mrrMove {
	return mrrMove{client, kind, stanna.MoneyOf(amount, currency)}
}

func TestMRRMoved(t *testing.T) {
	if m := mrrMoved(nil, "USD"); m != nil {
		t.Errorf("%+v", m)
	}
	got := mrrMoved([]mrrMove{
		mrrOf("a", stanna.MRRContraction, -50, "USD"), mrrOf("b", stanna.MRRNew, 300, "USD"), mrrOf("c", stanna.MRRNew, 900.5, "USD"), mrrOf("a", stanna.MRRContraction, -70, "USD"),
		mrrOf("d", stanna.MRRChurn, -2000, "USD"), mrrOf("e", stanna.MRRNew, 7, "EUR"), mrrOf("f", stanna.MRRChurn, -10, "EUR"), mrrOf("g", stanna.MRRNew, 500, "JPY"),
		mrrOf("h", stanna.MRRNew, 10, "USD"), mrrOf("i", stanna.MRRNew, 20, "USD"),
	}, "USD")
	named := func(ids ...string) (list []stanna.NamedClient) {
		for _, id := range ids {
			list = append(list, stanna.NamedClient{ID: id})
		}
		return list
	}
	want := &stanna.MRRMoved{Net: stanna.MoneyOf(-889.5, "USD"), Steps: []stanna.MRRStep{
		{Movement: stanna.MRRNew, Clients: 4, Amount: stanna.MoneyOf(1230.5, "USD"), Named: named("c", "b", "i")},
		{Movement: stanna.MRRContraction, Clients: 1, Amount: stanna.MoneyOf(-120, "USD"), Named: named("a")},
		{Movement: stanna.MRRChurn, Clients: 1, Amount: stanna.MoneyOf(-2000, "USD"), Named: named("d")},
	}, Apart: []stanna.MRRUnlike{{Clients: 2, Net: stanna.MoneyOf(-3, "EUR")}, {Clients: 1, Net: stanna.MoneyOf(500, "JPY")}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever moved: the steps add up to the net change, no other currency is
// among it, and what is told apart is all the rest.
func TestMRRMovedAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Custom(func(t *rapid.T) mrrMove {
			return mrrMove{fmt.Sprint("c", rapid.IntRange(0, 8).Draw(t, "client")), rapid.SampledFrom(stanna.MRRMovements()).Draw(t, "movement"),
				stanna.Money{Minor: rapid.Int64Range(-1e9, 1e9).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"USD", "USD", "EUR", "JPY"}).Draw(t, "currency")}}
		})).Draw(t, "moves")
		m := mrrMoved(list, "USD")
		if m == nil {
			if len(list) > 0 {
				t.Fatal("movements, and nothing moved")
			}
			return
		}
		sums := map[string]int64{}
		for _, x := range list {
			sums[x.amount.Currency] += x.amount.Minor
		}
		steps := int64(0)
		for _, s := range m.Steps {
			if steps += s.Amount.Minor; s.Amount.Currency != "USD" || s.Clients < len(s.Named) || len(s.Named) == 0 {
				t.Fatalf("%+v", s)
			}
		}
		if steps != m.Net.Minor || steps != sums["USD"] || m.Net.Currency != "USD" {
			t.Fatalf("steps come to %d, net is %v, it was %d", steps, m.Net, sums["USD"])
		}
		for _, a := range m.Apart {
			if a.Net.Minor != sums[a.Net.Currency] || a.Net.Currency == "USD" {
				t.Fatalf("%+v, it was %d", a, sums[a.Net.Currency])
			}
			delete(sums, a.Net.Currency)
		}
		if delete(sums, "USD"); len(sums) > 0 {
			t.Fatalf("not told: %v", sums)
		}
	})
}
