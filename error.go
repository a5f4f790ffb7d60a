package stanna

import (
	"errors"
	"fmt"
)

// Code says what kind of trouble an [Error] is; the doors translate it into
// their own status.
type Code string

// The kinds of trouble a person can do something about. Everything else is
// internal: the visitor is told so, with an id to quote.
const (
	Invalid         Code = "invalid"         // the input is wrong; Fields says where
	Unauthenticated Code = "unauthenticated" // we do not know who is asking
	Forbidden       Code = "forbidden"       // we know, and they may not
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"    // it clashes with what is there
	Unavailable     Code = "unavailable" // try again later; nothing was changed
)

// Error is trouble that may be shown to a person: what happened and what to
// do, without secrets and without customer text.
type Error struct {
	Code    Code
	Message string
	Fields  map[string]string // what is wrong with each field of the input
	Err     error             // the cause, for the log only
}

// Error gives the message without the cause.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an [Error] of the given code.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// InvalidField says that one field of the input is wrong, and how.
func InvalidField(field, format string, args ...any) *Error {
	msg := fmt.Sprintf(format, args...)
	return &Error{Code: Invalid, Message: field + ": " + msg, Fields: map[string]string{field: msg}}
}

// CodeOf is the code of err, or "" when it is internal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
