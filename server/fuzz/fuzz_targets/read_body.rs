//! Reads the fuzzer's input as the body of a postback, and asserts that its pairs are read the same
//! when they are written in another form or encoding.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_body(bytes));
