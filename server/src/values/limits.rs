//! Limits on the parts of a request. Edge and core cut or refuse at the same length.

/// Longest request target of a postback, in bytes.
pub const TARGET_BYTES_MAX: usize = 8 * 1_024;
/// Longest body of a postback, in bytes.
pub const BODY_BYTES_MAX: usize = 8 * 1_024;
/// Longest query stored with a click, in bytes. The rest is cut off.
pub const QUERY_BYTES_MAX: usize = 2_048;
/// Longest referrer stored with a click, in bytes. The rest is cut off.
pub const REFERRER_BYTES_MAX: usize = 1_024;
/// Longest user agent stored with a click or a postback, in bytes. The rest is cut off.
pub const USER_AGENT_BYTES_MAX: usize = 512;
