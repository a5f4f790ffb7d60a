package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// EventDelivery is an event sent to the app, and what became of it.
type EventDelivery struct {
	EventID  string          `json:"event_id"`
	Type     string          `json:"type"`
	At       time.Time       `json:"at"`
	Body     json.RawMessage `json:"body"`
	Attempts int             `json:"attempts"`
	Status   int             `json:"status"` // of the last attempt; 0: no answer
	Error    string          `json:"error,omitempty"`
	Done     bool            `json:"done"` // answered 2xx, or given up
}

const keepEvents = 200

// verificationToken is Slack's older way to say "it is me"; apps should look at the signature.
const verificationToken = "sandbox-verification-token"

// Sign makes the value of X-Slack-Signature.
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
func Sign(signingSecret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(signingSecret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body) // a hash never fails to write
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// sendEvent sends an event to the app's events URL and returns at once. Without a URL nothing is sent.
func (s *Sandbox) sendEvent(inst *installation, event map[string]any) {
	s.dispatch(inst, event, signature{secret: s.cfg.App.SigningSecret})
}

// signature is how an event is signed; the control API can order a forged or a stale one.
type signature struct {
	secret string
	age    time.Duration
}

func (s *Sandbox) dispatch(inst *installation, event map[string]any, sig signature) (eventID string) {
	now := s.now()
	id := "Ev" + rand.Text()[:12]
	auth := map[string]any{"enterprise_id": nil, "team_id": s.cfg.Team.ID, "user_id": s.bot.userID, "is_bot": true,
		"is_enterprise_install": inst.org}
	if s.cfg.Team.EnterpriseID != "" {
		auth["enterprise_id"] = s.cfg.Team.EnterpriseID
	}
	body, err := json.Marshal(map[string]any{
		"token": verificationToken, "type": "event_callback", "event_id": id, "event_time": now.Unix(), "team_id": s.cfg.Team.ID,
		"api_app_id": s.cfg.App.ID, "event": event, "authorizations": []any{auth}, "is_ext_shared_channel": false,
		"event_context": "EC" + id[2:],
	})
	if err != nil {
		return "" // the event came from JSON or from us
	}
	kind, _ := event["type"].(string)
	s.mu.Lock()
	road := &eventRoad{id: id, url: s.app.eventsURL, body: body, sig: sig}
	switch {
	case s.app.socketMode:
		road.url = ""
	case road.url == "":
		s.mu.Unlock()
		return ""
	}
	if len(s.events) == keepEvents {
		s.events = s.events[1:]
	}
	s.events = append(s.events, EventDelivery{EventID: id, Type: kind, At: now, Body: body})
	s.mu.Unlock()
	s.eventsDone.Go(func() { s.deliver(road) })
	return id
}

// deliver sends one event until it is answered 2xx, the app asks for no retry, or the retries are spent.
// Source: https://docs.slack.dev/apis/events-api/
func (s *Sandbox) deliver(road *eventRoad) {
	reason := ""
	for attempt := 0; ; attempt++ {
		resp, err := s.sendOnce(road, attempt, reason)
		outcome := EventDelivery{Attempts: attempt + 1}
		final := attempt == len(s.opts.EventRetries)
		switch {
		case err != nil:
			reason, outcome.Error = "http_timeout", err.Error()
		case resp.status/100 == 2:
			outcome.Status, final = resp.status, true
		default:
			reason, outcome.Status, outcome.Error = "http_error", resp.status, "not answered 2xx"
			final = final || resp.noRetry
		}
		outcome.Done = final
		s.recordDelivery(road.id, outcome)
		if final {
			return
		}
		timer := time.NewTimer(s.opts.EventRetries[attempt])
		select {
		case <-timer.C:
		case <-s.eventsCtx.Done():
			timer.Stop()
			return
		}
	}
}

// eventRoad is where an event goes: to a URL or, without one, over a WebSocket.
type eventRoad struct {
	id, url string
	body    []byte
	sig     signature
}

func (s *Sandbox) sendOnce(road *eventRoad, attempt int, reason string) (appAnswer, error) {
	if road.url == "" {
		_, err := s.overSocket(s.eventsCtx, envelope{Type: "events_api", Payload: road.body, RetryAttempt: attempt, RetryReason: reason})
		return appAnswer{status: http.StatusOK}, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if attempt > 0 {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(attempt))
		header.Set("X-Slack-Retry-Reason", reason)
	}
	s.seal(header, road.body, road.sig)
	return s.send(s.eventsCtx, road.url, road.body, header)
}

func (s *Sandbox) recordDelivery(id string, outcome EventDelivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.events {
		if e := &s.events[i]; e.EventID == id {
			e.Attempts, e.Status, e.Error, e.Done = outcome.Attempts, outcome.Status, outcome.Error, outcome.Done
		}
	}
	s.notify()
}

// appAnswer is what the app said to an event or a press.
type appAnswer struct {
	status  int
	noRetry bool
	body    []byte
}

// seal signs a request as of now, or as of the age that was ordered.
func (s *Sandbox) seal(header http.Header, body []byte, sig signature) {
	timestamp := strconv.FormatInt(s.now().Add(-sig.age).Unix(), 10)
	header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	header.Set("X-Slack-Request-Timestamp", timestamp)
	header.Set("X-Slack-Signature", Sign(sig.secret, timestamp, body))
}

func (s *Sandbox) send(ctx context.Context, url string, body []byte, header http.Header) (appAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return appAnswer{}, err
	}
	req.Header = header
	resp, err := s.courier.Do(req)
	if err != nil {
		return appAnswer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return appAnswer{}, err
	}
	return appAnswer{resp.StatusCode, resp.Header.Get("X-Slack-No-Retry") == "1", text}, nil
}

// SetEventsURL sends url_verification to the URL and keeps it if the app echoes the challenge, as Slack's settings page
// does (https://docs.slack.dev/apis/events-api/using-http-request-urls). An empty URL switches events off.
func (s *Sandbox) SetEventsURL(ctx context.Context, url string) error {
	if url != "" {
		if err := s.verifyURL(ctx, url); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.eventsURL = url
	s.notify()
	return nil
}

func (s *Sandbox) verifyURL(ctx context.Context, url string) error {
	challenge := rand.Text()
	body, err := json.Marshal(map[string]any{"type": "url_verification", "challenge": challenge, "token": verificationToken})
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	s.seal(header, body, signature{secret: s.cfg.App.SigningSecret})
	resp, err := s.send(ctx, url, body, header)
	if err != nil {
		return fmt.Errorf("the events URL did not answer: %w", err)
	}
	if resp.status/100 != 2 {
		return fmt.Errorf("the events URL answered %d to url_verification; it must answer 200 with the challenge, and accept the signature made with app.signing_secret", resp.status)
	}
	// Plain text, a form or JSON: all three are allowed.
	if !bytes.Contains(resp.body, []byte(challenge)) {
		return errors.New("the events URL answered without the challenge of url_verification")
	}
	return nil
}

// Events returns the events sent so far, oldest first.
func (s *Sandbox) Events() []EventDelivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]EventDelivery{}, s.events...)
}
