package rule_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// paid takes facts that came at minutes after the start, in the order given.
func paid(facts ...dated) (st stanna.State, became []stanna.Became) {
	for _, f := range facts {
		became = append(became, rule.Take(&st, stanna.Signal{OccurredAt: start.Add(time.Duration(f.minute) * time.Minute), Fact: f.fact, Source: "test"}, start.Add(time.Hour)))
	}
	return st, became
}

type dated struct {
	minute int
	fact   stanna.Fact
}

func owes(st stanna.State) (list []string) {
	for _, p := range st.Owes() {
		list = append(list, fmt.Sprintf("%s %g try %d of %d", p.Invoice, p.Amount.Amount(), p.Tries(), int(p.FirstAt.Sub(start).Minutes())))
	}
	return list
}

// Several invoices stand side by side, the worst first; each is paid by its
// name, and all by none.
func TestTakeSeveralInvoices(t *testing.T) {
	one, two := failure(2), failure(1, of("in_2", 500))
	dispute := failure(0, disputed, of("dp_1", 20))
	paidOne, paidTwo := stanna.PaymentRecovered{Invoice: "in_1"}, stanna.PaymentRecovered{Invoice: "in_2"}
	for name, c := range map[string]struct {
		facts []dated
		want  []string
	}{
		"the one that failed twice first": {[]dated{{1, two}, {2, one}}, []string{"in_1 100 try 2 of 2", "in_2 500 try 1 of 1"}},
		"the larger first":                {[]dated{{1, one}, {2, failure(2, of("in_2", 500))}}, []string{"in_2 500 try 2 of 2", "in_1 100 try 2 of 1"}},
		"the dispute before all":          {[]dated{{1, failure(4, pastDue)}, {2, dispute}, {3, two}}, []string{"dp_1 20 try 1 of 2", "in_1 100 try 4 of 1", "in_2 500 try 1 of 3"}},
		"one is paid":                     {[]dated{{1, one}, {2, two}, {3, paidOne}}, []string{"in_2 500 try 1 of 2"}},
		"the other is paid":               {[]dated{{1, one}, {2, two}, {3, paidTwo}}, []string{"in_1 100 try 2 of 1"}},
		"all is paid":                     {[]dated{{1, one}, {2, two}, {3, stanna.PaymentRecovered{}}}, nil},
		"paid before it is heard of":      {[]dated{{3, paidOne}, {1, one}, {2, two}}, []string{"in_2 500 try 1 of 2"}},
		"paid at the same moment":         {[]dated{{1, paidOne}, {1, one}}, nil},
		"an old recovery":                 {[]dated{{5, one}, {3, paidOne}}, []string{"in_1 100 try 2 of 5"}},
		"uncounted, and paid between":     {[]dated{{1, failure(0)}, {5, failure(0)}, {7, failure(0)}, {3, paidOne}}, []string{"in_1 100 try 2 of 5"}},
		"of one moment the worse":         {[]dated{{1, failure(2)}, {1, failure(1)}}, []string{"in_1 100 try 2 of 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			st, _ := paid(c.facts...)
			if diff := cmp.Diff(c.want, owes(st)); diff != "" {
				t.Error(diff)
			}
		})
	}
	// What one hears of another invoice is not late; what one hears of the same is.
	if _, became := paid(dated{5, one}, dated{3, two}, dated{4, one}, dated{2, paidTwo}); !slices.Equal(became, []stanna.Became{stanna.Accepted, stanna.Accepted, stanna.Late, stanna.Late}) {
		t.Error(became)
	}
}

