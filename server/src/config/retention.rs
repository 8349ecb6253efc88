//! The settings of retention.

use std::time::Duration;

use crate::values::time::Span;

/// The retention of each kind of row; `None` keeps rows for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    pub clicks: Option<Span>,
    pub conversions: Option<Span>,
    pub postbacks: Option<Span>,
    /// Delay after the start before the server deletes anything.
    pub pause: Duration,
}
