package auth

import "github.com/gostanna/stanna"

// Refusal is the cause of an error about who is asking, for a door that
// answers each with a code of its own: errors.Is(err, auth.MissingKey).
type Refusal string

// The refusals.
const (
	MissingKey        Refusal = "no API key was given"
	InvalidKey        Refusal = "the API key is malformed, unknown or revoked"
	WorkspaceMismatch Refusal = "the workspace is another"
	NotSignedIn       Refusal = "nobody is signed in"
	WrongPassword     Refusal = "e-mail or password is wrong"
	UsedLink          Refusal = "the link was used, has expired or never was"
)

func (r Refusal) Error() string { return string(r) }

func refused(r Refusal, code stanna.Code, message string) error {
	return &stanna.Error{Code: code, Message: message, Err: r}
}
