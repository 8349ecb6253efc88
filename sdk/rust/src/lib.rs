#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod amount;
mod call;
pub mod click_id;
mod client;
#[doc(hidden)]
pub mod codec;
mod error;
mod money;
pub mod parameter;
pub mod postback;
mod reason;
mod retry;
pub mod url_macros;
mod watch;

pub use client::{BuildError, Client, ClientBuilder};
pub use error::Error;
pub use money::MoneyError;
/// The well-known types that messages hold, such as `Timestamp`.
pub use prost_types;
pub use reason::PostbackOutcome;
pub use tonic::Code;
pub use tonic_types::FieldViolation;
pub use watch::WatchState;

/// The calls, grouped by service, generated from the schema. A [`Client`] returns each group.
pub mod services {
    include!("gen/services.rs");
}

/// The messages and services of the schema `s2s.v1`, generated.
#[allow(
    missing_docs,
    unused_qualifications,
    rustdoc::all,
    clippy::all,
    clippy::pedantic,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "generated"
)]
pub mod v1 {
    include!("gen/s2s.v1.rs");

    /// The schema as an encoded `google.protobuf.FileDescriptorSet` with comments.
    pub const DESCRIPTOR: &[u8] = include_bytes!("gen/descriptor.bin");
}
