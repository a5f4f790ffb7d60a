-- Types are PostgreSQL's; migrate.go translates them for SQLite. Times are
-- microseconds since 1970 in UTC, money is minor units, JSON is text read in Go.

create table meta (
  key   text not null primary key,
  value bytea not null
);

create table workspace (
  id         text   not null primary key,
  name       text   not null,
  settings   text   not null,
  version    bigint not null,
  created_at bigint not null
);

create table client (
  workspace      text    not null,
  id             text    not null,
  name           text    not null,
  domain         text    not null,
  mrr            bigint,
  currency       text    not null,
  tier           text    not null,
  csm_owner      text    not null,
  contacts       text    not null,
  renewal_date   text    not null,
  renewal_months bigint  not null,
  tags           text    not null,
  custom         text    not null,
  is_excluded    boolean not null,
  created_at     bigint  not null,
  updated_at     bigint  not null,
  primary key (workspace, id)
);
create unique index client_domain on client (workspace, domain) where domain <> '';

create table client_state (
  workspace    text   not null,
  client_id    text   not null,
  facts        text   not null,
  health       bytea  not null,
  engagement   bytea  not null,
  health_score double precision,
  updated_at   bigint not null,
  primary key (workspace, client_id)
);

create table signal (
  workspace   text   not null,
  id          text   not null,
  client_id   text   not null,
  type        text   not null,
  occurred_at bigint not null,
  received_at bigint not null,
  source      text   not null,
  data        text   not null,
  became      text   not null,
  primary key (workspace, id)
);
create index signal_client on signal (workspace, client_id, occurred_at);

create table rule (
  workspace  text   not null,
  id         text   not null,
  version    bigint not null,
  name       text   not null,
  type       text   not null,
  status     text   not null,
  body       text   not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (workspace, id)
);

create table alert (
  workspace    text    not null,
  id           text    not null,
  rule_id      text    not null,
  rule_version bigint  not null,
  rule_name    text    not null,
  client_id    text    not null,
  type         text    not null,
  severity     text    not null,
  status       text    not null,
  unstable     boolean not null,
  evidence     text    not null,
  opened_at    bigint  not null,
  updated_at   bigint  not null,
  closed_at    bigint  not null,
  why          text    not null,
  primary key (workspace, id)
);
create unique index alert_open on alert (workspace, client_id, rule_id) where status <> 'resolved';
create index alert_client on alert (workspace, client_id, opened_at);
create index alert_time on alert (workspace, opened_at);

create table message (
  workspace   text    not null,
  id          text    not null,
  kind        text    not null,
  client_id   text    not null,
  destination text    not null,
  intended    text    not null,
  channel     text    not null,
  ts          text    not null,
  revision    bigint  not null,
  sending     bigint  not null,
  rendered    bigint  not null,
  summary_id  text    not null,
  repeated    boolean not null,
  text_only   boolean not null,
  created_at  bigint  not null,
  posted_at   bigint  not null,
  closed_at   bigint  not null,
  primary key (workspace, id)
);
create unique index message_thread on message (workspace, client_id, intended) where kind = 'thread' and closed_at = 0;
create index message_client on message (workspace, client_id, created_at);
create index message_summary on message (workspace, summary_id) where summary_id <> '';

create table notification (
  workspace    text    not null,
  id           text    not null,
  alert_id     text    not null,
  client_id    text    not null,
  message_id   text    not null,
  destination  text    not null,
  event        text    not null,
  severity     text    not null,
  revision     bigint  not null,
  status       text    not null,
  reason       text    not null,
  detail       text    not null,
  attempts     bigint  not null,
  repeated     boolean not null,
  created_at   bigint  not null,
  delivered_at bigint  not null,
  primary key (workspace, id)
);
create index notification_message on notification (workspace, message_id);
create index notification_alert on notification (workspace, alert_id);
create index notification_time on notification (workspace, created_at, id);
create index notification_untold on notification (workspace, message_id, revision) where status = 'waiting';

