package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const clientColumns = `c.workspace, c.id, c.name, c.domain, c.mrr, c.currency, c.tier, c.csm_owner, c.contacts,
	c.renewal_date, c.renewal_months, c.tags, c.custom, c.is_excluded, c.created_at, c.updated_at`

// clientRow is where the columns of a client are read to; the lists are
// decoded by client.
type clientRow struct {
	c                      stanna.Client
	mrr                    sql.NullInt64
	currency               string
	contacts, tags, custom string
	created, updated       int64
}

func (r *clientRow) dest() []any {
	return []any{&r.c.Workspace, &r.c.ID, &r.c.Name, &r.c.Domain, &r.mrr, &r.currency, &r.c.Tier, &r.c.CSMOwner, &r.contacts,
		&r.c.RenewalDate, &r.c.RenewalMonths, &r.tags, &r.custom, &r.c.IsExcluded, &r.created, &r.updated}
}

func (r *clientRow) client() (stanna.Client, error) {
	c := r.c
	if r.mrr.Valid {
		c.MRR = stanna.Money{Minor: r.mrr.Int64, Currency: r.currency}
	}
	c.CreatedAt, c.UpdatedAt = fromMicros(r.created), fromMicros(r.updated)
	for _, f := range []struct {
		text string
		into any
	}{{r.contacts, &c.Contacts}, {r.tags, &c.Tags}, {r.custom, &c.Custom}} {
		if f.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(f.text), f.into); err != nil {
			return c, fmt.Errorf("client %s: %w", c.ID, err)
		}
	}
	return c, nil
}

func scanClient(s scanner) (stanna.Client, error) {
	var r clientRow
	if err := s.Scan(r.dest()...); err != nil {
		return r.c, err
	}
	return r.client()
}

// Client is the client of that id.
func (tx *Tx) Client(workspace, id string) (stanna.Client, error) {
	return need(tx, "client", scanClient, `select `+clientColumns+` from client c where c.workspace = $1 and c.id = $2`, workspace, id)
}

