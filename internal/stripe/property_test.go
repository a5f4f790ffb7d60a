package stripe

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func anyItem(t *rapid.T) string {
	interval := rapid.SampledFrom([]string{"day", "week", "month", "year"}).Draw(t, "interval")
	count := rapid.IntRange(1, 36).Draw(t, "count")
	amount := rapid.SampledFrom([]string{`"unit_amount":%d`, `"unit_amount":null,"unit_amount_decimal":"%d.125"`}).Draw(t, "form")
	amount = fmt.Sprintf(amount, rapid.IntRange(0, 10_000_000).Draw(t, "amount"))
	return fmt.Sprintf(`{"quantity":%d,"price":{"id":"p","currency":"usd","recurring":{"interval":%q,"interval_count":%d},%s}}`,
		rapid.IntRange(0, 5000).Draw(t, "quantity"), interval, count, amount)
}

func anySubscription(t *rapid.T, items []string, discounts string) string {
	status := rapid.SampledFrom([]string{"active", "past_due"}).Draw(t, "status")
	return `{"id":"sub_1","object":"subscription","customer":"cus_1","status":"` + status + `","items":{"data":[` + strings.Join(items, ",") + `]},"discounts":[` + discounts + `]}`
}

func anyCoupon(t *rapid.T) string {
	off := fmt.Sprintf(`"percent_off":%d.5`, rapid.IntRange(0, 99).Draw(t, "percent"))
	if rapid.Bool().Draw(t, "an amount off") {
		off = fmt.Sprintf(`"currency":"usd","amount_off":%d`, rapid.IntRange(1, 100_000_000).Draw(t, "off"))
	}
	return `{"coupon":{"duration":"` + rapid.SampledFrom([]string{"forever", "once", "repeating"}).Draw(t, "duration") + `",` + off + `}}`
}

func worthOf(t *rapid.T, object string) Worth {
	n, err := NewsOf(json.RawMessage(object), noon)
	if err != nil || n.Subscription == nil {
		t.Fatalf("%v %+v", err, n)
	}
	return n.Subscription.Worth()
}

// A subscription of several items is worth what subscriptions of one item each
// are, to a millionth of a cent an item.
func TestItemsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(anyItem), 1, 8).Draw(t, "items")
		var sum int64
		for _, i := range items {
			sum += worthOf(t, anySubscription(t, []string{i}, "")).Micros
		}
		whole := worthOf(t, anySubscription(t, items, "")).Micros
		if off := whole - sum; off > int64(len(items)) || off < -int64(len(items)) {
			t.Fatalf("%d together, %d one by one", whole, sum)
		}
	})
}

// Discounts only lower, never below nothing, and nothing always has a reason.
func TestDiscountsLower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(anyItem), 0, 5).Draw(t, "items")
		coupons := rapid.SliceOfN(rapid.Custom(anyCoupon), 0, 3).Draw(t, "coupons")
		full, w := worthOf(t, anySubscription(t, items, "")), worthOf(t, anySubscription(t, items, strings.Join(coupons, ",")))
		if w.Micros < 0 || w.Micros > full.Micros || (w.Micros == 0) == (w.Why == "") {
			t.Fatalf("%+v of %+v", w, full)
		}
	})
}

// More of the same is never worth less, and twice as much is worth twice.
func TestMoreIsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := anyItem(t)
		n := rapid.IntRange(0, 100_000).Draw(t, "units")
		of := func(n int) int64 {
			i := `{"quantity":` + fmt.Sprint(n) + i[strings.Index(i, ","):]
			return worthOf(t, anySubscription(t, []string{i}, "")).Micros
		}
		one, more, twice := of(n), of(n+1), of(2*n)
		if more < one || twice-2*one > 1 || twice-2*one < -1 {
			t.Fatalf("%d units %d, one more %d, twice %d", n, one, more, twice)
		}
	})
}

// The sum is within half a minor unit of the exact one, whatever the order.
func TestSumIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.SliceOf(rapid.Int64Range(0, 1e15)).Draw(t, "micros")
		list, exact := []Worth{}, new(big.Int)
		for _, m := range micros {
			list = append(list, Worth{Micros: m, Currency: "EUR"})
			exact.Add(exact, big.NewInt(m))
		}
		got := new(big.Int).Mul(big.NewInt(Sum(list, "EUR").Minor), big.NewInt(1e6))
		if off := got.Sub(got, exact); off.CmpAbs(big.NewInt(500_000)) > 0 || off.Cmp(big.NewInt(-500_000)) == 0 {
			t.Fatalf("off by %s millionths", off)
		}
		if Sum(list, "USD").Minor != 0 {
			t.Fatal("another currency was added")
		}
	})
}
