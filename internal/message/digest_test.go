package message

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

func usd(amount float64) stanna.Money { return stanna.MoneyOf(amount, "USD") }

func sumOf(n int, amount float64) stanna.ClientSum {
	return stanna.ClientSum{Clients: n, MRR: usd(amount)}
}

func namedClient(name string, amount float64) stanna.NamedClient {
	id := strings.ToLower(strings.Fields(name)[0])
	return stanna.NamedClient{ID: id, Name: name, Domain: id + ".test", MRR: usd(amount), Owner: "ana@example.com"}
}

func listed(list ...stanna.NamedClient) stanna.ClientList {
	l := stanna.ClientList{Named: list, ClientSum: sumOf(len(list), 0)}
	for _, c := range list {
		l.MRR.Minor += c.MRR.Minor
	}
	return l
}

// weeklyDigest says everything that a digest can say.
func weeklyDigest() *stanna.Digest {
	last := monday.AddDate(0, 0, -7)
	d := &stanna.Digest{Date: "2026-11-23", From: last, To: monday, Weekly: true, Edition: stanna.TeamEdition, Currency: "USD"}
	fell := drop()
	d.Movement = stanna.Movement{All: 4, Left: 1, Better: 3, Moves: []stanna.ClientMove{
		{NamedClient: namedClient("Delta Freight", 9000), Left: true, Alerts: 1},
		{NamedClient: namedClient("Acme Corp", 12400), Health: 38, Scored: true, Alerts: 2, Playbook: fell.Playbook,
			Contact: &stanna.Contact{Name: "Maria Costa", Title: "sponsor"},
			Alert:   &stanna.MovedAlert{ID: fell.ID, Type: fell.Type, Severity: fell.Severity, Why: fell.Why, OpenedAt: monday.Add(-48 * time.Hour), Evidence: fell.Evidence}},
		{NamedClient: namedClient("Globex", 4200.5), Health: 55, Scored: true, Alerts: 1,
			Alert: &stanna.MovedAlert{ID: "al_7", Type: stanna.ChurnRisk, Severity: stanna.Medium, Why: stanna.ReasonChurnRose, OpenedAt: monday.Add(-72 * time.Hour),
				Evidence: stanna.Evidence{Trigger: stanna.ReasonChurnRose, Base: 40, Opened: 72, Value: 72, Worst: 72, Told: 72, ValueAt: monday, Source: "model", Actions: []string{"offer a review"}}}},
		{NamedClient: namedClient("Hooli", 800), Health: 31, Scored: true},
	}}
	d.Movement.Moves[2].Owner = ""
	d.Wins = []stanna.Win{{Kind: stanna.WonRecovery, ClientList: listed(namedClient("Initech", 8000), namedClient("Umbrella", 700))},
		{Kind: stanna.WonPayment, ClientList: listed(namedClient("Stark", 3000))}, {Kind: stanna.WonExpansion, ClientList: listed(namedClient("Wayne", 30000))}}
	d.NotRecovered = listed(namedClient("Tyrell", 1500))
	d.Milestones = []stanna.MilestoneMet{{NamedClient: namedClient("Cyberdyne", 2000), Trigger: stanna.ReasonGoalReached, Subject: "1,000 projects"},
		{NamedClient: namedClient("Soylent", 2500), Trigger: stanna.ReasonAnniversary, Years: 3}}
	d.MoreMet = 2
	d.HeldBack = []stanna.HeldBack{{Reason: stanna.ReasonSilenced, Alerts: 3}, {Reason: stanna.ReasonBudget, Alerts: 2}, {Reason: stanna.ReasonManyAtOnce, Alerts: 12}}
	d.Unowned = listed(namedClient("Globex", 4200.5))
	d.Risk = stanna.Risk{Total: sumOf(120, 600000), AtRisk: sumOf(12, 84000.5), Loss: usd(31000), Predicted: 80,
		AtRiskIn4: &stanna.RiskRange{Low: usd(70000), High: usd(98000), Weeks: 9, Needed: 6}, LossIn4: &stanna.RiskRange{Low: usd(25000), High: usd(37000), Weeks: 9, Needed: 6}}
	for i, r := range []int64{60000, 64000, 70000, 69000, 75000, 78000, 80000, 84000} {
		d.Risk.Weeks = append(d.Risk.Weeks, stanna.RiskWeek{Date: monday.AddDate(0, 0, -7*(7-i)).Format(time.DateOnly), Known: i != 1, AtRisk: r * 100, Loss: 3100000 - r*5})
	}
	d.Zones = []stanna.ZoneShare{{Zone: stanna.Red, ClientSum: sumOf(12, 84000.5)}, {Zone: stanna.Yellow, ClientSum: sumOf(40, 216000)},
		{Zone: stanna.Green, ClientSum: sumOf(60, 290000)}, {ClientSum: sumOf(8, 9999.5)}}
	step := func(cause stanna.BridgeCause, n int, amount float64, list ...stanna.NamedClient) stanna.BridgeStep {
		return stanna.BridgeStep{Cause: cause, Clients: n, Amount: usd(amount), Named: list}
	}
	d.Bridge = &stanna.Bridge{Since: "2026-11-16", At: last, Start: sumOf(11, 80000), End: sumOf(12, 84000.5), Steps: []stanna.BridgeStep{
		step(stanna.NewlyAtRisk, 5, 22000.5, namedClient("Acme Corp", 12400), namedClient("Globex", 4200.5), namedClient("Hooli", 800)),
		step(stanna.BackFromRisk, 3, -10000, namedClient("Initech", 8000)), step(stanna.LeftAtRisk, 1, -9000, namedClient("Delta Freight", 9000)),
		step(stanna.MRRRose, 2, 1000), step(stanna.MRRFell, 1, -500), step(stanna.ExcludedNow, 1, -1000), step(stanna.ThresholdIn, 1, 1500)}}
	was := 38.0
	d.Bridge.ThresholdWas = &was
	d.MRRMoved = &stanna.MRRMoved{Net: usd(1200), Steps: []stanna.MRRStep{
		{Movement: stanna.MRRNew, Clients: 5, Amount: usd(2500), Named: []stanna.NamedClient{namedClient("Wonka", 1000), namedClient("Soylent", 900), namedClient("Stark", 300)}},
		{Movement: stanna.MRRReactivation, Clients: 1, Amount: usd(50), Named: []stanna.NamedClient{namedClient("Hooli", 50)}},
		{Movement: stanna.MRRExpansion, Clients: 2, Amount: usd(650), Named: []stanna.NamedClient{namedClient("Wayne", 600), namedClient("Globex", 50)}},
		{Movement: stanna.MRRContraction, Clients: 1, Amount: usd(-500), Named: []stanna.NamedClient{namedClient("Acme Corp", 12400)}},
		{Movement: stanna.MRRChurn, Clients: 1, Amount: usd(-1500), Named: []stanna.NamedClient{namedClient("Delta Freight", 0)}}},
		Apart: []stanna.MRRUnlike{{Clients: 2, Net: stanna.MoneyOf(-300, "EUR")}}}
	d.Renewals = &stanna.Renewals{Due: sumOf(8, 54000), Overdue: sumOf(2, 8000), Nearest: []stanna.RenewalDate{
		{NamedClient: namedClient("Vandelay", 5000), Date: "2026-11-10", Zone: stanna.Red}, {NamedClient: namedClient("Soylent", 2500), Date: "2026-11-23", Zone: stanna.Green},
		{NamedClient: namedClient("Acme Corp", 12400), Date: "2027-01-14", Zone: stanna.Red}, {NamedClient: namedClient("Wonka", 100), Date: "2027-02-01"}}}
	d.Acted = &stanna.InterventionSum{Days: 90, Acted: stanna.RiskEnd{Alerts: 20, Recovered: 12, Churned: 2, Open: 5, Other: 1}, Not: stanna.RiskEnd{Alerts: 14, Recovered: 4, Churned: 5, Open: 4, Other: 1},
		DaysToAct: stanna.MedianOfDays{Days: 0.8, Of: 20}, DaysToWell: stanna.MedianOfDays{Days: 6, Of: 12}, Alone: stanna.MedianOfDays{Days: 11.5, Of: 4}}
	return d
}

