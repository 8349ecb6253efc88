//! `s2s-server`: server-to-server conversion tracking.
//!
//! This crate is a library only so that the fuzzer can link it. Except for the fuzzer, it exports
//! only `main`, so that the compiler still finds unused code.
//!
//! A module imports only modules above it in this list. A test enforces this rule.

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

mod backup;

mod startup;

#[cfg(test)]
mod simulation;

pub use startup::main;

#[cfg(fuzzing)]
pub use self::core::postback::{check_body, check_reading, worth_of};

#[cfg(fuzzing)]
pub use self::net::check_front;

#[cfg(fuzzing)]
pub use self::values::query::check_query;
