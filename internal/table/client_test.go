package table

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestGermanExport(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	text := "Kundennummer;Firma;Webseite;Umsatz;Vertragsende;Kunde seit;Betreuer;Ausgeschlossen;Plätze;PLZ;Ansprechpartner;Mail\r\n" +
		"0017;M\xfcller AG;https://www.mueller.example/;1.492,50 \x80;31.01.2027;04.12.2023;Ana@acme.com;FALSCH;12;01067;Eva Weiß;eva@mueller.example\r\n"
	text = strings.ReplaceAll(text, "ß", "\xdf")
	text = strings.ReplaceAll(text, "ä", "\xe4")
	good, bad, format := readClients(t, text, Options{Currency: "EUR", Zone: berlin, Mapping: map[string]string{"Kundennummer": "id", "Firma": "name", "Webseite": "domain", "Umsatz": "mrr",
		"Vertragsende": "renewal_date", "Kunde seit": "created_at", "Betreuer": "csm_owner", "Ausgeschlossen": "is_excluded", "Plätze": "custom.seats", "PLZ": "custom.plz",
		"Ansprechpartner": "contact_name", "Mail": "contact_email"}})
	if format.Encoding != "Windows-1252" || len(bad) > 0 {
		t.Fatalf("%s %v", format.Encoding, bad)
	}
	want := stanna.Client{ID: "0017", Name: "Müller AG", Domain: "mueller.example", MRR: stanna.MoneyOf(1492.5, "EUR"), RenewalDate: "2027-01-31",
		CreatedAt: time.Date(2023, 12, 3, 23, 0, 0, 0, time.UTC), CSMOwner: "ana@acme.com", Custom: map[string]any{"seats": 12., "plz": "01067"},
		Contacts: []stanna.Contact{{Name: "Eva Weiß", Email: "eva@mueller.example", Primary: true}}}
	if diff := cmp.Diff(want, good[2]); diff != "" {
		t.Error(diff)
	}
}

func TestRevenue(t *testing.T) {
	for _, c := range []struct{ row, want string }{ // mrr, arr, currency
		{"1492.50,,", "1492.50 CAD"}, {",17910,", "1492.50 CAD"}, {"10,17910,eur", "10.00 EUR"}, {"$10,,", "10.00 CAD"}, {"€10,,", "10.00 EUR"}, {"$10,,USD", "10.00 USD"}, {",€120,", "10.00 EUR"},
		{"GBP 10,,", "10.00 GBP"}, {"100,,JPY", "100 JPY"}, {",,", "0.00 "}, {",,EUR", "0.00 "}, {"0,,", "0.00 CAD"},
		{"€10,,USD", "is in EUR"}, {"10,,Euro", "ISO 4217"}, {"x,,", "no number"}, {",x,", "arr"}, {"=A1,,", "formula"}, {"1.492,,", "decimal"}, {"-1,,", "negative"}, {"12k,,", "no number"},
	} {
		good, bad, _ := readClients(t, "id,name,mrr,arr,currency\n1,One,"+c.row+"\n", Options{Currency: "CAD"})
		if got, ok := good[2]; ok && got.MRR.String() != c.want || !ok && !strings.Contains(bad[2], c.want) {
			t.Errorf("%s: %s %s; want %s", c.row, got.MRR, bad[2], c.want)
		}
	}
	if good, bad, _ := readClients(t, "id,name,arr\n1,One,120\n2,Two,\n", Options{}); good[2].MRR.String() != "10.00 USD" || good[3].HasMRR() || len(bad) > 0 {
		t.Errorf("%v %v", good, bad)
	}
}

