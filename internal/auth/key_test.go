package auth_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func bearer(key stanna.Secret) http.Header {
	return http.Header{"Authorization": {"Bearer " + key.Reveal()}}
}

func (h *house) key(scopes ...stanna.Scope) (stanna.Secret, stanna.APIKey) {
	h.t.Helper()
	full, key, err := h.CreateKey(context.Background(), acme, " billing ", scopes, "user:"+h.admin.ID)
	h.must(err)
	return full, key
}

func TestCreateKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		full, key := h.key(stanna.ScopeSignals, stanna.ScopeRead, stanna.ScopeSignals)
		text := full.Reveal()
		if !regexp.MustCompile(`^sk-[a-z0-9]{52}$`).MatchString(text) {
			t.Errorf("key %q", text)
		}
		if key.Masked != text[:9]+"..."+text[len(text)-6:] || key.Name != "billing" || !key.Active() {
			t.Errorf("%+v", key)
		}
		list, err := h.Keys(ctx, acme)
		h.must(err)
		if diff := cmp.Diff([]stanna.APIKey{key}, list); diff != "" {
			t.Error(diff)
		}
		if other, _ := h.key(stanna.ScopeRead); other == full {
			t.Error("two keys are the same")
		}
		made := h.audited(acme, "key.created")
		if len(made) != 2 || made[0].Subject != key.ID || made[0].Actor != "user:"+h.admin.ID || made[0].Details["scopes"] != "read,signals" {
			t.Errorf("trail: %+v", made)
		}
		for _, bad := range []struct {
			name   string
			scopes []stanna.Scope
		}{{"", stanna.Scopes()}, {strings.Repeat("x", 101), stanna.Scopes()}, {"n", nil}, {"n", []stanna.Scope{"root"}}} {
			if _, _, err := h.CreateKey(ctx, acme, bad.name, bad.scopes, "system"); stanna.CodeOf(err) != stanna.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, _, err := h.CreateKey(ctx, "nowhere.com", "n", stanna.Scopes(), "system"); stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("in a workspace that is not there: %v", err)
		}
	})
}

func TestAuthenticate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		full, key := h.key(stanna.ScopeSignals)
		text := full.Reveal()
		unknown := "sk-" + strings.Repeat("a", 52)
		for name, c := range map[string]struct {
			header http.Header
			want   error
			code   stanna.Code
		}{
			"bearer":              {bearer(full), nil, ""},
			"bearer, lower case":  {http.Header{"Authorization": {"bearer  " + text}}, nil, ""},
			"X-API-Key":           {http.Header{"X-Api-Key": {text}}, nil, ""},
			"beside Basic":        {http.Header{"Authorization": {"Basic x"}, "X-Api-Key": {text}}, nil, ""},
			"own workspace":       {http.Header{"X-Api-Key": {text}, "X-Workspace-Id": {acme}}, nil, ""},
			"other workspace":     {http.Header{"X-Api-Key": {text}, "X-Workspace-Id": {"beta.com"}}, auth.WorkspaceMismatch, stanna.Forbidden},
			"nothing":             {http.Header{}, auth.MissingKey, stanna.Unauthenticated},
			"Basic":               {http.Header{"Authorization": {"Basic x"}}, auth.MissingKey, stanna.Unauthenticated},
			"empty bearer":        {http.Header{"Authorization": {"Bearer "}}, auth.InvalidKey, stanna.Unauthenticated},
			"unknown":             {http.Header{"X-Api-Key": {unknown}}, auth.InvalidKey, stanna.Unauthenticated},
			"too long":            {http.Header{"X-Api-Key": {text + "a"}}, auth.InvalidKey, stanna.Unauthenticated},
			"too short":           {http.Header{"X-Api-Key": {text[:54]}}, auth.InvalidKey, stanna.Unauthenticated},
			"upper case":          {http.Header{"X-Api-Key": {"sk-" + strings.ToUpper(text[3:])}}, auth.InvalidKey, stanna.Unauthenticated},
			"the mask":            {http.Header{"X-Api-Key": {key.Masked}}, auth.InvalidKey, stanna.Unauthenticated},
			"the hash, or the id": {http.Header{"X-Api-Key": {key.ID}}, auth.InvalidKey, stanna.Unauthenticated},
		} {
			for range 2 { // the second answer comes from memory
				caller, err := h.Authenticate(context.Background(), c.header)
				if !errors.Is(err, c.want) || stanna.CodeOf(err) != c.code {
					t.Errorf("%s: %v", name, err)
				}
				if err != nil && (caller.ID != "" || strings.Contains(err.Error(), text[3:]) || strings.Contains(err.Error(), unknown)) {
					t.Errorf("%s: refused with %+v, %v", name, caller, err)
				}
				want := auth.Caller{Workspace: acme, Kind: auth.Program, ID: key.ID, Name: "billing", Scopes: []stanna.Scope{stanna.ScopeSignals}}
				if diff := cmp.Diff(want, caller); err == nil && diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		}
	})
}

func TestRevokedKeyIsRefusedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		full, key := h.key(stanna.ScopeSignals)
		stays, _ := h.key(stanna.ScopeSignals)
		quiet, gone := h.key(stanna.ScopeSignals)
		_, err := h.Authenticate(ctx, bearer(quiet)) // it is remembered now, and no time passes
		h.must(err)
		h.must(h.RevokeKey(ctx, acme, gone.ID, "system"))
		if _, err := h.Authenticate(ctx, bearer(quiet)); !errors.Is(err, auth.InvalidKey) {
			t.Errorf("a revoked key opens: %v", err)
		}
		// Requests go on while the key is revoked: an answer read before must
		// not be remembered after.
		var revoked atomic.Bool
		var wg sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			wg.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					after := revoked.Load()
					_, err := h.Authenticate(ctx, bearer(full))
					if after && !errors.Is(err, auth.InvalidKey) {
						t.Errorf("a revoked key opens: %v", err)
						return
					}
					h.clock.advance(50 * time.Millisecond) // answers grow old, so the database is asked again
				}
			})
		}
		h.must(h.RevokeKey(ctx, acme, key.ID, "system"))
		revoked.Store(true)
		for range 50 {
			if _, err := h.Authenticate(ctx, bearer(full)); !errors.Is(err, auth.InvalidKey) {
				t.Errorf("a revoked key opens: %v", err)
			}
		}
		close(done)
		wg.Wait()
		if _, err := h.Authenticate(ctx, bearer(stays)); err != nil {
			t.Errorf("another key: %v", err)
		}
		h.must(h.RevokeKey(ctx, acme, key.ID, "system"))
		if n := len(h.audited(acme, "key.revoked")); n != 2 {
			t.Errorf("two keys revoked %d times in the trail", n)
		}
		if err := h.RevokeKey(ctx, "beta.com", key.ID, "system"); stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("from another workspace: %v", err)
		}
	})
}

func TestRevokedElsewhereIsRefusedWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		full, key := h.key(stanna.ScopeSignals)
		_, err := h.Authenticate(ctx, bearer(full))
		h.must(err)
		replica := auth.New(h.store, auth.Options{Now: h.clock.now})
		h.must(replica.RevokeKey(ctx, acme, key.ID, "system"))
		h.clock.advance(time.Second)
		if _, err := h.Authenticate(ctx, bearer(full)); !errors.Is(err, auth.InvalidKey) {
			t.Errorf("a second after another replica revoked it: %v", err)
		}
	})
}

func TestLastUsedIsStoredLazily(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		full, key := h.key(stanna.ScopeSignals)
		h.key(stanna.ScopeSignals) // stays idle
		lastUsed := func() time.Time {
			t.Helper()
			keys, err := h.Keys(ctx, acme)
			h.must(err)
			if !keys[1].LastUsedAt.IsZero() {
				t.Error("a key that nobody used was used")
			}
			return keys[0].LastUsedAt
		}
		h.clock.advance(3 * time.Second)
		use := h.clock.now()
		for range 100 {
			_, err := h.Authenticate(ctx, bearer(full))
			h.must(err)
		}
		if !lastUsed().IsZero() {
			t.Error("a request wrote to the database")
		}
		h.must(h.FlushLastUsed(ctx))
		if got := lastUsed(); !got.Equal(use) {
			t.Errorf("last used %s, want %s", got, use)
		}
		// What another replica stored later stays.
		h.must(h.store.Update(ctx, func(tx *store.Tx) error {
			return tx.TouchKeys(store.KeyUse{Workspace: acme, ID: key.ID, At: use.Add(time.Hour)})
		}))
		h.clock.advance(time.Minute)
		_, err := h.Authenticate(ctx, bearer(full))
		h.must(err)
		h.must(h.FlushLastUsed(ctx))
		if got := lastUsed(); !got.Equal(use.Add(time.Hour)) {
			t.Errorf("last used went back to %s", got)
		}
	})
}

// A signal passes here, so a hit must cost almost nothing.
func TestAuthenticateAllocatesNothing(t *testing.T) {
	h := newHouse(t, storetest.Open(t, storetest.URL(t, "sqlite")), "")
	full, _ := h.key(stanna.ScopeSignals)
	header := bearer(full)
	ctx := context.Background()
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := h.Authenticate(ctx, header); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%g allocations for a key that is known", n)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	h := newHouse(b, storetest.Open(b, storetest.URL(b, "sqlite")), "")
	full, _ := h.key(stanna.ScopeSignals)
	header := bearer(full)
	ctx := context.Background()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Authenticate(ctx, header); err != nil {
				b.Fatal(err)
			}
		}
	})
}
