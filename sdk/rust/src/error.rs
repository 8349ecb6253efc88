//! The error of a call, read once from the gRPC status.

use std::{collections::HashMap, error::Error as StdError, fmt, iter, time::Duration};

use prost::Message as _;
use prost_types::Any;
use tonic::{Code, Status, TimeoutExpired};
use tonic_types::{ErrorDetails, FieldViolation, RpcStatusExt as _, StatusExt as _};

use crate::v1::{
    self, ErrorReason, create_adjustment_result::Result as AdjustmentResult,
    record_conversion_result::Result as ItemResult,
    resolve_statement_row_result::Result as StatementRowResult,
};

/// The `domain` in the service's `google.rpc.ErrorInfo`. Reasons of other domains are ignored.
const DOMAIN: &str = "s2s.v1";
const POSTBACK_FAILURE: &str = "type.googleapis.com/s2s.v1.PostbackFailure";

/// The error of a failed call: the server's answer, or the failure to reach the server in time.
///
/// [`Self::reason`] is for programs; `Display` (the message, then the reason in brackets) is for
/// people.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: String,
    reason: String,
    metadata: HashMap<String, String>,
    field_violations: Vec<FieldViolation>,
    retry_delay: Option<Duration>,
    postback_failure: Option<v1::PostbackFailure>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Returns the reason. Each value documents its cause and its cure.
    ///
    /// The reason is `Unspecified` if the server gave none, or if this client is too old to know
    /// it: see [`Self::reason_text`]. The reason is `Unavailable` if the server could not be
    /// reached, and `DeadlineExceeded` if there was no answer within the timeout.
    #[must_use]
    pub fn reason(&self) -> ErrorReason {
        ErrorReason::from_str_name(&format!("ERROR_REASON_{}", self.0.reason)).unwrap_or_default()
    }

    /// Returns the reason as the server sent it, such as `ATTRIBUTION_WINDOW_PASSED`; empty if
    /// there is none.
    #[must_use]
    pub fn reason_text(&self) -> &str {
        &self.0.reason
    }

    /// Returns the gRPC code: the kind of failure.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns one sentence for people; may be empty.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the invalid fields of the request, each with a description.
    #[must_use]
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.field_violations
    }

    /// Returns the details of the reason by name, as the server sent them.
    #[must_use]
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.0.metadata
    }

    /// Returns the delay before a retry, if the server asks for one.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_delay
    }

    /// Returns the outcome of a postback that does not count. If
    /// [`Conversions::record`](crate::services::Conversions::record) fails for a postback and
    /// there is no outcome, send the postback again.
    #[must_use]
    pub fn postback_failure(&self) -> Option<&v1::PostbackFailure> {
        self.0.postback_failure.as_ref()
    }

    /// Returns the reason as the server sent it, or the code if there is none.
    pub(crate) fn reason_or_code(&self) -> String {
        let Inner { code, reason, .. } = &*self.0;
        if reason.is_empty() { format!("{code:?}") } else { reason.clone() }
    }

    /// Returns true if the failure is transient, so that the same call may succeed soon.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.0.code, Code::Unavailable | Code::ResourceExhausted)
    }

    /// Builds the error of a call that got no answer within `timeout`. `last` is the error of the
    /// previous attempt.
    pub(crate) fn deadline_exceeded(timeout: Duration, last: Option<Self>) -> Self {
        let message = format!("no answer within {timeout:?}");
        Self::new(Code::DeadlineExceeded, message, &ErrorDetails::new(), last.map(Into::into))
    }

    /// Builds the error of a stream that ended, or that is silent.
    pub(crate) fn interrupted(message: &str) -> Self {
        Self::new(Code::Unavailable, message.to_owned(), &ErrorDetails::new(), None)
    }

    /// Builds the error for a machine without random numbers.
    pub(crate) fn no_randomness(source: getrandom::Error) -> Self {
        let message = "the operating system gave no random bytes for a request id".to_owned();
        Self::new(Code::Internal, message, &ErrorDetails::new(), Some(source.into()))
    }

    fn new(
        code: Code,
        message: String,
        details: &ErrorDetails,
        source: Option<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let info = details.error_info().filter(|info| info.domain == DOMAIN);
        let reason_of_code = match code {
            Code::Unavailable => "UNAVAILABLE",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            _ => "",
        };
        Self(Box::new(Inner {
            code,
            message,
            reason: info.map_or(reason_of_code, |info| &info.reason).to_owned(),
            metadata: info.map(|info| info.metadata.clone()).unwrap_or_default(),
            field_violations: details
                .bad_request()
                .map(|bad| bad.field_violations.clone())
                .unwrap_or_default(),
            retry_delay: details.retry_info().and_then(|info| info.retry_delay),
            postback_failure: None,
            source,
        }))
    }

    /// Adds the details that only this service sends.
    /// The error of an item of a batch or stream.
    fn of_item(status: tonic_types::Status) -> Self {
        let details = status.get_error_details();
        let error = Self::new(Code::from_i32(status.code), status.message, &details, None);
        error.with_own_details(&status.details)
    }

    /// The error of an item without a result that this client knows.
    fn of_no_item() -> Self {
        let message = "the server gave no result that this client knows".to_owned();
        Self::new(Code::Unknown, message, &ErrorDetails::new(), None)
    }

    fn with_own_details(mut self, details: &[Any]) -> Self {
        let failure = details.iter().find(|detail| detail.type_url == POSTBACK_FAILURE);
        self.0.postback_failure =
            failure.and_then(|failure| v1::PostbackFailure::decode(failure.value.as_slice()).ok());
        self
    }
}

