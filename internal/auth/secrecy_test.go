package auth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// Whoever copies the database file must not be able to come in with it.
func TestNoSecretIsInTheDatabaseFile(t *testing.T) {
	path := storetest.URL(t, "sqlite")
	h := newHouse(t, storetest.Open(t, path), "")
	ctx := context.Background()
	h.setPassword()
	link, err := h.SignInLink(ctx, h.admin.ID, time.Hour)
	h.must(err)
	full, _ := h.key(stanna.ScopeSignals)
	_, err = h.Authenticate(ctx, bearer(full))
	h.must(err)
	h.must(h.FlushLastUsed(ctx))
	b := h.browser()
	b.signIn(h.admin, auth.ByPassword)
	_, err = b.visitor()
	h.must(err)
	_, err = h.CheckPassword(ctx, "typo@acme.com", "a password typed wrong", "192.0.2.77")
	if !errors.Is(err, auth.WrongPassword) {
		t.Fatal(err)
	}

	var all []byte
	files, err := filepath.Glob(path + "*") // the log beside it, too
	h.must(err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		h.must(err)
		all = append(all, text...)
	}
	if !bytes.Contains(all, []byte("ana@acme.com")) || !bytes.Contains(all, []byte("$argon2id$")) {
		t.Fatal("the file does not hold what was stored; the test looks at the wrong place")
	}
	for name, secret := range map[string]string{"password": goodPassword.Reveal(), "link": link.Reveal(), "API key": full.Reveal()[3:], "session token": b.token(),
		"failed e-mail": "typo@acme.com", "failed password": "a password typed wrong", "address": "192.0.2.77"} {
		if secret == "" || bytes.Contains(all, []byte(secret)) {
			t.Errorf("%s is in the database file", name)
		}
	}
}

// With the database gone everything fails from deep below; no text on the way
// up may hold what was asked with.
func TestNoSecretIsInAnError(t *testing.T) {
	h := newHouse(t, storetest.Open(t, storetest.URL(t, "sqlite")), "")
	ctx := context.Background()
	full, key := h.key(stanna.ScopeSignals)
	link, err := h.SignInLink(ctx, h.admin.ID, time.Hour)
	h.must(err)
	b := h.browser()
	b.signIn(h.admin, auth.ByLink)
	h.clock.advance(time.Minute)
	h.must(h.store.Close())

	_, errKey := h.Authenticate(ctx, bearer(full))
	_, errLink := h.UseLink(ctx, link)
	_, errPassword := h.CheckPassword(ctx, "ana@acme.com", goodPassword, "")
	_, _, errFind := h.Sessions().Store.Find(b.token())
	_, _, errSetup := h.Setup(ctx, acme, "ana@acme.com")
	for name, err := range map[string]error{"key": errKey, "link": errLink, "password": errPassword, "session": errFind, "setup": errSetup,
		"commit": h.Sessions().Store.Commit(b.token(), []byte("x"), h.clock.now()), "end": h.Sessions().Store.Delete(b.token()),
		"set": h.SetPassword(ctx, h.admin.ID, goodPassword, "system"), "revoke": h.RevokeKey(ctx, acme, key.ID, "system")} {
		if err == nil {
			t.Errorf("%s: no error without a database", name)
			continue
		}
		if stanna.CodeOf(err) == stanna.Unauthenticated {
			t.Errorf("%s: trouble of ours is told as theirs: %v", name, err)
		}
		whole := fmt.Sprintf("%v %+v %#v", err, err, err)
		for e := errors.Unwrap(err); e != nil; e = errors.Unwrap(e) {
			whole += e.Error()
		}
		for _, secret := range []string{full.Reveal()[3:], link.Reveal(), goodPassword.Reveal(), b.token(), "ana@acme.com"} {
			if strings.Contains(whole, secret) {
				t.Errorf("%s: the error tells a secret: %s", name, whole)
			}
		}
	}
	if text, _ := json.Marshal(map[string]any{"key": full, "link": link}); bytes.Contains(text, []byte(link.Reveal())) {
		t.Error("a token prints itself")
	}
}
