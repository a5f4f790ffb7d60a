package message

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// Whatever was accepted as the address of a conversation becomes a link: it
// is not left out in silence for being long or odd.
func TestAnAcceptedAddressIsALink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.OneOf(rapid.StringMatching(`[!-~]{0,8}`), rapid.SampledFrom([]string{"x", "&", "~", "*", "a&b~"})).Draw(t, "piece")
		address := "https://a.example/" + strings.Repeat(piece, rapid.SampledFrom([]int{1, 60, 120, 200, 400, 900}).Draw(t, "times"))
		if stanna.ValidAddress(address) == nil && target(address) == "" {
			t.Errorf("%q is accepted, and is no link", address)
		}
	})
}

func TestWhoSaidItAndWhere(t *testing.T) {
	const page = "https://support.example.com/118"
	quote := func(author, address string) func(*ThreadView, *AlertView) {
		return func(_ *ThreadView, a *AlertView) { a.Evidence.Author, a.Evidence.URL = author, address }
	}
	complaint := func(v *ThreadView, _ *AlertView) {
		v.State.Sentiment, v.State.Quote = stanna.Reading{Value: -1, At: daysBefore(4)}, "We look at others."
		v.State.Moods = []stanna.Mood{{At: daysBefore(5), Score: 1, Quote: "Fine.", URL: "https://support.example.com/117"},
			{At: daysBefore(4), Score: -1, Quote: "We look at others.", Author: "Maria", URL: page}}
	}
	contact := func(v *ThreadView, _ *AlertView) {
		v.State.LastContact, v.State.LastContactKind, v.State.LastContactAuthor, v.State.LastContactURL = daysBefore(3), "call", "Rui Dias", page
	}
	both := func(v *ThreadView, a *AlertView) { contact(v, a); complaint(v, a) }
	for name, c := range map[string]struct {
		kind  stanna.AlertType
		ended bool
		view  func(*ThreadView, *AlertView)
		says  string // with what it may hold
		not   string
	}{
		"both known":        {stanna.SentimentNegative, false, quote("Maria Costa", page), "Said by Maria Costa on Sun 22 Nov: “I am", "Said on"},
		"where":             {stanna.SentimentNegative, false, quote("Maria Costa", page), "Open interaction: " + page + " Rule", "Open last contact"},
		"nobody, nowhere":   {stanna.SentimentNegative, false, quote("", ""), "Said on Sun 22 Nov: “I am", "Open interaction"},
		"nothing to see":    {stanna.SentimentNegative, false, quote("\u200b\u202e ", ""), "Said on Sun 22 Nov: “I am", "Said by"},
		"long":              {stanna.SentimentNegative, false, quote(strings.Repeat("x", 5000), page), "Said by " + strings.Repeat("x", 79) + "… on Sun", strings.Repeat("x", 81)},
		"from the right":    {stanna.SentimentNegative, false, quote("שרה", page), "Said by \u2068שרה\u2069 on Sun", ""},
		"a trap":            {stanna.SentimentNegative, false, quote("<!channel> *x*", page), "Said by &lt;!channel&gt; ∗x∗ on Sun", "<!channel>"},
		"a script":          {stanna.SentimentNegative, false, quote("Maria", "javascript:alert(1)"), "Said by Maria on Sun", "javascript"},
		"closed":            {stanna.SentimentNegative, true, quote("Maria Costa", page), "recovered", page},
		"undated":           {stanna.SentimentNegative, false, func(v *ThreadView, a *AlertView) { v.State.Moods = nil; quote("Maria", "")(v, a) }, "Said by Maria: “I am", ""},
		"beside another":    {stanna.PaymentIssue, false, complaint, "Said by Maria on Thu 19 Nov: “We look at others.”", "support.example.com/117"},
		"with Stripe":       {stanna.PaymentIssue, false, complaint, "Open in Stripe: https://dashboard.stripe.com/invoices/in_118, Open interaction: " + page, ""},
		"the last contact":  {stanna.PaymentIssue, false, contact, "Open last contact: " + page, "Open interaction"},
		"spoken with":       {stanna.HealthDrop, false, contact, "last contact 3 days ago (call, Rui Dias)", ""},
		"a complaint first": {stanna.RenewalUpcoming, false, both, "Open interaction: " + page, "Open last contact"},
		"a friendly one": {stanna.RenewalUpcoming, false, func(v *ThreadView, a *AlertView) {
			both(v, a)
			v.State.Sentiment.Value = 1
		}, "Open last contact: " + page, "Open interaction"},
		"of nobody's account": {stanna.RevenueAtRisk, false, func(*ThreadView, *AlertView) {}, "MRR at risk", "Open interaction"},
	} {
		t.Run(name, func(t *testing.T) {
			text := said(c.kind, c.ended, c.view)
			if c.kind == stanna.HealthDrop {
				v := fullView()
				c.view(&v, &v.Alerts[0])
				text = Thread(v).Text
			}
			if !strings.Contains(text, c.says) || c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("wants %q and not %q: %s", c.says, c.not, text)
			}
		})
	}
}

// A template says both by name, and its button leads to the conversation.
func TestTemplatesNameTheSpeaker(t *testing.T) {
	x := compiled(t, stanna.Template{Type: stanna.SentimentNegative, Wording: StandardWording(stanna.SentimentNegative, "")})
	for _, s := range Specimens(stanna.SentimentNegative, settings(), monday) {
		s.View.Template = x
		r := Thread(s.View)
		if r.Failed != nil {
			t.Errorf("%s: %s", s.Name, r.Failed.Why)
		}
		known := s.Name != "missing data"
		if got := strings.Contains(r.Text, "Open interaction: https://app.intercom.example/conversations/118"); got != known {
			t.Errorf("%s: %s", s.Name, r.Text)
		}
		if s.Name == "full" && !strings.Contains(r.Text, "Maria Costa: “I am really") {
			t.Error(r.Text)
		}
	}
}
