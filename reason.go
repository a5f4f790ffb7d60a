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
	ReasonChurnLikely      Reason = "churn_likely"      // the chance of churn reached the rule's percentage
	ReasonChurnRose        Reason = "churn_rose"        // it rose by the points of the rule since the prediction before
	ReasonPaymentHard      Reason = "payment_hard"      // declined for good; trying again will not help
	ReasonPaymentDisputed  Reason = "payment_disputed"  // the customer wants the money back from the bank
	ReasonPaymentPastDue   Reason = "payment_past_due"  // every retry failed
	ReasonPaymentAgain     Reason = "payment_again"     // failed once more
	ReasonPaymentFirst     Reason = "payment_first"     // the first failure on an account that matters
	ReasonPaid             Reason = "paid"              // the payment was recovered
	ReasonPaidInPart       Reason = "paid_in_part"      // one of several is paid or settled, and the rest is still owed
	ReasonDisputeOver      Reason = "dispute_over"      // one way or the other
	ReasonBelowBaseline    Reason = "below_baseline"    // less than the client's own usual
	ReasonWentSilent       Reason = "went_silent"       // nothing at all for longer than is usual
	ReasonVeryNegative     Reason = "very_negative"     // one conversation said it clearly
	ReasonNegativeTrend    Reason = "negative_trend"    // several conversations did
	ReasonSumCrossed       Reason = "sum_crossed"       // MRR at risk rose above the amount
	ReasonMRRChanged       Reason = "mrr_changed"       // of a client that was at risk and still is
	ReasonLimitFilled      Reason = "limit_filled"      // a limit was used up far enough, for long enough
	ReasonGrowing          Reason = "growing"           // health and engagement rose
	ReasonNoLongerGrowing  Reason = "no_longer_growing" //
	ReasonAnniversary      Reason = "anniversary"
	ReasonGoalReached      Reason = "goal_reached"
	ReasonRenewalNear      Reason = "renewal_near"   // a step of the ladder before the renewal was reached
	ReasonRenewed          Reason = "renewed"        // the renewal date moved on
	ReasonRenewalPassed    Reason = "renewal_passed" // the date passed and no new one is known
	ReasonZoneChanged      Reason = "zone_changed"
	ReasonStatusChanged    Reason = "status_changed"
	ReasonMRRMoved         Reason = "mrr_moved" // a movement of what the account pays each month
	ReasonConditionHolds   Reason = "condition_holds"
	ReasonConditionOver    Reason = "condition_over"
	ReasonEventOver        Reason = "event_over"        // it told of an event, and has been seen long enough
	ReasonRiskOpened       Reason = "risk_opened"       // a risk opened, and this is no time for good news
	ReasonFirstContact     Reason = "first_contact"     // it was so when the rule began, or when the client came
	ReasonFoundInBackfill  Reason = "found_in_backfill" // history that came in late shows it
	ReasonTakenUp          Reason = "taken_up"
	ReasonAssigned         Reason = "assigned"
	ReasonSnoozed          Reason = "snoozed"
	ReasonSnoozeOver       Reason = "snooze_over"
	ReasonResolvedByPerson Reason = "resolved_by_person"
	ReasonNotTakenUp       Reason = "not_taken_up" // for longer than a step of the escalation allows

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
	ReasonBelowThreshold Reason = "below_threshold" // a value, or its change
	ReasonStillOpen      Reason = "still_open"      // told already; neither worse by a step nor recovered
	ReasonPartlyBack     Reason = "partly_back"     // better, but not by the margin or not by half the fall
	ReasonOtherSignal    Reason = "other_signal"    // the rule does not look at this type of signal
	ReasonShadow         Reason = "shadow"          // the rule is on trial: judged, not told

	ReasonAccountLeftOut  Reason = "account_left_out"  // the filter names the account as one to leave out
	ReasonAccountNotNamed Reason = "account_not_named" // the filter names other accounts
	ReasonOverridden      Reason = "overridden"        // a rule made for this account stands in for it
	ReasonAlreadyOpen     Reason = "already_open"      // another rule of the type has an alert open that is not over
	ReasonMRRUnknown      Reason = "mrr_unknown"
	ReasonOtherCurrency   Reason = "other_currency"
	ReasonBelowMinMRR     Reason = "below_min_mrr"
	ReasonOtherTier       Reason = "other_tier"
	ReasonOtherZone       Reason = "other_zone"
	ReasonOtherOwner      Reason = "other_owner"
	ReasonNoTag           Reason = "no_tag"
	ReasonOtherField      Reason = "other_field"
	ReasonConditionNot    Reason = "condition_not_met"
	ReasonConditionFailed Reason = "condition_failed"   // it could not be worked out for this client
	ReasonKnownState      Reason = "known_state"        // people know; neither cleared nor worse since
	ReasonRiskOpen        Reason = "risk_open"          // a risk is open, and this is no time for good news
	ReasonNotMeasured     Reason = "not_measured"       // the value that the rule needs was never sent
	ReasonTooLittleData   Reason = "too_little_data"    // not enough history to compare with
	ReasonTooSmall        Reason = "too_small"          // too little volume for a percentage to mean something
	ReasonUnfinished      Reason = "unfinished_period"  // only complete periods are compared
	ReasonLowConfidence   Reason = "low_confidence"     // the source is not sure enough
	ReasonTooFewMoods     Reason = "too_few_moods"      // one complaint is no trend
	ReasonSoftFirst       Reason = "soft_first_decline" // a first soft decline on a small account pages nobody
	ReasonNothingOwed     Reason = "nothing_owed"
	ReasonHealthPoor      Reason = "health_poor" // not known to be well enough for good news
	ReasonTooSoon         Reason = "too_soon"    // not long enough yet, or the date is not near yet
	ReasonShortTerm       Reason = "short_term"  // renews by itself too often for a ladder
	ReasonNoDate          Reason = "no_date"
	ReasonAlreadyTold     Reason = "already_told"   // this step, this date, this goal was told
	ReasonSameAsBefore    Reason = "same_as_before" // neither zone nor status changed
	ReasonBelowAmount     Reason = "below_amount"
	ReasonAmountNotSet    Reason = "amount_not_set" // the workspace has not chosen a sum
)

