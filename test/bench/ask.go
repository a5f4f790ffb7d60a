package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ask asks the server as an ordinary client does; out takes the answer.
func (st *stage) ask(ctx context.Context, method, path, kind string, body []byte, out any) error {
	return talk(ctx, method, "http://"+st.address+path, st.key, kind, body, out)
}

func talk(ctx context.Context, method, url, key, kind string, body []byte, out any) (err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s answered %d: %.300s", method, url, resp.StatusCode, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	return nil
}

// total is how many of a list there are.
func (st *stage) total(ctx context.Context, path string) (int, error) {
	var page struct{ Pagination struct{ Total int } }
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	err := st.ask(ctx, "GET", path+sign+"limit=1", "", nil, &page)
	return page.Pagination.Total, err
}

// delivered waits until so many notifications are delivered.
func (st *stage) delivered(ctx context.Context, want int) error {
	for {
		told, err := st.total(ctx, "/api/notifications?status=delivered")
		if err != nil || told >= want {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d notifications were delivered: %w", told, want, context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// slack is the Slack of our own.
type slack struct {
	process *process
	url     string
}

func channelID(i int) string { return fmt.Sprintf("C0BENCH%04d", i) }

func (b *bench) openSlack(ctx context.Context, dir string, channels int, pace float64) (*slack, error) {
	type channel struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		IsMember bool   `json:"is_member"`
	}
	list := make([]channel, channels)
	for i := range list {
		list[i] = channel{channelID(i), fmt.Sprintf("bench-%d", i), true}
	}
	text, err := json.Marshal(map[string]any{"bot_token": botToken, "scopes": []string{"chat:write", "channels:read"},
		"posts_per_second": pace, "updates_per_minute": 0, "channels": list})
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "slack.json")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := launch(dir, "slack", b.binary, nil, "sandbox", "--listen", address, "--config", config)
	if err != nil {
		return nil, err
	}
	return &slack{p, "http://" + address}, p.awaitOK(ctx, "http://"+address+"/sandbox/stats")
}

// post is a message that stands in Slack.
type post struct {
	Channel  string    `json:"channel"`
	Text     string    `json:"text"`
	PostedAt time.Time `json:"posted_at"`
	Blocks   json.RawMessage
}

func (s *slack) posts(ctx context.Context) (list []post, err error) {
	return list, talk(ctx, "GET", s.url+"/sandbox/messages", "", "", nil, &list)
}

// refused counts the posts that Slack did not take, by its reason.
func (s *slack) refused(ctx context.Context, reason string) (int, error) {
	var stats struct{ Outcomes map[string]map[string]int }
	err := talk(ctx, "GET", s.url+"/sandbox/stats", "", "", nil, &stats)
	return stats.Outcomes["chat.postMessage"][reason], err
}

func (s *slack) posted(ctx context.Context) (int, error) { return s.refused(ctx, "ok") }

// fault orders Slack to go wrong.
func (s *slack) fault(ctx context.Context, f map[string]any) error {
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return talk(ctx, "POST", s.url+"/sandbox/faults", "", "application/json", body, nil)
}