func digestView(d *stanna.Digest, items int) SummaryView {
	v := summaryView(items)
	v.Digest, v.Occasion = d, stanna.Occasion{Why: stanna.ReasonDailyDigest, Since: d.From, Date: d.Date, Digest: "dig_1"}
	if d.Weekly {
		v.Occasion.Why = stanna.ReasonWeeklyDigest
	}
	v.People = People{"ana@example.com": ana()}
	v.Leads = DigestLeads{Clients: map[string]string{}, Moved: "https://stanna.example.com/alerts?status=all&since=2026-11-16", Whole: "https://stanna.example.com/"}
	for _, c := range []string{"delta", "acme", "globex", "hooli", "initech", "umbrella", "stark", "wayne", "tyrell", "cyberdyne", "soylent", "vandelay", "wonka"} {
		v.Leads.Clients[c] = "https://stanna.example.com/clients/" + c
	}
	return v
}

// dailyDigest is what a day says, beside where things stand.
func dailyDigest() *stanna.Digest {
	d := weeklyDigest()
	d.Weekly, d.Zones, d.Bridge, d.MRRMoved, d.Renewals, d.Acted = false, nil, nil, nil, nil, nil
	d.Risk.Weeks, d.Risk.AtRiskIn4, d.Risk.LossIn4 = nil, nil, nil
	d.From = monday.AddDate(0, 0, -3)
	return d
}

