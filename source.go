package stanna

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Source is another tool that tells us something: it posts JSON to an address
// of its own, and its mapping says what that means.
type Source struct {
	Workspace string
	ID        string // src_…; part of its address
	Name      string // shown to people, and as the source of its signals
	Kind      string // the ready mapping that it began from: hubspot, intercom, segment, form, calls; "" its own
	Scheme    string // how its bodies are signed; a name that webhook knows
	Header    string // where the scheme leaves that open: the header with the signature

	Secret        Secret
	Previous      Secret // of before a rotation; accepted until PreviousUntil
	PreviousUntil time.Time

	Mapping   Mapping
	QuietFor  time.Duration // silent for longer, people are told; 0: never
	Paused    bool          // what comes is kept and waits
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time

	HeardAt  time.Time // when a body came last
	SilentAt time.Time // since when people know of its silence; zero: it is not silent
}

// Secrets are those that a body may be signed with now.
func (s Source) Secrets(now time.Time) []Secret {
	list := []Secret{s.Secret}
	if s.Previous != "" && now.Before(s.PreviousUntil) {
		list = append(list, s.Previous)
	}
	return list
}

// Mapping says what a body means to us. Its expressions are CEL over `body`
// (the JSON as it came), `item` (one of Each), `headers` and `now`.
type Mapping struct {
	Each       string            `json:"each,omitempty"`       // a list in the body, of which each item is read; "": the body is the one item
	When       string            `json:"when,omitempty"`       // false: the item is passed over
	Client     ClientMapping     `json:"client,omitzero"`      // whom it is about
	Fields     map[string]string `json:"fields,omitempty"`     // client field → expression; null leaves the field as it is
	FieldsFrom string            `json:"fieldsFrom,omitempty"` // an object of client fields, where the sender says which; Fields come before it
	Signals    []SignalMapping   `json:"signals,omitempty"`    // what it says of the client
	Act        *ActMapping       `json:"act,omitempty"`        // what somebody did with an alert or for a client
}

// ClientMapping is how the client is found, in this order: the first that is
// somebody's decides. An expression that gives nothing does not help.
type ClientMapping struct {
	ID     string `json:"id,omitempty"`
	Custom string `json:"custom,omitempty"` // a custom field that holds the tool's own id: "hubspot_id" …
	Value  string `json:"value,omitempty"`  // … and the expression for it
	Email  string `json:"email,omitempty"`  // of a contact of ours, else by its domain, unless anybody may have an address there
	Domain string `json:"domain,omitempty"`
	Create bool   `json:"create,omitempty"` // an unknown one is made, when the item gives a domain or an id, and a name
}

// SignalMapping makes a signal.
type SignalMapping struct {
	When       string            `json:"when,omitempty"`
	Type       SignalType        `json:"type"`
	ID         string            `json:"id,omitempty"`         // "": by what it says, so that a repeat is recognised
	OccurredAt string            `json:"occurredAt,omitempty"` // a time, RFC 3339 text, or seconds or milliseconds since 1970; "": when it came
	Data       map[string]string `json:"data,omitempty"`       // field → expression
}

// ActMapping makes an act: what a person, or a program in a person's name,
// wants done.
type ActMapping struct {
	When    string `json:"when,omitempty"`
	Do      string `json:"do"`                // take, assign, snooze, resolve, reached or set
	Alert   string `json:"alert,omitempty"`   // the alert's id; "": the client's only open one
	By      string `json:"by"`                // e-mail of who did it
	To      string `json:"to,omitempty"`      // assign: to whom
	Until   string `json:"until,omitempty"`   // snooze: until when
	Outcome string `json:"outcome,omitempty"` // resolve: what became of it
	Note    string `json:"note,omitempty"`    // resolve, reached: what is said about it
}

// ClientFields are the fields of a client that a mapping may set; beside them
// custom.NAME.
func ClientFields() []string {
	return []string{"name", "domain", "mrr", "currency", "tier", "csmOwner", "renewalDate", "renewalTermMonths", "tags", "isExcluded"}
}

// IsClientField says whether a mapping may set a field of this name.
func IsClientField(name string) bool {
	custom, is := strings.CutPrefix(name, "custom.")
	return is && ValidID(custom) == nil || slices.Contains(ClientFields(), name)
}

// Acts are the deeds that another tool may do, as ActMapping.Do gives them.
func Acts() []string { return []string{"take", "assign", "snooze", "resolve", "reached", "set"} }

// limits of a mapping: it runs for each body.
const (
	maxMappingSignals = 20
	maxMappingFields  = 100
	maxExpression     = 4000    // characters
	maxExpressions    = 100_000 // of all together
	maxSourceName     = 60
)

