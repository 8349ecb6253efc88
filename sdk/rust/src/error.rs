//! What a call failed with, read once from the gRPC status.

use std::{collections::HashMap, error::Error as StdError, fmt, iter, time::Duration};

use tonic::{Code, Status, TimeoutExpired};
use tonic_types::{ErrorDetails, FieldViolation, RpcStatusExt as _, StatusExt as _};

use crate::v1::{self, ErrorReason, batch_record_conversions_result::Result as ItemResult};

/// The `domain` of the service's `google.rpc.ErrorInfo`: other domains' reasons are not ours.
const DOMAIN: &str = "s2s.v1";

/// Why a call failed: what the server said, or that it could not be reached in time.
///
/// [`Self::reason`] is for programs, `Display` (the message, then the reason in brackets) for
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
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// The reason, with cause and cure in the documentation of each value.
    ///
    /// `Unspecified` where the server gave none, or one that is newer than this client: see
    /// [`Self::reason_text`]. `Unavailable` where the server could not be reached, and
    /// `DeadlineExceeded` where there was no answer within the timeout.
    #[must_use]
    pub fn reason(&self) -> ErrorReason {
        ErrorReason::from_str_name(&format!("ERROR_REASON_{}", self.0.reason)).unwrap_or_default()
    }

    /// The reason as it came, such as `CLICK_EXPIRED`; empty where there is none.
    #[must_use]
    pub fn reason_text(&self) -> &str {
        &self.0.reason
    }

    /// The gRPC code: the kind of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// One sentence for people; may be empty.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The fields of the request that are at fault, each with a description.
    #[must_use]
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.field_violations
    }

    /// The particulars of the reason by name, as the server gave them.
    #[must_use]
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.0.metadata
    }

    /// How long the server asks to wait before the call is sent again, if it does.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_delay
    }

    /// Whether the same call may succeed in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.0.code, Code::Unavailable | Code::ResourceExhausted)
    }

    /// No answer within `timeout`; `last` is how the attempt before failed.
    pub(crate) fn deadline_exceeded(timeout: Duration, last: Option<Self>) -> Self {
        let message = format!("no answer within {timeout:?}");
        Self::new(Code::DeadlineExceeded, message, &ErrorDetails::new(), last.map(Into::into))
    }

    /// The machine's random numbers are out of order.
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
            source,
        }))
    }
}

/// For those who call the generated clients themselves. What tonic reports of its own is told apart
/// from what the server said: it has a source, which nothing has that came over the wire.
impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let silent = details.error_info().is_none();
        let sourced = status.source().is_some();
        let timed_out = causes(&status).any(<dyn StdError>::is::<TimeoutExpired>);
        let (code, message) = match status.code() {
            // Both ends of tonic say CANCELLED when the time in `grpc-timeout` is over, and nobody
            // else cancels a call whose answer is awaited.
            Code::Cancelled if silent && (timed_out || !sourced) => {
                (Code::DeadlineExceeded, "no answer within the timeout".to_owned())
            }
            // UNKNOWN without details is an answer that was cut off, or was not gRPC.
            code if sourced || (code == Code::Unknown && silent) => {
                (Code::Unavailable, format!("the server could not be reached: {}", root_cause(&status)))
            }
            code => return Self::new(code, status.message().to_owned(), &details, None),
        };
        Self::new(code, message, &details, Some(status.into()))
    }
}

/// The innermost cause, which names what happened; the outer ones say "transport error".
fn root_cause(status: &Status) -> String {
    causes(status).last().map_or_else(|| status.message().to_owned(), ToString::to_string)
}

/// The causes of a status, from the outside in.
fn causes(status: &Status) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    iter::successors(status.source(), |&cause| cause.source())
}

impl v1::BatchRecordConversionsResult {
    /// What became of the item, as [`Client::record_conversion`](crate::Client::record_conversion)
    /// would have returned it.
    pub fn into_result(self) -> Result<v1::RecordConversionResponse, Error> {
        match self.result {
            Some(ItemResult::Response(response)) => Ok(response),
            Some(ItemResult::Error(status)) => {
                let details = status.get_error_details();
                Err(Error::new(Code::from_i32(status.code), status.message, &details, None))
            }
            None => Err(Error::new(
                Code::Unknown,
                "the server gave no result that this client knows".to_owned(),
                &ErrorDetails::new(),
                None,
            )),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { code, message, reason, .. } = &*self.0;
        if reason.is_empty() { write!(f, "{message} [{code:?}]") } else { write!(f, "{message} [{reason}]") }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| -> &(dyn StdError + 'static) { source })
    }
}
