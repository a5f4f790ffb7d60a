package route_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
)

const (
	a        = stanna.Destination("slack:T1:CA")
	b        = stanna.Destination("slack:T1:CB")
	standard = stanna.Destination("slack:T1:CDEF")
	fallback = stanna.Destination("slack:T1:CFALL")
	anaDM    = stanna.Destination("slack:T1:UANA")
	benDM    = stanna.Destination("slack:T1:UBEN")
	bossDM   = stanna.Destination("slack:T1:UBOSS")
)

// now is a Monday at ten in the morning, UTC.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func broken(list ...stanna.Destination) map[stanna.Destination]bool {
	set := map[stanna.Destination]bool{}
	for _, d := range list {
		set[d] = true
	}
	return set
}

func plan(t *testing.T, s stanna.Settings, lines []stanna.RouteLine, silences ...stanna.Silence) *route.Plan {
	t.Helper()
	p, err := route.Compile(s, lines, silences)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// news is a high alert of Ana's account.
func news(change ...func(*route.News)) route.News {
	n := route.News{Rule: stanna.Rule{ID: "rule_1"}, Alert: stanna.Alert{Type: stanna.HealthDrop, RuleID: "rule_1", Severity: stanna.High},
		Client: stanna.Client{ID: "c1", Tier: "growth", CSMOwner: "ana@acme.com", MRR: stanna.MoneyOf(5000, "USD")}, State: &stanna.State{}, Now: now}
	for _, f := range change {
		f(&n)
	}
	return n
}

func to(list ...stanna.Destination) func(*route.News) {
	return func(n *route.News) { n.Rule.Destinations = list }
}

func TestPick(t *testing.T) {
	both := stanna.Settings{DefaultChannel: "CDEF", FallbackChannel: "CFALL"}
	own := func(d stanna.Destination) route.Choice {
		return route.Choice{Destination: d, Intended: d, Reason: stanna.ReasonRuleDestination}
	}
	instead := func(d, for_ stanna.Destination) route.Choice {
		return route.Choice{Destination: d, Intended: for_, Reason: stanna.ReasonFallback}
	}
	for name, c := range map[string]struct {
		destinations []stanna.Destination
		settings     stanna.Settings
		noTeam       bool
		broken       map[stanna.Destination]bool
		want         []route.Choice
		silence      stanna.Reason
	}{
		"not connected":                {[]stanna.Destination{a}, both, true, nil, nil, stanna.ReasonNotConnected},
		"no channel chosen":            {nil, stanna.Settings{}, false, nil, nil, stanna.ReasonNoDestination},
		"a fallback is no default":     {nil, stanna.Settings{FallbackChannel: "CFALL"}, false, nil, nil, stanna.ReasonNoDestination},
		"default channel":              {nil, both, false, nil, []route.Choice{{Destination: standard, Intended: standard, Reason: stanna.ReasonDefaultChannel}}, ""},
		"the rule's own":               {[]stanna.Destination{a, b}, both, false, nil, []route.Choice{own(a), own(b)}, ""},
		"own, without any default":     {[]stanna.Destination{a}, stanna.Settings{}, false, nil, []route.Choice{own(a)}, ""},
		"default broken":               {nil, both, false, broken(standard), []route.Choice{instead(fallback, standard)}, ""},
		"one of two broken":            {[]stanna.Destination{a, b}, both, false, broken(a), []route.Choice{instead(fallback, a), own(b)}, ""},
		"both broken: told once":       {[]stanna.Destination{a, b}, both, false, broken(a, b), []route.Choice{instead(fallback, a)}, ""},
		"fallback is wanted too":       {[]stanna.Destination{a, fallback}, both, false, broken(a), []route.Choice{own(fallback)}, ""},
		"fallback is wanted first":     {[]stanna.Destination{fallback, a}, both, false, broken(a), []route.Choice{own(fallback)}, ""},
		"named twice":                  {[]stanna.Destination{a, a}, both, false, nil, []route.Choice{own(a)}, ""},
		"broken without a fallback":    {[]stanna.Destination{a}, stanna.Settings{}, false, broken(a), []route.Choice{own(a)}, ""},
		"broken, and the fallback too": {[]stanna.Destination{a}, both, false, broken(a, fallback), []route.Choice{own(a)}, ""},
		"the fallback itself broken":   {[]stanna.Destination{fallback}, both, false, broken(fallback), []route.Choice{own(fallback)}, ""},
		"what else is broken":          {[]stanna.Destination{a}, both, false, broken(b), []route.Choice{own(a)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			roads := route.Roads{Team: "T1", Broken: c.broken}
			if c.noTeam {
				roads.Team = ""
			}
			got, silence := plan(t, c.settings, nil).Pick(roads, news(to(c.destinations...)))
			if diff := cmp.Diff(c.want, got); diff != "" || silence != c.silence {
				t.Errorf("silence %q, want %q; %s", silence, c.silence, diff)
			}
			if (len(got) == 0) != (silence != "") {
				t.Errorf("%d choices and the silence %q", len(got), silence)
			}
		})
	}
}

// Who is told when an alert goes to the owner.
func TestOwner(t *testing.T) {
	both := stanna.Settings{DefaultChannel: "CDEF", FallbackChannel: "CFALL"}
	person := func(email, slack string, h stanna.Habits) stanna.Person {
		return stanna.Person{Email: email, SlackID: slack, Habits: h}
	}
	ana := person("ana@acme.com", "UANA", stanna.Habits{Deputy: "Ben@acme.com", Manager: "boss@acme.com"})
	ben, boss := person("ben@acme.com", "UBEN", stanna.Habits{}), person("boss@acme.com", "UBOSS", stanna.Habits{})
	away := func(p stanna.Person) stanna.Person { p.AwayAt = now.Add(-time.Hour); return p }
	out := func(p stanna.Person) stanna.Person { p.SlackID = ""; return p }
	for name, c := range map[string]struct {
		people   []stanna.Person
		owner    string
		settings stanna.Settings
		broken   map[stanna.Destination]bool
		want     route.Choice
	}{
		"there":                    {[]stanna.Person{ana, ben}, "Ana@acme.com", both, nil, route.Choice{Destination: anaDM, Intended: anaDM, Reason: stanna.ReasonOwner}},
		"away: the deputy":         {[]stanna.Person{away(ana), ben}, "ana@acme.com", both, nil, route.Choice{Destination: benDM, Intended: "person:ana@acme.com", Reason: stanna.ReasonDeputy}},
		"not in Slack: the deputy": {[]stanna.Person{out(ana), ben}, "ana@acme.com", both, nil, route.Choice{Destination: benDM, Intended: "person:ana@acme.com", Reason: stanna.ReasonDeputy}},
		"both away: the manager":   {[]stanna.Person{away(ana), away(ben), boss}, "ana@acme.com", both, nil, route.Choice{Destination: bossDM, Intended: "person:ana@acme.com", Reason: stanna.ReasonManager}},
		"nobody: the fallback":     {[]stanna.Person{away(ana)}, "ana@acme.com", both, nil, route.Choice{Destination: fallback, Intended: "person:ana@acme.com", Reason: stanna.ReasonNobodyThere}},
		"nor a fallback: default":  {[]stanna.Person{away(ana)}, "ana@acme.com", stanna.Settings{DefaultChannel: "CDEF"}, nil, route.Choice{Destination: standard, Intended: "person:ana@acme.com", Reason: stanna.ReasonNobodyThere}},
		"unknown":                  {nil, "zoe@acme.com", both, nil, route.Choice{Destination: fallback, Intended: "person:zoe@acme.com", Reason: stanna.ReasonNobodyThere}},
		"no owner":                 {nil, "", both, nil, route.Choice{Destination: fallback, Intended: "owner", Reason: stanna.ReasonNobodyThere}},
		"the message cannot reach": {[]stanna.Person{ana, ben}, "ana@acme.com", both, broken(anaDM), route.Choice{Destination: benDM, Intended: "person:ana@acme.com", Reason: stanna.ReasonDeputy}},
		"fallback broken":          {nil, "", both, broken(fallback), route.Choice{Destination: standard, Intended: "owner", Reason: stanna.ReasonNobodyThere}},
	} {
		t.Run(name, func(t *testing.T) {
			roads := route.Roads{Team: "T1", Broken: c.broken, People: map[string]stanna.Person{}}
			for _, p := range c.people {
				roads.People[p.Email] = p
			}
			got, silence := plan(t, c.settings, nil).Pick(roads, news(to(stanna.ToOwner), func(n *route.News) { n.Client.CSMOwner = c.owner }))
			if diff := cmp.Diff([]route.Choice{c.want}, got); diff != "" {
				t.Errorf("silence %q; %s", silence, diff)
			}
		})
	}
	t.Run("nobody and no channel", func(t *testing.T) {
		got, silence := plan(t, stanna.Settings{}, nil).Pick(route.Roads{Team: "T1"}, news(to(stanna.ToOwner)))
		if len(got) != 0 || silence != stanna.ReasonNoDestination {
			t.Errorf("%v, %q", got, silence)
		}
	})
}

func TestFollowers(t *testing.T) {
	roads := route.Roads{Team: "T1", People: map[string]stanna.Person{"ana@acme.com": {SlackID: "UANA"}, "ben@acme.com": {SlackID: "UBEN", Habits: stanna.Habits{AwayAt: now}}}}
	follow := func(n *route.News) { n.Followers = []string{"ana@acme.com", "ben@acme.com", "zoe@acme.com"} }
	got, _ := plan(t, stanna.Settings{DefaultChannel: "CDEF"}, nil).Pick(roads, news(follow))
	// Who follows and is away, or is not in Slack, is not replaced.
	if len(got) != 2 || got[0].Destination != standard || got[1].Destination != anaDM || got[1].Reason != stanna.ReasonFollowed {
		t.Errorf("%+v", got)
	}
	// An owner who follows is told once, as the owner.
	got, _ = plan(t, stanna.Settings{}, nil).Pick(roads, news(follow, to(stanna.ToOwner)))
	if len(got) != 1 || got[0].Reason != stanna.ReasonOwner {
		t.Errorf("%+v", got)
	}
}

func TestRoutingTable(t *testing.T) {
	lines := []stanna.RouteLine{
		{Match: stanna.Matcher{Severities: []stanna.Severity{stanna.Critical}}, To: []stanna.Destination{"slack:T1:CCRIT"}, Continue: true},
		{Match: stanna.Matcher{Types: []stanna.AlertType{stanna.PaymentIssue}}, To: []stanna.Destination{"slack:T1:CPAY"}},
		{Match: stanna.Matcher{Filter: stanna.Filter{Tiers: []string{"Enterprise"}}}, To: []stanna.Destination{"slack:T1:CENT", stanna.ToOwner}},
		{Match: stanna.Matcher{Condition: `client.mrr > 4000 && alert.severity == "high"`}, To: []stanna.Destination{"slack:T1:CBIG"}},
	}
	p := plan(t, stanna.Settings{DefaultChannel: "CDEF", FallbackChannel: "CFALL"}, lines)
	roads := route.Roads{Team: "T1", People: map[string]stanna.Person{"ana@acme.com": {SlackID: "UANA"}}}
	for name, c := range map[string]struct {
		change func(*route.News)
		want   []string
	}{
		"by a condition":         {func(n *route.News) {}, []string{"slack:T1:CBIG"}},
		"first line wins":        {func(n *route.News) { n.Alert.Type = stanna.PaymentIssue; n.Client.Tier = "enterprise" }, []string{"slack:T1:CPAY"}},
		"continue":               {func(n *route.News) { n.Alert.Severity, n.Client.Tier = stanna.Critical, "enterprise" }, []string{"slack:T1:CCRIT", "slack:T1:CENT", "slack:T1:UANA"}},
		"continued into nothing": {func(n *route.News) { n.Alert.Severity = stanna.Critical }, []string{"slack:T1:CCRIT"}},
		"none fits":              {func(n *route.News) { n.Client.MRR = stanna.Money{} }, []string{"slack:T1:CDEF"}},
		"the rule goes first":    {func(n *route.News) { n.Rule.Destinations = []stanna.Destination{a} }, []string{"slack:T1:CA"}},
		"an escalation goes its own way": {func(n *route.News) {
			n.Rule.Destinations = []stanna.Destination{a}
			n.Rule.Escalation = []stanna.EscalationStep{{After: 10, To: []stanna.Destination{b}}}
			n.Step = 1
		}, []string{"slack:T1:CB"}},
	} {
		t.Run(name, func(t *testing.T) {
			choices, _ := p.Pick(roads, news(c.change))
			var got []string
			for _, x := range choices {
				got = append(got, string(x.Destination))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestFallback(t *testing.T) {
	s := stanna.Settings{FallbackChannel: "CFALL"}
	for name, c := range map[string]struct {
		settings stanna.Settings
		roads    route.Roads
		of       stanna.Destination
		want     stanna.Destination
	}{
		"there is one": {s, route.Roads{Team: "T1"}, a, fallback},
		"none chosen":  {stanna.Settings{}, route.Roads{Team: "T1"}, a, ""},
		"no team":      {s, route.Roads{}, a, ""},
		"of itself":    {s, route.Roads{Team: "T1"}, fallback, ""},
		"broken too":   {s, route.Roads{Team: "T1", Broken: broken(fallback)}, a, ""},
	} {
		if got := plan(t, c.settings, nil).Fallback(c.roads, c.of); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
