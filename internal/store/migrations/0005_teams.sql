-- A workspace may speak to several Slack teams. One of them is its home: the
-- team that is meant where none is named.
create table connection_of_team (
  workspace       text    not null,
  team_id         text    not null,
  home            boolean not null,
  team_name       text    not null,
  enterprise_id   text    not null,
  enterprise_name text    not null,
  app_id          text    not null,
  bot_user_id     text    not null,
  scopes          text    not null,
  access_token    bytea   not null,
  refresh_token   bytea   not null,
  expires_at      bigint  not null,
  installed_by    text    not null,
  installed_at    bigint  not null,
  checked_at      bigint  not null,
  health          text    not null,
  repair          text    not null,
  channels_cursor text    not null,
  channels_at     bigint  not null,
  primary key (team_id)
);
insert into connection_of_team
  select workspace, team_id, true, team_name, enterprise_id, enterprise_name, app_id, bot_user_id, scopes, access_token, refresh_token, expires_at,
    installed_by, installed_at, checked_at, health, repair, channels_cursor, channels_at from connection;
drop table connection;
alter table connection_of_team rename to connection;
create unique index connection_home on connection (workspace) where home;
create index connection_workspace on connection (workspace);

alter table oauth_state add column another boolean not null default false;
alter table person add column team_id text not null default '';
