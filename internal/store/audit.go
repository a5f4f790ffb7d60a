package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/gostanna/stanna"
)

const auditColumns = `workspace, id, seq, at, actor, action, subject, reason, details, mac`

func scanAudit(s scanner) (stanna.AuditEntry, error) {
	var e stanna.AuditEntry
	var seq sql.NullInt64
	var at int64
	var details string
	if err := s.Scan(&e.Workspace, &e.ID, &seq, &at, &e.Actor, &e.Action, &e.Subject, &e.Reason, &details, &e.MAC); err != nil {
		return e, err
	}
	e.Seq, e.At = seq.Int64, fromMicros(at)
	if details == "" {
		return e, nil
	}
	// What somebody altered by hand may not be JSON; verify must still be
	// able to read on and name it.
	if json.Unmarshal([]byte(details), &e.Details) != nil {
		e.Details = map[string]string{"unreadable": details}
	}
	return e, nil
}

// Audit writes entries into the trail, in the transaction of the deed. The
// binder gives them their place in the chain later.
func (tx *Tx) Audit(entries ...stanna.AuditEntry) error {
	args := make([]any, 0, 8*len(entries))
	for _, e := range entries {
		details := ""
		if len(e.Details) > 0 {
			b, err := json.Marshal(e.Details)
			if err != nil {
				return err
			}
			details = string(b)
		}
		args = append(args, e.Workspace, NewID("aud"), micros(e.At), e.Actor, e.Action, e.Subject, e.Reason, details)
	}
	return tx.insert(`insert into audit_entry (workspace, id, at, actor, action, subject, reason, details)`, ``, 8, args)
}

// UnboundAudit lists the workspaces that have entries outside the chain.
func (tx *Tx) UnboundAudit() ([]string, error) {
	return collect(tx, value[string], `select distinct workspace from audit_entry where seq is null`)
}

// BindAudit takes up to limit entries of the workspace into its chain and
// says how many. Only the holder of the workspace's audit lane may call it.
func (tx *Tx) BindAudit(workspace string, limit int) (int, error) {
	last, _, err := one(tx, scanAudit, `select `+auditColumns+` from audit_entry
		where workspace = $1 and seq is not null order by seq desc limit 1`, workspace)
	if err != nil {
		return 0, err
	}
	loose, err := collect(tx, scanAudit, `select `+auditColumns+` from audit_entry
		where workspace = $1 and seq is null order by id limit $2`, workspace, limit)
	if err != nil {
		return 0, err
	}
	seq, before := last.Seq, last.MAC
	for _, e := range loose {
		seq++
		e.Seq = seq
		tag, err := tx.keyset.mac.ComputeMAC(chained(before, e))
		if err != nil {
			return 0, fmt.Errorf("audit mac: %w", err)
		}
		if _, err := tx.exec(`update audit_entry set seq = $3, mac = $4 where workspace = $1 and id = $2`, workspace, e.ID, seq, tag); err != nil {
			return 0, err
		}
		before = tag
	}
	return len(loose), nil
}

// chained is what an entry's MAC is made over: the MAC before it and every
// field of its own, each with its length, so that no two entries read alike.
func chained(before []byte, e stanna.AuditEntry) []byte {
	h := sha256.New()
	field := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	field(before)
	field(binary.BigEndian.AppendUint64(nil, uint64(e.Seq)))
	field(binary.BigEndian.AppendUint64(nil, uint64(micros(e.At))))
	for _, s := range []string{e.Workspace, e.ID, e.Actor, e.Action, e.Subject, string(e.Reason)} {
		field([]byte(s))
	}
	keys := make([]string, 0, len(e.Details))
	for k := range e.Details {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		field([]byte(k))
		field([]byte(e.Details[k]))
	}
	return h.Sum(nil)
}

// AuditTrail yields the bound entries of a workspace in order, from the one
// after seq, a page at a time.
func (tx *Tx) AuditTrail(workspace string, after int64) iter.Seq2[stanna.AuditEntry, error] {
	const page = 1000
	return func(yield func(stanna.AuditEntry, error) bool) {
		for {
			entries, err := collect(tx, scanAudit, `select `+auditColumns+` from audit_entry
				where workspace = $1 and seq > $2 order by seq limit $3`, workspace, after, page)
			if err != nil {
				yield(stanna.AuditEntry{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
				after = e.Seq
			}
			if len(entries) < page {
				return
			}
		}
	}
}

// AuditHead is the end of a chain: whoever keeps a copy elsewhere can tell
// later that the tail was cut.
type AuditHead struct {
	Seq int64
	MAC []byte
}

// AuditFault is the first entry of a chain that is not as it was written.
type AuditFault struct {
	Seq  int64
	ID   string
	What string
}

func (f *AuditFault) Error() string {
	return fmt.Sprintf("audit entry %d (%s): %s", f.Seq, f.ID, f.What)
}

// VerifyAudit walks a workspace's chain from its beginning. It returns the
// head, the number of entries not bound yet, and an [AuditFault] as error for
// the first entry that was altered, removed or moved. A known head that the
// chain does not contain is a fault too.
func (tx *Tx) VerifyAudit(workspace string, known *AuditHead) (head AuditHead, loose int, err error) {
	seen := known == nil
	for e, err := range tx.AuditTrail(workspace, 0) {
		if err != nil {
			return head, 0, err
		}
		if e.Seq != head.Seq+1 {
			return head, 0, &AuditFault{head.Seq + 1, "missing", fmt.Sprintf("is gone: entry %d follows entry %d", e.Seq, head.Seq)}
		}
		if tx.keyset.mac.VerifyMAC(e.MAC, chained(head.MAC, e)) != nil {
			return head, 0, &AuditFault{e.Seq, e.ID, "was altered or moved: its MAC does not fit"}
		}
		head = AuditHead{e.Seq, e.MAC}
		if known != nil && known.Seq == e.Seq {
			if !bytes.Equal(known.MAC, e.MAC) {
				return head, 0, &AuditFault{e.Seq, e.ID, "is another than the one in the head you gave"}
			}
			seen = true
		}
	}
	if !seen {
		return head, 0, &AuditFault{known.Seq, "missing", fmt.Sprintf("is gone: the trail ends at entry %d", head.Seq)}
	}
	loose, _, err = one(tx, value[int], `select count(*) from audit_entry where workspace = $1 and seq is null`, workspace)
	return head, loose, err
}

// AuditOf lists the entries about a subject, oldest first.
func (tx *Tx) AuditOf(workspace, subject string, limit int) ([]stanna.AuditEntry, error) {
	return collect(tx, scanAudit, `select `+auditColumns+` from audit_entry where workspace = $1 and subject = $2 order by at, id limit $3`,
		workspace, subject, limit)
}

// AuditPage lists entries, newest first, from those before an entry on;
// subject and before do not narrow when empty.
func (tx *Tx) AuditPage(workspace, subject, before string, limit int) ([]stanna.AuditEntry, error) {
	return collect(tx, scanAudit, `select `+auditColumns+` from audit_entry where workspace = $1 and ($2 = '' or subject = $2)
		and ($3 = '' or id < $3) order by id desc limit $4`, workspace, subject, before, limit)
}
