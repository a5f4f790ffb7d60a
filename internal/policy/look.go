package policy

import (
	"maps"
	"reflect"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// looksOf says whose messages look otherwise after a change of the settings.
// Naming too many costs a look at each and no edit; whom it does not name has
// the new look with the next news.
func looksOf(was, is stanna.Settings) (looks []store.Look) {
	if !reflect.DeepEqual(shownOf(was), shownOf(is)) {
		return []store.Look{{}}
	}
	channels := maps.Clone(was.Channels)
	if channels == nil {
		channels = map[string]stanna.ChannelHabits{}
	}
	maps.Copy(channels, is.Channels)
	for _, id := range slices.Sorted(maps.Keys(channels)) {
		if was.LocaleAt(id) != is.LocaleAt(id) {
			looks = append(looks, store.Look{Place: id})
		}
	}
	return looks
}

// shownOf are the settings that can be seen in messages everywhere.
func shownOf(s stanna.Settings) stanna.Settings {
	s = s.WithDefaults()
	return stanna.Settings{Buttons: s.Buttons, Branding: s.Branding, SharedChannels: s.SharedChannels, ClientURLTemplate: s.ClientURLTemplate,
		Locale: s.Locale, Timezone: s.Timezone, Currency: s.Currency,
		RiskThreshold: s.RiskThreshold, HealthyAbove: s.HealthyAbove, // the colour of a score
		BusinessHours: s.BusinessHours} // until when something is to be done
}

// looksOfPerson says whether somebody's own messages look otherwise with new
// habits.
func looksOfPerson(p stanna.Person, h stanna.Habits) []store.Look {
	if p.SlackID == "" || h.Locale == p.Locale && h.Timezone == p.Timezone {
		return nil
	}
	return []store.Look{{Place: p.SlackID}}
}
