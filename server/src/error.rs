//! The server's one error type, and the only place where it becomes a gRPC or HTTP status.
//!
//! An error is a reason of the schema and a sentence for people. An internal cause is logged here,
//! once, and never sent.

mod start;

use std::{any::Any, collections::HashMap, time::Duration};

use http::StatusCode;
use prost::Message as _;
use prost_types::FieldMask;
use s2s_sdk::v1::{ErrorReason, Note, NoteCode, PostbackFailure};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _, pb};

use crate::values::text::{excerpt, truncate};

pub use self::start::StartError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The `domain` of every `google.rpc.ErrorInfo` we send.
const DOMAIN: &str = "s2s.v1";
/// Types of the details that this module reads: reason, fields at fault, a postback's outcome.
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
const POSTBACK_FAILURE: &str = "type.googleapis.com/s2s.v1.PostbackFailure";

/// Delay before a caller should retry, unless the error knows a better one.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Longest message of a status, in bytes. A status travels in headers and may repeat the caller's
/// input. This limit and the two below keep the status small.
const MESSAGE_BYTES_MAX: usize = 1_024;
const VIOLATIONS_MAX: usize = 16;
const VIOLATION_BYTES_MAX: usize = 256;
/// Longest message of a shortened status, in bytes.
const SHORT_MESSAGE_BYTES_MAX: usize = 256;

/// A failure: a reason for programs, a sentence for people, details.
#[derive(Debug)]
pub struct Error {
    reason: ErrorReason,
    message: String,
    details: Box<Details>,
}

#[derive(Debug, Default)]
struct Details {
    /// Details for programs, such as the parameter at fault.
    metadata: HashMap<String, String>,
    violations: Vec<FieldViolation>,
    /// The internal cause: logged, never sent.
    internal: Option<String>,
    /// The outcome of a postback that does not count.
    postback: Option<PostbackFailure>,
    /// Delay before a caller should retry, if it is not `RETRY_AFTER`.
    retry_after: Option<Duration>,
}

impl Error {
    /// Creates an error. `message` is one sentence with the cause and the cure.
    pub fn new(reason: ErrorReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), details: Box::default() }
    }

    /// Adds a detail for programs, such as the parameter at fault.
    #[must_use]
    pub fn with(mut self, key: &str, value: &(impl ToString + ?Sized)) -> Self {
        self.details.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// Names the field of the request that is at fault, by its path.
    #[must_use]
    pub fn at_field(mut self, field: &str) -> Self {
        let violation = FieldViolation::new(field, &self.message);
        self.details.violations.push(violation);
        self
    }

    /// Adds the outcome of a postback that does not count. Without it, the error says nothing about
    /// the postback.
    #[must_use]
    pub fn with_postback(mut self, failure: PostbackFailure) -> Self {
        self.details.postback = Some(failure);
        self
    }

    /// Sets the delay before a caller should retry.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.details.retry_after = Some(delay);
        self
    }

    pub fn not_found(what: &str, id: &(impl ToString + ?Sized)) -> Self {
        let id = excerpt(&id.to_string());
        let message = match id.as_str() {
            "" => format!("the request names no {what}; give its id"),
            id => format!("there is no {what} `{id}` in this account"),
        };
        Self::new(ErrorReason::ResourceNotFound, message).with("id", &id)
    }

    /// Converts a refusal of the gRPC library or of the library's services (health, reflection);
    /// `None` if no reason fits.
    pub fn from_tonic(status: &Status) -> Option<Self> {
        Some(match status.code() {
            Code::NotFound => Self::new(ErrorReason::ResourceNotFound, status.message()),
            Code::Unimplemented if status.metadata().contains_key("grpc-accept-encoding") => {
                let message = "compressed messages are not supported; send them uncompressed";
                Self::new(ErrorReason::CompressionUnsupported, message)
            }
            Code::Unimplemented => Self::new(ErrorReason::MethodUnknown, "this service has no such method"),
            Code::OutOfRange | Code::ResourceExhausted => {
                let message = "the request is larger than 4 MiB (health and reflection: 4 KiB), or its lists have more than 70,000 \
                     entries; send less at once";
                Self::new(ErrorReason::RequestTooLarge, message)
            }
            Code::Internal | Code::InvalidArgument => {
                Self::new(ErrorReason::FieldInvalid, "the request is not a message of this method")
            }
            _ => return None,
        })
    }

    pub fn sum_too_large(what: &str, currency: &(impl ToString + ?Sized)) -> Self {
        let currency = currency.to_string();
        let message = format!(
            "{what} has a sum in {currency} that is larger than 9,223,372,036,854.775807; probably an amount is wrong: \
             decline or restate its conversion, or take back its entry"
        );
        Self::new(ErrorReason::SumTooLarge, message).with("currency", &currency)
    }

    pub fn request_id_reused() -> Self {
        let message = "this request_id was used for another request; choose a new one for a new request";
        Self::new(ErrorReason::RequestIdReused, message)
    }

    /// A fault of the server. `cause` is logged, not sent.
    pub fn internal(cause: &(impl ToString + ?Sized)) -> Self {
        let mut error = Self::new(ErrorReason::Internal, "something went wrong on our side; it is logged");
        error.details.internal = Some(cause.to_string());
        error
    }

    /// A fault of the server that ended in a panic.
    pub fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Self::internal(&format!("panic: {}", text.unwrap_or("without a message")))
    }

    pub fn unavailable(cause: &(impl ToString + ?Sized)) -> Self {
        let mut error =
            Self::new(ErrorReason::Unavailable, "the service can't store anything right now; retry later");
        error.details.internal = Some(cause.to_string());
        error
    }

    pub fn reason(&self) -> ErrorReason {
        self.reason
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn code(&self) -> Code {
        code(self.reason)
    }

    /// Returns whether the request is at fault. If not, the cause is the server or its present
    /// load, and the same request may succeed later.
    pub fn is_permanent(&self) -> bool {
        !matches!(
            self.code(),
            Code::Unavailable | Code::Internal | Code::ResourceExhausted | Code::DeadlineExceeded
        )
    }

    fn log(&self) {
        if let Some(cause) = &self.details.internal {
            tracing::error!(reason = reason_text(self.reason), cause, "request failed");
        }
    }
}

