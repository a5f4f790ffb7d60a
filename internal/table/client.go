package table

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const customPrefix = "custom."

// clientFields are the columns that a file of clients may have, with what
// CRMs, billing tools and the hosted product's export call them.
var clientFields = fieldsOf(customPrefix, map[string][]string{
	"id":                  {"client id", "account id", "customer id", "company id", "organization id", "record id", "external id"},
	"name":                {"company name", "company", "client name", "client", "account name", "account", "customer name", "customer", "organization name", "organization", "organisation"},
	"domain":              {"website", "web site", "website url", "company domain", "company domain name", "email domain"},
	"mrr":                 {"monthly recurring revenue"},
	"arr":                 {"annual recurring revenue"},
	"currency":            {"currency code", "mrr currency"},
	"tier":                {"account tier", "client tier", "customer tier"},
	"csm_owner":           {"owner", "csm", "csm email", "owner email", "account owner", "client owner", "company owner", "customer success manager"},
	"renewal_date":        {"renewal", "contract renewal date", "contract end date", "contract end", "subscription end date"},
	"renewal_term_months": {"renewal term", "term months", "contract length", "contract term"},
	"created_at":          {"created", "created date", "create date", "customer since", "client since"},
	"tags":                {"labels"},
	"is_excluded":         {"excluded"},
	"contact_name":        {"contact", "primary contact", "primary contact name"},
	"contact_email":       {"primary contact email"},
	"contact_title":       {"contact job title", "primary contact title"},
})

// ClientFile reads changes of clients.
type ClientFile struct {
	*file
	set      []func(*draft, string) error // by column; nil: nothing of it is kept
	currency string
}

// draft is a client on its way from a row. What several columns say together
// is put together at the end.
type draft struct {
	forms
	client          stanna.Client
	mrr, arr, money string
	contact         stanna.Contact
}

// Clients opens a file of clients. What is wrong with its header is an error
// that says what to mend.
func Clients(in io.Reader, o Options) (*ClientFile, error) {
	f, err := open(in, o, clientFields)
	if err != nil {
		return nil, err
	}
	switch {
	case !f.has("name"):
		return nil, stanna.InvalidField("header", "has no column name; the first line must name the columns: name, and domain or id. It has: %s", titles(f.Columns))
	case !f.has("domain") && !f.has("id"):
		return nil, stanna.InvalidField("header", "has neither a column domain nor a column id, by which clients are known. It has: %s", titles(f.Columns))
	}
	clients := &ClientFile{file: f, currency: o.Currency}
	for _, c := range f.Columns {
		clients.set = append(clients.set, setClient(c.Field))
	}
	return clients, nil
}

// ClientRow is what one line says of a client.
type ClientRow struct {
	Place
	file  *ClientFile
	cells []string
}

// Next gives the next row. bad is what is wrong with it, of which only the
// place is known then; err ends the reading, [io.EOF] in the good way.
func (f *ClientFile) Next() (r ClientRow, bad, err error) {
	next, bad, err := f.next()
	return ClientRow{next.Place, f, next.cells}, bad, err
}

// ID is the client's id, as far as the row gives one.
func (r ClientRow) ID() string { return r.cell("id") }

// Domain is the client's domain, as far as the row gives one.
func (r ClientRow) Domain() string { return domain(r.cell("domain")) }

