package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
)

// IfRead is what a writer says they had read, so that nobody's change is lost:
// the ETag in If-Match, or the version in the body.
type IfRead struct {
	IfMatch string `header:"If-Match" doc:"The ETag of what you read. Refused with 412 PRECONDITION_FAILED if it was changed since; the field version in the body does the same with 409 CONFLICT"`
}

// tags are those of the header, without quotes and W/. None: any will do.
func (r IfRead) tags() (list []string) {
	for part := range strings.SplitSeq(r.IfMatch, ",") {
		part = strings.Trim(strings.TrimPrefix(strings.TrimSpace(part), "W/"), `"`)
		if part == "*" {
			return nil
		}
		if part != "" {
			list = append(list, part)
		}
	}
	return list
}

// version is the version that the header or the body names; nil: neither.
// What the header names and is no version of ours fits none.
func (r IfRead) version(body *int) *int {
	tags := r.tags()
	if len(tags) == 0 {
		return body
	}
	n, err := strconv.Atoi(tags[0])
	if err != nil {
		n = -1
	}
	return &n
}

// tag is the one tag that the header names, or "".
func (r IfRead) tag() string {
	if tags := r.tags(); len(tags) > 0 {
		return tags[0]
	}
	return ""
}

// refused writes a lost race in the words of how it was found out.
func (r IfRead) refused(err error) error {
	if !errors.Is(err, policy.Moved) {
		return err
	}
	if len(r.tags()) > 0 {
		return &problem{Code: preconditionFailed, Status: http.StatusPreconditionFailed, Message: err.Error()}
	}
	return &problem{Code: conflict, Status: http.StatusConflict, Message: err.Error()}
}

// etag is a version as a header shows it.
func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// actor is the caller as the trail and people name them.
func actor(who auth.Caller) intake.By {
	name := who.Email
	if name == "" {
		name = who.Name
	}
	return intake.By{Actor: who.Actor(), Name: name, Sees: who.Sees}
}
