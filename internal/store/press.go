package store

import "time"

// Presses are claimed before they are done and answered after, so that one
// which comes again, or twice at once, is done once. Whoever claims one and
// dies leaves it unanswered; after this time it may be claimed anew.
const pressPatience = 30 * time.Second

// TakePress claims a press in a Slack team. seen says that it came before, and
// answer with what it was answered: "" while somebody is at it.
func (tx *Tx) TakePress(team, id string, now time.Time) (answer string, seen bool, err error) {
	n, err := tx.exec(`insert into press (team, id, answer, at) values ($1, $2, '', $3)
		on conflict (team, id) do update set at = excluded.at where press.answer = '' and press.at <= $4`,
		team, id, micros(now), micros(now.Add(-pressPatience)))
	if err != nil || n == 1 {
		return "", false, err
	}
	answer, _, err = one(tx, value[string], `select answer from press where team = $1 and id = $2`, team, id)
	return answer, true, err
}

// AnswerPress keeps what a press was answered.
func (tx *Tx) AnswerPress(team, id, answer string) error {
	_, err := tx.exec(`update press set answer = $3 where team = $1 and id = $2`, team, id, answer)
	return err
}

// FreePress gives up a claim: the press may be done when it comes again.
func (tx *Tx) FreePress(team, id string) error {
	_, err := tx.exec(`delete from press where team = $1 and id = $2 and answer = ''`, team, id)
	return err
}

// PrunePresses forgets presses from before a time.
func (tx *Tx) PrunePresses(before time.Time) (int64, error) {
	return tx.exec(`delete from press where at < $1`, micros(before))
}
