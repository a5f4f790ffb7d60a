package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// gaps are what a client may lack, each with the condition that says so, over
// client c and client_state s. The words are those of pages and the API.
var gaps = []gap{
	{stanna.LacksHealth, `length(s.health) = 0`},
	{stanna.LacksMRR, `c.mrr is null`},
	{stanna.LacksOwner, `c.csm_owner = ''`},
	{stanna.LacksContact, `c.contacts = ''`},
	{stanna.LacksRenewal, `c.renewal_date = ''`},
	{stanna.LacksDomain, `c.domain = ''`},
	{stanna.LacksEngagement, `length(s.engagement) = 0`},
	{stanna.LacksSentiment, `s.facts not like '%"sentiment"%'`},
	{stanna.LacksUsage, `s.facts not like '%"usage"%'`},
	{stanna.LacksLastContact, `s.facts not like '%"lastContact"%'`},
	{stanna.LacksPayments, `not exists (select 1 from stripe_customer k where k.workspace = c.workspace and k.client_id = c.id)`},
}

type gap struct {
	name      stanna.Gap
	condition string
}

const gapTables = ` from client c join client_state s on s.workspace = c.workspace and s.client_id = c.id where c.workspace = $1 and not c.is_excluded and ($2 = '' or lower(c.csm_owner) = $2)`

// GapCounts says how many clients that take part lack each thing, and how many
// there are; with an owner those of one CSM's.
func (tx *Tx) GapCounts(workspace, owner string) (counts map[stanna.Gap]int, clients int, err error) {
	columns := make([]string, len(gaps))
	for i, g := range gaps {
		columns[i] = `coalesce(sum(case when ` + g.condition + ` then 1 else 0 end), 0)`
	}
	counts = make(map[stanna.Gap]int, len(gaps))
	_, _, err = one(tx, func(s scanner) (any, error) {
		n := make([]int, len(gaps))
		into := []any{&clients}
		for i := range n {
			into = append(into, &n[i])
		}
		err := s.Scan(into...)
		for i, g := range gaps {
			counts[g.name] = n[i]
		}
		return nil, err
	}, `select count(*), `+strings.Join(columns, ", ")+gapTables, workspace, strings.ToLower(owner))
	return counts, clients, err
}

// Lacking lists clients that lack something, those worth most first; with an
// owner those of one CSM's.
func (tx *Tx) Lacking(workspace, owner string, what stanna.Gap, limit, offset int) ([]stanna.Client, error) {
	i := slices.IndexFunc(gaps, func(g gap) bool { return g.name == what })
	if i < 0 {
		return nil, fmt.Errorf("%q is no gap", what)
	}
	return collect(tx, scanClient, `select `+clientColumns+gapTables+` and `+gaps[i].condition+` order by coalesce(c.mrr, 0) desc, c.id limit $3 offset $4`, workspace, strings.ToLower(owner), limit, offset)
}
