//! The calls for edges only. No SDK contains them, and reflection does not show them.

#![allow(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "generated"
)]

include!("gen/s2s.edge.v1.rs");
