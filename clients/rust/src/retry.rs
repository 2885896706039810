use std::time::Duration;

use tonic::Code;

use crate::errors::Error;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Whether the server's contract says that repeating makes sense.
///
/// `Unavailable` and `Aborted`: nothing was written. A write that was not confirmed: the call carries a request_id, so it is done once however often it arrives.
pub(crate) fn may_repeat(error: &Error) -> bool {
    matches!(error.code(), Code::Unavailable | Code::Aborted) || error.reason() == "WRITE_OUTCOME_UNKNOWN" || was_cut(error)
}

/// Whether the connection broke under the call: no server said anything, and this side does not cancel but by dropping the call.
pub(crate) fn was_cut(error: &Error) -> bool {
    error.reason().is_empty() && matches!(error.code(), Code::Internal | Code::Unknown | Code::Cancelled)
}

/// Whether a watch is over for good. After everything else it is taken up again where it was.
///
/// `heard` says whether anything had come on the connection that failed: who was let in there and is not any more has a token that ran out, and may have a new
/// one by now.
pub(crate) fn ends_watch(error: &Error, heard: bool) -> bool {
    match error.code() {
        Code::Unauthenticated => !heard,
        Code::NotFound
        | Code::PermissionDenied
        | Code::InvalidArgument
        | Code::OutOfRange
        | Code::DataLoss
        | Code::Unimplemented
        | Code::FailedPrecondition => true,
        _ => false,
    }
}

/// Pauses that grow, with full jitter.
#[derive(Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The next pause, on top of what the server asked for.
    pub(crate) fn pause(&mut self, asked: Option<Duration>) -> Duration {
        let longest = LONGEST_PAUSE.min(FIRST_PAUSE * (1 << self.failures));
        self.failures = (self.failures + 1).min(10);
        asked.unwrap_or_default() + longest.mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_seconds_on_top_of_what_the_server_asks_for() {
        for _ in 0..100 {
            let mut backoff = Backoff::default();
            for longest in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000] {
                assert!(backoff.pause(None) <= Duration::from_millis(longest));
            }
            let asked = Duration::from_secs(60);
            assert!((asked..asked + LONGEST_PAUSE).contains(&backoff.pause(Some(asked))));
            backoff.reset();
            assert!(backoff.pause(None) <= FIRST_PAUSE);
        }
    }

    #[test]
    fn only_what_was_not_written_is_repeated() {
        let of = |code| may_repeat(&Error::new(code, ""));
        let repeated = [Code::Unavailable, Code::Aborted, Code::Internal, Code::Unknown, Code::Cancelled];
        for code in (0..17).map(Code::from_i32) {
            assert_eq!(of(code), repeated.contains(&code), "{code:?}");
        }
    }
}
