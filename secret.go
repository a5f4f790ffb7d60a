package stanna

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that must not be seen: a token, a password, a signing key.
// However it is printed, logged or encoded it reads "[secret]"; only Reveal
// gives it away, so a search for Reveal finds every place that does.
type Secret string

const hidden = "[secret]"

// Reveal gives the text itself.
func (s Secret) Reveal() string { return string(s) }

// Format hides the text from every verb; of a wrong one (%d) fmt would show it.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
