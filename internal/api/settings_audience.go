package api

import (
	"cmp"
	"strings"

	"github.com/gostanna/stanna"
)

// AudienceView is whose messages they are, how many come, and who may read
// them.
type AudienceView struct {
	Branding       brandingView              `json:"branding" doc:"Whose messages these are: at their foot"`
	Budget         budgetView                `json:"budget" doc:"How much is told in a local day; the rest waits for the next digest, and what is critical always passes"`
	SharedChannels stanna.SharedChannels     `json:"sharedChannels" enum:"refuse,redact" doc:"What becomes of messages to channels that other companies read: refuse sends them to the fallback channel, redact names no client and no figure"`
	Channels       map[string]channelChoices `json:"channels" doc:"Choices of single channels, by Slack channel id"`
}

type brandingView struct {
	Name    string `json:"name" maxLength:"200" doc:"Up to 40 characters"`
	LogoURL string `json:"logoUrl" maxLength:"2000" doc:"A public https address of a PNG, JPEG or GIF, which Slack fetches"`
	Accent  string `json:"accent" maxLength:"100" doc:"A colour such as #1a7f5a, for the bar beside the foot"`
	Footer  string `json:"footer" maxLength:"1000" doc:"Up to 200 characters"`
}

type budgetView struct {
	Channel int `json:"channel" doc:"Messages that a channel takes in a day; 0: no limit"`
	Person  int `json:"person" doc:"Messages that a person takes in a day; 0: no limit"`
}

type channelChoices struct {
	Locale string `json:"locale,omitempty" maxLength:"100" doc:"BCP 47; the workspace's without it"`
	Budget *int   `json:"budget,omitempty" doc:"Messages a day; the workspace's without it, 0: no limit"`
}

func viewAudience(s stanna.Settings) AudienceView {
	v := AudienceView{brandingView(s.Branding), budgetView(s.Budget), cmp.Or(s.SharedChannels, stanna.RefuseShared), map[string]channelChoices{}}
	for id, c := range s.Channels {
		v.Channels[id] = channelChoices(c)
	}
	return v
}

type AudienceInput struct {
	Branding       *brandingInput             `json:"branding,omitempty" doc:"What is named is changed. The image at a new logoUrl is fetched once before it is saved"`
	Budget         *budgetInput               `json:"budget,omitempty" doc:"What is named is changed"`
	SharedChannels *stanna.SharedChannels     `json:"sharedChannels,omitempty" enum:"refuse,redact"`
	Channels       *map[string]channelChoices `json:"channels,omitempty" doc:"Replaced whole; by the ids of channels that are known"`
}

type brandingInput struct {
	Name    *string `json:"name,omitempty" maxLength:"200" example:"Acme CS"`
	LogoURL *string `json:"logoUrl,omitempty" maxLength:"2000" example:"https://www.acme.com/logo.png" doc:"Empty for none"`
	Accent  *string `json:"accent,omitempty" maxLength:"100" example:"#1a7f5a" doc:"Empty for none"`
	Footer  *string `json:"footer,omitempty" maxLength:"1000" example:"Questions: #cs-ops"`
}

func (in brandingInput) into(b *stanna.Branding) {
	for _, x := range []struct{ into, given *string }{{&b.Name, in.Name}, {&b.LogoURL, in.LogoURL}, {&b.Accent, in.Accent}, {&b.Footer, in.Footer}} {
		if x.given != nil {
			*x.into = strings.TrimSpace(*x.given)
		}
	}
}

type budgetInput struct {
	Channel *int `json:"channel,omitempty" doc:"Messages that a channel takes in a day; 0: no limit"`
	Person  *int `json:"person,omitempty" doc:"Messages that a person takes in a day; 0: no limit"`
}

// audience sets what is given. A default that is sent back stays the default.
func (in AudienceInput) audience(s *stanna.Settings) {
	if in.Branding != nil {
		in.Branding.into(&s.Branding)
	}
	if in.Budget != nil {
		give(&s.Budget.Channel, in.Budget.Channel)
		give(&s.Budget.Person, in.Budget.Person)
	}
	if in.SharedChannels != nil && *in.SharedChannels != cmp.Or(s.SharedChannels, stanna.RefuseShared) {
		s.SharedChannels = *in.SharedChannels
	}
	if in.Channels != nil {
		s.Channels = map[string]stanna.ChannelHabits{}
		for id, c := range *in.Channels {
			s.Channels[id] = stanna.ChannelHabits(c)
		}
	}
}
