package metrics

import "github.com/gostanna/stanna"

// strongest is the factor that moved a score most in a direction (below 0:
// down), else, where the source gives no impact at all, the one that it names
// first.
func strongest(factors []stanna.Factor, direction float64) (best stanna.Factor, ok bool) {
	given, most := false, 0.0
	for _, f := range factors {
		if f.Impact == nil {
			continue
		}
		given = true
		if by := *f.Impact * direction; by > most {
			best, ok, most = f, true, by
		}
	}
	if !given && len(factors) > 0 {
		return factors[0], true
	}
	return best, ok
}

// because says a factor in words: "Usage: 118 a day, usually 200".
func because(f stanna.Factor) string {
	if f.Detail == "" {
		return f.Name
	}
	return f.Name + ": " + f.Detail
}

// unexplained is what is said where the source gives no reason.
func unexplained(source string) string {
	if source == "" {
		return "No reason given"
	}
	return "No reason given by " + source
}

// why is the reason for a score that is low or moved, from what its source
// says.
func why(facts stanna.StateFacts, direction float64) string {
	if f, ok := strongest(facts.HealthFactors, direction); ok {
		return because(f)
	}
	return unexplained(facts.HealthSource)
}
