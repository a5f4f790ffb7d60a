package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
)

const templateColumns = `workspace, alert_type, channel, version, body, updated_at, failed_at, failed_alert, failed_why`

func scanTemplate(s scanner) (t stanna.Template, err error) {
	var body string
	var updated, failed int64
	if err := s.Scan(&t.Workspace, &t.Type, &t.Channel, &t.Version, &body, &updated, &failed, &t.Failed.AlertID, &t.Failed.Why); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(body), &t.Wording); err != nil {
		return t, fmt.Errorf("template %s of %s: %w", t.Type, t.Workspace, err)
	}
	t.UpdatedAt, t.Failed.At = fromMicros(updated), fromMicros(failed)
	return t, nil
}

// Templates lists the templates of a workspace, by type and channel.
func (tx *Tx) Templates(workspace string) ([]stanna.Template, error) {
	return collect(tx, scanTemplate, `select `+templateColumns+` from template where workspace = $1 order by alert_type, channel`, workspace)
}

// Template is the template of a type at a channel; "" is the one for
// everywhere.
func (tx *Tx) Template(workspace string, t stanna.AlertType, channel string) (stanna.Template, error) {
	return need(tx, "template", scanTemplate, `select `+templateColumns+` from template where workspace = $1 and alert_type = $2 and channel = $3`,
		workspace, t, channel)
}

// TemplateAt is the template by which an alert is told at a channel: its own,
// else the one for everywhere; ok is false when there is neither.
func (tx *Tx) TemplateAt(workspace string, t stanna.AlertType, channel string) (x stanna.Template, ok bool, err error) {
	return one(tx, scanTemplate, `select `+templateColumns+` from template where workspace = $1 and alert_type = $2 and channel in ('', $3)
		order by channel desc limit 1`, workspace, t, channel)
}

// TemplateSubject is what the revisions of a template are kept under.
func TemplateSubject(t stanna.AlertType, channel string) string {
	if channel == "" {
		return "template:" + string(t)
	}
	return "template:" + string(t) + ":" + channel
}

// PutTemplate stores a template as its next version, with a revision, and
// raises the workspace's version. One that was deleted goes on counting. That
// an older version failed is forgotten.
func (tx *Tx) PutTemplate(t stanna.Template, author string, now time.Time) (version int, err error) {
	if err := tx.raise(t.Workspace); err != nil {
		return 0, err
	}
	body, err := json.Marshal(t.Wording)
	if err != nil {
		return 0, err
	}
	subject := TemplateSubject(t.Type, t.Channel)
	version, _, err = one(tx, value[int], `insert into template (`+templateColumns+`, noted_at)
		values ($1, $2, $3, (select coalesce(max(v.version), 0) + 1 from revision v where v.workspace = $1 and v.subject = $6), $4, $5, 0, '', '', 0)
		on conflict (workspace, alert_type, channel) do update set version = template.version + 1, body = excluded.body, updated_at = excluded.updated_at,
			failed_at = 0, failed_alert = '', failed_why = '', noted_at = 0
		returning version`, t.Workspace, t.Type, t.Channel, string(body), micros(now), subject)
	if err != nil {
		return 0, err
	}
	return version, tx.AddRevision(stanna.Revision{Workspace: t.Workspace, Subject: subject, Version: version, Body: string(body), Author: author, At: now})
}

// DeleteTemplate removes a template and raises the workspace's version. Its
// revisions stay.
func (tx *Tx) DeleteTemplate(workspace string, t stanna.AlertType, channel string) error {
	if err := tx.raise(workspace); err != nil {
		return err
	}
	n, err := tx.exec(`delete from template where workspace = $1 and alert_type = $2 and channel = $3`, workspace, t, channel)
	if err == nil && n == 0 {
		err = stanna.Errorf(stanna.NotFound, "template not found")
	}
	return err
}

// noteAgain is how long after a failure of a template the next goes into the
// trail.
const noteAgain = time.Hour

// TemplateFailed remembers that a template failed, and says whether that is to
// go into the trail: once for each version and hour. A version that is not in
// force any more is not remembered.
func (tx *Tx) TemplateFailed(t stanna.Template, f stanna.TemplateFailure) (note bool, err error) {
	n, err := tx.exec(`update template set noted_at = $5 where workspace = $1 and alert_type = $2 and channel = $3 and version = $4 and noted_at <= $6`,
		t.Workspace, t.Type, t.Channel, t.Version, micros(f.At), micros(f.At.Add(-noteAgain)))
	if err != nil {
		return false, err
	}
	_, err = tx.exec(`update template set failed_at = $5, failed_alert = $6, failed_why = $7 where workspace = $1 and alert_type = $2 and channel = $3 and version = $4`,
		t.Workspace, t.Type, t.Channel, t.Version, micros(f.At), f.AlertID, f.Why)
	return n > 0, err
}