/// Converts a status, for callers that use the generated clients themselves. A status that tonic
/// made has a source; a status that came over the wire never has one.
impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let silent = details.error_info().is_none();
        let sourced = status.source().is_some();
        let timed_out = causes(&status).any(<dyn StdError>::is::<TimeoutExpired>);
        let (code, message) = match status.code() {
            // tonic's client and tonic's server answer CANCELLED when the time in `grpc-timeout` is
            // over. Nothing else cancels a call whose answer is awaited.
            Code::Cancelled if silent && (timed_out || !sourced) => {
                (Code::DeadlineExceeded, "no answer within the timeout".to_owned())
            }
            // UNKNOWN without details means an answer that was cut off or was not gRPC.
            code if sourced || (code == Code::Unknown && silent) => {
                (Code::Unavailable, format!("the server could not be reached: {}", root_cause(&status)))
            }
            code => {
                let own = tonic_types::Status::decode(status.details()).unwrap_or_default();
                let error = Self::new(code, status.message().to_owned(), &details, None);
                return error.with_own_details(&own.details);
            }
        };
        Self::new(code, message, &details, Some(status.into()))
    }
}

/// Returns the innermost cause, which names the problem; the outer causes say "transport error".
fn root_cause(status: &Status) -> String {
    causes(status).last().map_or_else(|| status.message().to_owned(), ToString::to_string)
}

/// Iterates over the causes of a status, from the outside in.
fn causes(status: &Status) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    iter::successors(status.source(), |&cause| cause.source())
}

impl v1::RecordConversionResult {
    /// Returns the result of the item, as
    /// [`Conversions::record`](crate::services::Conversions::record) would have returned it.
    pub fn into_result(self) -> Result<v1::RecordConversionResponse, Error> {
        match self.result {
            Some(ItemResult::Response(response)) => Ok(response),
            Some(ItemResult::Error(status)) => Err(Error::of_item(status)),
            None => Err(Error::of_no_item()),
        }
    }
}

impl v1::CreateAdjustmentResult {
    /// Returns the result of the item, as
    /// [`Adjustments::create`](crate::services::Adjustments::create) would have returned it.
    pub fn into_result(self) -> Result<v1::CreateAdjustmentResponse, Error> {
        match self.result {
            Some(AdjustmentResult::Response(response)) => Ok(response),
            Some(AdjustmentResult::Error(status)) => Err(Error::of_item(status)),
            None => Err(Error::of_no_item()),
        }
    }
}

impl v1::ResolveStatementRowResult {
    /// Returns the row as it is now, or why nothing was done about it.
    pub fn into_result(self) -> Result<v1::StatementRow, Error> {
        match self.result {
            Some(StatementRowResult::Row(row)) => Ok(row),
            Some(StatementRowResult::Error(status)) => Err(Error::of_item(status)),
            None => Err(Error::of_no_item()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.0.message, self.reason_or_code())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| -> &(dyn StdError + 'static) { source })
    }
}
