-- Where events go, and each event on its way there.
create table endpoint (
  workspace       text   not null,
  id              text   not null,
  name            text   not null,
  address         bytea  not null,
  lane            text   not null,
  types           text   not null,
  secret          bytea  not null,
  previous        bytea  not null,
  previous_until  bigint not null,
  paused          text   not null,
  paused_at       bigint not null,
  failing_since   bigint not null,
  version         bigint not null,
  created_at      bigint not null,
  updated_at      bigint not null,
  primary key (workspace, id)
);

create table event (
  workspace text   not null,
  id        text   not null,
  type      text   not null,
  at        bigint not null,
  subject   text   not null,
  said      text   not null,
  data      text   not null,
  primary key (workspace, id)
);
create index event_at on event (at);

create table delivery (
  workspace   text   not null,
  id          text   not null,
  endpoint_id text   not null,
  event_id    text   not null,
  state       text   not null,
  attempts    text   not null,
  tried       bigint not null,
  next_at     bigint not null,
  created_at  bigint not null,
  ended_at    bigint not null,
  primary key (workspace, id)
);
create index delivery_endpoint on delivery (workspace, endpoint_id, created_at, id);
create index delivery_state on delivery (workspace, endpoint_id, state, created_at);
create index delivery_event on delivery (workspace, event_id);

-- Other tools, and the bodies that they send.
create table source (
  workspace      text   not null,
  id             text   not null,
  name           text   not null,
  kind           text   not null,
  scheme         text   not null,
  header         text   not null,
  secret         bytea  not null,
  previous       bytea  not null,
  previous_until bigint not null,
  mapping        text   not null,
  quiet_for      bigint not null,
  paused         boolean not null,
  version        bigint not null,
  created_at     bigint not null,
  updated_at     bigint not null,
  heard_at       bigint not null,
  silent_at      bigint not null,
  primary key (id)
);
create index source_workspace on source (workspace, created_at);

create table parcel (
  workspace text   not null,
  id        text   not null,
  source_id text   not null,
  sent_key  text   not null,
  came_at   bigint not null,
  headers   text   not null,
  body      bytea  not null,
  state     text   not null,
  attempt   bigint not null,
  result    text   not null,
  opened_at bigint not null,
  primary key (workspace, id)
);
create unique index parcel_key on parcel (workspace, source_id, sent_key) where sent_key <> '';
create index parcel_source on parcel (workspace, source_id, came_at, id);
create index parcel_state on parcel (workspace, source_id, state, came_at);

-- Stripe.
create table stripe_account (
  workspace    text    not null,
  account_id   text    not null,
  name         text    not null,
  livemode     boolean not null,
  access_key   bytea   not null,
  oauth        boolean not null,
  scope        text    not null,
  endpoint_id  text    not null,
  signing      bytea   not null,
  connected_at bigint  not null,
  connected_by text    not null,
  checked_at   bigint  not null,
  heard_at     bigint  not null,
  health       text    not null,
  repair       text    not null,
  sync         text    not null,
  primary key (workspace)
);
create unique index stripe_account_id on stripe_account (account_id);

create table stripe_customer (
  workspace text    not null,
  id        text    not null,
  client_id text    not null,
  matched   text    not null,
  name      text    not null,
  email     text    not null,
  deleted   boolean not null,
  ever_paid boolean not null,
  seen_at   bigint  not null,
  primary key (workspace, id)
);
create index stripe_customer_client on stripe_customer (workspace, client_id, id);

create table stripe_subscription (
  workspace   text   not null,
  id          text   not null,
  customer_id text   not null,
  status      text   not null,
  micros      bigint not null,
  currency    text   not null,
  why         text   not null,
  plan        text   not null,
  seen_at     bigint not null,
  primary key (workspace, id)
);
create index stripe_subscription_customer on stripe_subscription (workspace, customer_id);

-- By what clients are found, beside their ids and domains: the e-mail of a
-- contact (email), and the custom fields that hold the id of another tool
-- (custom.hubspot_id).
create table client_key (
  workspace text not null,
  name      text not null,
  value     text not null,
  client_id text not null,
  primary key (workspace, name, value, client_id)
);
create index client_key_client on client_key (workspace, client_id);

alter table oauth_state add column provider text not null default 'slack';