// emptyDigest is that of a day on which nothing happened.
func emptyDigest() *stanna.Digest {
	d := dailyDigest()
	d.Movement, d.Wins, d.NotRecovered, d.Milestones, d.MoreMet, d.HeldBack, d.Unowned = stanna.Movement{}, nil, stanna.ClientList{}, nil, 0, nil, stanna.ClientList{}
	return d
}

// bigDigest is that of a week in which 3,000 clients moved.
func bigDigest() *stanna.Digest {
	d := weeklyDigest()
	move := d.Movement.Moves[1]
	d.Movement.All, d.Movement.Moves = 3000, nil
	for i := range stanna.MaxMoves {
		m := move
		a := *move.Alert
		m.NamedClient, a.ID, m.Alert = namedClient(fmt.Sprintf("Customer%d %s", i, strings.Repeat("with a long name ", 12)), 12400), fmt.Sprint("al_", i), &a
		d.Movement.Moves = append(d.Movement.Moves, m)
	}
	d.Unowned.Clients, d.Wins[0].Clients = 900, 1400
	return d
}

func digestGoldens() map[string]SummaryView {
	change := func(d *stanna.Digest, items int, f func(*stanna.Digest)) SummaryView {
		if f != nil {
			f(d)
		}
		return digestView(d, items)
	}
	leadership := func(d *stanna.Digest) {
		d.Edition = stanna.LeadershipEdition
		d.Movement.Moves, d.NotRecovered.Named, d.Unowned.Named, d.Renewals.Nearest = nil, nil, nil, nil
		d.MoreMet, d.Milestones = 4, nil
		for i := range d.Wins {
			d.Wins[i].Named = nil
		}
		for i := range d.MRRMoved.Steps {
			d.MRRMoved.Steps[i].Named = nil
		}
		for i := range d.Bridge.Steps {
			d.Bridge.Steps[i].Named = nil
		}
	}
	return map[string]SummaryView{
		"digest_weekly":     change(weeklyDigest(), 0, nil),
		"digest_daily":      change(dailyDigest(), 5, nil),
		"digest_empty":      change(emptyDigest(), 0, nil),
		"digest_late":       change(dailyDigest(), 0, func(d *stanna.Digest) { d.Late, d.From = true, monday.AddDate(0, 0, -6) }),
		"digest_by_hand":    change(dailyDigest(), 0, func(d *stanna.Digest) { d.By = "ana@example.com" }),
		"digest_leadership": change(weeklyDigest(), 3, leadership),
		"digest_own":        change(weeklyDigest(), 2, func(d *stanna.Digest) { d.Owner, d.Unowned = "ana@example.com", stanna.ClientList{} }),
		"digest_large":      change(bigDigest(), 400, nil),
		"digest_first": change(weeklyDigest(), 0, func(d *stanna.Digest) {
			d.First, d.Bridge = true, nil
			d.Risk.AtRiskIn4.Weeks, d.Risk.LossIn4.Weeks = 2, 2
			for i := range d.Risk.Weeks[:5] {
				d.Risk.Weeks[i].Known = false
			}
		}),
		"digest_currencies": change(weeklyDigest(), 0, func(d *stanna.Digest) {
			d.Risk.Total.Unlike, d.Risk.Total.Unknown, d.Risk.AtRisk.Unlike, d.Risk.Predicted = 9, 4, 2, 0
			d.Others = []stanna.OtherCurrency{{Clients: 5, MRR: stanna.MoneyOf(9000, "EUR"), AtRisk: stanna.MoneyOf(1200, "EUR"), AtRiskCount: 1}, {Clients: 2, MRR: stanna.MoneyOf(800000, "JPY"), AtRisk: stanna.MoneyOf(0, "JPY")},
				{Clients: 1, MRR: stanna.MoneyOf(10, "CHF"), AtRisk: stanna.MoneyOf(0, "CHF")}, {Clients: 1, MRR: stanna.MoneyOf(10, "SEK"), AtRisk: stanna.MoneyOf(0, "SEK")}}
			d.Movement.Moves[1].MRR = stanna.MoneyOf(9000, "EUR")
			d.Bridge.Steps = append(d.Bridge.Steps, stanna.BridgeStep{Cause: stanna.CurrencyNew, Clients: 1, Amount: usd(-100)})
			d.Bridge.CurrencyWas = "EUR"
		}),
	}
}

