-- What people and time did about an alert; what counts for a surge.
alter table alert add column life text not null default '{}';
alter table alert add column source text not null default '';
alter table alert add column gathered boolean not null default false;
alter table alert add column assigned_to text not null default '';
create index alert_surge on alert (workspace, type, source, opened_at);

-- The long columns come last: SQLite reads a row from its beginning, and sums
-- over all clients need only the short ones.
create table client_state_3 (
  workspace    text    not null,
  client_id    text    not null,
  health_score double precision,
  churn        double precision,
  churned      boolean not null,
  updated_at   bigint  not null,
  facts        text    not null,
  health       bytea   not null,
  engagement   bytea   not null,
  primary key (workspace, client_id)
);
insert into client_state_3 (workspace, client_id, health_score, churned, updated_at, facts, health, engagement)
  select workspace, client_id, health_score, facts like '%"churnedAt":%', updated_at, facts, health, engagement from client_state;
drop table client_state;
alter table client_state_3 rename to client_state;

-- When to look at a client again; without a row never, at 1 as soon as can be.
-- A table of its own, since all its rows are written at once when the rules
-- change. Who writes a row holds the client's state.
create table client_due (
  workspace text   not null,
  client_id text   not null,
  due_at    bigint not null,
  primary key (workspace, client_id)
);
insert into client_due (workspace, client_id, due_at) select workspace, client_id, 1 from client_state;
create index client_due_at on client_due (workspace, due_at, client_id);

alter table notification add column intended text not null default '';
alter table notification add column held_since bigint not null default 0;
alter table notification add column held_until bigint not null default 0;
alter table notification add column surge text not null default '';
create index notification_held on notification (workspace, held_until) where status = 'held';

alter table message add column occasion text not null default '{}';
create index message_notice on message (workspace, id) where kind = 'notice';

alter table rule add column active_since bigint not null default 0;

create table revision (
  workspace text   not null,
  subject   text   not null,
  version   bigint not null,
  body      text   not null,
  author    text   not null,
  at        bigint not null,
  primary key (workspace, subject, version)
);

create table routing (
  workspace  text   not null primary key,
  version    bigint not null,
  lines      text   not null,
  updated_at bigint not null
);

create table silence (
  workspace  text   not null,
  id         text   not null,
  matcher    text   not null,
  author     text   not null,
  comment    text   not null,
  starts_at  bigint not null,
  ends_at    bigint not null,
  ended_by   text   not null,
  created_at bigint not null,
  primary key (workspace, id)
);
create index silence_end on silence (workspace, ends_at);

-- E-mails are lower case from here on; who was looked up otherwise is looked
-- up again.
delete from person where email <> lower(email);
alter table person add column habits text not null default '{}';

create table follow (
  workspace  text   not null,
  client_id  text   not null,
  email      text   not null,
  created_at bigint not null,
  primary key (workspace, client_id, email)
);
create index follow_email on follow (workspace, email, client_id);

create table surge (
  workspace  text   not null,
  id         text   not null,
  type       text   not null,
  source     text   not null,
  status     text   not null,
  clients    bigint not null,
  book       bigint not null,
  began_at   bigint not null,
  until      bigint not null,
  ended_by   text   not null,
  updated_at bigint not null,
  primary key (workspace, id)
);
create unique index surge_holding on surge (workspace, type, source) where status = 'holding';
create index surge_time on surge (workspace, began_at);

create table digest (
  workspace   text   not null,
  destination text   not null,
  local_date  text   not null,
  message_id  text   not null,
  at          bigint not null,
  primary key (workspace, destination, local_date)
);

create table portfolio (
  workspace text   not null primary key,
  at        bigint not null,
  body      text   not null
);
