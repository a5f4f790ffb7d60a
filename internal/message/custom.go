package message

import "github.com/gostanna/stanna/internal/locale"

// custom tells an alert of a rule that the team wrote itself: what the rule is
// called is all that is known of what it means.
func custom(c chapter) telling {
	name := c.rule(c.alert)
	if name == nil {
		name = c.phrase("an alert")
	}
	t := telling{change: name, past: name, apart: true}
	if condition := outside(c.alert.Evidence.Subject, 400); condition != nil {
		t.why = c.listed(c.phrase("The rule's condition holds: {condition}", with{"condition": condition}))
		t.why.also = c.troubles()
	} else {
		t.why.spare = true
	}
	if score, known := c.state.HealthScore(); known && locale.IsNumber(score) {
		if line := c.sparkline(c.state.Health); line != "" {
			t.course = append(t.course, c.phrase("health {bars}", with{"bars": line}))
		}
	}
	t.steps = c.byCause()
	return t
}
