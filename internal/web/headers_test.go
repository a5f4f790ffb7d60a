package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestSecurityHeaders(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Frame-Options", "DENY") })
	for publicURL, secure := range map[string]bool{"https://stanna.example": true, "HTTPS://stanna.example": true, "http://localhost:8080": false, "": false} {
		w := httptest.NewRecorder()
		Secure(Headers{PublicURL: publicURL}, hello).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		get := w.Header().Get
		if (get("Strict-Transport-Security") != "") != secure {
			t.Errorf("%q: HSTS %q", publicURL, get("Strict-Transport-Security"))
		}
		csp := get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "script-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self' https://slack.com https://*.slack.com"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%q is not in %q", part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || get("X-Frame-Options") != "DENY" || get("X-Content-Type-Options") != "nosniff" ||
			get("Referrer-Policy") != "strict-origin-when-cross-origin" || !strings.Contains(get("Permissions-Policy"), "camera=()") {
			t.Errorf("headers %v", w.Header())
		}
	}
}

func TestPagesAreNotKeptAndAssetsAre(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	p := b.get("/")
	if p.header.Get("Cache-Control") != "no-store" || p.header.Get("Content-Security-Policy") == "" || p.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("headers %v", p.header)
	}
	links := regexp.MustCompile(`/static/[a-z]+\.[0-9a-f]{12}\.(css|svg)`).FindAllString(p.body, -1)
	if len(links) != 2 {
		t.Fatalf("assets %v", links)
	}
	for _, link := range links {
		if a := h.browser().get(link).ok(); !strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", link, a.header)
		}
	}
	h.browser().get("/static/stanna.css").is(http.StatusNotFound)
	h.browser().get("/favicon.ico").ok("<svg")
}
