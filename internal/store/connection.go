package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

const connectionColumns = `workspace, team_id, home, team_name, enterprise_id, enterprise_name, app_id, bot_user_id, scopes,
	access_token, refresh_token, expires_at, installed_by, installed_at, checked_at, health, repair`

func (tx *Tx) scanConnection(s scanner) (stanna.Connection, error) {
	var c stanna.Connection
	var scopes string
	var access, refresh []byte
	var expires, installed, checked int64
	if err := s.Scan(&c.Workspace, &c.TeamID, &c.Home, &c.TeamName, &c.EnterpriseID, &c.EnterpriseName, &c.AppID, &c.BotUserID, &scopes,
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

// Connection is the workspace's connection to its home team; ok is false
// without one.
func (tx *Tx) Connection(workspace string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1 and home`, workspace)
}

// ConnectionTo is the workspace's connection to a team; "" is its home.
func (tx *Tx) ConnectionTo(workspace, team string) (c stanna.Connection, ok bool, err error) {
	if team == "" {
		return tx.Connection(workspace)
	}
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1 and team_id = $2`, workspace, team)
}

// LockConnection is ConnectionTo, held until the transaction ends, so that a
// single-use refresh token is used by one replica.
func (tx *Tx) LockConnection(workspace, team string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1 and (team_id = $2 or $2 = '' and home) `+
		tx.dialect.forUpdate, workspace, team)
}

// ConnectionOfTeam is the connection of a Slack team, whichever workspace has
// it.
func (tx *Tx) ConnectionOfTeam(team string) (c stanna.Connection, ok bool, err error) {
	return one(tx, tx.scanConnection, `select `+connectionColumns+` from connection where team_id = $1`, team)
}

// Connections lists the workspace's connections, the home first, then as they
// were made.
func (tx *Tx) Connections(workspace string) ([]stanna.Connection, error) {
	return collect(tx, tx.scanConnection, `select `+connectionColumns+` from connection where workspace = $1
		order by home desc, installed_at, team_id`, workspace)
}

// EachConnection lists the connections of all workspaces.
func (tx *Tx) EachConnection() ([]stanna.Connection, error) {
	return collect(tx, tx.scanConnection, `select `+connectionColumns+` from connection order by workspace, team_id`)
}

// PutConnection stores a connection with its tokens sealed. The first one of a
// workspace is its home, whatever c says; [Tx.MakeHome] chooses another. A team
// that another workspace has is a conflict.
func (tx *Tx) PutConnection(c stanna.Connection) error {
	access, err := tx.seal(c.Workspace, "connection.access_token", c.AccessToken)
	if err != nil {
		return err
	}
	refresh, err := tx.seal(c.Workspace, "connection.refresh_token", c.RefreshToken)
	if err != nil {
		return err
	}
	// No row comes back from a team that another workspace has.
	_, stored, err := one(tx, value[string], `insert into connection (`+connectionColumns+`, channels_cursor, channels_at)
		values ($1, $2, not exists (select 1 from connection where workspace = $1 and home), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', 0)
		on conflict (team_id) do update set team_name = excluded.team_name, enterprise_id = excluded.enterprise_id,
		enterprise_name = excluded.enterprise_name, app_id = excluded.app_id, bot_user_id = excluded.bot_user_id, scopes = excluded.scopes,
		access_token = excluded.access_token, refresh_token = excluded.refresh_token, expires_at = excluded.expires_at,
		installed_by = excluded.installed_by, installed_at = excluded.installed_at, checked_at = excluded.checked_at,
		health = excluded.health, repair = excluded.repair where connection.workspace = excluded.workspace returning team_id`,
		c.Workspace, c.TeamID, c.TeamName, c.EnterpriseID, c.EnterpriseName, c.AppID, c.BotUserID, strings.Join(c.Scopes, ","),
		access, refresh, micros(c.ExpiresAt), c.InstalledBy, micros(c.InstalledAt), micros(c.CheckedAt), c.Health, c.Repair)
	if err == nil && !stored {
		return stanna.Errorf(stanna.Conflict, "this Slack team is connected to another workspace of this server; disconnect it there first")
	}
	return err
}

// MakeHome chooses the team that is meant where none is named. Without such a
// connection nothing changes.
func (tx *Tx) MakeHome(workspace, team string) error {
	if _, ok, err := tx.ConnectionTo(workspace, team); err != nil || !ok {
		return err
	}
	if _, err := tx.exec(`update connection set home = false where workspace = $1 and home and team_id <> $2`, workspace, team); err != nil {
		return err
	}
	_, err := tx.exec(`update connection set home = true where workspace = $1 and team_id = $2 and not home`, workspace, team)
	return err
}

// RemoveConnection forgets a connection and its channels. Was it the home, the
// oldest that is left becomes it.
func (tx *Tx) RemoveConnection(workspace, team string) error {
	if _, err := tx.exec(`delete from channel where workspace = $1 and team_id = $2`, workspace, team); err != nil {
		return err
	}
	if _, err := tx.exec(`delete from connection where workspace = $1 and team_id = $2`, workspace, team); err != nil {
		return err
	}
	left, err := tx.Connections(workspace)
	if err != nil || len(left) == 0 || left[0].Home {
		return err
	}
	return tx.MakeHome(workspace, left[0].TeamID)
}

// ChannelSync is how far reading a team's channel list has come: a rate limit
// interrupts it, and it goes on at the cursor.
func (tx *Tx) ChannelSync(team string) (cursor string, completed time.Time, err error) {
	type row struct {
		cursor string
		at     int64
	}
	r, _, err := one(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.cursor, &r.at) },
		`select channels_cursor, channels_at from connection where team_id = $1`, team)
	return r.cursor, fromMicros(r.at), err
}

// PutChannelSync stores how far reading a team's channel list has come.
func (tx *Tx) PutChannelSync(team, cursor string, completed time.Time) error {
	_, err := tx.exec(`update connection set channels_cursor = $2, channels_at = $3 where team_id = $1`, team, cursor, micros(completed))
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

// Channels lists the channels of the workspace's teams by name.
func (tx *Tx) Channels(workspace string) ([]stanna.Channel, error) {
	return collect(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 order by name, id, team_id`, workspace)
}

// Channel is the channel of that team; ok is false when it was never seen.
func (tx *Tx) Channel(workspace, team, id string) (c stanna.Channel, ok bool, err error) {
	return one(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 and team_id = $2 and id = $3`, workspace, team, id)
}

// FindChannel is the channel of that id, whose team nobody named. Two teams
// that share it know it by one id: then it is the home's.
func (tx *Tx) FindChannel(workspace, id string) (c stanna.Channel, ok bool, err error) {
	return one(tx, scanChannel, `select `+channelColumns+` from channel where workspace = $1 and id = $2
		order by team_id in (select team_id from connection where workspace = $1 and home) desc, team_id limit 1`, workspace, id)
}

// PutChannels stores channels as seen now.
func (tx *Tx) PutChannels(channels ...stanna.Channel) error {
	args := make([]any, 0, 11*len(channels))
	for _, c := range channels {
		args = append(args, c.Workspace, c.TeamID, c.ID, c.Name, c.Private, c.Archived, c.Member, c.Shared, micros(c.SeenAt), c.Health, c.Repair)
	}
	return tx.insert(`insert into channel (`+channelColumns+`)`, `on conflict (workspace, team_id, id) do update set name = excluded.name,
		private = excluded.private, archived = excluded.archived, member = excluded.member, shared = excluded.shared,
		seen_at = `+laterSeen+`, health = excluded.health, repair = excluded.repair`, 11, args)
}

// laterSeen keeps the time at which a channel was seen last, whoever writes
// last: who looked at one while another read the list must not make it look as
// if the list had not had it.
const laterSeen = `case when excluded.seen_at > channel.seen_at then excluded.seen_at else channel.seen_at end`

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
		private = excluded.private, archived = excluded.archived, member = excluded.member, shared = excluded.shared, seen_at = `+laterSeen+`,
		health = `+mended+`excluded.health else channel.health end, repair = `+mended+`excluded.repair else channel.repair end`, 11, args)
}

// MendChannels forgets what was wrong with the channels of a team, or of all
// of the workspace's (""): the app was installed anew, and the next message or
// check finds out.
func (tx *Tx) MendChannels(workspace, team string) error {
	_, err := tx.exec(`update channel set health = 'healthy', repair = '' where workspace = $1 and (team_id = $2 or $2 = '') and health <> 'healthy'`, workspace, team)
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

// PausedLanes says how many of the workspace's lanes to a Slack team, or to
// any (""), stand still, and why.
func (tx *Tx) PausedLanes(workspace, team string) (map[stanna.Reason]int, error) {
	type row struct {
		reason stanna.Reason
		n      int
	}
	rows, err := collect(tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.reason, &r.n) },
		`select paused, count(*) from lane where paused <> '' and substr(name, 1, $1) = $2 and (gate = $3 or $3 = 'slack:' and gate <> '') group by paused`,
		utf8.RuneCountInString(workspace)+1, workspace+"/", "slack:"+team)
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

// ForgetChannels removes the channels that a complete reading of a team's list,
// begun at since, did not see.
func (tx *Tx) ForgetChannels(workspace, team string, since time.Time) error {
	_, err := tx.exec(`delete from channel where workspace = $1 and team_id = $2 and seen_at < $3 and health = 'healthy'`, workspace, team, micros(since))
	return err
}
