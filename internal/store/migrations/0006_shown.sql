-- What stands in Slack, as a hash: what would look the same is not written anew.
alter table message add column shown text not null default '';