func (r ClientRow) cell(field string) string {
	if i := r.file.at(field); i >= 0 {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// Apply makes the row's changes to a client: what the file has columns for is
// as the row says, empty cells too, and everything else stays. The client has
// its id already.
func (r ClientRow) Apply(c stanna.Client) (stanna.Client, error) {
	c.Custom = maps.Clone(c.Custom)
	d := draft{forms: r.file.forms, client: c}
	for i, set := range r.file.set {
		if set == nil {
			continue
		}
		if err := set(&d, strings.TrimSpace(r.cells[i])); err != nil {
			return c, r.file.wrongWith(i, err)
		}
	}
	if err := r.revenue(&d); err != nil {
		return c, err
	}
	d.client.Contacts = withContact(c.Contacts, d.contact)
	return d.client, d.client.Validate()
}

// setClient says what a column does to a client.
func setClient(field string) func(*draft, string) error {
	if strings.HasPrefix(field, customPrefix) {
		name, kind := ownField(field, customPrefix)
		return func(d *draft, s string) error { return d.setCustom(name, kind, s) }
	}
	return clientSetters[field]
}

var clientSetters = map[string]func(*draft, string) error{
	"name":     func(d *draft, s string) error { d.client.Name = s; return nil },
	"domain":   func(d *draft, s string) error { d.client.Domain = domain(s); return nil },
	"tier":     func(d *draft, s string) error { d.client.Tier = s; return nil },
	"mrr":      func(d *draft, s string) error { d.mrr = s; return nil },
	"arr":      func(d *draft, s string) error { d.arr = s; return nil },
	"currency": func(d *draft, s string) error { d.money = strings.ToUpper(s); return nil },
	"tags":     func(d *draft, s string) error { d.client.Tags = tags(s); return nil },
	"csm_owner": func(d *draft, s string) error {
		if s != "" && !strings.Contains(s, "@") {
			return errors.New("must be an e-mail address; if the column holds names, leave it out by a mapping to \"-\"")
		}
		d.client.CSMOwner = strings.ToLower(s)
		return nil
	},
	"renewal_date": func(d *draft, s string) (err error) {
		if d.client.RenewalDate = ""; s != "" {
			d.client.RenewalDate, err = d.day(s)
		}
		return err
	},
	"renewal_term_months": func(d *draft, s string) (err error) {
		if d.client.RenewalMonths = 0; s != "" {
			d.client.RenewalMonths, err = whole(s)
		}
		return err
	},
	"created_at": func(d *draft, s string) (err error) {
		if d.client.CreatedAt = (time.Time{}); s != "" {
			d.client.CreatedAt, err = d.instant(s)
		}
		return err
	},
	"is_excluded":   func(d *draft, s string) (err error) { d.client.IsExcluded, err = truth(s); return err },
	"contact_name":  func(d *draft, s string) error { d.contact.Name = s; return nil },
	"contact_email": func(d *draft, s string) error { d.contact.Email = s; return nil },
	"contact_title": func(d *draft, s string) error { d.contact.Title = s; return nil },
}

func (d *draft) setCustom(name, kind, s string) error {
	if s == "" {
		delete(d.client.Custom, name)
		return nil
	}
	v, err := d.value(s, kind)
	if err != nil {
		return err
	}
	if d.client.Custom == nil {
		d.client.Custom = map[string]any{}
	}
	d.client.Custom[name] = v
	return nil
}

// revenue puts together what the columns say of it: mrr, or a twelfth of arr
// where that is empty, in the currency of the row, of the amount's own sign,
// or of the workspace.
func (r ClientRow) revenue(d *draft) error {
	field, text, months := "mrr", d.mrr, 1.0
	if text == "" && d.arr != "" || !r.file.has("mrr") {
		field, text, months = "arr", d.arr, 12
	}
	column := r.file.at(field)
	if column < 0 {
		return nil
	}
	if d.client.MRR = (stanna.Money{}); text == "" {
		return nil
	}
	amount, signed, err := d.amount(text)
	if err != nil {
		return r.file.wrongWith(column, err)
	}
	currency := d.money
	switch {
	case currency != "" && !stanna.ValidCurrency(currency):
		return r.file.wrong(r.file.at("currency"), "must be an ISO 4217 code such as USD")
	case currency != "" && signed != nil && !slices.Contains(signed, currency):
		return r.file.wrong(column, "is in %s, and the row's currency is %s", signed[0], currency)
	case currency == "" && (signed == nil || slices.Contains(signed, r.file.currency)):
		currency = r.file.currency
	case currency == "":
		currency = signed[0]
	}
	d.client.MRR = stanna.MoneyOf(amount/months, currency)
	return nil
}

// withContact makes one person the client's primary contact. Somebody with
// the same e-mail, or without one the same name, is known already; an empty
// contact says nothing.
func withContact(list []stanna.Contact, p stanna.Contact) []stanna.Contact {
	if p.Email == "" && p.Name == "" {
		return list
	}
	list = slices.Clone(list)
	known := slices.IndexFunc(list, func(c stanna.Contact) bool {
		if p.Email != "" {
			return strings.EqualFold(c.Email, p.Email)
		}
		return c.Name == p.Name
	})
	for i := range list {
		list[i].Primary = i == known
	}
	if known < 0 {
		p.Primary = true
		return append([]stanna.Contact{p}, list...)
	}
	if p.Name != "" {
		list[known].Name = p.Name
	}
	if p.Title != "" {
		list[known].Title = p.Title
	}
	return list
}
