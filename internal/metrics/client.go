package metrics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// MinContacts is how many people a client should know us by, unless the
// workspace chose otherwise; staleDays is after how many days without a word
// one is told of it.
const (
	MinContacts = 2
	staleDays   = 14
)

// ClientInsights are what deserves a look about one client, and what to do.
type ClientInsights struct {
	List []Insight // most severe first
	Next []Step    // most urgent first
}

// Insight is one of them.
type Insight struct {
	Type           string // of the alert, communication_gap or stakeholder_concentration
	Severity       stanna.Severity
	Description    string
	Recommendation string // "": nobody gave one
	AlertID        string
	Since          time.Time
}

// Step is something to do, as the rule's playbook or the source says it.
type Step struct {
	Action      string
	Severity    stanna.Severity // of what asks for it
	Description string
	Approach    string // the playbook whole; "": there is none
	AlertID     string
}

// Of says what deserves a look about a client: its open alerts with the
// playbooks of their rules, that nobody has spoken with it, and that it knows
// us by too few people.
func (s Scope) Of(tx *store.Tx, p store.Portrait, minContacts int) (out ClientInsights, err error) {
	open, err := s.openAlerts(tx, p.Client.ID)
	if err != nil {
		return out, err
	}
	rules, err := tx.Rules(s.Workspace)
	if err != nil {
		return out, err
	}
	playbooks := map[string]string{}
	for _, r := range rules {
		playbooks[r.ID] = strings.TrimSpace(r.Playbook)
	}
	for _, a := range open {
		i := Insight{Type: string(a.Type), Severity: a.Severity, Description: sentence(reasonOf(a, p.State.StateFacts)), AlertID: a.ID, Since: a.OpenedAt}
		i.Recommendation, _, _ = strings.Cut(playbooks[a.RuleID], "\n")
		if i.Recommendation == "" && len(a.Evidence.Actions) > 0 {
			i.Recommendation = a.Evidence.Actions[0]
		}
		out.List = append(out.List, i)
		if i.Recommendation != "" {
			out.Next = append(out.Next, Step{i.Recommendation, a.Severity, sentence(a.Evidence.Trigger.Sentence()), playbooks[a.RuleID], a.ID})
		}
	}
	if days := int(s.Now.Sub(p.State.LastContact).Hours() / 24); !p.State.LastContact.IsZero() && days >= staleDays {
		out.List = append(out.List, Insight{Type: "communication_gap", Severity: stanna.Medium, Since: p.State.LastContact,
			Description: fmt.Sprintf("Nobody has spoken with them for %d days.", days), Recommendation: reach(p.Client)})
	}
	if n := len(p.Client.Contacts); n > 0 && n < minContacts {
		out.List = append(out.List, Insight{Type: "stakeholder_concentration", Severity: stanna.Medium,
			Description: fmt.Sprintf("Only %d of at least %d contacts is on file.", n, minContacts)})
	}
	slices.SortStableFunc(out.List, func(a, b Insight) int { return cmp.Compare(b.Severity.Rank(), a.Severity.Rank()) })
	slices.SortStableFunc(out.Next, func(a, b Step) int { return cmp.Compare(b.Severity.Rank(), a.Severity.Rank()) })
	return out, nil
}

// reach says whom to call, or nothing when no contact is on file.
func reach(c stanna.Client) string {
	p, ok := c.PrimaryContact()
	name := cmp.Or(p.Name, p.Email)
	switch {
	case !ok || name == "":
		return ""
	case p.Title != "":
		return fmt.Sprintf("Call %s (%s)", name, p.Title)
	}
	return "Call " + name
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + strings.TrimRight(s[n:], ".") + "."
}
