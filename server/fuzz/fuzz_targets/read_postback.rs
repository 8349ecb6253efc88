//! Reads whatever the fuzzer thinks of as a postback, and asserts what must hold of every reading.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_reading(bytes));
