package message

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash is the same for messages that Slack would show alike.
func (r Rendered) Hash() (string, error) {
	blocks, foot, err := r.Layout()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(r.Text), blocks, foot} {
		h.Write(part)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