// Whatever the order in which the same failures and recoveries come, and
// however often: the same is owed, by the same invoices, since the same time.
func TestTakePaymentsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		invoice := rapid.SampledFrom([]string{"", "in_1", "in_2", "dp_3"})
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) dated {
			at := rapid.IntRange(0, 40).Draw(t, "at")
			if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				return dated{at, stanna.PaymentRecovered{Invoice: invoice.Draw(t, "paid")}}
			}
			f := failure(rapid.IntRange(0, 3).Draw(t, "attempt"), of(invoice.Draw(t, "invoice"), float64(rapid.IntRange(1, 3).Draw(t, "amount"))))
			f.Status = rapid.SampledFrom([]string{"", stanna.PaymentPastDue, stanna.PaymentDisputed}).Draw(t, "status")
			f.Decline = rapid.SampledFrom([]stanna.Decline{"", stanna.SoftDecline, stanna.HardDecline}).Draw(t, "decline")
			return dated{at, f}
		}), 1, 16).Draw(t, "facts")
		inTime := slices.Clone(list)
		slices.SortStableFunc(inTime, func(a, b dated) int { return a.minute - b.minute })
		want, _ := paid(inTime...)
		got, _ := paid(rapid.Permutation(append(list, list...)).Draw(t, "as it comes")...)
		if diff := cmp.Diff(want.Owes(), got.Owes()); diff != "" {
			t.Fatalf("in another order something else is owed: %s", diff)
		}
		for _, p := range got.Owes() { // and it is what failed since it was paid
			for _, f := range list {
				if r, ok := f.fact.(stanna.PaymentRecovered); ok && (r.Invoice == "" || r.Invoice == p.Invoice) && !start.Add(time.Duration(f.minute)*time.Minute).Before(p.FirstAt) {
					t.Fatalf("%+v is owed, and was paid at %d", p, f.minute)
				}
			}
		}
	})
}

// A state keeps so many, and forgets old recoveries; what is owed is not
// forgotten with them.
func TestTakePaymentsBounded(t *testing.T) {
	var st stanna.State
	take := func(day int, f stanna.Fact) {
		at := start.AddDate(0, 0, day)
		rule.Take(&st, stanna.Signal{OccurredAt: at, Fact: f}, at)
	}
	take(0, failure(1, of("in_old", 1)))
	for i := range 100 {
		take(i*10+1, stanna.PaymentRecovered{Invoice: fmt.Sprint("in_", i)})
	}
	if n := len(st.Bills); n > stanna.MaxBills || n < 40 {
		t.Errorf("%d bills", n)
	}
	take(900, failure(1, of("in_98", 1))) // paid on day 981
	if diff := cmp.Diff([]string{"in_old"}, invoices(st)); diff != "" {
		t.Error(diff)
	}
	for i := range 30 {
		take(1100, failure(1, of(fmt.Sprint("new_", i), float64(i+2))))
	}
	if n := len(st.Owes()); n != stanna.MaxOwed || st.Payment.Amount != usd(31) {
		t.Errorf("%d are owed, first %+v", n, st.Payment)
	}
	for i := range 90 {
		take(1100+i, failure(0, of("new_29", 31)))
	}
	if p := st.Payment; !p.FirstAt.Equal(start.AddDate(0, 0, 1100)) || len(st.Bills["new_29"].Failed) > stanna.MaxTries {
		t.Errorf("%+v, %d tries", p, len(st.Bills["new_29"].Failed))
	}
	take(1300, stanna.PaymentRecovered{})
	if len(st.Owes()) != 0 || len(st.Bills) != 0 {
		t.Errorf("%+v", st.StateFacts)
	}
}

func invoices(st stanna.State) (list []string) {
	for _, p := range st.Owes() {
		list = append(list, p.Invoice)
	}
	return list
}

// A state that was stored when there was one payment is read as it is, and
// goes on.
func TestTakePaymentsOfAnOldState(t *testing.T) {
	var st stanna.State
	const old = `{"payment":{"failedAt":"2026-11-01T09:00:00Z","firstAt":"2026-10-30T09:00:00Z","amount":{"minor":10000,"currency":"USD"},"attempt":0,"nextAttempt":"","invoice":"in_1"},
		"paidAt":"2026-10-01T09:00:00Z"}`
	if err := json.Unmarshal([]byte(old), &st.StateFacts); err != nil {
		t.Fatal(err)
	}
	if len(st.Owes()) != 1 || st.Payment.Tries() != 2 {
		t.Fatalf("%+v", st.StateFacts)
	}
	take := func(f stanna.Fact, at time.Time) { rule.Take(&st, stanna.Signal{OccurredAt: at, Fact: f}, start) }
	take(failure(1, of("in_2", 5)), start)
	take(stanna.PaymentRecovered{Invoice: "in_1"}, start.Add(-40*time.Hour)) // between its first failure and its last
	if p := st.Payment; p.Invoice != "in_1" || !p.FirstAt.Equal(p.FailedAt) || len(st.Owes()) != 2 {
		t.Errorf("%+v", st.StateFacts)
	}
	take(stanna.PaymentRecovered{Invoice: "in_1"}, start)
	if diff := cmp.Diff([]string{"in_2"}, invoices(st)); diff != "" {
		t.Error(diff)
	}
}
