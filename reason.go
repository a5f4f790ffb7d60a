package stanna

// Reason is the named cause of a decision. The same constant shows in the
// API, on the pages, in the audit trail and in the tests, so that every
// message and every silence can be explained.
type Reason string

// Why a signal was not judged.
const (
	ReasonDuplicate     Reason = "duplicate"
	ReasonLate          Reason = "late"
	ReasonBackfill      Reason = "backfill"
	ReasonUnknownClient Reason = "unknown_client"
	ReasonInvalid       Reason = "invalid"
	ReasonNoChange      Reason = "no_change"
)

// Why a rule opened, changed or closed an alert.
const (
	ReasonFellPoints   Reason = "fell_points"   // fell by the points of the rule and left the green zone
	ReasonFellFar      Reason = "fell_far"      // fell so far that the zone does not matter
	ReasonFellPercent  Reason = "fell_percent"  // fell by the percentage of the rule
	ReasonEnteredRed   Reason = "entered_red"   // crossed into the red zone
	ReasonFellToLevel  Reason = "fell_to_level" // crossed the level of the rule
	ReasonWorsened     Reason = "worsened"      // got worse by a step since it was last told
	ReasonSeverityRose Reason = "severity_rose"
	ReasonRecovered    Reason = "recovered"
	ReasonNotRecovered Reason = "not_recovered"
	ReasonChurned      Reason = "client_churned"
	ReasonExcluded     Reason = "client_excluded"
	ReasonRuleOff      Reason = "rule_off"
)

// Why a rule did nothing.
const (
	ReasonFirstValue     Reason = "first_value"     // nothing to compare with yet
	ReasonBelowThreshold Reason = "below_threshold" // the fall is smaller than the rule asks for
	ReasonStillOpen      Reason = "still_open"      // told already; neither worse by a step nor recovered
	ReasonPartlyBack     Reason = "partly_back"     // better, but not by the margin or not by half the fall
	ReasonOtherSignal    Reason = "other_signal"    // the rule does not look at this type of signal
	ReasonShadow         Reason = "shadow"          // the rule is on trial: judged, not told
)

// Why an alert goes where it goes, or nowhere.
const (
	ReasonRuleDestination Reason = "rule_destination"
	ReasonDefaultChannel  Reason = "default_channel"
	ReasonFallback        Reason = "fallback_channel" // the destination is broken
	ReasonNoDestination   Reason = "no_destination"   // no channel is chosen yet
	ReasonNotConnected    Reason = "not_connected"    // Slack is not connected
)

// What became of a message.
const (
	ReasonSent             Reason = "sent"
	ReasonUpdatedInPlace   Reason = "updated_in_place"
	ReasonCoalesced        Reason = "coalesced" // told in a summary, because the channel had fallen behind
	ReasonPossiblyRepeated Reason = "possibly_repeated"
	ReasonDeletedInSlack   Reason = "deleted_in_slack" // the message was gone; posted anew
	ReasonTextOnly         Reason = "text_only"        // Slack refused the layout; the words were sent alone
	ReasonRateLimited      Reason = "rate_limited"
	ReasonTransport        Reason = "transport" // Slack did not answer or was in trouble
	ReasonPermanent        Reason = "permanent" // Slack will never take it; a person must act
	ReasonPaused           Reason = "paused"    // the connection needs a person
)

// sentences say the reasons to a person.
var sentences = map[Reason]string{
	ReasonDuplicate:        "This signal had come before; nothing changed.",
	ReasonLate:             "Older than what is already known; kept as history.",
	ReasonBackfill:         "More than 48 hours old on arrival; kept as history.",
	ReasonUnknownClient:    "No such client. Create it first with PUT /api/clients/{id} or an import.",
	ReasonInvalid:          "The signal could not be read.",
	ReasonNoChange:         "Nothing that anybody needs to be told.",
	ReasonFellPoints:       "Health fell by more points than the rule allows and is now yellow or red.",
	ReasonFellFar:          "Health fell far within the window.",
	ReasonFellPercent:      "Health fell by more percent than the rule allows.",
	ReasonEnteredRed:       "Health entered the red zone.",
	ReasonFellToLevel:      "Health fell to the level that the rule watches.",
	ReasonWorsened:         "It got worse by a step.",
	ReasonSeverityRose:     "Its severity rose.",
	ReasonRecovered:        "Out of danger by the margin, and at least half of the fall is regained.",
	ReasonNotRecovered:     "Thirty days passed without recovery.",
	ReasonChurned:          "The client has left.",
	ReasonExcluded:         "The client is excluded.",
	ReasonRuleOff:          "The rule was switched off.",
	ReasonFirstValue:       "First value seen; nothing to compare with yet.",
	ReasonBelowThreshold:   "The change is smaller than the rule asks for.",
	ReasonStillOpen:        "Told already; neither worse by a step nor recovered.",
	ReasonPartlyBack:       "Better, but not yet by the margin and by half of the fall.",
	ReasonOtherSignal:      "The rule does not look at this type of signal.",
	ReasonShadow:           "The rule is on trial: judged, not told.",
	ReasonRuleDestination:  "The rule names this destination.",
	ReasonDefaultChannel:   "No rule names another place, so it goes to the default channel.",
	ReasonFallback:         "Its own destination is broken, so it goes to the fallback channel.",
	ReasonNoDestination:    "No channel has been chosen yet.",
	ReasonNotConnected:     "Slack is not connected.",
	ReasonSent:             "Sent to Slack.",
	ReasonUpdatedInPlace:   "The message in Slack was updated.",
	ReasonCoalesced:        "Told in a summary, because the channel had fallen behind.",
	ReasonPossiblyRepeated: "Slack may have shown it before the line broke; it was sent again rather than lost.",
	ReasonDeletedInSlack:   "Somebody had deleted the message in Slack; it was posted anew.",
	ReasonTextOnly:         "Slack refused the layout; the words were sent alone.",
	ReasonRateLimited:      "Slack asked to wait.",
	ReasonTransport:        "Slack did not answer; it is tried again.",
	ReasonPermanent:        "Slack refused it for good; somebody must act.",
	ReasonPaused:           "The Slack connection needs a person; what is waiting stays.",
}

// Sentence says the reason to a person.
func (r Reason) Sentence() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