create table lane (
  name         text   not null primary key,
  gate         text   not null,
  next_due     bigint,
  not_before   bigint not null,
  leased_by    text   not null,
  leased_until bigint not null,
  epoch        bigint not null,
  failures     bigint not null,
  memo         text   not null,
  paused       text   not null
);
create index lane_due on lane (next_due) where next_due is not null and paused = '';

create table gate (
  name       text   not null primary key,
  not_before bigint not null,
  failures   bigint not null,
  since      bigint not null,
  tokens     double precision not null,
  filled_at  bigint not null,
  holder     text   not null
);

create table job (
  id         text   not null primary key,
  lane       text   not null,
  kind       text   not null,
  ref        text   not null,
  priority   bigint not null,
  due        bigint not null,
  attempt    bigint not null,
  state      text   not null,
  last_error text   not null,
  created_at bigint not null
);
create unique index job_waiting on job (lane, kind, ref) where state = 'waiting';
create index job_due on job (lane, due, id) where state = 'waiting';
create index job_sending on job (lane) where state = 'sending';

create table connection (
  workspace       text   not null,
  team_id         text   not null,
  team_name       text   not null,
  enterprise_id   text   not null,
  enterprise_name text   not null,
  app_id          text   not null,
  bot_user_id     text   not null,
  scopes          text   not null,
  access_token    bytea  not null,
  refresh_token   bytea  not null,
  expires_at      bigint not null,
  installed_by    text   not null,
  installed_at    bigint not null,
  checked_at      bigint not null,
  health          text   not null,
  repair          text   not null,
  channels_cursor text   not null,
  channels_at     bigint not null,
  primary key (workspace)
);
create unique index connection_team on connection (team_id);

create table channel (
  workspace text    not null,
  team_id   text    not null,
  id        text    not null,
  name      text    not null,
  private   boolean not null,
  archived  boolean not null,
  member    boolean not null,
  shared    boolean not null,
  seen_at   bigint  not null,
  health    text    not null,
  repair    text    not null,
  primary key (workspace, team_id, id)
);

create table person (
  workspace text   not null,
  email     text   not null,
  slack_id  text   not null,
  name      text   not null,
  seen_at   bigint not null,
  primary key (workspace, email)
);

create table oauth_state (
  hash       text   not null primary key,
  workspace  text   not null,
  user_id    text   not null,
  browser    text   not null,
  return_to  text   not null,
  expires_at bigint not null
);

create table user_account (
  id            text   not null primary key,
  email         text   not null,
  name          text   not null,
  password_hash text   not null,
  created_at    bigint not null
);
create unique index user_email on user_account (email);

create table membership (
  user_id   text not null,
  workspace text not null,
  role      text not null,
  primary key (user_id, workspace)
);

create table session (
  token_hash text   not null primary key,
  data       bytea  not null,
  expires_at bigint not null
);

create table sign_in_link (
  hash       text   not null primary key,
  user_id    text   not null,
  expires_at bigint not null
);

create table api_key (
  workspace    text   not null,
  id           text   not null,
  name         text   not null,
  hash         text   not null,
  masked       text   not null,
  scopes       text   not null,
  created_by   text   not null,
  created_at   bigint not null,
  last_used_at bigint not null,
  revoked_at   bigint not null,
  primary key (workspace, id)
);
create unique index api_key_hash on api_key (hash);

create table audit_entry (
  workspace text   not null,
  id        text   not null,
  seq       bigint,
  at        bigint not null,
  actor     text   not null,
  action    text   not null,
  subject   text   not null,
  reason    text   not null,
  details   text   not null,
  mac       bytea,
  primary key (workspace, id)
);
create unique index audit_seq on audit_entry (workspace, seq) where seq is not null;
create index audit_unbound on audit_entry (workspace, id) where seq is null;
create index audit_subject on audit_entry (workspace, subject, at);
