-- What the history of a thread does not say yet.
alter table message add column unsaid text not null default '';

-- Every digest, sent or not and why, with what it says beside the alerts that
-- waited for it. Of those that came by their time a destination has one for
-- each local date; those that somebody sent by hand are as many as they are.
create table digest_4 (
  workspace   text    not null,
  id          text    not null,
  destination text    not null,
  local_date  text    not null,
  due_at      bigint  not null,
  until_at    bigint  not null,
  weekly      boolean not null,
  late        boolean not null,
  told        boolean not null,
  message_id  text    not null,
  reason      text    not null,
  sent_by     text    not null,
  at          bigint  not null,
  body        text    not null,
  primary key (workspace, id)
);
insert into digest_4 (workspace, id, destination, local_date, due_at, until_at, weekly, late, told, message_id, reason, sent_by, at, body)
  select workspace, destination || ' ' || local_date, destination, local_date, at, at, 1 = 0, 1 = 0, 1 = 0, message_id, '', '', at, '' from digest;
drop table digest;
alter table digest_4 rename to digest;
create unique index digest_date on digest (workspace, destination, local_date) where sent_by = '';
create index digest_time on digest (workspace, at, id);

-- What people say about having been told.
create table receipt (
  workspace text   not null,
  alert_id  text   not null,
  author    text   not null,
  rule_id   text   not null,
  verdict   text   not null,
  at        bigint not null,
  primary key (workspace, alert_id, author)
);
create index receipt_rule on receipt (workspace, rule_id, at);

-- Presses that were answered: Slack may send one twice.
create table press (
  team   text   not null,
  id     text   not null,
  answer text   not null,
  at     bigint not null,
  primary key (team, id)
);
create index press_at on press (at);

-- A workspace's own words for alerts of a type, at a channel or everywhere
-- (''), and when they last failed. noted_at is when that last went into the
-- trail.
create table template (
  workspace    text   not null,
  alert_type   text   not null,
  channel      text   not null,
  version      bigint not null,
  body         text   not null,
  updated_at   bigint not null,
  failed_at    bigint not null,
  failed_alert text   not null,
  failed_why   text   not null,
  noted_at     bigint not null,
  primary key (workspace, alert_type, channel)
);

-- How much a place was told on a local day, and how much was held back.
create table attention (
  workspace   text   not null,
  destination text   not null,
  local_date  text   not null,
  told        bigint not null,
  held        bigint not null,
  primary key (workspace, destination, local_date)
);

-- The portfolio as it was when the digests of a local date were due: the
-- figures of all ('') and of each owner, and of all who was at risk. A bridge
-- leads from one to another.
create table portfolio_mark (
  workspace  text   not null,
  owner      text   not null,
  local_date text   not null,
  at         bigint not null,
  figures    text   not null,
  members    bytea  not null,
  primary key (workspace, owner, local_date)
);

-- Alerts by when they ended, who spoke with whom, and who left: a digest tells
-- all three.
create index alert_closed on alert (workspace, closed_at) where closed_at > 0;
create index signal_contact on signal (workspace, client_id, occurred_at) where type in ('interaction.logged', 'intervention.logged');
create index signal_churned on signal (workspace, received_at) where type = 'client.churned';
