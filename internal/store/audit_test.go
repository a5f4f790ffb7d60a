package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func entry(i int) stanna.AuditEntry {
	return stanna.AuditEntry{Workspace: "acme.com", At: day.Add(time.Duration(i) * time.Second), Actor: stanna.ActorSystem, Action: "alert.opened",
		Subject: fmt.Sprintf("alr_%d", i), Reason: stanna.ReasonEnteredRed, Details: map[string]string{"client": "c1", "to": fmt.Sprint(i)}}
}

// trail writes and binds entries 1 to n.
func trail(t *testing.T, s *store.Store, n int) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		var list []stanna.AuditEntry
		for i := 1; i <= n; i++ {
			list = append(list, entry(i))
		}
		return tx.Audit(list...)
	})
	if bound := bind(t, s, n); bound != n {
		t.Fatalf("%d of %d were bound", bound, n)
	}
}

// bind binds as the server does: under the workspace's audit lane.
func bind(t *testing.T, s *store.Store, limit int) (n int) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		n = 0
		mine, err := tx.TryLane("acme.com/audit")
		if err != nil || !mine {
			return err
		}
		n, err = tx.BindAudit("acme.com", limit)
		return err
	})
	return n
}

func verify(t *testing.T, s *store.Store, known *store.AuditHead) (head store.AuditHead, loose int, err error) {
	t.Helper()
	verr := s.View(context.Background(), func(tx *store.Tx) error {
		head, loose, err = tx.VerifyAudit("acme.com", known)
		return nil
	})
	if verr != nil {
		t.Fatal(verr)
	}
	return head, loose, err
}

func TestAuditChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if head, loose, err := verify(t, s, nil); head.Seq != 0 || loose != 0 || err != nil {
			t.Fatalf("an empty trail: %v, %d, %v", head, loose, err)
		}
		const n = 1002 // more than a page
		trail(t, s, n)
		update(t, s, func(tx *store.Tx) error {
			return tx.Audit(entry(n+1), stanna.AuditEntry{Workspace: "beta.com", At: day})
		})
		head, loose, err := verify(t, s, nil)
		if head.Seq != n || loose != 1 || err != nil {
			t.Fatalf("head %d, %d loose, %v", head.Seq, loose, err)
		}
		i := 0
		update(t, s, func(tx *store.Tx) error {
			for e, err := range tx.AuditTrail("acme.com", 0) {
				if err != nil {
					return err
				}
				i++
				want := entry(i)
				want.ID, want.Seq, want.MAC = e.ID, int64(i), e.MAC
				if diff := cmp.Diff(want, e); diff != "" || e.ID == "" || len(e.MAC) == 0 {
					t.Fatalf("entry %d: %s", i, diff)
				}
			}
			workspaces, err := tx.UnboundAudit()
			if len(workspaces) != 2 {
				t.Errorf("unbound: %v", workspaces)
			}
			return err
		})
		if i != n {
			t.Errorf("the trail yields %d", i)
		}
		bind(t, s, 100)
		for what, known := range map[string]*store.AuditHead{"an earlier head": &head, "none": nil} {
			if now, loose, err := verify(t, s, known); now.Seq != n+1 || loose != 0 || err != nil {
				t.Errorf("known %s: %v, %d, %v", what, now, loose, err)
			}
		}
	})
}

// Whoever goes round the triggers is found out, at the entry.
func TestAuditTampering(t *testing.T) {
	for name, c := range map[string]struct {
		statements []string
		seq        int64 // of the fault; 0: found only with a known head
		says       string
	}{
		"altered actor":       {[]string{`update audit_entry set actor = 'user:usr_1' where seq = 3`}, 3, "altered"},
		"altered reason":      {[]string{`update audit_entry set reason = 'recovered' where seq = 3`}, 3, "altered"},
		"altered time":        {[]string{`update audit_entry set at = at + 1 where seq = 3`}, 3, "altered"},
		"altered details":     {[]string{`update audit_entry set details = '{"client":"c2","to":"3"}' where seq = 3`}, 3, "altered"},
		"unreadable details":  {[]string{`update audit_entry set details = '{' where seq = 3`}, 3, "altered"},
		"forged mac":          {[]string{`update audit_entry set mac = (select x.mac from audit_entry x where x.seq = 2) where seq = 3`}, 3, "altered"},
		"no mac":              {[]string{`update audit_entry set mac = null where seq = 3`}, 3, "altered"},
		"removed":             {[]string{`delete from audit_entry where seq = 3`}, 3, "is gone"},
		"removed and closed":  {[]string{`delete from audit_entry where seq = 3`, `update audit_entry set seq = seq - 1 where seq = 4`, `update audit_entry set seq = seq - 1 where seq = 5`}, 3, "altered"},
		"reordered":           {[]string{`update audit_entry set seq = 99 where seq = 3`, `update audit_entry set seq = 3 where seq = 4`, `update audit_entry set seq = 4 where seq = 99`}, 3, "altered"},
		"to other workspace":  {[]string{`update audit_entry set workspace = 'beta.com' where seq = 3`}, 3, "is gone"},
		"tail cut":            {[]string{`delete from audit_entry where seq >= 4`}, 0, "is gone"},
		"everything is gone":  {[]string{`delete from audit_entry`}, 0, "is gone"},
		"inserted at the end": {[]string{`insert into audit_entry (workspace, id, seq, at, actor, action, subject, reason, details, mac) select workspace, 'aud_x', 6, at, actor, action, subject, reason, details, mac from audit_entry where seq = 5`}, 6, "altered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				trail(t, s, 5)
				head, _, err := verify(t, s, nil)
				if err != nil {
					t.Fatal(err)
				}
				dropGuards(t, s)
				for _, statement := range c.statements {
					if err := s.Raw(statement); err != nil {
						t.Fatal(err)
					}
				}
				if c.seq == 0 {
					if _, _, err := verify(t, s, nil); err != nil {
						t.Errorf("without a head: %v", err)
					}
				}
				_, _, err = verify(t, s, &head)
				var fault *store.AuditFault
				if !errors.As(err, &fault) || c.seq != 0 && fault.Seq != c.seq || !strings.Contains(fault.Error(), c.says) {
					t.Errorf("got %v, want a fault at %d that says %q", err, c.seq, c.says)
				}
			})
		})
	}
}

