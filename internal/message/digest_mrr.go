package message

import "github.com/gostanna/stanna"

// movementWords are what the movements of MRR are called.
var movementWords = map[stanna.MRRMovement]string{
	stanna.MRRNew: english("new§MRR"), stanna.MRRReactivation: english("reactivation§MRR"), stanna.MRRExpansion: english("expansion§MRR"),
	stanna.MRRContraction: english("contraction§MRR"), stanna.MRRChurn: english("churn§MRR"),
}

// mrrMoved tells what moved the MRR, in lines that add up to the first.
func (x digestPage) mrrMoved() []phrase {
	m := x.MRRMoved
	if m == nil {
		return nil
	}
	lines := []phrase{x.phrase("{title}: {change}", with{"title": x.bold("MRR moved"), "change": x.signed(m.Net)})}
	if len(m.Steps) == 0 {
		lines = []phrase{x.bold("MRR moved")}
	}
	for _, s := range m.Steps {
		word := movementWords[s.Movement]
		line := x.phrase("{change} {movement} ({n})", with{"change": x.signed(s.Amount), "movement": x.Text(word), "n": s.Clients})
		lines = append(lines, joined(": ", line, x.listed(s.Named, s.Clients)))
	}
	for _, a := range m.Apart {
		lines = append(lines, x.phrase("Counted apart: {n} {n|client|clients} with {change}", with{"n": a.Clients, "change": x.signed(a.Net)}))
	}
	return lines
}
