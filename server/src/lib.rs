//! `s2s-server`: server-to-server conversion tracking.
//!
//! A library only so that a fuzzer can link it. It exports only `main`, so that the compiler still
//! finds unused code.
//!
//! A module imports only modules above it in this list. A test enforces this.

#![forbid(unsafe_code)]

mod values;

mod error;

mod page;

mod config;

mod clock;

mod api;

mod db;

mod core;

mod edge;

mod net;

mod telemetry;

mod startup;

pub use startup::main;

#[cfg(fuzzing)]
pub use self::core::postback::check_reading;

#[cfg(fuzzing)]
pub use self::net::check_front;
