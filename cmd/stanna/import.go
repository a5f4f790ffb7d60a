package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/gostanna/stanna"
)

type importCmd struct {
	File string        `arg:"" help:"Clients as .csv, or signals as .ndjson; - for signals on standard input."`
	URL  string        `help:"Address of the server." env:"STANNA_PUBLIC_URL" default:"http://127.0.0.1:8080"`
	Key  stanna.Secret `help:"API key, with scope clients or signals." env:"STANNA_API_KEY" required:""`
}

// Run streams the file to the server, which answers with a report by line. A
// file that was sent before changes nothing.
func (cmd importCmd) Run(ctx context.Context, c console) error {
	in, size, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer in.Close()
	path, kind := "/api/signals", "application/x-ndjson"
	if strings.EqualFold(filepath.Ext(cmd.File), ".csv") {
		path, kind = "/api/clients/import", "text/csv"
	}
	body := io.Reader(in)
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		bar := progressbar.DefaultBytes(size, filepath.Base(cmd.File))
		reader := progressbar.NewReader(in, bar)
		body = &reader
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(cmd.URL, "/")+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+cmd.Key.Reveal())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reach the server: %w", err)
	}
	defer resp.Body.Close()
	return report(resp, c)
}

func (cmd importCmd) open(c console) (io.ReadCloser, int64, error) {
	if cmd.File == "-" {
		return io.NopCloser(c.in), -1, nil
	}
	f, err := os.Open(cmd.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// report prints the server's answer; anything rejected makes the command
// fail, so that a script notices.
func report(resp *http.Response, c console) error {
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("the server answered %s, and not in JSON", resp.Status)
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, string(text))
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the server answered %s: %v", resp.Status, answer["error"])
	}
	if n, _ := answer["rejected"].(float64); n > 0 {
		return fmt.Errorf("%.0f were rejected; the report names them", n)
	}
	return nil
}
