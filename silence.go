package stanna

import (
	"strings"
	"time"
)

// Silence is an agreed quiet: what it matches is recorded and not told until
// it ends. It has an author, a comment and an end, so that nobody wonders
// later why nothing came.
type Silence struct {
	Workspace string
	ID        string
	Matcher   Matcher
	Author    string // e-mail, or the name of a program
	Comment   string
	StartsAt  time.Time
	EndsAt    time.Time
	EndedBy   string // who ended it early; "" otherwise
	CreatedAt time.Time
}

// MaxSilence is how long a silence may last: one that is forgotten is worse
// than the noise.
const MaxSilence = 366 * 24 * time.Hour

// Active says whether it is in force.
func (s Silence) Active(now time.Time) bool { return !now.Before(s.StartsAt) && now.Before(s.EndsAt) }

// Validate says what is wrong with a silence that begins, or nil.
func (s Silence) Validate(now time.Time) error {
	switch {
	case s.EndsAt.IsZero():
		return InvalidField("endsAt", "is required: a silence without an end is forgotten")
	case !s.EndsAt.After(s.StartsAt):
		return InvalidField("endsAt", "must be after startsAt")
	case !s.EndsAt.After(now):
		return InvalidField("endsAt", "must be in the future")
	case s.EndsAt.Sub(s.StartsAt) > MaxSilence:
		return InvalidField("endsAt", "must be within a year of startsAt")
	case strings.TrimSpace(s.Comment) == "":
		return InvalidField("comment", "is required: say why it is quiet, for those who wonder")
	case len(s.Comment) > MaxNote:
		return InvalidField("comment", "is longer than %d bytes", MaxNote)
	case s.Matcher.Everything():
		return InvalidField("matcher", "is empty and would silence everything; name at least a type, a rule, a severity or accounts")
	}
	return s.Matcher.Validate("matcher")
}
