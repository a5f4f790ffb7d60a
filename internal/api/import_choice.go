package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/table"
)

// importChoice is what may be said of a file besides its content.
type importChoice struct {
	dryRun     bool
	occurredAt string
	table      table.Options
}

// importParameters are the names of what may be said, with what it is for. A
// name that is misspelt is refused: "dryrun" would store a file that somebody
// wants to try.
var importParameters = []struct{ name, doc string }{
	{"dryRun", "true: store nothing, and answer what would become of the file, with its first 10 rows as they were understood"},
	{"mapping", `A JSON object from the titles of columns to fields: {"Firmenname":"name","Umsatz":"mrr","Notiz":"-"}. "-" leaves a column out. Columns that it does not name are matched by their titles`},
	{"dates", "How the file writes dates that may be read in two ways: dmy (31/01/2026), mdy (01/31/2026), excel (46053). Without it, such a date is refused on its line"},
	{"decimal", "Which mark is for decimals, . or ,; without it, a number that may be read in two ways (1,492) is refused on its line"},
	{"encoding", "utf-8, utf-16le, utf-16be, windows-1252, or another table of 256 characters such as iso-8859-2; found out without it"},
	{"delimiter", "What separates the columns: , ; | or tab; found out without it"},
	{"startLine", "Rows that begin on this line or before are passed over: lastLine of an import that broke off"},
	{"type", "Of signals: the type of all, where the file has no column for it"},
	{"source", "Of signals: who says so, where a row does not"},
	{"occurredAt", "Of signals: when it was true, where a row does not say; a date or a time"},
}

func readImportChoice(q url.Values) (c importChoice, err error) {
	for name, values := range q {
		if name != "workspaceId" && !slices.ContainsFunc(importParameters, func(p struct{ name, doc string }) bool { return p.name == name }) {
			return c, stanna.InvalidField(clip(name, 60), "is no parameter of an import")
		}
		if len(values) > 1 {
			return c, stanna.InvalidField(name, "is given twice")
		}
	}
	switch q.Get("dryRun") {
	case "", "false":
	case "true":
		c.dryRun = true
	default:
		return c, stanna.InvalidField("dryRun", "must be true or false")
	}
	if m := q.Get("mapping"); m != "" {
		if err := json.Unmarshal([]byte(m), &c.table.Mapping); err != nil || c.table.Mapping == nil {
			return c, stanna.InvalidField("mapping", `must be a JSON object of texts, such as {"Firmenname":"name"}`)
		}
	}
	c.table.Dates = table.Dates(q.Get("dates"))
	if err := c.table.Dates.Validate(); err != nil {
		return c, err
	}
	switch d := q.Get("decimal"); d {
	case "":
	case ".", ",":
		c.table.Decimal = rune(d[0])
	default:
		return c, stanna.InvalidField("decimal", "must be . or ,")
	}
	if c.table.Encoding = q.Get("encoding"); c.table.Encoding != "" {
		if _, err := table.Encoding(c.table.Encoding); err != nil {
			return c, err
		}
	}
	if c.table.Separator, err = delimiter(q.Get("delimiter")); err != nil {
		return c, err
	}
	if s := q.Get("startLine"); s != "" {
		if c.table.StartLine, err = strconv.Atoi(s); err != nil || c.table.StartLine < 0 {
			return c, stanna.InvalidField("startLine", "must be the number of a line")
		}
	}
	c.table.Type, c.table.Source, c.occurredAt = stanna.SignalType(q.Get("type")), q.Get("source"), q.Get("occurredAt")
	return c, nil
}

func delimiter(s string) (rune, error) {
	switch strings.ToLower(s) {
	case "":
		return 0, nil
	case "tab", "\t":
		return '\t', nil
	case ",", ";", "|":
		return rune(s[0]), nil
	}
	return 0, stanna.InvalidField("delimiter", "must be one of , ; | or tab")
}

// timed reads the time of signals that name none, on the workspace's clock.
func (c *importChoice) timed(zone *time.Location) error {
	if c.occurredAt == "" {
		return nil
	}
	at, err := table.Instant(c.occurredAt, c.table.Dates, zone)
	if err != nil {
		return stanna.InvalidField("occurredAt", "%s", err)
	}
	c.table.OccurredAt = at
	return nil
}

// describeImport describes what imports have in common.
func describeImport(registry huma.Registry, op *huma.Operation, report *huma.Schema, signals bool) {
	for _, p := range importParameters {
		if signals || !strings.HasPrefix(p.doc, "Of signals") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: p.name, In: "query", Description: p.doc, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	op.Description += " The first line names the columns; capitals, spaces and underscores do not matter. It is read in the encoding and with the separator that it has; " +
		"amounts and dates may be written in the ways that spreadsheets know. A row that is wrong does not spoil its neighbours.\n\n" +
		"What is committed stays: a file that broke off is sent again, whole or with startLine, and changes nothing of what is there. " +
		"With `Accept: " + ndjson + "` the answer comes while the file is read, in lines: {rejected}, {progress} after 256 rows at most, and {report} last."
	op.RequestBody = &huma.RequestBody{Required: true, Content: content("text/csv", &huma.Schema{Type: huma.TypeString})}
	answer := content("application/json", report)
	op.Responses["200"] = &huma.Response{Description: "What became of the rows", Content: map[string]*huma.MediaType{
		"application/json": {Schema: report}, ndjson: {Schema: schemaOf[importEvent](registry)}}}
	op.Responses["503"] = &huma.Response{Description: "The rest was not taken over; go on after lastLine", Content: answer}
}