func TestGoldenDigests(t *testing.T) {
	for name, v := range digestGoldens() {
		checkGolden(t, name, Summary(v))
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Summary(v))
	}
}

// What is shown is named once: an alert of a client that moved is not listed
// again among those that waited, and one that closed since is.
func TestDigestNamesOnce(t *testing.T) {
	v := digestView(dailyDigest(), 2)
	v.Items[0].Alert.ID, v.Items[0].Client = v.Digest.Movement.Moves[1].Alert.ID, acme()
	if open, closed := (digestPage{Digest: *v.Digest, view: v}).waited(); len(open) != 1 || len(closed) != 0 || open[0].Alert.ID == v.Items[0].Alert.ID {
		t.Errorf("%+v %+v", open, closed)
	}
	v.Items[0].Alert.Status = stanna.AlertResolved
	if open, closed := (digestPage{Digest: *v.Digest, view: v}).waited(); len(open) != 1 || len(closed) != 1 {
		t.Errorf("%+v %+v", open, closed)
	}
}

// The edition for leadership names nobody, also of what waited for it.
func TestLeadershipNamesNobody(t *testing.T) {
	r := Summary(digestGoldens()["digest_leadership"])
	text := golden(t, r)
	for _, c := range book(3) {
		if strings.Contains(text, c.Client.Name) {
			t.Errorf("it names %s:\n%s", c.Client.Name, text)
		}
	}
	for _, name := range []string{"Acme", "Globex", "Delta", "Maria", "/clients/"} {
		if strings.Contains(text, name) {
			t.Errorf("it names %s", name)
		}
	}
}

func anyMoney(t *rapid.T) stanna.Money {
	return stanna.Money{Minor: rapid.Int64().Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"USD", "USD", "JPY", "", "<!>"}).Draw(t, "currency")}
}

func anySum(t *rapid.T) stanna.ClientSum {
	count := rapid.SampledFrom([]int{0, 0, 1, 3, 3000, 1 << 40})
	return stanna.ClientSum{Clients: count.Draw(t, "clients"), MRR: anyMoney(t), Unlike: count.Draw(t, "unlike"), Unknown: count.Draw(t, "unknown")}
}

