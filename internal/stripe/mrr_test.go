package stripe

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// given is a subscription as the cases of published help pages write it.
type given struct {
	UnitAmount    int64  `json:"unit_amount"`
	Interval      string `json:"interval"`
	IntervalCount int64  `json:"interval_count"`
	Quantity      int64  `json:"quantity"`
	Status        string `json:"status"`
	UsageType     string `json:"usage_type"`
	Tax           int64  `json:"tax"`
	Coupon        any    `json:"coupon"`
}

// object writes it in the form of an API generation: 0 the oldest, 3 the
// newest.
func (g given) object(generation int) string {
	coupon, _ := json.Marshal(g.Coupon)
	period := fmt.Sprintf(`"interval":%q,"interval_count":%d,"usage_type":%q`, g.Interval, g.IntervalCount, g.UsageType)
	plan := fmt.Sprintf(`{"id":"p","currency":"usd","amount":%d,%s}`, g.UnitAmount, period)
	price := fmt.Sprintf(`{"id":"p","currency":"usd","type":"recurring","unit_amount":%d,"recurring":{%s}}`, g.UnitAmount, period)
	head := fmt.Sprintf(`"id":"sub_1","object":"subscription","customer":"cus_1","status":%q,"tax_percent":20,"default_tax_rates":[{"percentage":20}]`, g.Status)
	discount, discounts := `null`, `[]`
	if g.Coupon != nil {
		discount = `{"object":"discount","coupon":` + string(coupon) + `}`
		discounts = `[{"id":"di_1","source":{"type":"coupon","coupon":` + string(coupon) + `}}]`
	}
	switch generation {
	case 0:
		return fmt.Sprintf(`{%s,"plan":%s,"quantity":%d,"discount":%s}`, head, plan, g.Quantity, discount)
	case 1:
		return fmt.Sprintf(`{%s,"items":{"data":[{"plan":%s,"quantity":%d}]},"discount":%s}`, head, plan, g.Quantity, discount)
	case 2:
		return fmt.Sprintf(`{%s,"items":{"data":[{"plan":%s,"price":%s,"quantity":"%d"}]},"discount":%s,"discounts":[]}`, head, plan, price, g.Quantity, discount)
	}
	return fmt.Sprintf(`{%s,"currency":"usd","items":{"data":[{"price":%s,"quantity":%d}]},"discounts":%s}`, head, price, g.Quantity, discounts)
}

func worth(t testing.TB, object string) Worth {
	t.Helper()
	n := must[News](t)(NewsOf(json.RawMessage(object), noon))
	if n.Subscription == nil {
		t.Fatalf("%+v of %s", n, object)
	}
	return n.Subscription.Worth()
}

type mrrCases struct {
	Published []struct {
		ID       string  `json:"id"`
		Given    []given `json:"given"`
		Expected int64   `json:"expected_mrr"`
	} `json:"published_cases"`
	Movements []struct {
		ID    string `json:"id"`
		Steps []struct {
			Event    string             `json:"event"`
			Movement stanna.MRRMovement `json:"movement"`
			Amount   int64              `json:"amount"`
			After    int64              `json:"mrr_after"`
			Counts   *bool              `json:"counts_in_mrr"`
		} `json:"steps"`
	} `json:"movements"`
}

