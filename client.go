package stanna

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Client is a customer account of a workspace.
type Client struct {
	Workspace     string
	ID            string
	Name          string
	Domain        string // unique in the workspace when given
	MRR           Money  // monthly recurring revenue; Currency "" = not known
	Tier          string // enterprise, growth, starter or the company's own word
	CSMOwner      string // e-mail of the customer-success manager
	Contacts      []Contact
	RenewalDate   string // YYYY-MM-DD, "" = not known
	RenewalMonths int    // length of the term in months, 0 = not known
	Tags          []string
	Custom        map[string]any // the company's own fields: text, numbers, booleans
	IsExcluded    bool           // kept out of every figure, rule and message
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Contact is a person at the client.
type Contact struct {
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	Primary  bool      `json:"primary"`
	LastSeen time.Time `json:"lastSeen,omitzero"`
}

// HasMRR says whether the client's revenue is known.
func (c Client) HasMRR() bool { return c.MRR.Currency != "" }

// PrimaryContact is the contact to call: the one marked primary, else the
// first.
func (c Client) PrimaryContact() (Contact, bool) {
	for _, p := range c.Contacts {
		if p.Primary {
			return p, true
		}
	}
	if len(c.Contacts) > 0 {
		return c.Contacts[0], true
	}
	return Contact{}, false
}

// Limits of a client's fields. A name longer than what Slack can show is
// kept whole here and laid out by the message room.
const (
	MaxIDLength   = 200
	MaxNameLength = 10_000
	MaxFieldLen   = 2_000
	MaxContacts   = 500
	MaxTags       = 200
)

// Validate says everything that is wrong with the client, or nil.
func (c Client) Validate() error {
	bad := map[string]string{}
	text := func(field, s string, limit int, required bool) {
		switch {
		case required && strings.TrimSpace(s) == "":
			bad[field] = "is required"
		case utf8.RuneCountInString(s) > limit:
			bad[field] = "is too long"
		case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
			bad[field] = "is not valid text"
		}
	}
	if err := ValidID(c.ID); err != nil {
		bad["id"] = err.Error()
	}
	text("name", c.Name, MaxNameLength, true)
	text("domain", c.Domain, MaxFieldLen, false)
	text("tier", c.Tier, MaxFieldLen, false)
	text("csmOwner", c.CSMOwner, MaxFieldLen, false)
	if c.CSMOwner != "" && !strings.Contains(c.CSMOwner, "@") {
		bad["csmOwner"] = "must be an e-mail address"
	}
	if c.MRR.Minor < 0 {
		bad["mrr"] = "must not be negative"
	}
	if c.MRR.Amount() > MaxAmount {
		bad["mrr"] = "is too large"
	}
	if c.HasMRR() && !ValidCurrency(c.MRR.Currency) {
		bad["currency"] = "must be an ISO 4217 code such as USD"
	}
	if c.RenewalDate != "" {
		if _, err := time.Parse(time.DateOnly, c.RenewalDate); err != nil {
			bad["renewalDate"] = "must be a date as YYYY-MM-DD"
		}
	}
	if c.RenewalMonths < 0 || c.RenewalMonths > 240 {
		bad["renewalTermMonths"] = "must be between 0 and 240"
	}
	if len(c.Contacts) > MaxContacts {
		bad["contacts"] = "are more than 500"
	}
	for _, p := range c.Contacts {
		text("contacts", p.Name+p.Email+p.Title, MaxFieldLen, false)
	}
	if len(c.Tags) > MaxTags {
		bad["tags"] = "are more than 200"
	}
	for _, t := range c.Tags {
		text("tags", t, MaxFieldLen, true)
	}
	if len(bad) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Message: "client " + firstOf(bad), Fields: bad}
}

// ValidID checks an id that a sender chose (a client's, a signal's): 1 to
// 200 printable characters without spaces, so that it survives a URL and a
// log line. "." and ".." do not survive one: as a step of a path they mean
// here and one up, escaped or not.
func ValidID(id string) error {
	if id == "" {
		return Errorf(Invalid, "is required")
	}
	if id == "." || id == ".." {
		return Errorf(Invalid, "may not be %q, which a web address takes for a step of its path", id)
	}
	if len(id) > MaxIDLength {
		return Errorf(Invalid, "is longer than %d bytes", MaxIDLength)
	}
	for _, r := range id {
		if r == ' ' || !unicode.IsPrint(r) || r == utf8.RuneError || r == '/' || r == '?' || r == '#' {
			return Errorf(Invalid, "may not contain spaces, control characters, '/', '?' or '#'")
		}
	}
	return nil
}

// URL is the address of the client in the company's own system by the
// template, or "" without one.
func (c Client) URL(template string) string {
	if template == "" {
		return ""
	}
	return strings.NewReplacer("{id}", url.PathEscape(c.ID), "{domain}", url.PathEscape(c.Domain)).Replace(template)
}

func validClientURL(template string) error {
	if template == "" {
		return nil
	}
	u, err := url.Parse(strings.NewReplacer("{id}", "id", "{domain}", "domain").Replace(template))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return InvalidField("clientUrlTemplate", "must be a web address with {id} or {domain}, such as https://crm.example.com/accounts/{id}")
	}
	if !strings.Contains(template, "{id}") && !strings.Contains(template, "{domain}") {
		return InvalidField("clientUrlTemplate", "must contain {id} or {domain}, else every client has the same link")
	}
	return nil
}

// firstOf names one bad field, the same one every time.
func firstOf(bad map[string]string) string {
	first := ""
	for f := range bad {
		if first == "" || f < first {
			first = f
		}
	}
	return first + " " + bad[first]
}