func dropGuards(t *testing.T, s *store.Store) {
	t.Helper()
	statements := []string{`drop trigger audit_no_update`, `drop trigger audit_no_delete`}
	if s.Engine() == "postgres" {
		statements = []string{`alter table audit_entry disable trigger all`}
	}
	for _, statement := range statements {
		if err := s.Raw(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// A rewritten tail has another head.
func TestAuditRewrittenTail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		trail(t, s, 3)
		head, _, _ := verify(t, s, nil)
		dropGuards(t, s)
		if err := s.Raw(`delete from audit_entry where seq = 3`); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *store.Tx) error { return tx.Audit(entry(9)) })
		bind(t, s, 10)
		if _, _, err := verify(t, s, nil); err != nil {
			t.Errorf("by itself it is a chain: %v", err)
		}
		if _, _, err := verify(t, s, &head); err == nil || !strings.Contains(err.Error(), "is another than") {
			t.Errorf("with the head: %v", err)
		}
	})
}

// Each entry is bound to the one before it: one that was replaced is found by
// the next, though both have good MACs of their own.
func TestAuditReplacedInTheMiddle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		trail(t, s, 4)
		dropGuards(t, s)
		for _, statement := range []string{`create table aside as select * from audit_entry where seq = 4`, `delete from audit_entry where seq >= 3`} {
			if err := s.Raw(statement); err != nil {
				t.Fatal(err)
			}
		}
		update(t, s, func(tx *store.Tx) error { return tx.Audit(entry(9)) })
		bind(t, s, 10)
		if err := s.Raw(`insert into audit_entry select * from aside`); err != nil {
			t.Fatal(err)
		}
		_, _, err := verify(t, s, nil)
		var fault *store.AuditFault
		if !errors.As(err, &fault) || fault.Seq != 4 {
			t.Errorf("got %v, want a fault at 4", err)
		}
	})
}

// Other keys do not verify the chain; rotated ones do and go on with it.
func TestAuditKeys(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url, keys := storetest.URL(t, engine), newKeyset(t)
			trail(t, open(t, url, keys), 3)
			rotated, err := keys.Rotated()
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, url, rotated)
			update(t, s, func(tx *store.Tx) error { return tx.Audit(entry(4)) })
			bind(t, s, 10)
			if head, _, err := verify(t, s, nil); head.Seq != 4 || err != nil {
				t.Errorf("rotated: %d, %v", head.Seq, err)
			}
			storetest.Raw(t, url, `delete from meta`)
			_, _, err = verify(t, open(t, url, newKeyset(t)), nil)
			var fault *store.AuditFault
			if !errors.As(err, &fault) || fault.Seq != 1 {
				t.Errorf("other keys: %v", err)
			}
		})
	}
}

// The database itself refuses to change or remove what is bound.
func TestAuditGuards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		trail(t, s, 2)
		update(t, s, func(tx *store.Tx) error { return tx.Audit(entry(3)) })
		statements := []string{`update audit_entry set actor = 'x' where seq = 1`, `update audit_entry set seq = null where seq = 1`,
			`delete from audit_entry where seq = 1`, `delete from audit_entry where seq is null`}
		if s.Engine() == "postgres" {
			statements = append(statements, `truncate audit_entry`)
		}
		for _, statement := range statements {
			if err := s.Raw(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if head, loose, err := verify(t, s, nil); head.Seq != 2 || loose != 1 || err != nil {
			t.Errorf("%d, %d loose, %v", head.Seq, loose, err)
		}
	})
}

// Binders that work at once make one chain, while entries keep coming.
func TestAuditConcurrentBinders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, each = 4, 25
		var wg, binders sync.WaitGroup
		stop := make(chan struct{})
		for range writers {
			wg.Go(func() {
				for i := range each {
					if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.Audit(entry(i), entry(i+1)) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 3 {
			binders.Go(func() {
				for {
					bind(t, s, 7)
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		wg.Wait()
		close(stop)
		binders.Wait()
		for bind(t, s, 1000) > 0 {
		}
		if head, loose, err := verify(t, s, nil); head.Seq != 2*writers*each || loose != 0 || err != nil {
			t.Errorf("head %d, %d loose, %v", head.Seq, loose, err)
		}
	})
}