// ClientsByID gives the clients of those ids that exist, by id.
func (tx *Tx) ClientsByID(workspace string, ids []string) (map[string]stanna.Client, error) {
	found := make(map[string]stanna.Client, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 256)
		list, args := inList(tx, 2, ids[:n])
		ids = ids[n:]
		clients, err := collect(tx, scanClient, `select `+clientColumns+` from client c where c.workspace = $1 and c.id in `+list,
			append([]any{workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, c := range clients {
			found[c.ID] = c
		}
	}
	return found, nil
}

// ClientQuery narrows a list of clients.
type ClientQuery struct {
	Search string // part of a name, a domain or an id; case does not matter
	Owner  string // e-mail of the CSM
	Limit  int
	Offset int
}

func (q ClientQuery) where(workspace string) (string, []any) {
	return `c.workspace = $1 and ($2 = '' or lower(c.name || ' ' || c.domain || ' ' || c.id) like lower($3) escape '\') and ($4 = '' or lower(c.csm_owner) = $4)`,
		[]any{workspace, q.Search, "%" + likeEscaper.Replace(q.Search) + "%", strings.ToLower(q.Owner)}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Portrait is a client with what is known of it.
type Portrait struct {
	Client stanna.Client
	State  stanna.State
}

// Portraits lists clients by id with their state, and how many there are in
// all.
func (tx *Tx) Portraits(workspace string, q ClientQuery) ([]Portrait, int, error) {
	where, args := q.where(workspace)
	total, _, err := one(tx, value[int], `select count(*) from client c where `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanPortrait, `select `+portraitColumns+` from `+portraitTables+` where `+where+
		` order by c.id limit $5 offset $6`, append(args, q.Limit, q.Offset)...)
	return list, total, err
}

// ClientCount is how many clients the workspace has.
func (tx *Tx) ClientCount(workspace string) (int, error) {
	n, _, err := one(tx, value[int], `select count(*) from client where workspace = $1`, workspace)
	return n, err
}

// PutClients creates or replaces clients and gives those that are new an
// empty state. The rules are to be asked about all of them anew. They are of
// one workspace, and at most one of each id. A domain that another client has
// is a conflict.
func (tx *Tx) PutClients(clients []stanna.Client, now time.Time) error {
	// In one order, so that two who write the same clients do not wait for each
	// other, nor for one who judges them.
	clients = slices.SortedFunc(slices.Values(clients), func(a, b stanna.Client) int { return strings.Compare(a.ID, b.ID) })
	args := make([]any, 0, 16*len(clients))
	states := make([]any, 0, 7*len(clients))
	ids := make([]string, 0, len(clients))
	due := make([]stanna.State, 0, len(clients))
	for _, c := range clients {
		contacts, tags, custom, err := listsOf(c)
		if err != nil {
			return err
		}
		mrr := sql.NullInt64{Int64: c.MRR.Minor, Valid: c.HasMRR()}
		args = append(args, c.Workspace, c.ID, c.Name, c.Domain, mrr, c.MRR.Currency, c.Tier, c.CSMOwner, contacts,
			c.RenewalDate, c.RenewalMonths, tags, custom, c.IsExcluded, micros(c.CreatedAt), micros(now))
		states = append(states, c.Workspace, c.ID, "{}", []byte{}, []byte{}, micros(now), false)
		ids = append(ids, c.ID)
		due = append(due, stanna.State{Workspace: c.Workspace, ClientID: c.ID, Due: stanna.AtOnce})
	}
	err := tx.insert(`insert into client (workspace, id, name, domain, mrr, currency, tier, csm_owner, contacts,
		renewal_date, renewal_months, tags, custom, is_excluded, created_at, updated_at)`,
		`on conflict (workspace, id) do update set name = excluded.name, domain = excluded.domain, mrr = excluded.mrr,
		currency = excluded.currency, tier = excluded.tier, csm_owner = excluded.csm_owner, contacts = excluded.contacts,
		renewal_date = excluded.renewal_date, renewal_months = excluded.renewal_months, tags = excluded.tags,
		custom = excluded.custom, is_excluded = excluded.is_excluded, updated_at = excluded.updated_at`, 16, args)
	if isUnique(err) {
		return &stanna.Error{Code: stanna.Conflict, Message: "another client has this domain", Fields: map[string]string{"domain": "belongs to another client"}, Err: err}
	}
	if err != nil {
		return err
	}
	if len(clients) > 0 {
		if err := tx.lockStates(clients[0].Workspace, ids); err != nil {
			return err
		}
	}
	if err := tx.insert(`insert into client_state (workspace, client_id, facts, health, engagement, updated_at, churned)`,
		`on conflict (workspace, client_id) do nothing`, 7, states); err != nil {
		return err
	}
	if err := tx.putClientKeys(clients, ids); err != nil {
		return err
	}
	return tx.putDue(due)
}

// DomainOwners says which client has each of the domains.
func (tx *Tx) DomainOwners(workspace string, domains []string) (map[string]string, error) {
	owners := map[string]string{}
	for len(domains) > 0 {
		n := min(len(domains), 256)
		list, args := inList(tx, 2, domains[:n])
		domains = domains[n:]
		pairs, err := collect(tx, func(s scanner) (p [2]string, err error) { return p, s.Scan(&p[0], &p[1]) },
			`select domain, id from client where workspace = $1 and domain in `+list, append([]any{workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			owners[p[0]] = p[1]
		}
	}
	return owners, nil
}

// ClientCreation is when each of the clients was made; those that do not exist are
// missing.
func (tx *Tx) ClientCreation(workspace string, ids []string) (map[string]time.Time, error) {
	made := map[string]time.Time{}
	type row struct {
		id string
		at int64
	}
	for len(ids) > 0 {
		n := min(len(ids), 256)
		list, args := inList(tx, 2, ids[:n])
		ids = ids[n:]
		rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.id, &r.at) },
			`select id, created_at from client where workspace = $1 and id in `+list, append([]any{workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			made[r.id] = fromMicros(r.at)
		}
	}
	return made, nil
}

func listsOf(c stanna.Client) (contacts, tags, custom string, err error) {
	enc := func(v any, empty bool) string {
		if empty || err != nil {
			return ""
		}
		var b []byte
		b, err = json.Marshal(v)
		return string(b)
	}
	return enc(c.Contacts, len(c.Contacts) == 0), enc(c.Tags, len(c.Tags) == 0), enc(c.Custom, len(c.Custom) == 0), err
}
