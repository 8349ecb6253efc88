//! How long rows are kept.

use std::time::Duration;

use crate::values::time::Span;

/// How long rows are kept; `None`: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    pub clicks: Option<Span>,
    pub conversions: Option<Span>,
    pub postbacks: Option<Span>,
    /// Delay after the start before the server deletes anything.
    pub pause: Duration,
}
