//! Streams of events for those who watch: each event of the journal once, in the order of its lane.
//!
//! One task, the feed, follows the journal while somebody watches, and tells each watcher the
//! entries of its account. A watcher that resumes, or that is too slow for the feed, reads the
//! journal by itself until it has caught up, and then listens to the feed. The numbers of a lane
//! have no gaps, so a watcher knows from the number of a row whether it has seen the row.

mod feed;
mod positions;
mod watcher;

use std::time::Duration;

use s2s_sdk::v1::ErrorReason;

#[cfg(test)]
pub use self::positions::Positions;
pub use self::{
    feed::Feed,
    watcher::{Form, Loaded, Subject, open},
};
use crate::{
    api::{Caller, Scopes},
    error::{Error, Result, Violations},
    values::id::AccountId,
};

/// Longest silence of a stream. Proxies and browsers cut streams that are silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The accounts whose events a watcher sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Accounts {
    One(AccountId),
    All,
}

impl Accounts {
    /// The caller's own account, or all. Refuses a caller without `admin` that asks for all.
    pub fn of(caller: Caller, all: bool) -> Result<Self> {
        if all {
            caller.check(Scopes::ADMIN)?;
        }
        Ok(if all { Self::All } else { Self::One(caller.account) })
    }

    fn have(self, account: AccountId) -> bool {
        self == Self::All || self == Self::One(account)
    }
}

/// Refuses fields of a filter that no stream can have: for each its name, and whether it is set.
pub fn refuse(violations: &mut Violations, fields: &[(&str, bool)]) {
    for (field, _) in fields.iter().filter(|(_, is_set)| *is_set) {
        violations.add(field, "can't be set in a stream");
    }
}

fn invalid() -> Error {
    let message = "the server has not made this resume token, or only a part of it came; send the token of the last \
                   message as it came";
    Error::new(ErrorReason::ResumeTokenInvalid, message).at_field("resume_token")
}

/// The error of a token with a character that no token has; the first position is 0.
fn foreign(at: usize, letter: char) -> Error {
    let position = at.saturating_add(1);
    let message = format!(
        "the resume token has {letter:?} at position {position}, and tokens consist of letters, digits, `-` and `_`; \
         send the token without what is around it, such as the line feed of a file"
    );
    Error::new(ErrorReason::ResumeTokenInvalid, message).at_field("resume_token")
}

fn too_old() -> Error {
    let message = "events behind the resume token are gone, by their age or by a restore of the database; list what \
                   was recorded since then, and begin a stream without a token";
    Error::new(ErrorReason::ResumeTokenTooOld, message).at_field("resume_token")
}