// Validate says what is wrong with a source, or nil. The expressions of its
// mapping are checked where they are compiled.
func (s Source) Validate() error {
	switch {
	case strings.TrimSpace(s.Name) == "":
		return InvalidField("name", "is required: people see it, such as HubSpot")
	case len(s.Name) > maxSourceName:
		return InvalidField("name", "is longer than %d bytes", maxSourceName)
	case s.QuietFor < 0 || s.QuietFor > 0 && s.QuietFor < 5*time.Minute || s.QuietFor > 90*24*time.Hour:
		return InvalidField("quietFor", "must be from 5 minutes to 90 days, or 0 for never")
	}
	return s.Mapping.Validate()
}

// Validate says what is wrong with the form of a mapping, or nil.
func (m Mapping) Validate() error {
	for _, f := range slices.Sorted(maps.Keys(m.Fields)) {
		if !IsClientField(f) {
			return InvalidField("mapping.fields."+clip(f, 60), "is no field of a client; they are %s and custom.YOURS", strings.Join(ClientFields(), ", "))
		}
	}
	switch {
	case len(m.Fields) > maxMappingFields:
		return InvalidField("mapping.fields", "are more than %d", maxMappingFields)
	case len(m.Signals) > maxMappingSignals:
		return InvalidField("mapping.signals", "are more than %d", maxMappingSignals)
	case len(m.Fields) == 0 && m.FieldsFrom == "" && len(m.Signals) == 0 && m.Act == nil:
		return InvalidField("mapping", "says nothing: give signals, fields or an act")
	case m.Client == (ClientMapping{Create: m.Client.Create}) && (len(m.Fields) > 0 || m.FieldsFrom != "" || len(m.Signals) > 0):
		return InvalidField("mapping.client", "is required: the id, domain or email by which the client is found")
	case (m.Client.Custom == "") != (m.Client.Value == ""):
		return InvalidField("mapping.client.custom", "and value go together: the custom field that holds the tool's id, and the expression for it")
	}
	for i, s := range m.Signals {
		at := "mapping.signals[" + strconv.Itoa(i) + "]."
		if len(s.Data) > maxMappingFields {
			return InvalidField(at+"data", "has more than %d fields", maxMappingFields)
		}
		if _, known := facts[s.Type]; !known && (!strings.HasPrefix(string(s.Type), customPrefix) || ValidID(strings.TrimPrefix(string(s.Type), customPrefix)) != nil) {
			return InvalidField(at+"type", "%q is no type of signal; use one of %s, or custom.YOURS", clip(string(s.Type), 60), signalTypes())
		}
	}
	if m.Act != nil && (m.Act.Do == "" || m.Act.By == "") {
		return InvalidField("mapping.act", "needs do and by: what is to be done, and the e-mail of who does it")
	}
	all, expressions := 0, m.Expressions()
	for _, field := range slices.Sorted(maps.Keys(expressions)) {
		if all += len(expressions[field]); len(expressions[field]) > maxExpression {
			return InvalidField("mapping."+field, "is longer than %d characters", maxExpression)
		}
	}
	if all > maxExpressions {
		return InvalidField("mapping", "has expressions of more than %d characters in all", maxExpressions)
	}
	return nil
}

// Expressions are the mapping's expressions by where they stand.
func (m Mapping) Expressions() map[string]string {
	all := map[string]string{"each": m.Each, "when": m.When, "fieldsFrom": m.FieldsFrom, "client.id": m.Client.ID, "client.domain": m.Client.Domain,
		"client.email": m.Client.Email, "client.value": m.Client.Value}
	for f, x := range m.Fields {
		all["fields."+f] = x
	}
	for i, s := range m.Signals {
		at := "signals[" + strconv.Itoa(i) + "]."
		all[at+"when"], all[at+"id"], all[at+"occurredAt"] = s.When, s.ID, s.OccurredAt
		for f, x := range s.Data {
			all[at+"data."+f] = x
		}
	}
	if a := m.Act; a != nil {
		for f, x := range map[string]string{"when": a.When, "do": a.Do, "alert": a.Alert, "by": a.By, "to": a.To, "until": a.Until, "outcome": a.Outcome, "note": a.Note} {
			all["act."+f] = x
		}
	}
	maps.DeleteFunc(all, func(_, x string) bool { return x == "" })
	return all
}

// Gap is something that is not known of a client, and that rules or messages
// would use.
type Gap string

// The gaps.
const (
	LacksHealth      Gap = "health"
	LacksMRR         Gap = "mrr"
	LacksOwner       Gap = "csmOwner"
	LacksContact     Gap = "contacts"
	LacksRenewal     Gap = "renewalDate"
	LacksDomain      Gap = "domain"
	LacksEngagement  Gap = "engagement"
	LacksSentiment   Gap = "sentiment"
	LacksUsage       Gap = "usage"
	LacksLastContact Gap = "lastContact"
	LacksPayments    Gap = "payments" // no customer of Stripe's is matched to it
)

// Gaps lists the gaps in the order in which they are shown: what most rules
// need first.
func Gaps() []Gap {
	return []Gap{LacksHealth, LacksMRR, LacksOwner, LacksContact, LacksRenewal, LacksDomain, LacksEngagement, LacksSentiment, LacksUsage, LacksLastContact, LacksPayments}
}
