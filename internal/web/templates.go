package web

import (
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// templatesView is every alert type, and in whose words it is told.
type templatesView struct {
	Write    bool
	Tabs     []tab
	Rows     []templateRow
	Types    []option
	Channels []option // that may have words of their own
}

type templateRow struct {
	Type, Name, Path string
	Everywhere       *wordedRow  // nil: the standard form
	Own              []wordedRow // of channels
}

// wordedRow is a template in a list.
type wordedRow struct {
	Where, Path, Subject string
	Version              int
	At                   stamp
	Failed               bool
}

func (s *site) templates(v *visit) (answer, error) {
	view := templatesView{Write: v.caller.May(auth.WriteRules), Tabs: rulesTabs("templates")}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		list, err := tx.Templates(v.workspace())
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
		if err != nil {
			return err
		}
		for _, e := range rule.Catalogue() {
			row := templateRow{Type: string(e.Type), Name: e.Name, Path: templatePath(e.Type, "", "")}
			for _, t := range list {
				if t.Type != e.Type {
					continue
				}
				w := wordedRow{Where: names.place(t.Channel), Path: templatePath(t.Type, t.Channel, ""), Subject: t.Subject, Version: t.Version,
					At: stampOf(v.road, t.UpdatedAt), Failed: !t.Failed.At.IsZero()}
				if t.Channel == "" {
					row.Everywhere = &w
				} else {
					row.Own = append(row.Own, w)
				}
			}
			view.Rows = append(view.Rows, row)
			view.Types = append(view.Types, option{Value: row.Type, Label: row.Name})
		}
		view.Channels, err = v.channelOptions(tx)
		return err
	})
	return answer{title: "Templates", body: templatesBody(view)}, err
}

// newTemplate leads to the page of the template that was chosen.
func (s *site) newTemplate(v *visit) (answer, error) {
	t := stanna.AlertType(v.asked("type"))
	if rule.EntryOf(t) == nil {
		return answer{to: "/templates"}, nil
	}
	return answer{to: templatePath(t, v.asked("channel"), "")}, nil
}

// place is where a template is for.
func (c channels) place(channel string) string {
	if channel == "" {
		return "everywhere"
	}
	if name, ok := c.names[channel]; ok {
		return name
	}
	return channel
}

// channelOptions are the channels that messages can go to, as far as the
// visitor may know their names.
func (v *visit) channelOptions(tx *store.Tx) (list []option, err error) {
	all, err := tx.Channels(v.workspace())
	for _, c := range all {
		if !c.Archived && c.Health != stanna.Broken && (!c.Private || v.caller.May(auth.Connect)) {
			list = append(list, option{Value: c.ID, Label: "#" + c.Name})
		}
	}
	return list, err
}

// templatePath is the page of a template, or one that belongs to it.
func templatePath(t stanna.AlertType, channel, tail string) string {
	path := "/templates/" + url.PathEscape(string(t)) + tail
	if channel != "" {
		path += "?channel=" + url.QueryEscape(channel)
	}
	return path
}

// withQuery adds to an address.
func withQuery(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}
