package store

// EventLogAt is the last audit entry of the workspace that was written to the
// event log; 0: none.
func (tx *Tx) EventLogAt(workspace string) (seq int64, err error) {
	seq, _, err = one(tx, value[int64], `select seq from event_log where workspace = $1`, workspace)
	return seq, err
}

// PutEventLogAt notes how far the event log has come.
func (tx *Tx) PutEventLogAt(workspace string, seq int64) error {
	_, err := tx.exec(`insert into event_log (workspace, seq) values ($1, $2) on conflict (workspace) do update set seq = excluded.seq`, workspace, seq)
	return err
}
