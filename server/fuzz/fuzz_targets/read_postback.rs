//! Reads the fuzzer's input as a postback, and asserts the properties that every reading must have.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_reading(bytes));
