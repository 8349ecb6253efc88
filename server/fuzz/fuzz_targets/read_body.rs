//! Reads the fuzzer's input as a body, and asserts that it says the same in every form and
//! encoding.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_body(bytes));
