package mailtest

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Subject is a letter's subject, decoded.
func (l Letter) Subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(l.Message.Header.Get("Subject"))
	if err != nil {
		return l.Message.Header.Get("Subject")
	}
	return s
}

// plainPart is the text/plain part of a letter, decoded.
func plainPart(m *mail.Message) string {
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			text, _ := io.ReadAll(quotedprintable.NewReader(p))
			return strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
}
