package store

import "github.com/gostanna/stanna"

const revisionColumns = `workspace, subject, version, body, author, at`

func scanRevision(s scanner) (stanna.Revision, error) {
	var r stanna.Revision
	var at int64
	err := s.Scan(&r.Workspace, &r.Subject, &r.Version, &r.Body, &r.Author, &at)
	r.At = fromMicros(at)
	return r, err
}

// AddRevision keeps one version of something that people keep. Rules and the
// routing table do so themselves. Where another replica has just kept that
// version the transaction is run again, and counts on.
func (tx *Tx) AddRevision(r stanna.Revision) error {
	_, err := tx.exec(`insert into revision (`+revisionColumns+`) values ($1, $2, $3, $4, $5, $6)`,
		r.Workspace, r.Subject, r.Version, r.Body, r.Author, micros(r.At))
	if isUnique(err) {
		return errRaced
	}
	return err
}

// Revisions lists the versions of a subject, newest first, and how many there
// are in all.
func (tx *Tx) Revisions(workspace, subject string, limit, offset int) ([]stanna.Revision, int, error) {
	total, _, err := one(tx, value[int], `select count(*) from revision where workspace = $1 and subject = $2`, workspace, subject)
	if err != nil {
		return nil, 0, err
	}
	list, err := collect(tx, scanRevision, `select `+revisionColumns+` from revision where workspace = $1 and subject = $2
		order by version desc limit $3 offset $4`, workspace, subject, limit, offset)
	return list, total, err
}

// RevisionOf is one version of a subject.
func (tx *Tx) RevisionOf(workspace, subject string, version int) (stanna.Revision, error) {
	return need(tx, "version", scanRevision, `select `+revisionColumns+` from revision where workspace = $1 and subject = $2 and version = $3`,
		workspace, subject, version)
}
