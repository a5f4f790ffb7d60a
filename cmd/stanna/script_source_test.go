package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// post [-ago=DURATION] [-id=ID] SCHEME SECRET URL BODY: another tool posts a body (or @FILE), signed
// as it would be, so long ago. What was answered is shown.
func cmdPost(ts *testscript.TestScript, neg bool, args []string) {
	at, id := time.Now(), "msg_"+strconv.FormatInt(time.Now().UnixNano(), 36)
	for ; strings.HasPrefix(args[0], "-"); args = args[1:] {
		name, value, _ := strings.Cut(args[0], "=")
		switch name {
		case "-ago":
			ago, err := time.ParseDuration(value)
			ts.Check(err)
			at = at.Add(-ago)
		case "-id":
			id = value
		default:
			ts.Fatalf("post knows no %s", name)
		}
	}
	scheme, secret, address, body := args[0], args[1], args[2], []byte(args[3])
	if file, is := strings.CutPrefix(args[3], "@"); is {
		var err error
		body, err = os.ReadFile(ts.MkAbs(file))
		ts.Check(err)
	}
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	sum := func(key []byte, parts ...string) []byte {
		mac := hmac.New(sha256.New, key)
		for _, p := range parts {
			mac.Write([]byte(p))
		}
		return mac.Sum(nil)
	}
	switch scheme {
	case "standard":
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		ts.Check(err)
		stamp := strconv.FormatInt(at.Unix(), 10)
		req.Header.Set("Webhook-Id", id)
		req.Header.Set("Webhook-Timestamp", stamp)
		req.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(sum(key, id+"."+stamp+".", string(body))))
	case "hubspot":
		stamp := strconv.FormatInt(at.UnixMilli(), 10)
		req.Header.Set("X-HubSpot-Request-Timestamp", stamp)
		req.Header.Set("X-HubSpot-Signature-v3", base64.StdEncoding.EncodeToString(sum([]byte(secret), "POST"+address, string(body), stamp)))
	case "intercom":
		mac := hmac.New(sha1.New, []byte(secret))
		mac.Write(body)
		req.Header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac.Sum(nil)))
	case "segment":
		mac := hmac.New(sha1.New, []byte(secret))
		mac.Write(body)
		req.Header.Set("X-Signature", hex.EncodeToString(mac.Sum(nil)))
	case "token":
		req.Header.Set("Authorization", "Bearer "+secret)
	default:
		ts.Fatalf("post knows no scheme %s", scheme)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), resp.StatusCode, string(text))
}
