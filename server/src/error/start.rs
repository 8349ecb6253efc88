//! The error of a failed start.

use std::fmt;

use super::Error;
use s2s_sdk::v1::ErrorReason;

/// Exit code of a wrong setting.
const EXIT_SETTING: u8 = 2;
/// Exit code of any other failure.
const EXIT_FAILURE: u8 = 1;

/// A failed start: a reason for programs, a sentence for people, an exit code.
#[derive(Debug)]
pub struct StartError {
    reason: String,
    message: String,
    exit_code: u8,
    may_pass: bool,
}

impl StartError {
    /// A wrong setting: the server can't start until somebody changes it.
    pub fn setting(reason: &str, message: impl Into<String>) -> Self {
        Self::with_code(reason, message, EXIT_SETTING)
    }

    /// A failure of something that the server needs, such as its database or its port.
    pub fn failure(reason: &str, message: impl Into<String>) -> Self {
        Self::with_code(reason, message, EXIT_FAILURE)
    }

    fn with_code(reason: &str, message: impl Into<String>, exit_code: u8) -> Self {
        Self { reason: reason.to_owned(), message: message.into(), exit_code, may_pass: false }
    }

    /// Sets whether the failure may pass without a changed setting.
    #[must_use]
    pub fn passing(mut self, may_pass: bool) -> Self {
        self.may_pass = may_pass;
        self
    }

    pub fn may_pass(&self) -> bool {
        self.may_pass
    }

    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

/// Writes the sentence, and the reason on a line of its own.
impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nreason: {}", self.message, self.reason)
    }
}

impl std::error::Error for StartError {}

/// Converts the error of an operation of the core that failed during the start.
impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        let may_pass = error.reason() == ErrorReason::Unavailable;
        Self::failure("CORE_FAILED", error.to_string()).passing(may_pass)
    }
}
