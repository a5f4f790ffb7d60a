package stanna

import "time"

// Workspace is a tenant. Its id is the company's e-mail domain ("acme.com").
type Workspace struct {
	ID        string
	Name      string
	Settings  Settings
	Version   int64 // rises with every change of settings or rules; caches compare it
	CreatedAt time.Time
}

// Settings are a workspace's choices. The zero value of each is a sensible
// default, applied by [Settings.WithDefaults], so that a workspace works on
// its first day.
type Settings struct {
	Timezone      string  `json:"timezone"`      // IANA name; UTC by default
	Locale        string  `json:"locale"`        // BCP 47; en by default
	Currency      string  `json:"currency"`      // ISO 4217; USD by default
	RiskThreshold float64 `json:"riskThreshold"` // health at or below it is red; 40 by default
	HealthyAbove  float64 `json:"healthyAbove"`  // health above it is green; 70 by default

	// ClientURLTemplate makes links to the company's own system, with
	// {id} and {domain} replaced. Empty: links lead to our client page.
	ClientURLTemplate string `json:"clientUrlTemplate"`

	DefaultChannel  string `json:"defaultChannel"`  // Slack channel id; where alerts go that no rule sends elsewhere
	FallbackChannel string `json:"fallbackChannel"` // Slack channel id; takes the messages of a channel that broke

	BusinessHours Hours                  `json:"businessHours,omitzero"` // none: always open
	Digest        DigestTime             `json:"digest,omitzero"`
	Frequency     map[Severity]Frequency `json:"frequency,omitempty"`  // what is absent has DefaultFrequency
	DigestOnly    bool                   `json:"digestOnly,omitempty"` // the one switch: everything waits for the digest
	Digests       []DigestPlan           `json:"digests,omitempty"`    // beside what waits for a digest, which always comes

	Buttons        bool                     `json:"buttons,omitempty"`        // messages have buttons; without them, links
	Branding       Branding                 `json:"branding,omitzero"`        // at the foot of every message
	Budget         Budget                   `json:"budget,omitzero"`          // how much is told in a day
	SharedChannels SharedChannels           `json:"sharedChannels,omitempty"` // RefuseShared by default
	Channels       map[string]ChannelHabits `json:"channels,omitempty"`       // by Slack channel id
}

// DefaultFrequency is when people hear of an alert unless somebody has chosen
// otherwise: what is critical or high at once, the rest with the day's digest.
func DefaultFrequency(s Severity) Frequency {
	if s.Rank() >= High.Rank() {
		return RealTime
	}
	return Daily
}

// WithDefaults fills what was left empty.
func (s Settings) WithDefaults() Settings {
	if s.Timezone == "" {
		s.Timezone = "UTC"
	}
	if s.Locale == "" {
		s.Locale = "en"
	}
	if s.Currency == "" {
		s.Currency = "USD"
	}
	if s.RiskThreshold == 0 {
		s.RiskThreshold = 40
	}
	if s.HealthyAbove == 0 {
		s.HealthyAbove = 70
	}
	return s
}

// Location is the workspace's time zone; UTC when it is unknown, which
// Validate refuses.
func (s Settings) Location() *time.Location {
	loc, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Validate says what is wrong with the settings, or nil.
func (s Settings) Validate() error {
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "Local" {
		return InvalidField("timezone", "%q is no time zone; give an IANA name such as America/New_York", s.Timezone)
	}
	if !ValidCurrency(s.Currency) {
		return InvalidField("currency", "%q is no ISO 4217 code such as USD", s.Currency)
	}
	if !(s.RiskThreshold > 0 && s.RiskThreshold < 100) { // NaN is refused too
		return InvalidField("riskThreshold", "must be between 0 and 100")
	}
	if !(s.HealthyAbove > s.RiskThreshold && s.HealthyAbove < 100) {
		return InvalidField("healthyAbove", "must be above riskThreshold (%g) and below 100", s.RiskThreshold)
	}
	if err := s.BusinessHours.Validate("businessHours"); err != nil {
		return err
	}
	if err := s.Digest.Validate("digest"); err != nil {
		return err
	}
	if err := ValidFrequency("frequency", s.Frequency); err != nil {
		return err
	}
	if err := s.Branding.Validate("branding"); err != nil {
		return err
	}
	if err := s.Budget.Validate("budget"); err != nil {
		return err
	}
	if s.SharedChannels != "" && s.SharedChannels != RefuseShared && s.SharedChannels != RedactShared {
		return InvalidField("sharedChannels", "must be refuse or redact")
	}
	for id, c := range s.Channels {
		if err := c.Validate("channels." + id); err != nil {
			return err
		}
	}
	return validClientURL(s.ClientURLTemplate)
}

// ValidFrequency says what is wrong with a choice of frequencies, or nil.
func ValidFrequency(field string, list map[Severity]Frequency) error {
	for s, f := range list {
		if s.Rank() < 0 {
			return InvalidField(field, "%q is no severity; they are critical, high, medium, low and info", clip(string(s), 40))
		}
		if f != RealTime && f != Daily && f != Weekly {
			return InvalidField(field+"."+string(s), "must be realtime, daily or weekly")
		}
	}
	return nil
}

// Zone is the band that a health score falls in.
type Zone string

// The zones, from worst to best.
const (
	Red    Zone = "red"
	Yellow Zone = "yellow"
	Green  Zone = "green"
)

// ZoneOf is the zone of a health score (0 to 100; higher is better): red up
// to and including the risk threshold, green above HealthyAbove.
func (s Settings) ZoneOf(score float64) Zone {
	switch {
	case score <= s.RiskThreshold:
		return Red
	case score <= s.HealthyAbove:
		return Yellow
	default:
		return Green
	}
}
