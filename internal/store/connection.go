package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

const connectionColumns = `workspace, team_id, team_name, enterprise_id, enterprise_name, app_id, bot_user_id, scopes,
	access_token, refresh_token, expires_at, installed_by, installed_at, checked_at, health, repair`

func (tx *Tx) scanConnection(s scanner) (stanna.Connection, error) {
	var c stanna.Connection
	var scopes string
	var access, refresh []byte
	var expires, installed, checked int64
	if err := s.Scan(&c.Workspace, &c.TeamID, &c.TeamName, &c.EnterpriseID, &c.EnterpriseName, &c.AppID, &c.BotUserID, &scopes,
		&access, &refresh, &expires, &c.InstalledBy, &installed, &checked, &c.Health, &c.Repair); err != nil {
		return c, err
	}
	if scopes != "" {
		c.Scopes = strings.Split(scopes, ",")
	}
	c.ExpiresAt, c.InstalledAt, c.CheckedAt = fromMicros(expires), fromMicros(installed), fromMicros(checked)
	var err error
	if c.AccessToken, err = tx.unseal(c.Workspace, "connection.access_token", access); err != nil {
		return c, err
	}
	c.RefreshToken, err = tx.unseal(c.Workspace, "connection.refresh_token", refresh)
	return c, err
}

// Connection is the workspace's Slack connection; ok is false without one.
func (tx *Tx) Connection(workspace string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1`, workspace)
}

// LockConnection is Connection, held until the transaction ends, so that a
// single-use refresh token is used by one replica.
func (tx *Tx) LockConnection(workspace string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1 `+tx.dialect.forUpdate, workspace)
}

// ConnectionOfTeam is the connection of a Slack team, whichever workspace has
// it.
func (tx *Tx) ConnectionOfTeam(team string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where team_id = $1`, team)
}

// Connections lists every connection by workspace.
func (tx *Tx) Connections() ([]stanna.Connection, error) {
	return collect(tx, tx.scanConnection, `select `+connectionColumns+` from connection order by workspace`)
}

// PutConnection stores a connection with its tokens sealed. A team that
// another workspace has is a conflict.
func (tx *Tx) PutConnection(c stanna.Connection) error {
	access, err := tx.seal(c.Workspace, "connection.access_token", c.AccessToken)
	if err != nil {
		return err
	}
	refresh, err := tx.seal(c.Workspace, "connection.refresh_token", c.RefreshToken)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into connection (`+connectionColumns+`, channels_cursor, channels_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', 0)
		on conflict (workspace) do update set team_id = excluded.team_id, team_name = excluded.team_name, enterprise_id = excluded.enterprise_id,
		enterprise_name = excluded.enterprise_name, app_id = excluded.app_id, bot_user_id = excluded.bot_user_id, scopes = excluded.scopes,
		access_token = excluded.access_token, refresh_token = excluded.refresh_token, expires_at = excluded.expires_at,
		installed_by = excluded.installed_by, installed_at = excluded.installed_at, checked_at = excluded.checked_at,
		health = excluded.health, repair = excluded.repair`,
		c.Workspace, c.TeamID, c.TeamName, c.EnterpriseID, c.EnterpriseName, c.AppID, c.BotUserID, strings.Join(c.Scopes, ","),
		access, refresh, micros(c.ExpiresAt), c.InstalledBy, micros(c.InstalledAt), micros(c.CheckedAt), c.Health, c.Repair)
	if isUnique(err) {
		return stanna.Errorf(stanna.Conflict, "this Slack team is connected to another workspace of this server; disconnect it there first")
	}
	return err
}

// RemoveConnection forgets a connection and its channels.
func (tx *Tx) RemoveConnection(workspace string) error {
	if _, err := tx.exec(`delete from channel where workspace = $1`, workspace); err != nil {
		return err
	}
	_, err := tx.exec(`delete from connection where workspace = $1`, workspace)
	return err
}

// ChannelSync is how far reading the channel list has come: a rate limit
// interrupts it, and it goes on at the cursor.
func (tx *Tx) ChannelSync(workspace string) (cursor string, completed time.Time, err error) {
	type row struct {
		cursor string
		at     int64
	}
	r, _, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.cursor, &r.at) },
		`select channels_cursor, channels_at from connection where workspace = $1`, workspace)
	return r.cursor, fromMicros(r.at), err
}

// PutChannelSync stores how far reading the channel list has come.
func (tx *Tx) PutChannelSync(workspace, cursor string, completed time.Time) error {
	_, err := tx.exec(`update connection set channels_cursor = $2, channels_at = $3 where workspace = $1`, workspace, cursor, micros(completed))
	return err
}

const channelColumns = `workspace, team_id, id, name, private, archived, member, shared, seen_at, health, repair`

func scanChannel(s scanner) (stanna.Channel, error) {
	var c stanna.Channel
	var seen int64
	err := s.Scan(&c.Workspace, &c.TeamID, &c.ID, &c.Name, &c.Private, &c.Archived, &c.Member, &c.Shared, &seen, &c.Health, &c.Repair)
	c.SeenAt = fromMicros(seen)
	return c, err
}