/// Writes the message and the internal cause, for the operator. Callers get the message only.
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.details.internal {
            Some(cause) => write!(f, "{}: {cause}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Status {
    #[expect(clippy::disallowed_methods, reason = "the one place that builds a Status")]
    fn from(error: Error) -> Self {
        error.log();
        let mut details =
            ErrorDetails::with_error_info(reason_text(error.reason), DOMAIN, error.details.metadata);
        let violations: Vec<_> = error.details.violations.into_iter().take(VIOLATIONS_MAX).collect();
        if !violations.is_empty() {
            details.set_bad_request(violations);
        }
        let code = code(error.reason);
        if matches!(code, Code::Unavailable | Code::ResourceExhausted) {
            details.set_retry_info(Some(error.details.retry_after.unwrap_or(RETRY_AFTER)));
        }
        let postback = error.details.postback;
        let status = Status::with_error_details(code, truncate(error.message, MESSAGE_BYTES_MAX), details);
        let Some(postback) = postback else { return status };
        let mut all = tonic_types::Status::decode(status.details()).unwrap_or_default();
        let value = postback.encode_to_vec();
        all.details.push(prost_types::Any { type_url: POSTBACK_FAILURE.to_owned(), value });
        Status::with_details(code, status.message(), all.encode_to_vec().into())
    }
}

/// Returns the outcome of a postback that an error carries; `None` if the error says nothing about
/// the postback.
pub fn postback_failure(status: &Status) -> Option<PostbackFailure> {
    let all = tonic_types::Status::decode(status.details()).ok()?;
    let failure = all.details.iter().find(|detail| detail.type_url == POSTBACK_FAILURE)?;
    PostbackFailure::decode(failure.value.as_slice()).ok()
}

/// Returns the delay before a caller should retry; `None` if the error says nothing about it.
pub fn retry_delay(status: &Status) -> Option<Duration> {
    status.get_details_retry_info()?.retry_delay
}

/// Shortens the error of one item of a batch. Keeps the code, the reason, the metadata, the names
/// of the fields at fault, and the postback's failure without its notes.
pub fn shorten(status: &mut tonic_types::Status) {
    status.message = truncate(std::mem::take(&mut status.message), SHORT_MESSAGE_BYTES_MAX);
    for detail in &mut status.details {
        let bytes = detail.value.as_slice();
        let shortened = match detail.type_url.as_str() {
            ERROR_INFO => pb::ErrorInfo::decode(bytes).map(|mut info| {
                info.metadata.insert("shortened".to_owned(), "true".to_owned());
                info.encode_to_vec()
            }),
            BAD_REQUEST => pb::BadRequest::decode(bytes).map(|mut request| {
                request.field_violations.iter_mut().for_each(|violation| violation.description.clear());
                request.encode_to_vec()
            }),
            POSTBACK_FAILURE => PostbackFailure::decode(bytes).map(|mut failure| {
                failure.notes = vec![shortened_note("`GetPostback` returns all notes")];
                failure.encode_to_vec()
            }),
            _ => continue,
        };
        if let Ok(shortened) = shortened {
            detail.value = shortened;
        }
    }
}

/// The note on an answer from which long texts were left out. `cure` says which call returns them.
pub fn shortened_note(cure: &str) -> Note {
    let message = format!("the answer was too long, so long texts were left out here; {cure}");
    Note { code: NoteCode::Shortened.into(), parameter: String::new(), message }
}

impl From<Error> for tonic_types::Status {
    /// Converts the error of one item of a batch.
    fn from(error: Error) -> Self {
        let status = Status::from(error);
        Self::decode(status.details()).unwrap_or_default()
    }
}

/// The violations of a request, collected so that the caller learns of all of them at once.
#[derive(Default)]
pub struct Violations(Vec<FieldViolation>);

impl Violations {
    /// Returns the value, or records the violation. `field` is the path of the value in the
    /// request.
    pub fn check<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(description) => {
                self.add(field, description);
                None
            }
        }
    }

    pub fn add(&mut self, field: &str, description: impl Into<String>) {
        let cut = |text: String| truncate(text, VIOLATION_BYTES_MAX);
        self.0.push(FieldViolation::new(cut(field.to_owned()), cut(description.into())));
    }

    /// Returns the fields that an update names. Records a violation if the update names no field,
    /// and one for each named field that is not among `fields`.
    pub fn check_mask(&mut self, mask: Option<FieldMask>, fields: &[&str]) -> Vec<String> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            mask.unwrap_or_default().paths.into_iter().partition(|path| fields.contains(&path.as_str()));
        for path in &unknown {
            self.add("update_mask", format!("`{path}` can't be changed"));
        }
        if known.is_empty() && unknown.is_empty() {
            self.add("update_mask", "must name at least one field");
        }
        known
    }

    /// Returns whether there are as many violations as a status can hold.
    pub fn is_full(&self) -> bool {
        self.0.len() >= VIOLATIONS_MAX
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Converts the violations into one error.
    pub fn into_error(self) -> Error {
        let message = match self.0.as_slice() {
            [one] => format!("{}: {}", one.field, one.description),
            all => all
                .iter()
                .map(|violation| format!("{}: {}", violation.field, violation.description))
                .collect::<Vec<_>>()
                .join("; "),
        };
        let mut error = Error::new(ErrorReason::FieldInvalid, message);
        error.details.violations = self.0;
        error
    }
}

