package auth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

func TestAddAndInvite(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		admin := h.adminCaller()
		ben, err := h.AddUser(ctx, admin, "Ben@acme.com", " Ben ", stanna.CSM)
		h.must(err)
		if ben.Email != "ben@acme.com" || ben.Name != "Ben" || ben.Roles[acme] != stanna.CSM {
			t.Errorf("%+v", ben)
		}
		if _, err := h.AddUser(ctx, admin, "ben@ACME.com", "", stanna.CSM); stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.AddUser(ctx, admin, "cy@acme.com", "", "owner"); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("a role that is none: %v", err)
		}
		token, err := h.Invite(ctx, admin, ben.ID, time.Hour)
		h.must(err)
		u, err := h.UseLink(ctx, token)
		h.must(err)
		if u.ID != ben.ID {
			t.Errorf("the link is of %s", u.ID)
		}
		made := h.audited(acme, "user.link_made")
		if last := made[len(made)-1]; last.Actor != admin.Actor() || last.Subject != ben.ID {
			t.Errorf("trail: %+v", last)
		}
		csm := auth.Caller{Workspace: acme, Kind: auth.Person, ID: ben.ID, Role: stanna.CSM}
		elsewhere := auth.Caller{Workspace: "beta.com", Kind: auth.Person, ID: "usr_x", Role: stanna.Admin}
		for name, c := range map[string]struct {
			by   auth.Caller
			code stanna.Code
		}{"a csm": {csm, stanna.Forbidden}, "another workspace's admin": {elsewhere, stanna.NotFound}} {
			if _, err := h.Invite(ctx, c.by, h.admin.ID, time.Hour); stanna.CodeOf(err) != c.code {
				t.Errorf("%s invites: %v", name, err)
			}
			if err := h.SetRole(ctx, c.by, ben.ID, stanna.Admin); stanna.CodeOf(err) != c.code {
				t.Errorf("%s gives a role: %v", name, err)
			}
			if err := h.RemoveUser(ctx, c.by, ben.ID); stanna.CodeOf(err) != c.code {
				t.Errorf("%s removes: %v", name, err)
			}
		}
		if _, err := h.AddUser(ctx, csm, "dee@acme.com", "", stanna.CSM); stanna.CodeOf(err) != stanna.Forbidden {
			t.Errorf("a csm adds: %v", err)
		}
	})
}

func TestSomebodyFromAnotherWorkspaceKeepsTheirAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.must(h.store.Update(ctx, func(tx *store.Tx) error {
			return tx.AddUser(stanna.User{ID: "usr_eve", Email: "eve@beta.com", Roles: map[string]stanna.Role{"beta.com": stanna.Admin}, CreatedAt: h.clock.now()})
		}))
		eve, err := h.AddUser(ctx, h.adminCaller(), "eve@beta.com", "Eve", stanna.CSM)
		h.must(err)
		if eve.ID != "usr_eve" || len(eve.Roles) != 1 || eve.Roles[acme] != stanna.CSM {
			t.Errorf("%+v", eve)
		}
		h.must(h.store.View(ctx, func(tx *store.Tx) error {
			a, err := tx.Account("usr_eve")
			if len(a.Roles) != 2 || a.Roles["beta.com"] != stanna.Admin {
				t.Errorf("roles %v", a.Roles)
			}
			return err
		}))
	})
}

func TestLastAdminStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		admin := h.adminCaller()
		for _, err := range []error{h.SetRole(ctx, admin, h.admin.ID, stanna.CSM), h.RemoveUser(ctx, admin, h.admin.ID)} {
			if stanna.CodeOf(err) != stanna.Conflict {
				t.Errorf("the last admin went: %v", err)
			}
		}
		h.must(h.SetRole(ctx, admin, h.admin.ID, stanna.Admin))
		ben, err := h.AddUser(ctx, admin, "ben@acme.com", "", stanna.Admin)
		h.must(err)
		// Two admins who remove each other at once: one of them stays.
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, id := range []string{h.admin.ID, ben.ID} {
			wg.Go(func() { errs[i] = h.RemoveUser(ctx, admin, id) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || stanna.CodeOf(errors.Join(errs...)) != stanna.Conflict {
			t.Errorf("errors %v", errs)
		}
	})
}