// Why an alert is told later, or not at all.
const (
	ReasonSilenced        Reason = "silenced"
	ReasonOutsideHours    Reason = "outside_hours"
	ReasonRedirected      Reason = "redirected" // outside hours it goes elsewhere
	ReasonDailyDigest     Reason = "daily_digest"
	ReasonWeeklyDigest    Reason = "weekly_digest"
	ReasonDigestOnly      Reason = "digest_only" // the workspace's switch
	ReasonUnstable        Reason = "unstable"    // opened three times in 14 days: the digest has it
	ReasonBudget          Reason = "over_budget" // the place has had enough for today: the digest has it
	ReasonManyAtOnce      Reason = "many_at_once"
	ReasonWhileSnoozed    Reason = "while_snoozed"
	ReasonEndedBeforeTold Reason = "ended_before_told"
	ReasonDiscarded       Reason = "discarded"
	ReasonReleased        Reason = "released"
	ReasonJoined          Reason = "joined" // told beside an alert that is open already
	ReasonAwayDigest      Reason = "while_you_were_away"
)

// Why a digest is not sent.
const (
	ReasonNothingToSay Reason = "nothing_to_say" // nothing has happened since the one before
	ReasonStillNothing Reason = "still_nothing"  // nor since it was said that nothing has
	ReasonDigestsBegin Reason = "digests_begin"  // it was due before there were digests for the place
	ReasonPersonAway   Reason = "person_away"    // the next one covers the gap
	ReasonNotInSlack   Reason = "not_in_slack"   // nobody there has the person's e-mail
	ReasonNoFallback   Reason = "no_fallback"    // its channel is broken, and no other was chosen
)

// Why an alert goes where it goes, or nowhere.
const (
	ReasonRuleDestination Reason = "rule_destination"
	ReasonDefaultChannel  Reason = "default_channel"
	ReasonRouteLine       Reason = "route_line" // a line of the routing table fits
	ReasonFollowed        Reason = "followed"   // somebody follows the account
	ReasonOwner           Reason = "owner"
	ReasonDeputy          Reason = "deputy"       // the owner is away, or not in Slack
	ReasonManager         Reason = "manager"      // neither the owner nor a deputy can be reached
	ReasonNobodyThere     Reason = "nobody_there" // no person can be reached, so it goes to a channel
	ReasonEscalation      Reason = "escalation"
	ReasonSentByHand      Reason = "sent_by_hand"
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
	ReasonPausedByHand     Reason = "paused_by_hand"
	ReasonEndpointGone     Reason = "endpoint_gone"   // it answered 410: it wants nothing any more
	ReasonEndpointMute     Reason = "endpoint_mute"   // nothing has arrived there for days
	ReasonWaitedTooLong    Reason = "waited_too_long" // for longer than anything is kept
)

