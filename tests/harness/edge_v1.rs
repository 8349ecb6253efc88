//! The calls that only edges make. No SDK contains them.

#![expect(
    clippy::as_conversions,
    clippy::pedantic,
    unused_qualifications,
    reason = "generated, for the server; the tests include its text"
)]

include!("../../server/src/api/gen/s2s.edge.v1.rs");
