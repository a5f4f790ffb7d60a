package web

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

func TestKeyIsShownOnce(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	made := b.post("/integrations/keys", url.Values{"name": {"Warehouse <b>"}, "scopes": {"signals", "clients"}}).ok(`id="new-key"`, "Warehouse &lt;b&gt;", "clients, signals")
	key := regexp.MustCompile(`sk-[a-z0-9]{52}`).FindString(made.body)
	if key == "" {
		t.Fatal("no key")
	}
	if who, err := h.auth.Authenticate(t.Context(), http.Header{"Authorization": {"Bearer " + key}}); err != nil || who.Workspace != acme {
		t.Errorf("the key opens nothing: %v", err)
	}
	list := b.get("/integrations/keys").ok("Warehouse", `id="key-form"`).without(key, `id="new-key"`)
	id := regexp.MustCompile(`key_[A-Za-z0-9_-]+`).FindString(list.body)
	b.post("/integrations/keys", url.Values{"name": {""}, "scopes": {"signals"}}).is(http.StatusBadRequest, `id="wrong"`)
	b.post("/integrations/keys", url.Values{"name": {"x"}}).is(http.StatusBadRequest, "at least one")
	b.post("/integrations/keys/"+id+"/revoke", nil).ok("The key is revoked", "Revoked")
	if _, err := h.auth.Authenticate(t.Context(), http.Header{"Authorization": {"Bearer " + key}}); err == nil {
		t.Error("a revoked key opens the door")
	}
	h.as(dora).get("/integrations/keys").is(http.StatusForbidden, ana)
	h.as(carl).post("/integrations/keys", url.Values{"name": {"x"}, "scopes": {"admin"}}).is(http.StatusForbidden)
}
