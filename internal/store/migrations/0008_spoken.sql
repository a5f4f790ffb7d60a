-- What was said to clients and by them, by time: figures of the portfolio look
-- back over a window. To count, the index is enough.
create index signal_spoken on signal (workspace, occurred_at, client_id, type)
  where type in ('interaction.logged', 'intervention.logged', 'sentiment.detected');
