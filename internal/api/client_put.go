package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// clientInput is a client as it is written. Fields that are left out are
// empty afterwards: it is a replacement.
type clientInput struct {
	ID                string         `json:"id,omitempty" doc:"May be repeated here, not changed"`
	Name              string         `json:"name" minLength:"1" example:"Acme Corp"`
	Domain            string         `json:"domain,omitempty" example:"acme.com" doc:"Unique in the workspace"`
	MRR               *float64       `json:"mrr,omitempty" minimum:"0" doc:"Monthly recurring revenue in major units; not known without it"`
	Currency          string         `json:"currency,omitempty" doc:"ISO 4217; the workspace's without it" example:"USD"`
	Tier              string         `json:"tier,omitempty" doc:"enterprise, growth, starter or your own word"`
	CSMOwner          string         `json:"csmOwner,omitempty" doc:"E-mail of the customer-success manager"`
	RenewalDate       string         `json:"renewalDate,omitempty" doc:"YYYY-MM-DD"`
	RenewalTermMonths int            `json:"renewalTermMonths,omitempty" minimum:"0" maximum:"240"`
	Contacts          []contactInput `json:"contacts,omitempty"`
	Tags              []string       `json:"tags,omitempty"`
	Custom            map[string]any `json:"custom,omitempty" doc:"Your own fields: text, numbers, booleans"`
	IsExcluded        bool           `json:"isExcluded,omitempty" doc:"Keep it out of every figure, rule and message"`
	CreatedAt         *time.Time     `json:"createdAt,omitempty" doc:"Since when it is a client; now for a new one. Cannot be changed later"`
}

type contactInput struct {
	Email    string     `json:"email,omitempty"`
	Name     string     `json:"name,omitempty"`
	Title    string     `json:"title,omitempty"`
	Primary  bool       `json:"primary,omitempty" doc:"The one to call"`
	LastSeen *time.Time `json:"lastSeen,omitempty"`
}

type putClientInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The client's id"`
	Body clientInput
}

type putClientOutput struct {
	Status int
	Body   clientView
}

func (a *api) putClient(ctx context.Context, who auth.Caller, in *putClientInput) (*putClientOutput, error) {
	settings, err := a.settingsOf(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	c, err := in.Body.client(in.ID, settings.Currency)
	if err != nil {
		return nil, err
	}
	created, err := a.Intake.PutClients(ctx, who.Workspace, who.Actor(), []stanna.Client{c})
	if err != nil {
		return nil, err
	}
	out := &putClientOutput{Status: http.StatusOK}
	if created[c.ID] {
		out.Status = http.StatusCreated
	}
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		p, err := tx.Portrait(who.Workspace, c.ID)
		out.Body = viewClient(p, settings)
		return err
	})
	return out, err
}

// client is the noun of the input, checked.
func (in clientInput) client(id, currency string) (c stanna.Client, err error) {
	if in.ID != "" && in.ID != id {
		return c, stanna.InvalidField("id", "is %q here and %q in the address; an id cannot be changed", clip(in.ID, 60), clip(id, 60))
	}
	c = stanna.Client{ID: id, Name: strings.TrimSpace(in.Name), Domain: cleanDomain(in.Domain), Tier: strings.TrimSpace(in.Tier), CSMOwner: cleanEmail(in.CSMOwner),
		RenewalDate: in.RenewalDate, RenewalMonths: in.RenewalTermMonths, Tags: in.Tags, Custom: in.Custom, IsExcluded: in.IsExcluded}
	for _, p := range in.Contacts {
		contact := stanna.Contact{Email: p.Email, Name: p.Name, Title: p.Title, Primary: p.Primary}
		if p.LastSeen != nil {
			contact.LastSeen = p.LastSeen.UTC()
		}
		c.Contacts = append(c.Contacts, contact)
	}
	if in.CreatedAt != nil {
		c.CreatedAt = in.CreatedAt.UTC()
	}
	if in.MRR == nil && in.Currency != "" {
		return c, stanna.InvalidField("mrr", "is missing, though a currency is given")
	}
	if in.MRR != nil {
		if c.MRR, err = stanna.MRROf(*in.MRR, in.Currency, currency); err != nil {
			return c, err
		}
	}
	for name, value := range in.Custom {
		switch value.(type) {
		case string, float64, bool, nil:
		default:
			return c, stanna.InvalidField("custom."+clip(name, 60), "must be text, a number or a boolean")
		}
	}
	return c, c.Validate()
}

// Domains and owners are compared, so they are kept in one spelling.
func cleanDomain(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
func cleanEmail(s string) string  { return strings.ToLower(strings.TrimSpace(s)) }

func (a *api) settingsOf(ctx context.Context, workspace string) (s stanna.Settings, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(workspace)
		s = w.Settings
		return err
	})
	return s, err
}
