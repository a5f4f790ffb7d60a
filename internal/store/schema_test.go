package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

var schemaQuestions = map[string][]string{
	"sqlite": {
		`select 'column', m.name, c.name, lower(c.type), c."notnull", c.pk from sqlite_master m join pragma_table_info(m.name) c
			where m.type = 'table' and m.name not like 'goose%' and m.name not like 'sqlite%'`,
		`select 'index', m.name, i.name, i."unique", i.partial, (select group_concat(x.name, ',') from (select name from pragma_index_info(i.name) order by seqno) x)
			from sqlite_master m join pragma_index_list(m.name) i where m.type = 'table' and i.origin = 'c' and m.name not like 'goose%'`,
	},
	"postgres": {
		`select 'column', c.table_name, c.column_name,
			case c.data_type when 'bigint' then 'integer' when 'boolean' then 'integer' when 'bytea' then 'blob' when 'double precision' then 'real' else c.data_type end,
			case c.is_nullable when 'NO' then 1 else 0 end, coalesce(k.ordinal_position, 0)
			from information_schema.columns c left join (select u.table_name, u.column_name, u.ordinal_position from information_schema.key_column_usage u
				join information_schema.table_constraints t using (constraint_name, table_name) where t.constraint_type = 'PRIMARY KEY') k
				on k.table_name = c.table_name and k.column_name = c.column_name
			where c.table_schema = 'public' and c.table_name not like 'goose%'`,
		`select 'index', t.relname, i.relname, case when x.indisunique then 1 else 0 end, case when x.indpred is not null then 1 else 0 end,
			(select string_agg(a.attname, ',' order by k.n) from unnest(x.indkey) with ordinality k(attnum, n) join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum)
			from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
			where n.nspname = 'public' and not x.indisprimary and t.relname not like 'goose%'`,
	},
}

// Both engines have the same tables, columns, nullability, keys and indexes.
func TestSchemaParity(t *testing.T) {
	schemas := map[string][]string{}
	for _, engine := range storetest.Engines(t) {
		s := storetest.Open(t, storetest.URL(t, engine))
		var lines []string
		for _, question := range schemaQuestions[engine] {
			rows, err := s.Ask(question)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				lines = append(lines, fmt.Sprint(row...))
			}
		}
		slices.Sort(lines)
		schemas[engine] = lines
		if len(lines) < 150 || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "alert_open") }) {
			t.Fatalf("%s: only %d lines of schema were found", engine, len(lines))
		}
	}
	if len(schemas) < 2 {
		t.Skip("one engine only")
	}
	if diff := cmp.Diff(schemas["sqlite"], schemas["postgres"]); diff != "" {
		t.Error(diff)
	}
}

// Several servers that start at once on an empty database migrate it once,
// and all of them open. SQLite has one server.
func TestOpenAtOnce(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		if engine == "sqlite" {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			keys := newKeyset(t)
			errs := make([]error, 4)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = openAndClose(url, keys) })
			}
			wg.Wait()
			for _, err := range errs {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Of servers with different keys, only one can take an empty database.
func TestOpenAtOnceWithDifferentKeys(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for range 3 {
				url := storetest.URL(t, engine)
				if err := openAndClose(url, newKeyset(t)); err != nil { // migrate first, so that the race is for the keys
					t.Fatal(err)
				}
				storetest.Raw(t, url, `delete from meta where key = 'keyset'`)
				errs := make([]error, 4)
				var wg sync.WaitGroup
				for i := range errs {
					keys := newKeyset(t)
					wg.Go(func() { errs[i] = openAndClose(url, keys) })
				}
				wg.Wait()
				won := 0
				for _, err := range errs {
					if err == nil {
						won++
					} else if stanna.CodeOf(err) != stanna.Conflict {
						t.Error(err)
					}
				}
				if won != 1 {
					t.Errorf("%d servers with different keys opened one database", won)
				}
			}
		})
	}
}

func newKeyset(t *testing.T) *store.Keyset {
	t.Helper()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func openAndClose(url string, keys *store.Keyset) error {
	s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: keys})
	if err != nil {
		return err
	}
	return s.Close()
}
