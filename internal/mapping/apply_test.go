package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
)

const setAll = `{"client": {"id": "\"acme\""}, "fieldsFrom": "body"}`

// Fields are typed when they are read.
func TestFields(t *testing.T) {
	for body, want := range map[string]map[string]any{
		`{"name": " Acme ", "domain": "ACME.com", "tier": 3, "csmOwner": " Ana@Acme.com", "currency": "eur"}`: {"name": "Acme", "domain": "acme.com", "tier": "3", "csmOwner": "ana@acme.com", "currency": "EUR"},
		`{"mrr": 1492.5, "renewalTermMonths": 12, "isExcluded": true, "tags": ["a ", "", "b", "a"]}`:          {"mrr": 1492.5, "renewalTermMonths": 12, "isExcluded": true, "tags": []string{"a", "b"}},
		`{"mrr": "1,492.50", "renewalTermMonths": "24", "isExcluded": "false", "tags": []}`:                   {"mrr": 1492.5, "renewalTermMonths": 24, "isExcluded": false, "tags": []string{}},
		`{"mrr": "", "renewalTermMonths": "", "renewalDate": "", "tier": "", "csmOwner": "", "name": ""}`:     {"mrr": "", "renewalTermMonths": 0, "renewalDate": "", "tier": "", "csmOwner": ""},
		`{"renewalDate": "2027-01-14"}`:                                              {"renewalDate": "2027-01-14"},
		`{"renewalDate": "2027-01-14T23:30:00-05:00"}`:                               {"renewalDate": "2027-01-14"},
		`{"renewalDate": 1799884800000}`:                                             {"renewalDate": "2027-01-14"},
		`{"renewalDate": "1799884800"}`:                                              {"renewalDate": "2027-01-14"},
		`{"custom.a": "x", "custom.b": 1.5, "custom.c": false, "custom": {"d": ""}}`: {"custom.a": "x", "custom.b": 1.5, "custom.c": false, "custom.d": ""},
		`{"name": "Acme", "tier": null, "custom": {"d": null}}`:                      {"name": "Acme"},
	} {
		if i := one(t, setAll, body); i.Err != nil || !cmp.Equal(want, i.Fields) {
			t.Errorf("%s: %v %s", body, i.Err, cmp.Diff(want, i.Fields))
		}
	}
	for body, want := range map[string]string{
		`{"name": ["Acme"]}`:             "fieldsFrom.name: must be text",
		`{"tier": true}`:                 "fieldsFrom.tier: must be text",
		`{"domain": "https://acme.com"}`: "fieldsFrom.domain: is no domain such as acme.com; write domainOf(...) for one out of an address",
		`{"csmOwner": "48211234"}`:       "fieldsFrom.csmOwner: is no e-mail address",
		`{"currency": "dollars"}`:        "fieldsFrom.currency: must be an ISO 4217 code such as USD",
		`{"mrr": "$5"}`:                  "fieldsFrom.mrr: must be a number, such as 1492.5 or 1,492.50",
		`{"mrr": -1}`:                    "fieldsFrom.mrr: must be an amount from 0 to 1e+12",
		`{"mrr": 1e13}`:                  "fieldsFrom.mrr: must be an amount from 0 to 1e+12",
		`{"mrr": {}}`:                    "fieldsFrom.mrr: must be a number, such as 1492.5 or 1,492.50",
		`{"renewalDate": "14.01.2027"}`:  "fieldsFrom.renewalDate: must be a date such as 2027-01-14, or a time",
		`{"renewalDate": true}`:          "fieldsFrom.renewalDate: must be a date such as 2027-01-14, or a time",
		`{"renewalTermMonths": 1.5}`:     "fieldsFrom.renewalTermMonths: must be a whole number from 0 to 240",
		`{"renewalTermMonths": 241}`:     "fieldsFrom.renewalTermMonths: must be a whole number from 0 to 240",
		`{"tags": "a,b"}`:                "fieldsFrom.tags: must be a list of text; for text with separators write split(item.tags, \",\")",
		`{"tags": [1]}`:                  "fieldsFrom.tags: must be a list of text",
		`{"isExcluded": "maybe"}`:        "fieldsFrom.isExcluded: must be true or false",
		`{"custom.a": []}`:               "fieldsFrom.custom.a: must be text, a number, or true or false",
		`{"custom": 5}`:                  "fieldsFrom.custom: is no field of a client; they are name, domain, mrr, currency, tier, csmOwner, renewalDate, renewalTermMonths, tags, isExcluded and custom.YOURS",
		`[1]`:                            "fieldsFrom: line 1, column 1: body is a list, and an object is wanted here",
	} {
		if i := one(t, setAll, body); i.Err == nil || i.Err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", body, i.Err, want)
		}
	}
	i := one(t, `{"client": {"id": "\"acme\""}, "fields": {"tier": "\"ours\"", "name": "null"}, "fieldsFrom": "body"}`, `{"tier": "theirs", "name": "Acme"}`)
	if i.Fields["tier"] != "ours" || i.Fields["name"] != "Acme" {
		t.Errorf("what the mapping names comes before what the sender names: %v", i.Fields)
	}
}

