package route_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
)

// office is nine to six on working days, in UTC.
var office = stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "18:00"}}}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

// When an alert is told, and why not at once. 2026-11-23 is a Monday.
func TestWhen(t *testing.T) {
	hours := stanna.Settings{BusinessHours: office}
	switched := stanna.Settings{DigestOnly: true}
	silence := stanna.Silence{ID: "sil_1", Matcher: stanna.Matcher{Filter: stanna.Filter{Only: []string{"c1"}}}, StartsAt: at("2026-11-23 09:00"), EndsAt: at("2026-11-23 12:00")}
	longer := silence
	longer.ID, longer.EndsAt = "sil_2", at("2026-11-24 12:00")
	severity := func(s stanna.Severity) func(*route.News) { return func(n *route.News) { n.Alert.Severity = s } }
	moment := func(s string) func(*route.News) { return func(n *route.News) { n.Now = at(s) } }
	outside := func(o stanna.Outside) func(*route.News) { return func(n *route.News) { n.Rule.Outside = o } }
	frequency := func(s stanna.Severity, f stanna.Frequency) func(*route.News) {
		return func(n *route.News) { n.Rule.Frequency = map[stanna.Severity]stanna.Frequency{s: f} }
	}
	type change = func(*route.News)
	for name, c := range map[string]struct {
		settings stanna.Settings
		silences []stanna.Silence
		change   []change
		why      stanna.Reason
		until    string
	}{
		"high, always open":               {stanna.Settings{}, nil, nil, "", ""},
		"medium: the next digest":         {stanna.Settings{}, nil, []change{severity(stanna.Medium)}, stanna.ReasonDailyDigest, "2026-11-24 09:00"},
		"before nine: today's":            {stanna.Settings{}, nil, []change{severity(stanna.Low), moment("2026-11-23 08:59")}, stanna.ReasonDailyDigest, "2026-11-23 09:00"},
		"Friday noon: Monday's":           {stanna.Settings{}, nil, []change{severity(stanna.Low), moment("2026-11-27 12:00")}, stanna.ReasonDailyDigest, "2026-11-30 09:00"},
		"the workspace's frequency":       {stanna.Settings{Frequency: map[stanna.Severity]stanna.Frequency{stanna.Medium: stanna.RealTime}}, nil, []change{severity(stanna.Medium)}, "", ""},
		"the rule's frequency":            {stanna.Settings{}, nil, []change{frequency(stanna.High, stanna.Weekly)}, stanna.ReasonWeeklyDigest, "2026-11-30 09:00"},
		"the rule before the workspace":   {stanna.Settings{Frequency: map[stanna.Severity]stanna.Frequency{stanna.High: stanna.Daily}}, nil, []change{frequency(stanna.High, stanna.RealTime)}, "", ""},
		"unstable":                        {stanna.Settings{}, nil, []change{func(n *route.News) { n.Alert.Unstable = true }}, stanna.ReasonUnstable, "2026-11-24 09:00"},
		"the switch":                      {switched, nil, []change{severity(stanna.Critical)}, stanna.ReasonDigestOnly, "2026-11-24 09:00"},
		"the switch, and not escalations": {switched, nil, []change{func(n *route.News) { n.Step = 1 }}, "", ""},
		"nor the end of a snooze":         {switched, nil, []change{func(n *route.News) { n.Alert.Why = stanna.ReasonSnoozeOver }}, "", ""},
		"a green renewal: weekly": {stanna.Settings{}, nil, []change{func(n *route.News) {
			n.Alert.Type, n.Alert.Severity, n.Alert.Evidence.Is = stanna.RenewalUpcoming, stanna.Info, "green"
		}}, stanna.ReasonWeeklyDigest, "2026-11-30 09:00"},
		"in hours":                        {hours, nil, []change{severity(stanna.Critical)}, "", ""},
		"at night, also what is critical": {hours, nil, []change{severity(stanna.Critical), moment("2026-11-23 18:00")}, stanna.ReasonOutsideHours, "2026-11-24 09:00"},
		"over the weekend":                {hours, nil, []change{moment("2026-11-27 18:00")}, stanna.ReasonOutsideHours, "2026-11-30 09:00"},
		"sent all the same":               {hours, nil, []change{moment("2026-11-23 20:00"), outside(stanna.Outside{Do: stanna.OutsideSend})}, "", ""},
		"joins the digest":                {hours, nil, []change{moment("2026-11-23 20:00"), outside(stanna.Outside{Do: stanna.OutsideDigest})}, stanna.ReasonDailyDigest, "2026-11-24 09:00"},
		"the rule's own hours": {hours, nil, []change{outside(stanna.Outside{Hours: &stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon"}, From: "11:00", To: "12:00"}}}})},
			stanna.ReasonOutsideHours, "2026-11-23 11:00"},
		"silenced":                    {stanna.Settings{}, []stanna.Silence{silence}, nil, stanna.ReasonSilenced, "2026-11-23 12:00"},
		"the longest silence":         {stanna.Settings{}, []stanna.Silence{silence, longer}, nil, stanna.ReasonSilenced, "2026-11-24 12:00"},
		"a silence that has ended":    {stanna.Settings{}, []stanna.Silence{silence}, []change{moment("2026-11-23 12:00")}, "", ""},
		"one that has not begun":      {stanna.Settings{}, []stanna.Silence{silence}, []change{moment("2026-11-23 08:59")}, "", ""},
		"one about another account":   {stanna.Settings{}, []stanna.Silence{silence}, []change{func(n *route.News) { n.Client.ID = "c2" }}, "", ""},
		"a silence before the digest": {stanna.Settings{}, []stanna.Silence{silence}, []change{severity(stanna.Low)}, stanna.ReasonSilenced, "2026-11-23 12:00"},
		"listed with others":          {stanna.Settings{}, nil, []change{func(n *route.News) { n.Gather = stanna.ReasonFirstContact }}, stanna.ReasonFirstContact, "2026-11-23 10:10"},
		"listed, not in the digest":   {stanna.Settings{}, nil, []change{severity(stanna.Low), func(n *route.News) { n.Gather = stanna.ReasonFoundInBackfill }}, stanna.ReasonFoundInBackfill, "2026-11-23 10:10"},
	} {
		t.Run(name, func(t *testing.T) {
			c.settings.DefaultChannel = "CDEF"
			got, silence := plan(t, c.settings, nil, c.silences...).Pick(route.Roads{Team: "T1"}, news(c.change...))
			if silence != "" || len(got) != 1 {
				t.Fatalf("%v, silence %q", got, silence)
			}
			want := route.Manner{Why: c.why}
			if c.until != "" {
				want.Until = at(c.until)
			}
			if m := got[0].Manner; m.Why != want.Why || !m.Until.Equal(want.Until) {
				t.Errorf("%q until %s, want %q until %s", m.Why, m.Until, want.Why, want.Until)
			}
		})
	}
}

func TestRedirect(t *testing.T) {
	p := plan(t, stanna.Settings{DefaultChannel: "CDEF", BusinessHours: office}, nil)
	n := news(func(n *route.News) {
		n.Now = at("2026-11-23 20:00")
		n.Rule.Outside = stanna.Outside{Do: stanna.OutsideRedirect, To: []stanna.Destination{b}}
	})
	got, _ := p.Pick(route.Roads{Team: "T1"}, n)
	if len(got) != 1 || got[0].Destination != b || got[0].Reason != stanna.ReasonRedirected || got[0].Manner.Later() {
		t.Errorf("%+v", got)
	}
	n.Now = at("2026-11-23 12:00")
	if got, _ = p.Pick(route.Roads{Team: "T1"}, n); len(got) != 1 || got[0].Destination != standard {
		t.Errorf("in hours: %+v", got)
	}
}

// A person's own hours go before the workspace's.
func TestPersonalHours(t *testing.T) {
	late := stanna.Hours{Timezone: "America/New_York", Windows: []stanna.Window{{Days: []string{"mon"}, From: "09:00", To: "17:00"}}}
	roads := route.Roads{Team: "T1", People: map[string]stanna.Person{"ana@acme.com": {SlackID: "UANA", Habits: stanna.Habits{Hours: &late}}}}
	got, _ := plan(t, stanna.Settings{BusinessHours: office}, nil).Pick(roads, news(to(stanna.ToOwner, a)))
	if len(got) != 2 || !got[0].Manner.Until.Equal(at("2026-11-23 14:00")) || got[1].Manner.Later() {
		t.Errorf("%+v", got)
	}
}

// What was promised earlier is told when its time has come, once, and waits on
// when another reason has come up meanwhile.
func TestAgain(t *testing.T) {
	p := plan(t, stanna.Settings{DefaultChannel: "CDEF", BusinessHours: office}, nil)
	roads := route.Roads{Team: "T1"}
	since := at("2026-11-23 08:00")
	low := func(n *route.News) { n.Alert.Severity = stanna.Low }
	again := func(when string, change ...func(*route.News)) route.Manner {
		n := news(change...)
		n.Now = at(when)
		return p.Again(roads, n, standard, since).Manner
	}
	if m := again("2026-11-23 09:00", low); m.Later() {
		t.Errorf("the digest is due and it still waits: %+v", m)
	}
	if m := again("2026-11-24 15:00", low); m.Later() {
		t.Errorf("the digest was due a day ago and it still waits: %+v", m)
	}
	if m := again("2026-11-23 20:00"); m.Why != stanna.ReasonOutsideHours || !m.Until.Equal(at("2026-11-24 09:00")) {
		t.Errorf("outside hours: %+v", m)
	}
	gathered := func(n *route.News) { n.Gather = stanna.ReasonFirstContact }
	if m := again("2026-11-23 09:05", gathered); m.Later() {
		t.Errorf("it has gathered for long enough: %+v", m)
	}
	// The owner came back while it was held.
	roads.People = map[string]stanna.Person{"ana@acme.com": {SlackID: "UANA"}}
	if c := p.Again(roads, news(), stanna.ToPerson("ana@acme.com"), since); c.Destination != anaDM {
		t.Errorf("%+v", c)
	}
}

func TestCheckLines(t *testing.T) {
	to := []stanna.Destination{a}
	vip := stanna.Matcher{Filter: stanna.Filter{Tiers: []string{"enterprise"}}}
	for name, c := range map[string]struct {
		lines []stanna.RouteLine
		field string
	}{
		"good":                   {[]stanna.RouteLine{{Match: vip, To: to}, {To: to}}, ""},
		"no destination":         {[]stanna.RouteLine{{Match: vip}}, "routes[0].to"},
		"after everything":       {[]stanna.RouteLine{{To: to}, {Match: vip, To: to}}, "routes[1]"},
		"everything continues":   {[]stanna.RouteLine{{To: to, Continue: true}, {Match: vip, To: to}}, ""},
		"the same twice":         {[]stanna.RouteLine{{Match: vip, To: to}, {Match: vip, To: to}}, "routes[1]"},
		"covered by a wider one": {[]stanna.RouteLine{{Match: vip, To: to}, {Match: stanna.Matcher{Types: []stanna.AlertType{stanna.Custom}, Filter: vip.Filter}, To: to}}, "routes[1]"},
		"a narrower one before":  {[]stanna.RouteLine{{Match: stanna.Matcher{Types: []stanna.AlertType{stanna.Custom}, Filter: vip.Filter}, To: to}, {Match: vip, To: to}}, ""},
		"another minimum":        {[]stanna.RouteLine{{Match: stanna.Matcher{Filter: stanna.Filter{MinMRR: 100}}, To: to}, {Match: stanna.Matcher{Filter: stanna.Filter{MinMRR: 200}}, To: to}}, "routes[1]"},
		"a lower minimum":        {[]stanna.RouteLine{{Match: stanna.Matcher{Filter: stanna.Filter{MinMRR: 200}}, To: to}, {Match: stanna.Matcher{Filter: stanna.Filter{MinMRR: 100}}, To: to}}, ""},
		"another condition":      {[]stanna.RouteLine{{Match: stanna.Matcher{Condition: "client.mrr > 1"}, To: to}, {Match: stanna.Matcher{Condition: "client.mrr > 2"}, To: to}}, ""},
		"a bad condition":        {[]stanna.RouteLine{{Match: stanna.Matcher{Condition: "client.mr > 1"}, To: to}}, "routes[0].match.condition"},
		"a bad severity":         {[]stanna.RouteLine{{Match: stanna.Matcher{Severities: []stanna.Severity{"urgent"}}, To: to}}, "routes[0].match.severities"},
		"a bad zone":             {[]stanna.RouteLine{{Match: stanna.Matcher{Filter: stanna.Filter{Zones: []stanna.Zone{"blue"}}}, To: to}}, "routes[0].match.filter.zones"},
	} {
		t.Run(name, func(t *testing.T) {
			err := route.CheckLines(c.lines)
			var e *stanna.Error
			if c.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it is taken")
			}
			e = err.(*stanna.Error)
			if _, ok := e.Fields[c.field]; !ok {
				t.Errorf("%v, want %s", e.Fields, c.field)
			}
		})
	}
}
