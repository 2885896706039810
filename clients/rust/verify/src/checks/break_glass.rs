//! Whether a gate that was passed without its quorum is accepted.

use std::collections::HashSet;

use crate::checks::outcome::Outcome;
use crate::checks::quorum::{groups_of_approvals, why_no_quorum};
use crate::evidence::gate::Gate;
use crate::evidence::log::Event;
use crate::trust::policy::AcceptedBreakGlass;

const JUSTIFIED: &str = "REVIEW_VERDICT_JUSTIFIED";
const UNJUSTIFIED: &str = "REVIEW_VERDICT_UNJUSTIFIED";

pub fn break_glass(gate: &Gate) -> Outcome {
    if gate.break_glass.is_none() {
        return Outcome::pass();
    }
    match gate.trust.accepted_break_glass {
        AcceptedBreakGlass::NotSaid => Outcome::not_checked("the gate was passed by break-glass; no trust policy says whether that is accepted"),
        AcceptedBreakGlass::Nothing => Outcome::fail("the gate was passed by break-glass, which the trust policy does not accept"),
        AcceptedBreakGlass::All => Outcome::pass(),
        AcceptedBreakGlass::Reviewed => Outcome::none_found(why_review_is_not_enough(gate)),
    }
}

fn why_review_is_not_enough(gate: &Gate) -> Option<String> {
    if let Some(review) = gate.reviews.iter().find(|review| review.body.text("verdict") == UNJUSTIFIED) {
        return Some(format!("event {}: the review found break-glass unjustified", review.place));
    }
    let approvers: HashSet<&str> = gate.counting.iter().map(|approval| approval.event.actor.id).collect();
    let mut groups_of_each = groups_of_approvals(gate);
    let reviews = gate.reviews.iter().filter(|review| counts(gate, review, &approvers));
    groups_of_each.extend(reviews.map(|review| review.body.texts("groups")));
    why_no_quorum(&gate.raised, &groups_of_each).map(|why| format!("approvals and reviews together do not make up the quorum: {why}"))
}

/// Whether the review makes up for an approval that was not there.
fn counts(gate: &Gate, review: &Event, approvers: &HashSet<&str>) -> bool {
    let reviewer = review.actor;
    review.body.text("verdict") == JUSTIFIED
        && !approvers.contains(reviewer.id)
        && (gate.raised.allow_self_approval || reviewer.id != gate.created.actor.id)
        && (!gate.raised.humans_only || reviewer.kind == "ACTOR_TYPE_HUMAN")
}
