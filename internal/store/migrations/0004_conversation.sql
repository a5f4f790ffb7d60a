-- What the history of a thread does not say yet.
alter table message add column unsaid text not null default '';

-- What a digest says beside the alerts that waited for it.
alter table digest add column body text not null default '';

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

create table template (
  workspace  text   not null,
  alert_type text   not null,
  channel    text   not null,
  version    bigint not null,
  body       text   not null,
  updated_at bigint not null,
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

-- The portfolio as it was at the end of a local day: its figures, and who was
-- at risk. A bridge leads from one to another.
create table portfolio_mark (
  workspace  text   not null,
  local_date text   not null,
  at         bigint not null,
  figures    text   not null,
  members    bytea  not null,
  primary key (workspace, local_date)
);