func TestApplyChangesOnlyWhatTheFileHas(t *testing.T) {
	old := stanna.Client{ID: "k", Name: "K", Domain: "k.example", MRR: stanna.MoneyOf(7, "USD"), Tier: "growth", CSMOwner: "ana@acme.com", RenewalDate: "2027-01-01", RenewalMonths: 12,
		Tags: []string{"a"}, Custom: map[string]any{"seats": 3., "plan": "gold"}, IsExcluded: true, CreatedAt: time.Unix(1, 0),
		Contacts: []stanna.Contact{{Name: "Eva", Email: "eva@k.example", Title: "CEO", Primary: true}, {Name: "Ben", Email: "ben@k.example"}}}
	apply := func(text string) stanna.Client {
		t.Helper()
		f, err := Clients(strings.NewReader(text), Options{Currency: "USD"})
		if err != nil {
			t.Fatal(err)
		}
		r, bad, err := f.Next()
		if bad != nil || err != nil {
			t.Fatal(bad, err)
		}
		c, err := r.Apply(old)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := old
	want.Name, want.Tier, want.Custom = "Kay", "", map[string]any{"seats": 5., "beta": true}
	if diff := cmp.Diff(want, apply("id,name,tier,custom.seats,custom.plan,custom.beta\nk,Kay,,5,,TRUE\n")); diff != "" {
		t.Error(diff)
	}
	if old.Custom["plan"] != "gold" || len(old.Custom) != 2 {
		t.Errorf("the client that was given is changed: %v", old.Custom)
	}
	want = old
	want.Contacts = []stanna.Contact{{Name: "Eva", Email: "eva@k.example", Title: "CEO"}, {Name: "Benjamin", Email: "ben@k.example", Title: "CTO", Primary: true}}
	if diff := cmp.Diff(want, apply("id,name,contact_name,contact_email,contact_title\nk,K,Benjamin,BEN@k.example,CTO\n")); diff != "" {
		t.Error(diff)
	}
	want.Contacts = []stanna.Contact{{Name: "Zoe", Primary: true}, {Name: "Eva", Email: "eva@k.example", Title: "CEO"}, {Name: "Ben", Email: "ben@k.example"}}
	if diff := cmp.Diff(want, apply("id,name,contact_name\nk,K,Zoe\n")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(old, apply("id,name,contact_name,contact_email,contact_title\nk,K,,,CFO\n")); diff != "" {
		t.Error(diff)
	}
	if !old.Contacts[0].Primary || old.Contacts[1].Name != "Ben" {
		t.Errorf("the client that was given is changed: %v", old.Contacts)
	}
}

func TestBadClients(t *testing.T) {
	const header = "id,name,Website,mrr,Account owner,renewal_date,created_at,is_excluded,renewal_term_months,custom.n:number\n"
	for row, says := range map[string]string{
		"1,,,,,,,,,":               "name",
		"a b,X,,,,,,,,":            "id",
		",X,,,,,,,,":               "id",
		"1,X,,,Ana Silva,,,,,":     `csm_owner (column "Account owner"): must be an e-mail address`,
		"1,X,,,,05/06/2026,,,,":    "renewal_date: may have the day or the month first",
		"1,X,,,,46053,,,,":         "excel",
		"1,X,,,,,31.02.2026,,,":    "no such day",
		"1,X,,,,,,perhaps,,":       "yes or no",
		"1,X,,,,,,,twelve,":        "whole number",
		"1,X,,,,,,,999,":           "renewalTermMonths",
		"1,X,,,,,,,,many":          `custom.n:number: is no number`,
		"1,X,,\"1,492\",,,,,,":     "decimal",
		"1,X,,1+1,,,,,,":           "no number",
		"1,X,,,,=TODAY(),,,,":      "formula",
		"1,=HYPERLINK(1),,x,,,,,,": "mrr",
	} {
		good, bad, _ := readClients(t, header+row+"\n", Options{})
		if len(good) > 0 || !strings.Contains(bad[2], says) {
			t.Errorf("%s: %v %q; want %s", row, good, bad[2], says)
		}
	}
	// Text that a spreadsheet would take for a formula is text.
	good, bad, _ := readClients(t, "id,name,tier,custom.x\n=1,=1+1,@a,+b\n", Options{})
	if c := good[2]; c.ID != "=1" || c.Name != "=1+1" || c.Tier != "@a" || c.Custom["x"] != "+b" || len(bad) > 0 {
		t.Errorf("%v %v", good, bad)
	}
}
