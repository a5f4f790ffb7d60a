package relay

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
)

// letterTimeout bounds the handing over of one letter.
const letterTimeout = 35 * time.Second

// flight is a letter on its way to the mail server. It outlives the step that
// began it, and the next step waits on for it.
type flight struct {
	list   []stanna.Delivery // that it tells
	letter mail.Letter
	began  time.Time

	done   chan struct{} // closed when there is an answer
	answer mail.Answer
	took   time.Duration
}

// under is the letter that is under way on a lane. One that should have ended
// long ago is nobody's: the lane was another replica's meanwhile.
func (r *Relay) under(lane string, now time.Time) *flight {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.flights[lane]
	if f != nil && now.Sub(f.began) > 2*letterTimeout {
		delete(r.flights, lane)
		return nil
	}
	return f
}

// launch begins to hand a letter over, unless that has begun.
func (r *Relay) launch(lane string, f *flight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !f.began.IsZero() {
		return
	}
	f.began = r.Now()
	r.flights[lane] = f
	go func() {
		defer close(f.done)
		f.answer = r.post(f.letter)
		f.took = r.Now().Sub(f.began)
		r.Count("mail", string(f.answer.Outcome), f.took)
	}()
}

// land forgets a letter whose fate is being written down: the transaction that
// does so plans the next one.
func (r *Relay) land(lane string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.flights, lane)
}

// post hands one letter to the mail server.
func (r *Relay) post(l mail.Letter) mail.Answer {
	if r.Mail == nil {
		return mail.Answer{Outcome: mail.Retry, Error: "This server has no mail server to send by. Whoever runs it sets --smtp-url (STANNA_SMTP_URL)"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), letterTimeout)
	defer cancel()
	return r.Mail.Send(ctx, l)
}
