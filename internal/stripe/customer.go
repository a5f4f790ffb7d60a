package stripe

import "time"

// Customer is whom a company bills.
type Customer struct {
	ID         string // cus_…
	Name       string // else what the company wrote as its description
	Email      string
	Metadata   map[string]string
	Deleted    bool
	Delinquent bool // the newest invoice is unpaid past its due date
	CreatedAt  time.Time
	URL        string // in Stripe's dashboard
}

func readCustomer(o object, at place) Customer {
	c := Customer{
		ID: o.id("id"), Name: o.text("name"), Email: o.text("email"), Metadata: o.metadata(),
		Deleted: o.flag("deleted"), Delinquent: o.flag("delinquent"), CreatedAt: o.when("created"),
	}
	for _, field := range []string{"business_name", "individual_name", "description"} {
		if c.Name == "" {
			c.Name = o.text(field)
		}
	}
	c.URL = at.of("customers", c.ID)
	return c
}

// contact is whom a bill goes to: an e-mail, with the name before it.
func contact(name, email string) string {
	switch {
	case email == "":
		return ""
	case name == "" || name == email || len(name)+len(email)+3 > maxText:
		return email
	}
	return name + " <" + email + ">"
}
