package stanna_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func goodClient() stanna.Client {
	return stanna.Client{ID: "c1", Name: "Acme & Söhne <!here>", Domain: "acme.example", MRR: stanna.MoneyOf(12400, "USD"), CSMOwner: "ana@acme.com",
		RenewalDate: "2028-02-29", RenewalMonths: 12, Tags: []string{"vip"}, Contacts: []stanna.Contact{{Email: "m@acme.example", Name: "Maria"}}}
}

func TestClientValidate(t *testing.T) {
	many := func(n int) string { return strings.Repeat("é", n) }
	for name, c := range map[string]struct {
		change func(*stanna.Client)
		bad    []string // fields, none: valid
	}{
		"good":                 {func(c *stanna.Client) {}, nil},
		"the least":            {func(c *stanna.Client) { *c = stanna.Client{ID: "c", Name: "n"} }, nil},
		"longest name":         {func(c *stanna.Client) { c.Name = many(stanna.MaxNameLength) }, nil},
		"too long a name":      {func(c *stanna.Client) { c.Name = many(stanna.MaxNameLength + 1) }, []string{"name"}},
		"no name":              {func(c *stanna.Client) { c.Name = " \t" }, []string{"name"}},
		"name is no text":      {func(c *stanna.Client) { c.Name = "a\xff" }, []string{"name"}},
		"name with NUL":        {func(c *stanna.Client) { c.Name = "a\x00b" }, []string{"name"}},
		"no id":                {func(c *stanna.Client) { c.ID = "" }, []string{"id"}},
		"domain with NUL":      {func(c *stanna.Client) { c.Domain = "\x00" }, []string{"domain"}},
		"tier too long":        {func(c *stanna.Client) { c.Tier = many(stanna.MaxFieldLen + 1) }, []string{"tier"}},
		"owner is no e-mail":   {func(c *stanna.Client) { c.CSMOwner = "ana" }, []string{"csmOwner"}},
		"negative revenue":     {func(c *stanna.Client) { c.MRR.Minor = -1 }, []string{"mrr"}},
		"revenue beyond all":   {func(c *stanna.Client) { c.MRR.Minor = 1 << 62 }, []string{"mrr"}},
		"currency is a word":   {func(c *stanna.Client) { c.MRR.Currency = "dollars" }, []string{"currency"}},
		"currency of bytes":    {func(c *stanna.Client) { c.MRR.Currency = "€" }, []string{"currency"}},
		"no such day":          {func(c *stanna.Client) { c.RenewalDate = "2027-02-29" }, []string{"renewalDate"}},
		"date with time":       {func(c *stanna.Client) { c.RenewalDate = "2027-02-01T00:00:00Z" }, []string{"renewalDate"}},
		"negative term":        {func(c *stanna.Client) { c.RenewalMonths = -1 }, []string{"renewalTermMonths"}},
		"term beyond all":      {func(c *stanna.Client) { c.RenewalMonths = 241 }, []string{"renewalTermMonths"}},
		"many contacts":        {func(c *stanna.Client) { c.Contacts = make([]stanna.Contact, stanna.MaxContacts+1) }, []string{"contacts"}},
		"contact is no text":   {func(c *stanna.Client) { c.Contacts[0].Title = "\xff" }, []string{"contacts"}},
		"many tags":            {func(c *stanna.Client) { c.Tags = slices.Repeat([]string{"x"}, stanna.MaxTags+1) }, []string{"tags"}},
		"empty tag":            {func(c *stanna.Client) { c.Tags = []string{""} }, []string{"tags"}},
		"everything at once":   {func(c *stanna.Client) { *c = stanna.Client{RenewalDate: "x", MRR: stanna.Money{Minor: -1}} }, []string{"id", "mrr", "name", "renewalDate"}},
		"id of another script": {func(c *stanna.Client) { c.ID = "客户-1" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			client := goodClient()
			c.change(&client)
			err := client.Validate()
			if c.bad == nil {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var e *stanna.Error
			if !errors.As(err, &e) || e.Code != stanna.Invalid {
				t.Fatalf("got %v, want an invalid error", err)
			}
			if diff := cmp.Diff(c.bad, slices.Sorted(maps.Keys(e.Fields))); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(e.Message, c.bad[0]) {
				t.Errorf("the message %q does not name the first bad field %s", e.Message, c.bad[0])
			}
		})
	}
}

func TestValidID(t *testing.T) {
	for id, ok := range map[string]bool{
		"a": true, "sig_1.2:3@x+y~%": true, "客户": true, strings.Repeat("x", stanna.MaxIDLength): true,
		"": false, strings.Repeat("x", stanna.MaxIDLength+1): false, strings.Repeat("é", 101): false,
		".": false, "..": false, "...": true, ".a": true, "a..b": true, // steps of a path, and what is none
		"a b": false, "a\tb": false, "a\nb": false, "a\x00b": false, "a\x7f": false, "a/b": false, "a?b": false, "a#b": false, "a\xffb": false,
		"a\u00a0b": false, "a\u2028b": false, "a\u0085b": false, "a\u200bb": false, "a\u202eb": false, // spaces and controls beyond ASCII
	} {
		if err := stanna.ValidID(id); (err == nil) != ok {
			t.Errorf("ValidID(%q) = %v, want ok=%v", id, err, ok)
		}
	}
}

func TestPrimaryContact(t *testing.T) {
	a, b := stanna.Contact{Name: "A"}, stanna.Contact{Name: "B", Primary: true}
	for _, c := range []struct {
		contacts []stanna.Contact
		want     string
		ok       bool
	}{{nil, "", false}, {[]stanna.Contact{a}, "A", true}, {[]stanna.Contact{a, b}, "B", true}} {
		got, ok := stanna.Client{Contacts: c.contacts}.PrimaryContact()
		if got.Name != c.want || ok != c.ok {
			t.Errorf("of %v: %q, %v", c.contacts, got.Name, ok)
		}
	}
}

func TestClientURL(t *testing.T) {
	c := stanna.Client{ID: "a b&c", Domain: "acme.example"}
	for template, want := range map[string]string{
		"":                                      "",
		"https://crm.example/accounts/{id}?x=1": "https://crm.example/accounts/a%20b&c?x=1",
		"https://crm.example/{domain}/{id}":     "https://crm.example/acme.example/a%20b&c",
	} {
		if got := c.URL(template); got != want {
			t.Errorf("URL(%q) = %q, want %q", template, got, want)
		}
	}
}