// sentences say the reasons to a person.
var sentences = map[Reason]string{
	ReasonChurnLikely:      "The chance that the client leaves reached the percentage of the rule.",
	ReasonChurnRose:        "The chance that the client leaves rose by the points of the rule.",
	ReasonPaymentHard:      "The payment was declined for good; the customer must act.",
	ReasonPaymentDisputed:  "The payment is disputed: it is lost unless somebody answers in time.",
	ReasonPaymentPastDue:   "The payment is past due: every retry failed.",
	ReasonPaymentAgain:     "The payment failed once more.",
	ReasonPaymentFirst:     "A payment of an account that matters failed.",
	ReasonPaid:             "The payment was recovered.",
	ReasonPaidInPart:       "One of several payments is paid or settled; the rest is still owed.",
	ReasonDisputeOver:      "The dispute is over; how it ended is with the bank.",
	ReasonBelowBaseline:    "Engagement is far below the client's own usual.",
	ReasonWentSilent:       "Nothing has been heard for longer than is usual for this client.",
	ReasonVeryNegative:     "One conversation was clearly negative.",
	ReasonNegativeTrend:    "Several conversations in a row were negative.",
	ReasonMRRChanged:       "The MRR of the client changed.",
	ReasonSumCrossed:       "The MRR at risk rose above the amount of the rule.",
	ReasonLimitFilled:      "A limit has been nearly used up for long enough.",
	ReasonGrowing:          "Health and engagement have risen.",
	ReasonNoLongerGrowing:  "What spoke for an expansion is over.",
	ReasonAnniversary:      "It is the anniversary of the client.",
	ReasonGoalReached:      "The client reached a goal.",
	ReasonRenewalNear:      "The renewal is near.",
	ReasonRenewed:          "The renewal date moved on: it was renewed.",
	ReasonRenewalPassed:    "The renewal date passed, and no new one is known.",
	ReasonZoneChanged:      "The zone of the account changed.",
	ReasonStatusChanged:    "The status of the account changed.",
	ReasonMRRMoved:         "What the account pays each month moved.",
	ReasonConditionHolds:   "The condition of the rule holds.",
	ReasonConditionOver:    "The condition of the rule holds no longer.",
	ReasonEventOver:        "It told of an event, which is a while ago.",
	ReasonRiskOpened:       "A risk opened for this client; this is no time for good news.",
	ReasonFirstContact:     "It was so already when the rule began or the client came; listed once.",
	ReasonFoundInBackfill:  "History that came in late shows it; listed once.",
	ReasonTakenUp:          "Somebody is on it.",
	ReasonAssigned:         "It was given to somebody.",
	ReasonSnoozed:          "Somebody put it off; it is told again if it is still bad.",
	ReasonSnoozeOver:       "Its snooze is over, and it is still bad.",
	ReasonResolvedByPerson: "Somebody closed it.",
	ReasonNotTakenUp:       "Nobody took it up for longer than the rule allows.",
	ReasonAccountLeftOut:   "The rule leaves this account out.",
	ReasonAccountNotNamed:  "The rule is made for other accounts.",
	ReasonOverridden:       "A rule made for this account stands in for this one.",
	ReasonAlreadyOpen:      "Another rule of this type has an alert open on this client.",
	ReasonMRRUnknown:       "The rule asks for a minimum MRR, and the MRR of this client is not known.",
	ReasonOtherCurrency:    "The MRR of this client is in another currency than the workspace's, so it cannot be compared with the rule's minimum.",
	ReasonBelowMinMRR:      "The MRR is below the minimum of the rule.",
	ReasonOtherTier:        "The rule is for other tiers.",
	ReasonOtherZone:        "The rule is for other zones.",
	ReasonOtherOwner:       "The rule is for accounts of other owners.",
	ReasonNoTag:            "The rule is for accounts with other tags.",
	ReasonOtherField:       "A custom field has another value than the rule asks for.",
	ReasonConditionNot:     "The condition of the rule does not hold.",
	ReasonConditionFailed:  "The condition of the rule could not be worked out for this client.",
	ReasonKnownState:       "People know of this; it has neither cleared nor got worse by a step since.",
	ReasonRiskOpen:         "A risk is open for this client; this is no time for good news.",
	ReasonNotMeasured:      "What the rule needs has never been measured for this client.",
	ReasonTooLittleData:    "There is not enough history yet to compare with.",
	ReasonTooSmall:         "There is too little volume for a percentage to mean something.",
	ReasonUnfinished:       "The period was not over; only complete ones are compared.",
	ReasonLowConfidence:    "The source is not sure enough.",
	ReasonTooFewMoods:      "Too few conversations to speak of a trend; one complaint alone opens nothing.",
	ReasonSoftFirst:        "A first soft decline on a small account; it is tried again by itself.",
	ReasonHealthPoor:       "The client is not known to be well enough for good news.",
	ReasonNothingOwed:      "No failed payment is open.",
	ReasonTooSoon:          "It is too soon: the date is not near yet, or it has not lasted long enough.",
	ReasonShortTerm:        "The term is so short that it renews by itself; there is no ladder for it.",
	ReasonNoDate:           "The date that the rule needs is not known.",
	ReasonAlreadyTold:      "This was told already.",
	ReasonSameAsBefore:     "Neither the zone nor the status changed.",
	ReasonBelowAmount:      "The sum is below the amount of the rule.",
	ReasonAmountNotSet:     "Nobody has set the amount that the rule watches.",
	ReasonSilenced:         "A silence matches it; it is told when the silence ends, if it is still so.",
	ReasonOutsideHours:     "Outside working hours; it is told when they begin, if it is still so.",
	ReasonRedirected:       "Outside working hours the rule sends it elsewhere.",
	ReasonDailyDigest:      "It comes with the daily digest.",
	ReasonWeeklyDigest:     "It comes with the weekly summary.",
	ReasonDigestOnly:       "The workspace has switched everything to the digest.",
	ReasonUnstable:         "It opens and closes too often to be told at once; the digest has it.",
	ReasonBudget:           "The place it goes to has had as many messages as it takes in a day; the digest has it.",
	ReasonManyAtOnce:       "Many clients moved the same way at once, which is likelier a change of the source; it is held for an hour.",
	ReasonWhileSnoozed:     "It is snoozed.",
	ReasonEndedBeforeTold:  "It was over before it was time to tell it.",
	ReasonDiscarded:        "Somebody discarded it.",
	ReasonReleased:         "It was held, and its time came.",
	ReasonJoined:           "It is told beside an alert of this client that is open already.",
	ReasonAwayDigest:       "While you were away.",
	ReasonNothingToSay:     "Nothing has happened since the last one.",
	ReasonStillNothing:     "Nothing has happened since it was said that nothing has.",
	ReasonDigestsBegin:     "It was due before digests for this place began; the next one is sent.",
	ReasonPersonAway:       "The person is away; the next one after they are back covers the gap.",
	ReasonNotInSlack:       "Nobody in Slack has the person's e-mail.",
	ReasonNoFallback:       "The channel is broken, and there is no fallback channel that works.",
	ReasonRouteLine:        "A line of the routing table sends it there.",
	ReasonFollowed:         "Somebody follows this account.",
	ReasonOwner:            "It goes to the owner of the account.",
	ReasonDeputy:           "The owner is away or not in Slack, so it goes to the deputy.",
	ReasonManager:          "Neither the owner nor a deputy can be reached, so it goes to the manager.",
	ReasonNobodyThere:      "No person can be reached for this account, so it goes to a channel.",
	ReasonEscalation:       "Nobody took it up, so it goes there as well.",
	ReasonSentByHand:       "Somebody sent it.",
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
	ReasonBelowThreshold:   "It does not reach what the rule asks for.",
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
	ReasonPausedByHand:     "Somebody paused it; what comes meanwhile is kept and waits.",
	ReasonEndpointGone:     "It answered 410 Gone, which says that it wants nothing any more; what comes meanwhile is kept and waits.",
	ReasonEndpointMute:     "Nothing has arrived there for three days, though it was tried; what comes meanwhile is kept and waits.",
	ReasonWaitedTooLong:    "It waited for thirty days.",
}

// Sentence says the reason to a person.
func (r Reason) Sentence() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
