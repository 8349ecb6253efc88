//! Failures of commands: each has a sentence and an exit status. The failure of a call also has a
//! cure.

use std::{fmt, io, process::ExitCode};

use s2s_sdk::{
    BuildError, Error,
    v1::ErrorReason::{self, ApiKeyInvalid, ApiKeyMissing, EdgeOnly, ScopeMissing},
};

use crate::{cells::plain, output::say};

/// The list of exit statuses at the end of `--help`.
pub const EXIT_STATUSES: &str = "\
Exit statuses:
  0  done
  1  the server refused the request, a file or standard error could not be read or written, a
     name matches nothing or several things, or a check found a fault
  2  the command line or the configuration is wrong
  3  the API key is missing, wrong, or may not do this
  4  the server could not be reached, or did not answer in time: try again
  5  some rows of a file failed; the others are recorded, unless it was a dry run";

/// Exit status of a command that was done, but had messages that could not be written.
pub const UNHEARD: u8 = 1;
const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NOT_ALLOWED: u8 = 3;
const TRY_AGAIN: u8 = 4;
const ROWS_FAILED: u8 = 5;

#[derive(Debug)]
pub enum Failure {
    /// A call failed, at the server or on the way to it.
    Call(Error),
    /// The command line or the configuration is wrong.
    Usage(String),
    /// A file or standard output can't be read or written.
    File { what: String, source: io::Error },
    /// Some rows of an import failed; holds the summary.
    RowsFailed(String),
    /// A check found faults, or a name matches nothing or several things; holds the sentence.
    Found(String),
}

impl Failure {
    pub fn file(what: &(impl ToString + ?Sized), source: io::Error) -> Self {
        Self::File { what: what.to_string(), source }
    }

    pub fn nothing_to_change() -> Self {
        Self::Usage("nothing to change: give at least one setting; `--help` lists them".to_owned())
    }

    /// Prints the failure and returns its exit status. A closed pipe counts as success.
    pub fn report(&self) -> ExitCode {
        if let Self::File { source, .. } = self
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::SUCCESS;
        }
        say(&self.to_string());
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::File { .. } | Self::Found(_) => REFUSED,
            Self::RowsFailed(_) => ROWS_FAILED,
            Self::Call(error) => match error.reason() {
                ApiKeyMissing | ApiKeyInvalid | ScopeMissing | EdgeOnly => NOT_ALLOWED,
                ErrorReason::Unavailable
                | ErrorReason::DeadlineExceeded
                | ErrorReason::Overloaded
                | ErrorReason::RateLimited => TRY_AGAIN,
                _ => REFUSED,
            },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::RowsFailed(text) | Self::Found(text) => f.write_str(&plain(text)),
            Self::File { what, source } => write!(f, "{}: {}", plain(what), plain(&source.to_string())),
            Self::Call(error) => {
                write!(f, "{}", plain(&error.to_string()))?;
                let said = |text: &str| error.message().contains(text);
                for violation in error.field_violations().iter().filter(|one| !said(&one.description)) {
                    write!(f, "\n  {}: {}", plain(&violation.field), plain(&violation.description))?;
                }
                match cure(error) {
                    cure if said(cure) => Ok(()),
                    cure => write!(f, "\nWhat to do: {cure}"),
                }
            }
        }
    }
}

/// The cure of the error's reason; empty if the reason is unknown. For some reasons, the cure names
/// settings of this program.
fn cure(error: &Error) -> &'static str {
    match error.reason() {
        ApiKeyMissing => {
            "set S2S_API_KEY, give --key-file, or put the key into a profile of the configuration file"
        }
        ErrorReason::Unavailable | ErrorReason::DeadlineExceeded => {
            "check --endpoint (or S2S_ENDPOINT, or the profile's endpoint) and that the server runs; \
             sending again counts nothing twice"
        }
        reason => reason.cure(),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        Self::file("standard output", source)
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}
