package store

import (
	"slices"
	"strings"
	"time"
)

// Follow notes that a person follows a client; it is no error if they do.
func (tx *Tx) Follow(workspace, client, email string, now time.Time) error {
	_, err := tx.exec(`insert into follow (workspace, client_id, email, created_at) values ($1, $2, $3, $4)
		on conflict (workspace, client_id, email) do nothing`, workspace, client, strings.ToLower(email), micros(now))
	return err
}

// Unfollow notes that they follow it no longer.
func (tx *Tx) Unfollow(workspace, client, email string) error {
	_, err := tx.exec(`delete from follow where workspace = $1 and client_id = $2 and email = $3`, workspace, client, strings.ToLower(email))
	return err
}

// Followers gives the e-mails of those who follow each of the clients, in
// order. Clients that nobody follows are missing.
func (tx *Tx) Followers(workspace string, clients []string) (map[string][]string, error) {
	followers := map[string][]string{}
	for chunk := range slices.Chunk(clients, 256) {
		list, args := inList(tx, 2, chunk)
		pairs, err := collect(tx, func(s scanner) (p [2]string, err error) { return p, s.Scan(&p[0], &p[1]) },
			`select client_id, email from follow where workspace = $1 and client_id in `+list+` order by client_id, email`,
			append([]any{workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			followers[p[0]] = append(followers[p[0]], p[1])
		}
	}
	return followers, nil
}

// Following lists the clients that a person follows, by id.
func (tx *Tx) Following(workspace, email string) ([]string, error) {
	return collect(tx, value[string], `select client_id from follow where workspace = $1 and email = $2 order by client_id`,
		workspace, strings.ToLower(email))
}