/// The reason as sent on the wire: without the enum's prefix.
pub fn reason_text(reason: ErrorReason) -> &'static str {
    bare_name(reason.as_str_name(), "ERROR_REASON_")
}

/// The name of a value of an enum, without the prefix that all names of that enum have.
pub fn bare_name(name: &'static str, prefix: &str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}

/// The gRPC code of a reason.
pub fn code(reason: ErrorReason) -> Code {
    reason.grpc_code()
}

/// The HTTP status of a gRPC code. `[http_status]` in proto/reasons.toml has the same map.
pub fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument => StatusCode::BAD_REQUEST,
        Code::OutOfRange => StatusCode::URI_TOO_LONG,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::FailedPrecondition => StatusCode::UNPROCESSABLE_ENTITY,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use s2s_sdk::PostbackOutcome;

    use super::*;

    #[test]
    fn codes_statuses_and_outcomes_of_all_reasons_agree() {
        let numbers = 1..1_000;
        let reasons: Vec<_> = numbers.filter_map(|number| ErrorReason::try_from(number).ok()).collect();
        assert!(reasons.len() > 40);
        for reason in reasons {
            let status = match reason {
                // Only streams have this reason, so no answer over plain HTTP has it. Its status is that of
                // the Connect protocol: no URL was too long.
                ErrorReason::ResumeTokenTooOld => StatusCode::BAD_REQUEST,
                // The sender has done nothing wrong, and is not to send the postback again.
                ErrorReason::ApprovalAfterDecline | ErrorReason::ConversionNotRecorded => {
                    StatusCode::ACCEPTED
                }
                _ => http_status(code(reason)),
            };
            assert_eq!(status.as_u16(), reason.http_status(), "{reason:?}");
            // Only a permanent error is a verdict on a postback (`postback::split_retryable`). So
            // a permanent error never refuses a postback, and no other error holds one.
            let is_permanent = Error::new(reason, "").is_permanent();
            let wrong = if is_permanent { PostbackOutcome::Refused } else { PostbackOutcome::Held };
            assert!(reason.postback_outcome() != Some(wrong), "{reason:?}");
        }
    }

    #[test]
    fn a_status_carries_its_reason_and_never_the_cause() {
        let status = Status::from(Error::internal("secret table"));
        assert_eq!(status.get_details_error_info().unwrap().reason, "INTERNAL");
        assert!(!format!("{status:?}").contains("secret table"));
        let status = tonic_types::Status::from(Error::not_found("click", "x"));
        assert_eq!(status.code, i32::from(Code::NotFound));
    }

    #[test]
    fn a_status_stays_small_whatever_was_sent() {
        let long = "x".repeat(1_000_000);
        let mut violations = Violations::default();
        (0..1_000).for_each(|_| violations.add(&long, long.clone()));
        for error in [Error::not_found("click", &long), violations.into_error()] {
            let status = Status::from(error);
            assert!(status.message().len() + status.details().len() < 16 * 1_024);
        }
    }

    #[test]
    fn all_violations_are_reported_at_once() {
        let mut violations = Violations::default();
        violations.add("a", "is wrong");
        violations.add("b", "is too");
        let error = violations.into_error();
        assert_eq!(error.message(), "a: is wrong; b: is too");
        assert_eq!(Status::from(error).get_details_bad_request().unwrap().field_violations.len(), 2);
    }
}
