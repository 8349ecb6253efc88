//! The meaning of each reason: its cause, its cure, its codes, and the outcome of a postback.

use tonic::Code;

use crate::v1::ErrorReason;

/// The outcome of a postback that meets a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostbackOutcome {
    /// Kept and not counted. It can be replayed.
    Held,
    /// The request was no postback of a merchant, so nothing is kept.
    Ignored,
    /// Not kept. It must be sent again.
    Refused,
}

struct Facts {
    cause: &'static str,
    cure: &'static str,
    code: Code,
    http_status: u16,
    postback: Option<PostbackOutcome>,
}

/// The facts of `Unspecified`. No correct answer has this reason, so it counts as a fault of the
/// service.
const UNSPECIFIED: Facts =
    Facts { cause: "", cure: "", code: Code::Internal, http_status: 500, postback: None };

include!("gen/reasons.rs");

impl ErrorReason {
    /// The cause of the reason: a clause of Markdown. Empty for `Unspecified`.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        facts(self).cause
    }

    /// The cure of the reason: a clause of Markdown. Empty for `Unspecified`.
    #[must_use]
    pub const fn cure(self) -> &'static str {
        facts(self).cure
    }

    /// The gRPC code of a call that fails for the reason.
    #[must_use]
    pub const fn grpc_code(self) -> Code {
        facts(self).code
    }

    /// The HTTP status of the answer to a postback, or to any other request that is not a visit.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        facts(self).http_status
    }

    /// The outcome of a postback that meets the reason; `None` if no postback meets it.
    #[must_use]
    pub const fn postback_outcome(self) -> Option<PostbackOutcome> {
        facts(self).postback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_reason_are_those_of_the_list_of_reasons() {
        let reason = ErrorReason::AttributionWindowPassed;
        assert!(reason.cause().contains("attribution window") && reason.cure().contains("replay"));
        assert_eq!((reason.grpc_code(), reason.http_status()), (Code::FailedPrecondition, 422));
        assert_eq!(reason.postback_outcome(), Some(PostbackOutcome::Held));
        assert_eq!(ErrorReason::PreviewCall.postback_outcome(), Some(PostbackOutcome::Ignored));
        assert_eq!(ErrorReason::Overloaded.postback_outcome(), Some(PostbackOutcome::Refused));
        assert_eq!(ErrorReason::SlugTaken.postback_outcome(), None);
    }
}
