package web

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// audiencePath is the page of how messages look, in which language they are,
// how many come and who may read them.
const audiencePath = "/settings/messages"

type audienceView struct {
	Write     bool
	Tabs      []tab
	Tag       string // of what the form was made of
	Name      string
	Logo      string
	HasAccent bool
	Accent    string
	Footer    string
	Preview   *slackMessage
	Unsaved   bool // the preview shows what is not saved
	Language  localeField

	PerChannel, PerPerson string
	Today                 []attentionRow

	Shared   []option
	SharedIn []string // channels that are shared, by name

	Channels  []channelForm
	Add       []option
	AddLocale localeField

	Admins []string
	Words  []field
	Wrong  wrongs
}

// attentionRow is how much a place was told today.
type attentionRow struct{ Place, Told, Held, Budget string }

// channelForm is the choices of one channel.
type channelForm struct {
	ID, Name string
	Language localeField
	Budget   string
}

func (s *site) audience(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	return s.audienceForm(v, kept, nil, wrongs{})
}

// audienceForm is the page; t is the form as it was sent, nil before.
func (s *site) audienceForm(v *visit, kept policy.Kept, t typed, w wrongs) (answer, error) {
	x := kept.Workspace.Settings.WithDefaults()
	accent := cmp.Or(x.Branding.Accent, "#1d4f63")
	view := audienceView{Write: v.caller.May(auth.WriteSettings), Tabs: settingsTabs("messages"), Tag: t.or("tag", kept.Tag()), Wrong: w, Unsaved: t != nil,
		Name: x.Branding.Name, Logo: x.Branding.LogoURL, HasAccent: x.Branding.Accent != "", Accent: accent, Footer: x.Branding.Footer,
		Language:   localeFieldOf("locale", "Language", "Messages are written in it; figures, money and dates follow it everywhere. These pages are in English.", "", x.Locale, t, w),
		PerChannel: t.or("budget.channel", budgetText(&x.Budget.Channel)), PerPerson: t.or("budget.person", budgetText(&x.Budget.Person)),
		Shared: options(cmp.Or(x.SharedChannels, stanna.RefuseShared), string(stanna.RefuseShared), "Nothing is told there",
			string(stanna.RedactShared), "Told without the client"),
		AddLocale: localeFieldOf("channels.add.locale", "Its language", "", "the workspace's", "", t, w)}
	var err error
	if view.Write {
		err = s.store.View(v.ctx, func(tx *store.Tx) error { return view.fill(tx, v, x, t, w) })
	} else {
		view.Admins, view.Words = s.admins(v), audienceWords(x)
		err = s.store.View(v.ctx, func(tx *store.Tx) error { return view.today(tx, v, x) })
	}
	if err != nil {
		return answer{}, err
	}
	if w.at("branding") == "" && x.Branding.Validate("branding") == nil && policy.ValidLocale("locale", x.Locale) == nil {
		if view.Preview, err = preview(v, kept.Workspace); err != nil {
			return answer{}, err
		}
	}
	status := http.StatusOK
	if len(w) > 0 {
		status = http.StatusBadRequest
	}
	return answer{title: "Messages", body: audienceBody(view), status: status}, nil
}

// preview is a sample alert as these settings make it.
func preview(v *visit, w stanna.Workspace) (*slackMessage, error) {
	r := message.Brand(message.Sample(message.TestView{Settings: w.Settings, WorkspaceName: w.Name, Now: v.local.Now}), w.Settings.Branding)
	m, err := slackMessageOf(r, channels{})
	v.showPictures(w.Settings.Branding.LogoURL)
	return &m, err
}

