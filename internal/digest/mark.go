package digest

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Member is a client that was at risk at a mark.
type Member struct {
	ID       string
	MRR      stanna.Money // Currency "" = not known
	Owner    string       // e-mail, lower case
	Health   float64
	Excluded bool // it was at risk and did not count
}

// Marks is a mark of a local date: the figures of all, of each owner, and who
// was at risk.
type Marks struct {
	Whole   store.Mark
	Owners  []store.Mark
	Members []byte // packed
}

// MaxMarkedOwners is of how many owners a mark keeps figures; those with most
// clients come first.
const MaxMarkedOwners = 2000

// Weeks is how long marks are kept.
const Weeks = 60

// Marks takes the mark of a local date.
func (b *Book) Marks(date string) (Marks, error) {
	mark := func(owner string) store.Mark {
		r, _ := riskOf(b.of(owner), b.settings)
		return store.Mark{Date: date, At: b.now, Owner: owner, Figures: store.MarkFigures{Currency: b.settings.Currency, Threshold: b.settings.RiskThreshold,
			Clients: r.Total.Clients, MRR: r.Total.MRR.Minor, Red: r.AtRisk.Clients, AtRisk: r.AtRisk.MRR.Minor, Loss: r.Loss.Minor, Predicted: r.Predicted}}
	}
	m := Marks{Whole: mark("")}
	b.of("nobody") // sorts them by owner
	for owner := range b.owned {
		if owner != "" {
			m.Owners = append(m.Owners, mark(owner))
		}
	}
	slices.SortFunc(m.Owners, func(x, y store.Mark) int {
		return cmp.Or(cmp.Compare(y.Figures.Clients, x.Figures.Clients), cmp.Compare(x.Owner, y.Owner))
	})
	m.Owners = m.Owners[:min(len(m.Owners), MaxMarkedOwners)]
	var err error
	m.Members, err = pack(atRisk(b.clients, b.settings.RiskThreshold))
	return m, err
}

// atRisk lists who is at or below the threshold and has not left, by id; also
// those that are excluded, so that it shows when they come back.
func atRisk(clients []store.Standing, threshold float64) (list []Member) {
	for _, c := range clients {
		if !c.Churned && c.Scored && c.Health <= threshold {
			list = append(list, Member{c.ID, c.MRR, c.Owner, c.Health, c.Excluded})
		}
	}
	return list
}

// packed is members column by column, which packs well.
type packed struct {
	IDs        []string `json:"i"`
	Minor      []int64  `json:"m"`
	Currencies []string `json:"c"`
	Owners     []string `json:"o"`
	Health     []int    `json:"h"` // hundredths
	Excluded   []int    `json:"x"` // places of those that are
}

func pack(members []Member) ([]byte, error) {
	var p packed
	for i, m := range members {
		p.IDs = append(p.IDs, m.ID)
		p.Minor = append(p.Minor, m.MRR.Minor)
		p.Currencies = append(p.Currencies, m.MRR.Currency)
		p.Owners = append(p.Owners, m.Owner)
		p.Health = append(p.Health, int(math.Round(m.Health*100)))
		if m.Excluded {
			p.Excluded = append(p.Excluded, i)
		}
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(p); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func unpack(data []byte) ([]Member, error) {
	var p packed
	if err := json.NewDecoder(flate.NewReader(bytes.NewReader(data))).Decode(&p); err != nil {
		return nil, fmt.Errorf("who was at risk at a mark: %w", err)
	}
	n := len(p.IDs)
	if len(p.Minor) != n || len(p.Currencies) != n || len(p.Owners) != n || len(p.Health) != n {
		return nil, fmt.Errorf("who was at risk at a mark: damaged")
	}
	list := make([]Member, n)
	for i := range list {
		list[i] = Member{p.IDs[i], stanna.Money{Minor: p.Minor[i], Currency: p.Currencies[i]}, p.Owners[i], float64(p.Health[i]) / 100, false}
	}
	for _, i := range p.Excluded {
		if i < 0 || i >= n {
			return nil, fmt.Errorf("who was at risk at a mark: damaged")
		}
		list[i].Excluded = true
	}
	return list, nil
}
