package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/table"
)

type importCmd struct {
	File string        `arg:"" help:"Clients or signals as CSV, or signals as NDJSON; - for standard input."`
	URL  string        `help:"Address of the server." env:"STANNA_PUBLIC_URL" default:"http://127.0.0.1:8080"`
	Key  stanna.Secret `help:"API key, with scope clients or signals." env:"STANNA_API_KEY" required:""`

	Kind       string            `help:"What the rows are: clients or signals; guessed from the header without it." enum:",clients,signals" default:""`
	DryRun     bool              `help:"Store nothing, and say what would become of the file."`
	Map        map[string]string `help:"Which field a column is, as COLUMN=FIELD; COLUMN=- leaves it out. May be given again." placeholder:"COLUMN=FIELD" mapsep:"none"`
	Mapping    string            `help:"The same as a JSON file: {\"COLUMN\": \"FIELD\"}." placeholder:"FILE"`
	Dates      string            `help:"How the file writes dates that may be read in two ways: dmy (31/01/2026), mdy (01/31/2026), excel (46053)." enum:",dmy,mdy,excel" default:""`
	Decimal    string            `help:"The mark before decimals, where 1,492 may be read in two ways: . or ,"`
	Encoding   string            `help:"Such as windows-1252; found out without it."`
	Delimiter  string            `help:"What separates the columns: , ; | or tab; found out without it."`
	Type       string            `help:"Of signals: the type of all, such as health.scored."`
	Source     string            `help:"Of signals: who says so, where a row does not."`
	OccurredAt string            `help:"Of signals: when it was true, where a row does not say."`

	FromLine int           `help:"Go on after this line; a command that stopped says which."`
	RetryFor time.Duration `help:"How long to try again while the server is away." default:"5m"`
	Report   string        `help:"Write the lines that were not taken over into this CSV file." placeholder:"FILE"`
	JSON     bool          `help:"Print the server's report as JSON." name:"json"`
}

// Run sends the file to the server, tells how far it is, and goes on where it
// was when the server was away. A file that was sent before changes nothing.
func (cmd importCmd) Run(ctx context.Context, c console) error {
	in, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer in.close()
	mapping, err := cmd.mapping()
	if err != nil {
		return err
	}
	s := &sending{cmd: cmd, in: in, report: newTally(cmd.FromLine), screen: newScreen(c, in)}
	if s.query, err = cmd.query(mapping); err != nil {
		return err
	}
	if s.where, s.kind, err = cmd.door(c, in, mapping); err != nil {
		return err
	}
	if s.kind == ndjsonType && len(s.query) > 0 {
		return errors.New("the file is NDJSON, in which every line says everything itself; --dry-run and what describes columns are for CSV")
	}
	if cmd.Report != "" {
		if s.refused, err = newRefusedFile(cmd.Report); err != nil {
			return err
		}
	}
	err = s.send(ctx)
	s.screen.end()
	if s.refused != nil {
		err = errors.Join(err, s.refused.close())
	}
	if s.report.heard || s.report.counts["rows"] > 0 {
		err = errors.Join(s.report.print(c, cmd), err)
	}
	if n := s.report.counts["rejected"]; err == nil && n > 0 {
		err = fmt.Errorf("%s of %s rows were refused", thousands(n), thousands(s.report.counts["rows"]))
	}
	return err
}

// door says where the file goes and as what.
func (cmd importCmd) door(c console, in *importFile, mapping map[string]string) (where, kind string, err error) {
	lines, err := in.ndjson()
	if err != nil {
		return "", "", err
	}
	if lines {
		if cmd.Kind == string(table.OfClients) {
			return "", "", errors.New("the file is NDJSON, which is for signals; clients are imported from CSV")
		}
		return "/api/signals", ndjsonType, nil
	}
	of := table.Kind(cmd.Kind)
	if of == "" {
		of = table.OfSignals
		why := "--type is given"
		if cmd.Type == "" {
			if of, why, err = cmd.guess(in, mapping); err != nil {
				return "", "", err
			}
		}
		fmt.Fprintf(c.err, "%s is taken for %s (%s); --kind says otherwise.\n", in.name, of, why)
	}
	return "/api/" + string(of) + "/import", "text/csv", nil
}

// guess looks at the header.
func (cmd importCmd) guess(in *importFile, mapping map[string]string) (table.Kind, string, error) {
	o := table.Options{Encoding: cmd.Encoding, Mapping: mapping}
	switch cmd.Delimiter {
	case "tab":
		o.Separator = '\t'
	case ",", ";", "|":
		o.Separator = rune(cmd.Delimiter[0])
	}
	head, err := in.head()
	if err != nil {
		return "", "", err
	}
	kind, column, err := table.Guess(bytes.NewReader(head), o)
	if column == "" {
		return kind, "its header does not show it", err
	}
	return kind, fmt.Sprintf("it has a column %q", column), err
}

// mapping is which field each column is, by the file of it and by flags.
func (cmd importCmd) mapping() (map[string]string, error) {
	mapping := map[string]string{}
	if cmd.Mapping != "" {
		text, err := os.ReadFile(cmd.Mapping)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &mapping); err != nil || mapping == nil {
			return nil, fmt.Errorf("%s must be a JSON object of texts, such as {\"Firmenname\": \"name\"}", cmd.Mapping)
		}
	}
	maps.Copy(mapping, cmd.Map)
	return mapping, nil
}

// query is what is said of the file besides its content.
func (cmd importCmd) query(mapping map[string]string) (url.Values, error) {
	q := url.Values{}
	if len(mapping) > 0 {
		text, err := json.Marshal(mapping)
		if err != nil {
			return nil, err
		}
		q.Set("mapping", string(text))
	}
	for name, value := range map[string]string{"dates": cmd.Dates, "decimal": cmd.Decimal, "encoding": cmd.Encoding, "delimiter": cmd.Delimiter,
		"type": cmd.Type, "source": cmd.Source, "occurredAt": cmd.OccurredAt} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if cmd.DryRun {
		q.Set("dryRun", strconv.FormatBool(true))
	}
	return q, nil
}
