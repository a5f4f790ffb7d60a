-- Deliveries about one subject go to an endpoint one after the other.
alter table delivery add column subject text not null default '';
create index delivery_waiting on delivery (workspace, endpoint_id, id) where state = 'waiting';
create index delivery_subject on delivery (workspace, endpoint_id, subject, id) where state = 'waiting';

-- How far the audit trail of a workspace has been written to the event log.
create table event_log (
  workspace text   not null,
  seq       bigint not null,
  primary key (workspace)
);