// Channels lists the channels of the workspace's team by name.
func (tx *Tx) Channels(workspace string) ([]stanna.Channel, error) {
	return collect(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 order by name, id`, workspace)
}

// Channel is the channel of that id; ok is false when it was never seen.
func (tx *Tx) Channel(workspace, id string) (c stanna.Channel, ok bool, err error) {
	return one(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 and id = $2`, workspace, id)
}

// PutChannels stores channels as seen now.
func (tx *Tx) PutChannels(channels ...stanna.Channel) error {
	args := make([]any, 0, 11*len(channels))
	for _, c := range channels {
		args = append(args, c.Workspace, c.TeamID, c.ID, c.Name, c.Private, c.Archived, c.Member, c.Shared, micros(c.SeenAt), c.Health, c.Repair)
	}
	return tx.insert(`insert into channel (`+channelColumns+`)`, `on conflict (workspace, team_id, id) do update set name = excluded.name,
		private = excluded.private, archived = excluded.archived, member = excluded.member, shared = excluded.shared,
		seen_at = excluded.seen_at, health = excluded.health, repair = excluded.repair`, 11, args)
}

// SeeChannels stores channels as a list showed them. What is known of their
// health stays, except that a channel which was archived, or without our bot,
// and is neither any more has been mended. At most one of each id.
func (tx *Tx) SeeChannels(channels ...stanna.Channel) error {
	args := make([]any, 0, 11*len(channels))
	for _, c := range channels {
		args = append(args, c.Workspace, c.TeamID, c.ID, c.Name, c.Private, c.Archived, c.Member, c.Shared, micros(c.SeenAt), stanna.Healthy, "")
	}
	const mended = `case when (channel.archived or not channel.member) and excluded.member and not excluded.archived then `
	return tx.insert(`insert into channel (`+channelColumns+`)`, `on conflict (workspace, team_id, id) do update set name = excluded.name,
		private = excluded.private, archived = excluded.archived, member = excluded.member, shared = excluded.shared, seen_at = excluded.seen_at,
		health = `+mended+`excluded.health else channel.health end, repair = `+mended+`excluded.repair else channel.repair end`, 11, args)
}

// MendChannels forgets what was wrong with the workspace's channels: the app
// was installed anew, and the next message or check finds out.
func (tx *Tx) MendChannels(workspace string) error {
	_, err := tx.exec(`update channel set health = 'healthy', repair = '' where workspace = $1 and health <> 'healthy'`, workspace)
	return err
}

// PauseTeam stops, or with reason "" starts again, the workspace's lanes to a
// Slack team. Another workspace may have lanes to the same team, from the
// time when it was connected there; they are left alone. Stopping skips a
// lane that somebody holds: they may be waiting for the connection's row,
// which we hold, and find out by themselves.
func (tx *Tx) PauseTeam(workspace, team string, reason stanna.Reason) error {
	lock := tx.dialect.forUpdate
	if reason != "" {
		lock = tx.dialect.skipLocked
	}
	_, err := tx.exec(`update lane set paused = $1, not_before = 0, failures = 0 where name in
		(select name from lane where gate = $2 and substr(name, 1, $3) = $4 order by name `+lock+`)`,
		reason, "slack:"+team, utf8.RuneCountInString(workspace)+1, workspace+"/")
	return err
}

// PausedLanes says how many of the workspace's lanes stand still, and why.
func (tx *Tx) PausedLanes(workspace string) (map[stanna.Reason]int, error) {
	type row struct {
		reason stanna.Reason
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.reason, &r.n) },
		`select paused, count(*) from lane where paused <> '' and substr(name, 1, $1) = $2 group by paused`,
		utf8.RuneCountInString(workspace)+1, workspace+"/")
	paused := map[stanna.Reason]int{}
	for _, r := range rows {
		paused[r.reason] = r.n
	}
	return paused, err
}

// LastDelivery is when the newest notification that arrived was delivered;
// zero when none was.
func (tx *Tx) LastDelivery(workspace string) (time.Time, error) {
	at, _, err := one(tx, value[int64], `select delivered_at from notification where workspace = $1 and status = 'delivered'
		order by created_at desc, id desc limit 1`, workspace)
	return fromMicros(at), err
}

// BrokenDestinations lists the channels that a person must mend.
func (tx *Tx) BrokenDestinations(workspace string) (map[stanna.Destination]bool, error) {
	broken, err := collect(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 and health = 'broken'`, workspace)
	set := make(map[stanna.Destination]bool, len(broken))
	for _, c := range broken {
		set[stanna.SlackChannel(c.TeamID, c.ID)] = true
	}
	return set, err
}

// ForgetChannels removes the channels that a complete reading of the list,
// begun at since, did not see.
func (tx *Tx) ForgetChannels(workspace string, since time.Time) error {
	_, err := tx.exec(`delete from channel where workspace = $1 and seen_at < $2 and health = 'healthy'`, workspace, micros(since))
	return err
}
