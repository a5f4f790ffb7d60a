package app

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gostanna/stanna/internal/sandbox"
)

var pictures = flag.Bool("pictures", false, "take the pictures in docs/messages anew")

// maxPicture is how large a picture may be: people read the page on a phone.
const maxPicture = 60_000

// room is how large a picture of that many lines may be; what a digest says
// fills more than a screen.
func room(lines int) int { return maxPicture + max(lines-1000, 0)*180 }

// pictured are the messages of docs/messages.md: the name of a picture, and of
// the golden message that is on it with the replies in its thread.
var pictured = []struct {
	name    string
	message string
	replies []string
}{
	{"health-drop", "en health_drop full", nil},
	{"churn-risk", "en churn_risk full", nil},
	{"payment-issue", "en payment_issue full", nil},
	{"engagement-drop", "en engagement_drop full", nil},
	{"sentiment-negative", "en sentiment_negative full", nil},
	{"revenue-at-risk", "en revenue_at_risk full", nil},
	{"expansion-opportunity", "en expansion_opportunity full", nil},
	{"milestone", "en milestone full", nil},
	{"renewal-upcoming", "en renewal_upcoming full", nil},
	{"key-account-update", "en key_account_update full", nil},
	{"custom", "en custom full", nil},
	{"missing-data", "en health_drop little", nil},
	{"closed", "en health_drop closed", nil},
	{"buttons", "en health_drop full buttons", nil},
	{"branded", "en health_drop full branded", nil},
	{"thread", "en health_drop full", []string{"en history", rose}},
	{"broadcast", rose, nil},
	{"away", "en summary_away_few", nil},
	{"summary", "en summary_resolved", nil},
	{"notice", "en notice_holding", nil},
	{"budget", "en budget", nil},
	{"digest-daily", "en digest_daily", nil},
	{"digest-weekly", "en digest_weekly", nil},
	{"digest-leadership", "en digest_leadership", nil},
	{"portrait", "en portrait_full", nil},
	{"redacted", "en redacted", nil},
	{"test", "en test", nil},
	{"es-churn-risk", "es churn_risk full", nil},
	{"es-payment-issue", "es payment_issue full buttons", nil},
	{"es-away", "es summary_away_few", nil},
	{"es-digest", "es digest_daily", nil},
}

// rose is a reply that stands in the channel as well.
const rose = "en history broadcast"