// fill reads what the form offers to choose from.
func (view *audienceView) fill(tx *store.Tx, v *visit, x stanna.Settings, t typed, w wrongs) error {
	if err := view.today(tx, v, x); err != nil {
		return err
	}
	list, err := tx.Channels(v.workspace())
	if err != nil {
		return err
	}
	names := map[string]string{}
	view.Add = []option{{"", "–", false}}
	for _, c := range list {
		names[c.ID] = "#" + c.Name
		if c.Shared {
			view.SharedIn = append(view.SharedIn, "#"+c.Name)
		}
		if _, has := x.Channels[c.ID]; !has && !c.Archived && len(view.Add) <= maxOptions {
			view.Add = append(view.Add, option{c.ID, "#" + c.Name, false})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(x.Channels)) {
		own, at := x.Channels[id], "channels."+id
		view.Channels = append(view.Channels, channelForm{id, cmp.Or(names[id], id),
			localeFieldOf(at+".locale", "Language", "", "the workspace's", own.Locale, t, w), t.or(at+".budget", budgetText(own.Budget))})
	}
	return nil
}

// today reads how much each place has had on its own date.
func (view *audienceView) today(tx *store.Tx, v *visit, x stanna.Settings) error {
	names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
	if err != nil {
		return err
	}
	people, err := tx.People(v.workspace())
	if err != nil {
		return err
	}
	bySlack := map[string]stanna.Person{}
	for _, p := range people {
		bySlack[p.SlackID] = p
	}
	// A date is some people's yesterday.
	list, err := tx.AttentionSince(v.workspace(), v.local.Now.UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	for _, a := range list {
		_, id, _ := a.Destination.Slack()
		zone, budget := x.Location(), x.Budget.Channel
		if own := x.Channels[id].Budget; own != nil {
			budget = *own
		}
		if a.Destination.Direct() {
			who := bySlack[id]
			if zone, budget = who.Location(x), x.Budget.Person; who.Budget != nil {
				budget = *who.Budget
			}
		}
		if a.Date != v.local.Now.In(zone).Format(time.DateOnly) {
			continue
		}
		row := attentionRow{names.destination(a.Destination), digits(a.Told), digits(a.Held), "no limit"}
		if budget > 0 {
			row.Budget = digits(budget)
		}
		view.Today = append(view.Today, row)
	}
	return err
}

// audienceWords says the choices in words, for who may not change them.
func audienceWords(x stanna.Settings) []field {
	shared := "nothing is told there"
	if x.SharedChannels == stanna.RedactShared {
		shared = "told without the client"
	}
	return []field{{"Language", localeWords(x.Locale)}, {"A channel takes", budgetWords(x.Budget.Channel)}, {"A person takes", budgetWords(x.Budget.Person)},
		{"Channels shared with other companies", shared}}
}

func budgetWords(n int) string {
	switch n {
	case 0:
		return "any number of messages a day"
	case 1:
		return "one message a day"
	}
	return fmt.Sprintf("%d messages a day", n)
}

// budgetText is a budget as a field shows it: open means that none was chosen.
func budgetText(n *int) string {
	if n == nil {
		return ""
	}
	return digits(*n)
}

// readBudget is a number of messages a day; nil when the field was left open.
func (v *visit) readBudget(field string, w wrongs) *int {
	text := v.given(field)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		w.add(field, "is no number of messages")
	}
	return &n
}

// readAudience is the change that the form asks for.
func (v *visit) readAudience(w wrongs) func(*policy.Kept) error {
	branding := stanna.Branding{Name: v.given("branding.name"), LogoURL: v.given("branding.logoUrl"), Footer: v.given("branding.footer")}
	if v.given("branding.hasAccent") == "yes" {
		branding.Accent = v.given("branding.accent")
	}
	var budget stanna.Budget
	for field, into := range map[string]*int{"budget.channel": &budget.Channel, "budget.person": &budget.Person} {
		if n := v.readBudget(field, w); n != nil {
			*into = *n
		}
	}
	list := map[string]stanna.ChannelHabits{}
	for _, id := range v.r.PostForm["channels"] {
		if !slices.Contains(v.r.PostForm["channels.remove"], id) {
			list[id] = stanna.ChannelHabits{Locale: v.readLocale("channels." + id + ".locale"), Budget: v.readBudget("channels."+id+".budget", w)}
		}
	}
	if id := v.given("channels.add"); id != "" {
		list[id] = stanna.ChannelHabits{Locale: v.readLocale("channels.add.locale"), Budget: v.readBudget("channels.add.budget", w)}
		if list[id] == (stanna.ChannelHabits{}) {
			w.add("channels.add", "choose its language or its number of messages too")
		}
	}
	return func(k *policy.Kept) error {
		x := &k.Workspace.Settings
		x.Branding, x.Budget, x.Channels, x.Locale = branding, budget, list, v.readLocale("locale")
		if shared := stanna.SharedChannels(v.given("sharedChannels")); shared != cmp.Or(x.SharedChannels, stanna.RefuseShared) {
			x.SharedChannels = shared
		}
		return nil
	}
}

// saveAudience stores what the form says, or shows what it would come to.
func (s *site) saveAudience(v *visit) (answer, error) {
	kept, err := s.policy.Settings(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	w := wrongs{}
	change := v.readAudience(w)
	draft := kept
	if err := change(&draft); err != nil {
		return answer{}, err
	}
	var warnings []policy.Warning
	if len(w) == 0 {
		if v.given("do") == "preview" {
			err = cmp.Or(draft.Workspace.Settings.Branding.Validate("branding"), policy.ValidLocale("locale", draft.Workspace.Settings.Locale))
		} else if err = s.checkLogo(v, kept.Workspace.Settings.Branding, draft.Workspace.Settings.Branding); err == nil {
			_, warnings, err = s.policy.SaveSettings(v.ctx, v.workspace(), v.by(), v.given("tag"), change)
			if err == nil {
				return s.done(v, audiencePath, "Saved. What is told from now on looks like this."+asSentences(warnings))
			}
		}
	}
	if more, ok := wrongsOf(err); ok {
		maps.Copy(w, more)
	} else if err != nil {
		return answer{}, err
	}
	if errors.Is(err, policy.Moved) { // who saves again has been told
		v.r.PostForm.Set("tag", kept.Tag())
	}
	return s.audienceForm(v, draft, typed(v.r.PostForm), w)
}

// checkLogo has the image at a new address looked at, before anything is
// saved.
func (s *site) checkLogo(v *visit, now, wanted stanna.Branding) error {
	if err := wanted.Validate("branding"); err != nil || wanted.LogoURL == "" || wanted.LogoURL == now.LogoURL {
		return err
	}
	return s.line.CheckLogo(v.ctx, wanted.LogoURL)
}

// asSentences says warnings after what was done.
func asSentences(warnings []policy.Warning) string {
	var b strings.Builder
	for _, x := range warnings {
		b.WriteString(" " + sentence(fieldLabel(x.Field)+": "+forPeople(x.Message)))
	}
	return b.String()
}
