package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// maxChannels bounds the channels with choices of their own.
const maxChannels = 500

// ValidLocale says what is wrong with a language tag (BCP 47), or nil. None is
// right: a default takes its place.
func ValidLocale(field, tag string) error {
	if tag == "" {
		return nil
	}
	// RFC 5646 §4.4.1 wants 35 characters to be enough for everybody.
	if t, err := language.Parse(tag); err == nil && len(tag) <= 35 {
		if base, _, _ := t.Raw(); base.String() != "und" {
			return nil
		}
	}
	return stanna.InvalidField(field, "%q is no language tag; give one such as es, es-MX or en-GB", clip(tag))
}

// untold warns of a locale whose language our messages are not written in.
func untold(field, tag string) []Warning {
	t, err := language.Parse(tag)
	if tag == "" || err != nil {
		return nil
	}
	wanted, _ := t.Base()
	var names []string
	for _, l := range locale.Languages() {
		if base, _ := l.Tag.Base(); base == wanted {
			return nil
		}
		names = append(names, l.Name)
	}
	return []Warning{{field, fmt.Sprintf("figures and money follow %s, and the words are English: messages are written in %s", tag, strings.Join(names, " and "))}}
}

// checkAudience refuses choices about who reads what, and warns of those that
// are probably not what was meant.
// What stood before was checked then.
func (e *edit) checkAudience(was, is stanna.Settings) (warnings []Warning, err error) {
	if len(is.Channels) > maxChannels {
		return nil, stanna.InvalidField("channels", "are more than %d", maxChannels)
	}
	if is.Locale != was.Locale {
		if err := ValidLocale("locale", is.Locale); err != nil {
			return nil, err
		}
		warnings = untold("locale", is.Locale)
	}
	for _, id := range slices.Sorted(maps.Keys(is.Channels)) {
		own, field := is.Channels[id].Locale, "channels."+id+".locale"
		if _, before := was.Channels[id]; !before {
			if _, seen, err := e.tx.FindChannel(e.workspace.ID, id); err != nil {
				return nil, err
			} else if !seen {
				return nil, stanna.InvalidField("channels."+id, "%q is no channel that is known; choose one of GET /api/integrations/slack/channels", clip(id))
			}
		}
		if own == was.Channels[id].Locale {
			continue
		}
		if err := ValidLocale(field, own); err != nil {
			return nil, err
		}
		warnings = append(warnings, untold(field, own)...)
	}
	for _, x := range []struct{ field, before, id string }{{"defaultChannel", was.DefaultChannel, is.DefaultChannel}, {"fallbackChannel", was.FallbackChannel, is.FallbackChannel}} {
		if x.id == x.before && is.SharedChannels == was.SharedChannels {
			continue
		}
		c, seen, err := e.tx.FindChannel(e.workspace.ID, x.id)
		if err != nil {
			return nil, err
		}
		if seen && c.Shared {
			warnings = append(warnings, Warning{x.field, warningOf(is, c)})
		}
	}
	return warnings, nil
}

// settleHome makes the team of the default channel the home, which is meant
// where no team is named, and refuses a fallback channel in another one.
func (e *edit) settleHome(was, is stanna.Settings) error {
	if is.DefaultChannel == was.DefaultChannel && is.FallbackChannel == was.FallbackChannel {
		return nil
	}
	home := ""
	for _, x := range []struct{ field, id string }{{"defaultChannel", is.DefaultChannel}, {"fallbackChannel", is.FallbackChannel}} {
		c, seen, err := e.tx.FindChannel(e.workspace.ID, x.id)
		switch {
		case err != nil:
			return err
		case !seen:
			continue
		case home == "":
			home = c.TeamID
		case home != c.TeamID:
			return stanna.InvalidField(x.field, "must be in the same Slack workspace as the default channel; choose both there")
		}
	}
	if home == "" {
		return nil
	}
	return e.tx.MakeHome(e.workspace.ID, home)
}

// checkManner refuses how a person wants to be told.
func checkManner(h stanna.Habits) error {
	if h.Timezone != "" {
		if _, err := time.LoadLocation(h.Timezone); err != nil || h.Timezone == "Local" {
			return stanna.InvalidField("timezone", "%q is no time zone; give an IANA name such as America/Mexico_City", clip(h.Timezone))
		}
	}
	if err := ValidLocale("locale", h.Locale); err != nil {
		return err
	}
	if h.Budget != nil && (*h.Budget < 0 || *h.Budget > stanna.MaxBudget) {
		return stanna.InvalidField("budget", "must be between 0 (no limit) and 10,000")
	}
	if h.Digest != nil {
		return h.Digest.Validate("digest")
	}
	return nil
}