func readCases(t *testing.T) (c mrrCases) {
	t.Helper()
	if err := json.Unmarshal(shared(t, "data/mrr-cases/cases.json"), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPublishedMRR(t *testing.T) {
	cases := readCases(t)
	if len(cases.Published) != 18 {
		t.Fatalf("%d cases", len(cases.Published))
	}
	for _, c := range cases.Published {
		for generation := range 4 {
			var list []Worth
			for _, g := range c.Given {
				list = append(list, worth(t, g.object(generation)))
			}
			if got := Sum(list, "USD"); got.Minor != c.Expected {
				t.Errorf("%s, generation %d: %d, want %d (%+v)", c.ID, generation, got.Minor, c.Expected, list)
			}
		}
	}
}

// What a client pays goes through published stories.
func TestPublishedMovements(t *testing.T) {
	gold := given{50000, "year", 1, 4, "active", "licensed", 0, nil}
	silver := given{3000, "month", 1, 2, "active", "licensed", 0, nil}
	monthly := given{5000, "month", 1, 3, "active", "licensed", 0, nil}
	ended := func(g given) given { g.Status = "canceled"; return g }
	with := func(g given, status string) given { g.Status = status; return g }
	stories := map[string][][]given{
		"chartmogul-story":                            {{gold}, {gold, silver}, {gold, ended(silver)}, {ended(gold), ended(silver)}, {ended(gold), ended(silver), monthly}},
		"stripe-two-subscriptions":                    {{ended(gold), silver}, {ended(gold), ended(silver)}},
		"stripe-trial-to-active-unpaid-first-invoice": {{gold}, {with(gold, "unpaid")}},
	}
	told := 0
	for _, m := range readCases(t).Movements {
		var before int64
		if m.ID == "stripe-two-subscriptions" {
			before = Sum([]Worth{worth(t, gold.object(3)), worth(t, silver.object(3))}, "USD").Minor
		}
		for i, step := range m.Steps {
			var list []Worth
			for _, g := range stories[m.ID][i] {
				list = append(list, worth(t, g.object(3)))
			}
			after := Sum(list, "USD").Minor
			if step.Counts != nil && *step.Counts != (after > 0) {
				t.Errorf("%s, %s: %d", m.ID, step.Event, after)
			}
			if got := stanna.MovementOf(before, after, i > 0); step.Movement != "" {
				told++
				if got != step.Movement || step.Amount != 0 && (after-before != step.Amount || after != step.After) {
					t.Errorf("%s, %s: %s, %d to %d, want %s by %d to %d", m.ID, step.Event, got, before, after, step.Movement, step.Amount, step.After)
				}
			}
			before = after
		}
	}
	if told != 7 {
		t.Errorf("%d movements", told)
	}
}

// A day, a week, a month and a year of one price agree with each other, and
// with what others count, within 1 %.
func TestIntervalsAgree(t *testing.T) {
	const year = 1_200_000
	for interval, amount := range map[string]float64{"day": year / 365.25, "week": year * 7 / 365.25, "month": year / 12, "year": year} {
		g := given{int64(math.Round(amount)), interval, 1, 1, "active", "licensed", 0, nil}
		if got := float64(worth(t, g.object(3)).Micros) / 1e6; math.Abs(got/(year/12)-1) > 0.01 {
			t.Errorf("%s: %g a month, not %d", interval, got, year/12)
		}
	}
	// Kaching's four examples: 304.37 + 86.90 + 30.00 + 10.00
	var list []Worth
	for _, g := range []given{{1000, "day", 1, 1, "active", "", 0, nil}, {2000, "week", 1, 1, "active", "", 0, nil},
		{6000, "month", 2, 1, "active", "", 0, nil}, {12000, "year", 1, 1, "active", "", 0, nil}} {
		list = append(list, worth(t, g.object(3)))
	}
	if got := Sum(list, "USD"); got.Minor != 43134 || math.Abs(float64(got.Minor)/43127-1) > 0.01 { // 304.375 + 86.964 + 30 + 10, rounded once
		t.Errorf("%s a month", got)
	}
}

func TestWorth(t *testing.T) {
	sub := func(status, items, more string) string {
		return `{"id":"sub_1","object":"subscription","customer":"cus_1","status":"` + status + `","items":{"data":[` + items + `]}` + more + `}`
	}
	price := func(more string) string {
		return `{"quantity":3,"price":{"id":"p","product":"prod_1","currency":"usd","recurring":{"interval":"month","interval_count":1}` + more + `}}`
	}
	ten := price(`,"unit_amount":1000`)
	other := strings.Replace(ten, "prod_1", "prod_2", 1)
	coupon := func(fields string) string {
		return `,"discounts":[{"id":"di_1","coupon":{"id":"c","duration":"forever",` + fields + `}}]`
	}
	tiers := `"tiers":[{"up_to":1,"unit_amount":1000,"flat_amount":500},{"up_to":null,"unit_amount_decimal":"400.5","flat_amount":0}]`
	for name, c := range map[string]struct {
		object string
		micros int64
		why    string
	}{
		"plain":                          {sub("active", ten, ""), 3000e6, ""},
		"collection paused":              {sub("active", ten, `,"pause_collection":{"behavior":"void"}`), 3000e6, ""},
		"ends later":                     {sub("active", ten, `,"cancel_at_period_end":true`), 3000e6, ""},
		"trialing":                       {sub("trialing", ten, ""), 0, "trialing"},
		"unpaid":                         {sub("unpaid", ten, ""), 0, "unpaid"},
		"incomplete":                     {sub("incomplete_expired", ten, ""), 0, "incomplete expired"},
		"paused":                         {sub("paused", ten, ""), 0, "paused"},
		"unheard of":                     {sub("hibernating", ten, ""), 0, WhyNoStatus},
		"no status":                      {sub("", ten, ""), 0, WhyNoStatus},
		"no items":                       {sub("active", "", ""), 0, WhyNoPrice},
		"items of two":                   {sub("active", ten+","+price(`,"unit_amount":50`), ""), 3150e6, ""},
		"one deleted":                    {sub("active", ten+`,{"id":"si_1","deleted":true,"price":{"currency":"usd","unit_amount":5,"recurring":{"interval":"month"}}}`, ""), 3000e6, ""},
		"free":                           {sub("active", price(`,"unit_amount":0`), ""), 0, WhyFree},
		"metered":                        {sub("active", strings.Replace(ten, `"interval"`, `"usage_type":"metered","interval"`, 1), ""), 0, WhyMetered},
		"paid once":                      {sub("active", `{"price":{"currency":"usd","unit_amount":500,"type":"one_time","recurring":null}}`, ""), 0, WhyOnce},
		"paid once beside":               {sub("active", ten+`,{"price":{"currency":"usd","unit_amount":500,"type":"one_time"}}`, ""), 3000e6, ""},
		"none of it":                     {sub("active", strings.Replace(ten, ":3", ":0", 1), ""), 0, WhyNone},
		"no amount":                      {sub("active", price(``), ""), 0, WhyNoPrice},
		"fractions of a cent":            {sub("active", price(`,"unit_amount":null,"unit_amount_decimal":"0.05"`), ""), 150_000, ""},
		"amounts as text":                {sub("active", price(`,"unit_amount":"1000"`), ""), 3000e6, ""},
		"quantity at the whole":          {sub("active", strings.Replace(ten, `"quantity":3,`, "", 1), `,"quantity":7`), 7000e6, ""},
		"packages, begun":                {sub("active", price(`,"unit_amount":1000,"transform_quantity":{"divide_by":2,"round":"up"}`), ""), 2000e6, ""},
		"packages, full":                 {sub("active", price(`,"unit_amount":1000,"transform_quantity":{"divide_by":2,"round":"down"}`), ""), 1000e6, ""},
		"tiers unknown":                  {sub("active", price(`,"billing_scheme":"tiered","tiers_mode":"volume"`), ""), 0, WhyTiered},
		"tiers, volume":                  {sub("active", price(`,"billing_scheme":"tiered","tiers_mode":"volume",`+tiers), ""), 1201_500_000, ""},
		"tiers, graduated":               {sub("active", price(`,"billing_scheme":"tiered","tiers_mode":"graduated",`+tiers), ""), 2301e6, ""},
		"two currencies":                 {sub("active", ten+","+strings.Replace(ten, "usd", "eur", 1), ""), 0, WhyCurrencies},
		"beyond money":                   {sub("active", price(`,"unit_amount":999999999999999999`), ""), 0, WhyTooLarge},
		"percent for good":               {sub("active", ten, coupon(`"percent_off":25.5`)), 2235e6, ""},
		"all of it":                      {sub("active", ten, coupon(`"percent_off":100`)), 0, WhyDiscounted},
		"more than all of it":            {sub("active", ten, coupon(`"percent_off":250`)), 0, WhyDiscounted},
		"an amount":                      {sub("active", ten, coupon(`"amount_off":500,"currency":"usd"`)), 2500e6, ""},
		"more than it costs":             {sub("active", ten, coupon(`"amount_off":5000,"currency":"usd"`)), 0, WhyDiscounted},
		"an amount of another":           {sub("active", ten, coupon(`"amount_off":500,"currency":"eur"`)), 3000e6, ""},
		"an amount off each year":        {sub("active", strings.Replace(ten, "month", "year", 1), coupon(`"amount_off":600,"currency":"usd"`)), 200e6, ""},
		"an amount off nothing":          {sub("active", "", coupon(`"amount_off":600,"currency":"usd"`)), 0, WhyNoPrice},
		"off one product":                {sub("active", ten+","+other, coupon(`"percent_off":50,"applies_to":{"products":["prod_2"]}`)), 4500e6, ""},
		"an amount off both":             {sub("active", ten+","+other, coupon(`"amount_off":4000,"currency":"usd","applies_to":null`)), 2000e6, ""},
		"off an item":                    {sub("active", strings.Replace(ten, `"quantity"`, `"discounts":[{"id":"di_2","coupon":{"duration":"forever","percent_off":10}}],"quantity"`, 1)+","+other, ""), 5700e6, ""},
		"off an item and the whole":      {sub("active", strings.Replace(ten, `"quantity"`, `"discounts":[{"id":"di_2","coupon":{"duration":"forever","percent_off":10}}],"quantity"`, 1), coupon(`"percent_off":10`)), 2430e6, ""},
		"more off an item than it costs": {sub("active", strings.Replace(ten, `"quantity"`, `"discounts":[{"coupon":{"duration":"forever","amount_off":5000,"currency":"usd"}}],"quantity"`, 1)+","+other, ""), 3000e6, ""},
		"ids only":                       {sub("active", ten, `,"discounts":["di_1"]`), 3000e6, ""},
		"the same twice":                 {sub("active", ten, `,"discount":{"id":"di_1","coupon":{"duration":"forever","percent_off":10}},"discounts":["di_1"]`), 2700e6, ""},
	} {
		if got := worth(t, c.object); got.Micros != c.micros || got.Why != c.why {
			t.Errorf("%s: %+v, want %d %q", name, got, c.micros, c.why)
		}
	}
}

// Stripe's minor unit is not always that of ISO 4217.
func TestCurrencies(t *testing.T) {
	for currency, want := range map[string]string{
		"usd": "5.00 USD", "jpy": "500 JPY", "isk": "5 ISK", "ugx": "5 UGX", "kwd": "0.500 KWD", "mga": "500.00 MGA", "clp": "500 CLP", "huf": "5.00 HUF", "twd": "5.00 TWD",
	} {
		w := worth(t, strings.Replace(given{500, "month", 1, 1, "active", "", 0, nil}.object(2), `"usd"`, `"`+currency+`"`, 2))
		if got := Sum([]Worth{w, {Micros: 1e9, Currency: "XXX"}}, w.Currency).String(); got != want {
			t.Errorf("%s: 500 a month is %s, not %s", currency, got, want)
		}
		invoice := `{"id":"in_1","customer":"cus_1","status":"open","amount_due":500,"currency":"` + currency + `"}`
		f := newsOf(t, "invoice.payment_failed", invoice).Payment.Failed
		if got := stanna.MoneyOf(f.Amount, f.Currency).String(); got != want {
			t.Errorf("%s: 500 owed is %s, not %s", currency, got, want)
		}
	}
}