// golden is a message as the message room holds itself to it.
type golden struct {
	Name        string          `json:"name"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for _, language := range []string{"en", "es"} {
		raw, err := os.ReadFile(filepath.Join("..", "message", "testdata", "matrix", language+".json"))
		var list []golden
		if err == nil {
			err = json.Unmarshal(raw, &list)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list {
			all[g.Name] = g
		}
	}
	return all
}

// gallery is a sandbox to post to, with the people of the golden messages.
type gallery struct {
	*testing.T
	url string
}

const galleryToken, galleryChannel = "xoxb-gallery", "C0HEALTH01"

func openGallery(t *testing.T) gallery {
	cfg := sandbox.DefaultConfig()
	cfg.PostsPerSecond, cfg.BotToken, cfg.Scopes = 0, galleryToken, []string{"chat:write"}
	cfg.Users = []sandbox.UserConfig{{ID: "U012ANA", Email: "ana@example.com", Name: "Ana Silva"}, {ID: "U013BEN", Email: "ben@example.com", Name: "Ben Lim"}}
	at := time.Date(2026, 11, 23, 14, 20, 0, 0, time.UTC)
	s := sandbox.New(cfg, sandbox.Options{Now: func() time.Time { return at }})
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(func() { srv.Close(); s.Close() })
	return gallery{t, srv.URL}
}

// post posts a message, or a reply in a thread, and gives its ts.
func (g gallery) post(m golden, thread string, broadcast bool) string {
	g.Helper()
	if m.Text == "" {
		g.Fatal("there is no such golden message")
	}
	body := map[string]any{"channel": galleryChannel, "text": m.Text, "unfurl_links": false}
	for name, value := range map[string]json.RawMessage{"blocks": m.Blocks, "attachments": m.Attachments} {
		if len(value) > 0 && string(value) != "null" {
			body[name] = value
		}
	}
	if thread != "" {
		body["thread_ts"], body["reply_broadcast"] = thread, broadcast
	}
	raw, err := json.Marshal(body)
	if err != nil {
		g.Fatal(err)
	}
	req, err := http.NewRequestWithContext(g.Context(), http.MethodPost, g.url+"/api/chat.postMessage", bytes.NewReader(raw))
	if err != nil {
		g.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+galleryToken)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		g.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		OK        bool
		TS, Error string
		Errors    []string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		g.Fatalf("%s is refused: %s %v %v", m.Name, answer.Error, answer.Errors, err)
	}
	return answer.TS
}

// hang posts a message with its replies and says which article of the page it
// is.
func (g gallery) hang(all map[string]golden, message string, replies []string) (anchor string) {
	g.Helper()
	if message == rose { // it has a thread to come from
		return "b" + g.post(all[rose], g.post(all["en health_drop full"], "", false), true)
	}
	parent := g.post(all[message], "", false)
	for _, reply := range replies {
		g.post(all[reply], parent, reply == rose)
	}
	return "m" + parent
}

// TestMessagePictures posts every message type to a sandbox, sees that all of
// it is drawn, and that docs/messages.md shows a picture of each.
func TestMessagePictures(t *testing.T) {
	v, g, all := browse(t), openGallery(t), goldens(t)
	v.do(chromedp.EmulateViewport(1064, 1400, chromedp.EmulateScale(2)))
	var names, anchors []string
	for _, p := range pictured {
		names, anchors = append(names, p.name), append(anchors, g.hang(all, p.message, p.replies))
	}
	v.do(chromedp.Navigate(g.url+"/channels/"+galleryChannel), chromedp.WaitVisible(chromedp.CSS("#stream")))
	// It stands still, and its bar over nothing.
	v.do(chromedp.Evaluate[chromedp.Void](`window.fetch = () => Promise.reject(); document.querySelector(".bar").classList.remove("bar")`))
	for i, name := range names {
		v.messagePicture(name, anchors[i])
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "messages.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shownPicture.FindAllSubmatch(page, -1) {
		name := string(m[1])
		i := slices.Index(names, name)
		if i < 0 {
			t.Errorf("docs/messages.md shows %s, which nobody takes, or shows it twice", name)
			continue
		}
		names = slices.Delete(names, i, i+1)
	}
	if files, err := filepath.Glob(filepath.Join("..", "..", "docs", "messages", "*.png")); err != nil || len(files) != len(pictured) {
		t.Errorf("docs/messages has %d pictures of %d messages: %v", len(files), len(pictured), err)
	}
	if len(names) > 0 {
		t.Errorf("docs/messages.md does not show %s", strings.Join(names, ", "))
	}
}

var shownPicture = regexp.MustCompile(`!\[[^\]]+\]\(messages/([a-z-]+)\.png\)`)

// messagePicture looks at one message and keeps its picture in docs/messages,
// when it is not there yet or pictures are taken anew.
func (v *visitor) messagePicture(name, anchor string) {
	v.Helper()
	article := chromedp.CSS(fmt.Sprintf("[id=%q]", anchor))
	// A thread is opened, as its reader would.
	script := fmt.Sprintf(`(() => { const m = document.getElementById(%q); m.querySelectorAll(":scope > .body > details").forEach(d => d.open = true);
		return [...m.querySelectorAll(".other, .error")].map(e => e.innerText).concat(m.querySelector("h3, .section, .context") ? [] : ["no block is drawn"]); })()`, anchor)
	undrawn, err := chromedp.Run(v.ctx, chromedp.Evaluate[[]string](script))
	if err != nil || len(undrawn) > 0 {
		v.Errorf("%s is not drawn whole: %q %v", name, undrawn, err)
	}
	path := filepath.Join("..", "..", "docs", "messages", name+".png")
	if _, err := os.Stat(path); err == nil && !*pictures {
		return
	}
	shot, err := chromedp.Run(v.ctx, chromedp.Screenshot(article))
	if err != nil {
		v.Fatal(err)
	}
	small, err := shrink(shot)
	if err != nil {
		v.Fatal(err)
	}
	shown, err := png.DecodeConfig(bytes.NewReader(small))
	if err != nil || len(small) > room(shown.Height) || len(small) < 3_000 {
		v.Errorf("the picture of %s has %d bytes: %v", name, len(small), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		v.Fatal(err)
	}
	if err := os.WriteFile(path, small, 0o644); err != nil {
		v.Fatal(err)
	}
}

// shrink writes a picture with so few colours that it is small, which is
// enough for words on white.
func shrink(raw []byte) (small []byte, err error) {
	from, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for _, most := range []int{256, 96, 48, 32, 24, 16} {
		if small, err = paint(from, most); err != nil || len(small) <= room(from.Bounds().Dy()) {
			break
		}
	}
	return small, err
}

// paint writes a picture with that many colours at most, the frequent ones
// first; what is hardly another colour becomes one of them.
func paint(from image.Image, most int) ([]byte, error) {
	count := map[color.RGBA]int{}
	for y := from.Bounds().Min.Y; y < from.Bounds().Max.Y; y++ {
		for x := from.Bounds().Min.X; x < from.Bounds().Max.X; x++ {
			count[color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range frequent {
		if len(palette) < most && !slices.ContainsFunc(palette, func(p color.Color) bool { return alike(c, p.(color.RGBA)) }) {
			palette = append(palette, c)
		}
	}
	to := image.NewPaletted(from.Bounds(), palette)
	draw.Draw(to, to.Bounds(), from, from.Bounds().Min, draw.Src)
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, to)
	return b.Bytes(), err
}

func alike(a, b color.RGBA) bool {
	apart := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return apart(a.R, b.R)+apart(a.G, b.G)+apart(a.B, b.B) < 12
}
