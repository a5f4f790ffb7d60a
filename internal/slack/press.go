package slack

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// Press is what somebody did in Slack with something of ours. It may come
// more than once (a person presses again, Slack sends again): see Key.
type Press struct {
	Kind PressKind

	TeamID       string // where it was made; "" when the app is installed for a whole organisation and Slack names none
	EnterpriseID string
	AppID        string
	UserID       string
	UserTeamID   string // another than TeamID: a person of another organisation, in a shared channel

	ActionID string // of the button, menu or date picker
	Value    string // of a button: its value; of a menu: what was chosen; of a date picker: the date (2026-11-23)
	ActionTS string // when, as Slack writes it: "1764000000.123456"

	ChannelID, MessageTS string // what it was made on; "" in a form

	TriggerID   string        // for OpenView, within three seconds
	ResponseURL stanna.Secret // for Respond; "" of a form. Whoever holds it may speak as the app

	ViewID string            // of the form
	Form   string            // its callback_id
	Meta   string            // its private_metadata
	Fields map[string]string // by block_id: what was chosen or typed, "" left empty; several choices with commas between
}

// PressKind is what a [Press] was.
type PressKind string

// The kinds.
const (
	PressAction PressKind = "action" // a button, a menu, a date picker
	PressForm   PressKind = "form"   // a form was submitted
	PressOther  PressKind = "other"  // nothing for us: acknowledge it and do nothing
)

// Key names the press for ever: the same press that comes again has the same
// key. The key of a form is the form's: note it when what it asks for was
// done, and not when it was sent back with [FormErrors].
func (p Press) Key() string {
	team := cmp.Or(p.TeamID, p.EnterpriseID)
	if p.Kind == PressForm {
		return strings.Join([]string{team, p.UserID, p.ViewID}, "/")
	}
	return strings.Join([]string{team, p.UserID, p.ActionTS, p.ActionID}, "/")
}

// pressed is the payload of an interaction, as far as it matters. (slack-go's
// InteractionCallback decodes the pressed message with all its blocks as
// well, and a press must not fail for one that it cannot read.)
type pressed struct {
	Type string `json:"type"`
	Team struct {
		ID           string `json:"id"`
		EnterpriseID string `json:"enterprise_id"`
	} `json:"team"`
	Enterprise struct {
		ID string `json:"id"`
	} `json:"enterprise"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	AppID     string `json:"api_app_id"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
	} `json:"container"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Message struct {
		TS string `json:"ts"`
	} `json:"message"`
	Actions []struct {
		ActionID string `json:"action_id"`
		ActionTS string `json:"action_ts"`
		element
	} `json:"actions"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	State       state  `json:"state"` // of a message with fields
	View        struct {
		ID         string `json:"id"`
		CallbackID string `json:"callback_id"`
		Meta       string `json:"private_metadata"`
		State      state  `json:"state"`
	} `json:"view"`
}

// state is what stands in the fields, by block_id and action_id.
type state struct {
	Values map[string]map[string]element `json:"values"`
}

// element is what a button or a field holds; which of these depends on its
// type. https://docs.slack.dev/reference/block-kit/block-elements
type element struct {
	Value         string   `json:"value"`
	Date          string   `json:"selected_date"`
	Time          string   `json:"selected_time"`
	At            int64    `json:"selected_date_time"` // Unix
	Option        option   `json:"selected_option"`
	Options       []option `json:"selected_options"`
	User          string   `json:"selected_user"`
	Users         []string `json:"selected_users"`
	Channel       string   `json:"selected_channel"`
	Channels      []string `json:"selected_channels"`
	Conversation  string   `json:"selected_conversation"`
	Conversations []string `json:"selected_conversations"`
}

type option struct {
	Value string `json:"value"`
}

func (e element) text() string {
	var at string
	if e.At != 0 {
		at = strconv.FormatInt(e.At, 10)
	}
	chosen := slices.Concat(e.Users, e.Channels, e.Conversations)
	for _, o := range e.Options {
		chosen = append(chosen, o.Value)
	}
	return cmp.Or(e.Value, e.Option.Value, e.Date, e.Time, at, e.User, e.Channel, e.Conversation, strings.Join(chosen, ","))
}

// fields is what stands in each block. A block of ours has one field; of
// several the first by action_id that is not empty counts.
func (s state) fields() map[string]string {
	if len(s.Values) == 0 {
		return nil
	}
	texts := make(map[string]string, len(s.Values))
	for block, elements := range s.Values {
		texts[block] = ""
		for _, action := range slices.Sorted(maps.Keys(elements)) {
			texts[block] = cmp.Or(texts[block], elements[action].text())
		}
	}
	return texts
}

// ReadPress reads the payload of an interaction: the form field of that name
// over HTTP, whose signature was verified and whose size was bounded before,
// or the Payload of an [Envelope] of type interactive. What is of no concern
// to us (a shortcut, a form that was closed) is of [PressOther]. Of several
// actions the first counts; Slack sends one.
// https://docs.slack.dev/reference/interaction-payloads
func ReadPress(payload []byte) (Press, error) {
	refuse := func(why string) (Press, error) {
		return Press{}, stanna.Errorf(stanna.Invalid, "not an interaction of Slack's: %s", why)
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(payload, &kind); err != nil {
		return refuse("the payload is not its JSON")
	}
	switch kind.Type {
	case "":
		return refuse("it has no type")
	case "block_actions", "view_submission":
	default:
		return Press{Kind: PressOther}, nil
	}
	var in pressed
	if err := json.Unmarshal(payload, &in); err != nil {
		return refuse("its fields have other types")
	}
	p := Press{
		Kind: PressForm, TeamID: in.Team.ID, EnterpriseID: cmp.Or(in.Enterprise.ID, in.Team.EnterpriseID), AppID: in.AppID,
		UserID: in.User.ID, UserTeamID: in.User.TeamID,
		ChannelID: cmp.Or(in.Container.ChannelID, in.Channel.ID), MessageTS: cmp.Or(in.Container.MessageTS, in.Message.TS),
		TriggerID: in.TriggerID, ResponseURL: stanna.Secret(in.ResponseURL),
		ViewID: in.View.ID, Form: in.View.CallbackID, Meta: in.View.Meta, Fields: in.View.State.fields(),
	}
	if p.Fields == nil {
		p.Fields = in.State.fields()
	}
	if kind.Type == "block_actions" {
		if len(in.Actions) == 0 {
			return refuse("it has no action")
		}
		a := in.Actions[0]
		p.Kind, p.ActionID, p.Value, p.ActionTS = PressAction, a.ActionID, a.text(), a.ActionTS
	}
	switch {
	case p.UserID == "":
		return refuse("it names no user")
	case p.TeamID == "" && p.EnterpriseID == "":
		return refuse("it names neither a workspace nor an organisation")
	case p.Kind == PressForm && p.ViewID == "":
		return refuse("it names no view")
	case p.Kind == PressAction && (p.ActionID == "" || p.ActionTS == ""):
		return refuse("its action has no name or no time")
	}
	return p, nil
}
