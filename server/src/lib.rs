//! `s2s-server`: server-to-server conversion tracking.
//!
//! A library only so that a fuzzer can link it. It exports `main` and nothing else, so that the compiler
//! still finds unused code.
//!
//! Imports go one way, from the bottom of this list to its top; a test proves it.

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
