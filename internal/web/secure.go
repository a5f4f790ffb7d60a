package web

import (
	"net/http"
	"net/url"
	"strings"
)

// Headers say what the security headers depend on.
type Headers struct {
	PublicURL string // with https, browsers are told to come by https only
	SlackURL  string // where the connect form may lead; https://slack.com by default
}

// Secure puts the security headers on every answer of next. A handler below
// may replace one for its own page.
func Secure(h Headers, next http.Handler) http.Handler {
	if h.SlackURL == "" {
		h.SlackURL = "https://slack.com"
	}
	headers := map[string]string{
		"Content-Security-Policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" +
			formTargets(h.SlackURL),
		"X-Frame-Options":              "DENY",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "strict-origin-when-cross-origin",
		"Permissions-Policy":           "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	if strings.HasPrefix(strings.ToLower(h.PublicURL), "https://") {
		headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

// formTargets lets a form lead to Slack: browsers hold form-action against
// every redirect that follows a form, and Slack's consent page lives on
// slack.com and on the team's own subdomain.
func formTargets(slackURL string) string {
	u, err := url.Parse(slackURL)
	if err != nil || u.Host == "" {
		return ""
	}
	origin := u.Scheme + "://" + u.Host
	if strings.HasSuffix(u.Host, "slack.com") || strings.HasSuffix(u.Host, "slack-gov.com") {
		return " " + origin + " https://*." + u.Host
	}
	return " " + origin
}

// originOf is the scheme and host of an address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