func anyNamed(t *rapid.T, most int) (list []stanna.NamedClient) {
	for range rapid.IntRange(0, most).Draw(t, "named") {
		list = append(list, stanna.NamedClient{ID: rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "id"), Name: anyText().Draw(t, "name"), Domain: anyText().Draw(t, "domain"),
			MRR: anyMoney(t), Owner: anyPerson(t)})
	}
	return list
}

func anyList(t *rapid.T) stanna.ClientList {
	return stanna.ClientList{ClientSum: anySum(t), Named: anyNamed(t, stanna.MaxNamed)}
}

func anyDigest(t *rapid.T) *stanna.Digest {
	date := rapid.SampledFrom([]string{"2026-11-23", "", "soon", "9999-12-31"})
	d := &stanna.Digest{Date: date.Draw(t, "date"), From: anyTime().Draw(t, "from"), To: anyTime().Draw(t, "to"), First: rapid.Bool().Draw(t, "first"),
		Weekly: rapid.Bool().Draw(t, "weekly"), Late: rapid.Bool().Draw(t, "late"), By: anyPerson(t), Owner: anyPerson(t), Currency: "USD",
		Edition: rapid.SampledFrom([]stanna.DigestEdition{stanna.TeamEdition, stanna.LeadershipEdition}).Draw(t, "edition")}
	d.Movement = stanna.Movement{All: rapid.IntRange(0, 3000).Draw(t, "all"), Left: rapid.IntRange(0, 2).Draw(t, "left"), Better: rapid.IntRange(0, 9).Draw(t, "better")}
	for _, c := range anyNamed(t, stanna.MaxMoves) {
		m := stanna.ClientMove{NamedClient: c, Health: anyNumber().Draw(t, "health"), Scored: rapid.Bool().Draw(t, "scored"), Left: rapid.IntRange(0, 4).Draw(t, "gone") == 0,
			Alerts: rapid.IntRange(0, 4).Draw(t, "alerts"), Playbook: anyText().Draw(t, "playbook")}
		if rapid.Bool().Draw(t, "has an alert") {
			a := anyAlert().Draw(t, "alert")
			m.Alert = &stanna.MovedAlert{ID: a.ID, Type: a.Type, RuleName: a.RuleName, Severity: a.Severity, Why: a.Why, OpenedAt: a.OpenedAt, Evidence: a.Evidence}
			m.Contact = &stanna.Contact{Name: anyText().Draw(t, "contact"), Title: anyText().Draw(t, "title")}
		}
		d.Movement.Moves = append(d.Movement.Moves, m)
	}
	for _, k := range append(stanna.WinKinds(), "unheard of") {
		if rapid.Bool().Draw(t, "won") {
			d.Wins = append(d.Wins, stanna.Win{Kind: k, ClientList: anyList(t)})
		}
	}
	d.NotRecovered, d.Unowned = anyList(t), anyList(t)
	for _, c := range anyNamed(t, stanna.MaxNamed) {
		d.Milestones = append(d.Milestones, stanna.MilestoneMet{NamedClient: c, Subject: anyText().Draw(t, "goal"), Years: rapid.IntRange(-1, 90).Draw(t, "years"),
			Trigger: rapid.SampledFrom([]stanna.Reason{stanna.ReasonAnniversary, stanna.ReasonGoalReached, ""}).Draw(t, "trigger")})
	}
	d.MoreMet = rapid.IntRange(0, 2).Draw(t, "more met")
	for _, why := range []stanna.Reason{stanna.ReasonSilenced, stanna.ReasonDigestOnly, stanna.ReasonUnstable, "unheard of"} {
		d.HeldBack = append(d.HeldBack, stanna.HeldBack{Reason: why, Alerts: rapid.IntRange(0, 9999).Draw(t, "held")})
	}
	d.Risk = stanna.Risk{Total: anySum(t), AtRisk: anySum(t), Loss: anyMoney(t), Predicted: rapid.IntRange(0, 2).Draw(t, "predicted")}
	for range rapid.SampledFrom([]int{0, 8}).Draw(t, "weeks") {
		d.Risk.Weeks = append(d.Risk.Weeks, stanna.RiskWeek{Known: rapid.Bool().Draw(t, "known"), AtRisk: rapid.Int64().Draw(t, "at risk"), Loss: rapid.Int64().Draw(t, "loss")})
	}
	for range rapid.SampledFrom([]int{0, 1, 30}).Draw(t, "others") {
		d.Others = append(d.Others, stanna.OtherCurrency{Clients: 1, MRR: anyMoney(t), AtRisk: anyMoney(t)})
	}
	if rapid.Bool().Draw(t, "ranged") {
		d.Risk.AtRiskIn4 = &stanna.RiskRange{Low: anyMoney(t), High: anyMoney(t), Weeks: rapid.IntRange(0, 12).Draw(t, "changes"), Needed: 6}
		d.Risk.LossIn4 = d.Risk.AtRiskIn4
	}
	if rapid.Bool().Draw(t, "status") {
		for _, z := range []stanna.Zone{stanna.Red, stanna.Yellow, stanna.Green, "", "blue"} {
			d.Zones = append(d.Zones, stanna.ZoneShare{Zone: z, ClientSum: anySum(t)})
		}
		was := anyNumber().Draw(t, "was")
		d.Bridge = &stanna.Bridge{At: anyTime().Draw(t, "at"), Start: anySum(t), End: anySum(t), ThresholdWas: &was, CurrencyWas: anyText().Draw(t, "currency was")}
		for _, c := range append(stanna.BridgeCauses(), "unheard of") {
			d.Bridge.Steps = append(d.Bridge.Steps, stanna.BridgeStep{Cause: c, Clients: rapid.IntRange(0, 9999).Draw(t, "step"), Amount: anyMoney(t), Named: anyNamed(t, stanna.MaxStepNamed)})
		}
		d.MRRMoved = &stanna.MRRMoved{Net: anyMoney(t), Apart: []stanna.MRRUnlike{{Clients: 2, Net: anyMoney(t)}}}
		for _, m := range stanna.MRRMovements() {
			d.MRRMoved.Steps = append(d.MRRMoved.Steps, stanna.MRRStep{Movement: m, Clients: rapid.IntRange(0, 9999).Draw(t, "moved"), Amount: anyMoney(t), Named: anyNamed(t, stanna.MaxStepNamed)})
		}
		d.Renewals = &stanna.Renewals{Due: anySum(t), Overdue: anySum(t)}
		for _, c := range anyNamed(t, stanna.MaxNamed) {
			d.Renewals.Nearest = append(d.Renewals.Nearest, stanna.RenewalDate{NamedClient: c, Date: date.Draw(t, "renews"), Zone: "red"})
		}
		end := stanna.RiskEnd{Alerts: rapid.IntRange(0, 9).Draw(t, "risks"), Recovered: 1}
		m := stanna.MedianOfDays{Days: anyNumber().Draw(t, "median"), Of: rapid.IntRange(0, 1).Draw(t, "of")}
		d.Acted = &stanna.InterventionSum{Days: 90, Acted: end, Not: end, DaysToAct: m, DaysToWell: m, Alone: m}
	}
	return d
}

// Whatever a digest says, in any language, it is one message within Slack's
// limits.
func TestAnyDigestIsWithinLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := summaryView(rapid.SampledFrom([]int{0, 1, 12, 300}).Draw(t, "items"))
		v.Settings, v.Digest, v.People = anySettings(t), anyDigest(t), anyTeam(t)
		v.Leads = DigestLeads{Clients: map[string]string{"a": anyAddress().Draw(t, "client page")}, Moved: anyAddress().Draw(t, "moved page"), Whole: anyAddress().Draw(t, "whole page")}
		v.Intended = Intended{Name: anyText().Draw(t, "meant for"), Why: anyText().Draw(t, "but")}
		checkLimits(t, Summary(v))
	})
}
