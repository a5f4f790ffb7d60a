package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// EmailKey is the name of the key under which clients are found by the e-mail
// of a contact.
const EmailKey = "email"

// CustomKey is the name of the key under which clients are found by a custom
// field. Only fields that hold the id of another tool are kept: their names
// end in _id or Id.
func CustomKey(field string) string { return "custom." + field }

// IsKeyField says whether clients can be found by a custom field.
func IsKeyField(field string) bool {
	return strings.HasSuffix(field, "_id") || strings.HasSuffix(field, "Id") || strings.HasSuffix(field, "ID")
}

// ClientsByKey says which clients have a key; two may have the same.
func (tx *Tx) ClientsByKey(workspace, name, text string) ([]string, error) {
	if name == EmailKey {
		text = strings.ToLower(text)
	}
	return collect(tx, value[string], `select client_id from client_key where workspace = $1 and name = $2 and value = $3 order by client_id limit 10`, workspace, name, text)
}

// clientKeys are the keys of a client as rows of client_key.
func clientKeys(c stanna.Client) (rows []any) {
	seen := map[string]bool{}
	add := func(name, text string) {
		if key := name + "\x00" + text; text != "" && len(text) <= stanna.MaxIDLength && !seen[key] {
			seen[key] = true
			rows = append(rows, c.Workspace, name, text, c.ID)
		}
	}
	for _, p := range c.Contacts {
		add(EmailKey, strings.ToLower(p.Email))
	}
	for field, x := range c.Custom {
		if !IsKeyField(field) {
			continue
		}
		switch x := x.(type) {
		case string:
			add(CustomKey(field), x)
		case float64:
			add(CustomKey(field), strconv.FormatFloat(x, 'f', -1, 64))
		case json.Number:
			add(CustomKey(field), x.String())
		}
	}
	return rows
}

// putClientKeys brings the keys of clients of one workspace up to date.
func (tx *Tx) putClientKeys(clients []stanna.Client, ids []string) error {
	if len(clients) == 0 {
		return nil
	}
	list, args := inList(tx, 2, ids)
	if _, err := tx.exec(`delete from client_key where workspace = $1 and client_id in `+list, append([]any{clients[0].Workspace}, args...)...); err != nil {
		return err
	}
	var rows []any
	for _, c := range clients {
		rows = append(rows, clientKeys(c)...)
	}
	return tx.insert(`insert into client_key (workspace, name, value, client_id)`, ``, 4, rows)
}

// fillClientKeys gives keys to the clients of before there were any.
func fillClientKeys(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `select workspace, id, contacts, custom from client where contacts <> '' or custom <> ''`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var keys []any
	for rows.Next() {
		var r clientRow
		if err := rows.Scan(&r.c.Workspace, &r.c.ID, &r.contacts, &r.custom); err != nil {
			return err
		}
		c, err := r.client()
		if err != nil {
			return fmt.Errorf("client %s of %s: %w", r.c.ID, r.c.Workspace, err)
		}
		keys = append(keys, clientKeys(c)...)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for ; len(keys) > 0; keys = keys[4:] {
		if _, err := tx.ExecContext(ctx, `insert into client_key (workspace, name, value, client_id) values ($1, $2, $3, $4)`, keys[:4]...); err != nil {
			return err
		}
	}
	return nil
}
