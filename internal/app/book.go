package app

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// account is a client of the demo's book of business.
type account struct {
	id, name, tier, owner string
	mrr                   float64
	renewsIn              int // days
	health, engagement    float64
	contact, title        string
}

// leads are the accounts of the demo's story.
var leads = []account{
	{"northwind", "Northwind Traders", "growth", "ana.silva@example.com", 12_400, 52, 60, 200, "Maria Costa", "sponsor"},
	{"globex", "Globex Logistics", "enterprise", "chloe.martin@example.com", 48_000, 118, 74, 640, "Jonas Weber", "VP Operations"},
	{"initech", "Initech Payroll", "starter", "tomas.novak@example.com", 1_900, 23, 58, 75, "Rita Patel", "owner"},
	{"hooli", "Hooli Health", "growth", "priya.rao@example.com", 9_750, 201, 66, 310, "Sam Okafor", "head of IT"},
}

// book is the leads and as many more accounts as make it believable, always
// the same.
func book(extra int) []account {
	first := []string{"Alder", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen", "Maple", "Nimbus", "Orchard"}
	second := []string{"Analytics", "Foods", "Freight", "Insurance", "Labs", "Robotics", "Studios", "Travel"}
	owners := []string{"ana.silva@example.com", "chloe.martin@example.com", "tomas.novak@example.com", "priya.rao@example.com"}
	tiers := []string{"starter", "growth", "growth", "enterprise"}
	r := rand.New(rand.NewPCG(1, 2))
	accounts := append([]account{}, leads...)
	for i := range extra {
		tier := r.IntN(len(tiers))
		name := first[i%len(first)] + " " + second[(i/len(first)+i)%len(second)]
		accounts = append(accounts, account{id: fmt.Sprintf("acct-%03d", i+1), name: name, tier: tiers[tier], owner: owners[r.IntN(len(owners))],
			mrr: math.Round(r.ExpFloat64()*2000+300) * float64(tier+1), renewsIn: 5 + r.IntN(350), health: 55 + float64(r.IntN(35)), engagement: 40 + float64(r.IntN(400))})
	}
	return accounts
}

// writeClients writes the book as the CSV that anybody would import.
func writeClients(w io.Writer, accounts []account, now time.Time) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"id", "name", "domain", "mrr", "currency", "tier", "csm_owner", "renewal_date"}) // kept for Error
	for _, a := range accounts {
		_ = out.Write([]string{a.id, a.name, a.id + ".example.com", strconv.FormatFloat(a.mrr, 'f', 2, 64), "USD", a.tier, a.owner,
			now.AddDate(0, 0, a.renewsIn).Format(time.DateOnly)})
	}
	out.Flush()
	return out.Error()
}

// writePast writes what was measured of the accounts in the weeks before now:
// scores and engagement that wander a little, and the last conversation with
// a lead. It is older than two days, so that it is history.
func writePast(w io.Writer, accounts []account, now time.Time) error {
	r := rand.New(rand.NewPCG(3, 4))
	out := json.NewEncoder(w)
	for day := 35; day >= 3; day-- {
		at := now.AddDate(0, 0, -day)
		for _, a := range accounts {
			date := at.Format(time.DateOnly)
			lines := []signalLine{
				{"past-" + a.id + "-h-" + date, a.id, "health.scored", at, "demo", map[string]any{"score": math.Round(a.scoreOn(day, r))}},
				{"past-" + a.id + "-e-" + date, a.id, "engagement.measured", at, "demo", map[string]any{"value": math.Round(a.engagementOn(day, at, r)), "unit": "events"}},
			}
			if a.contact != "" && day == 19 {
				lines = append(lines, signalLine{"past-" + a.id + "-c", a.id, "interaction.logged", at, "demo", map[string]any{"type": "e-mail"}})
			}
			for _, s := range lines {
				if err := out.Encode(s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// slips is the lead that the story begins with: it slides for a week before
// it falls.
const slips = "northwind"

// scoreOn is the score so many days ago. The leads keep still, so that the
// figures of the story add up.
func (a account) scoreOn(day int, r *rand.Rand) float64 {
	switch {
	case a.id == slips && day < 7:
		return a.health - 3*float64(7-day)
	case a.contact != "":
		return a.health
	}
	return a.health + r.Float64()*4 - 2
}

func (a account) engagementOn(day int, at time.Time, r *rand.Rand) float64 {
	usual := a.engagement * (0.9 + r.Float64()*0.2)
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		usual *= 0.4
	}
	if a.id == slips && day == 3 {
		usual *= 0.59
	}
	return usual
}

// signalLine is a signal as the API takes it.
type signalLine struct {
	ID         string    `json:"id"`
	ClientID   string    `json:"clientId"`
	Type       string    `json:"type"`
	OccurredAt time.Time `json:"occurredAt"`
	Source     string    `json:"source"`
	Data       any       `json:"data"`
}
