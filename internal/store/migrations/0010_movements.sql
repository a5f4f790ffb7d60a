-- What moved the MRR since a digest.
create index signal_moved on signal (workspace, received_at) where type = 'subscription.changed';