func TestApply(t *testing.T) {
	acme := stanna.Client{ID: "acme", Name: "Acme", Domain: "acme.com", MRR: stanna.MoneyOf(1000, "EUR"), Tier: "growth", Tags: []string{"x"}, RenewalDate: "2026-12-01",
		Custom: map[string]any{"seats": 5.0, "region": "EMEA"}}
	poor := stanna.Client{ID: "globex", Name: "Globex"}
	change := func(c stanna.Client, do func(*stanna.Client)) stanna.Client {
		do(&c)
		return c
	}
	for _, test := range []struct {
		client stanna.Client
		body   string
		want   stanna.Client
	}{
		{acme, `{"tier": "enterprise", "tags": ["y"], "renewalTermMonths": 12, "isExcluded": true, "csmOwner": "ana@acme.com"}`, change(acme, func(c *stanna.Client) {
			c.Tier, c.Tags, c.RenewalMonths, c.IsExcluded, c.CSMOwner = "enterprise", []string{"y"}, 12, true, "ana@acme.com"
		})},
		{acme, `{"mrr": 1492.5}`, change(acme, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(1492.5, "EUR") })},
		{acme, `{"mrr": 1492.5, "currency": "JPY"}`, change(acme, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(1493, "JPY") })},
		{acme, `{"currency": "USD"}`, change(acme, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(1000, "USD") })},
		{acme, `{"mrr": ""}`, change(acme, func(c *stanna.Client) { c.MRR = stanna.Money{} })},
		{acme, `{"mrr": 0}`, change(acme, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(0, "EUR") })},
		{poor, `{"mrr": 10}`, change(poor, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(10, "USD") })},
		{acme, `{"renewalDate": "", "tier": "", "custom.seats": "", "custom.beta": true}`, change(acme, func(c *stanna.Client) {
			c.RenewalDate, c.Tier, c.Custom = "", "", map[string]any{"region": "EMEA", "beta": true}
		})},
		{poor, `{"custom.seats": 5}`, change(poor, func(c *stanna.Client) { c.Custom = map[string]any{"seats": 5.0} })},
		{stanna.Client{ID: "new", Domain: "new.com"}, `{"tier": "growth"}`, stanna.Client{ID: "new", Domain: "new.com", Name: "new.com", Tier: "growth"}},
	} {
		before, _ := json.Marshal(test.client)
		got, err := (&mapping.Compiled{}).Apply(one(t, setAll, test.body), test.client, "USD")
		if d := cmp.Diff(test.want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", test.body, err, d)
		}
		if after, _ := json.Marshal(test.client); string(before) != string(after) {
			t.Errorf("%s: the client that was given is another: %s", test.body, after)
		}
	}
	for _, test := range []struct {
		client     stanna.Client
		body, want string
	}{
		{poor, `{"currency": "USD"}`, "fields.currency: is given, though there is no mrr"},
		{acme, `{"tier": "` + strings.Repeat("x", 2001) + `"}`, "fields.tier: is too long"},
		{stanna.Client{ID: "new"}, `{"tier": "growth"}`, "fields.name: is required"},
	} {
		got, err := (&mapping.Compiled{}).Apply(one(t, setAll, test.body), test.client, "USD")
		if err == nil || err.Error() != test.want || !cmp.Equal(got, test.client) {
			t.Errorf("%.60s: %v", test.body, err)
		}
	}
}
