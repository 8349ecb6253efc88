//! Limits of what edges and core take from a request; both cut or refuse at the same length.

/// Longest request target of a postback, in bytes.
pub const TARGET_BYTES_MAX: usize = 8 * 1_024;
/// Longest body of a postback, in bytes.
pub const BODY_BYTES_MAX: usize = 8 * 1_024;
/// Longest query that is stored with a click, in bytes; the rest is cut.
pub const QUERY_BYTES_MAX: usize = 2_048;
/// Longest referrer that is stored with a click, in bytes; the rest is cut.
pub const REFERRER_BYTES_MAX: usize = 1_024;
/// Longest user agent that is stored with a click or a postback, in bytes; the rest is cut.
pub const USER_AGENT_BYTES_MAX: usize = 512;
