//! Splits the fuzzer's input as a query, and asserts that no byte of it is lost.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_query(bytes));
