//! Whether every approval was allowed when it was given.

use std::collections::HashMap;

use crate::checks::outcome::Outcome;
use crate::evidence::approval::Approval;
use crate::evidence::history::History;

pub fn approvals_valid(history: &History) -> Outcome {
    let Some(attached) = &history.attached else {
        return Outcome::pass(); // no policy, so no approval
    };
    let mut unsigned_by_id = HashMap::<&str, Vec<&Approval>>::new();
    for approval in &history.approvals {
        let event = approval.event;
        let same_id = unsigned_by_id.entry(event.actor.id).or_default();
        let wrong = if approval.has_expired_by(event.occurred_at) {
            Some("it had expired when it was given")
        } else if same_id.iter().any(|earlier| earlier.stands_at(event)) {
            Some("an earlier one of the same approver stood")
        } else {
            approval.why_not_eligible(&attached.raised, history.created.actor)
        };
        if let Some(why) = wrong {
            return Outcome::fail(format!("event {}: {why}", event.place));
        }
        if approval.signature.is_none() {
            same_id.push(approval);
        }
    }
    Outcome::pass()
}
